"""A phytosanitary certificate as values. Source: ISPM 12:2022, annex 1 and its appendix on the electronic form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

RSM = "urn:un:unece:uncefact:data:standard:SPSCertificate:17"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21"
EXPORT, RE_EXPORT = "851", "657"
"""UNCL 1001: phytosanitary certificate, phytosanitary certificate for re-export."""
ISSUED = "70"
"""UNCL 1373: the document is issued."""
ADDITIONAL, MARKS = "ADEDL", "DMCL"
"""Subjects of notes on the whole consignment: additional declaration, distinguishing marks."""
CHEMICAL, FULL_TEXT = "TTCO", "TTFT"
"""What a characteristic of a treatment says: the chemical, and all of it in words."""


class EphytoError(ValueError):
    """The message is no phytosanitary certificate that can be used; the text says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit of UN/ECE Recommendation 20."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Party:
    """A name, and an address of up to five lines."""

    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment: day, duration, chemical, and everything about it in words."""

    on: date | None
    duration: Measure | None = None
    chemical: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plants:
    """One line of goods. ``package_kind``: UN/ECE Recommendation 21; ``origin``: ISO 3166-1 alpha-2."""

    produce: str
    botanical: str
    origin: str
    net: Measure | None = None
    region: str = ""
    packages: int | None = None
    package_kind: str = ""
    hs_code: str = ""
    treatments: tuple[Treatment, ...] = ()


@dataclass(frozen=True, slots=True)
class PhytoCertificate:
    """The whole certificate. ``kind``: :data:`EXPORT` or :data:`RE_EXPORT`; ``status``: UNCL 1373; ``mode``: UN/ECE
    Recommendation 19 (1 sea, 2 rail, 3 road, 4 air); ``page``: where its present state can be read, "" when unknown."""

    number: str
    issued_at: datetime
    issuer: str
    issued_in: str
    exporter: Party
    consignee: Party
    export_country: str
    import_country: str
    items: tuple[Plants, ...]
    kind: str = EXPORT
    status: str = ISSUED
    entry_point: str = ""
    mode: str = ""
    conveyance: str = ""
    marks: str = ""
    additional: str = ""
    page: str = ""
