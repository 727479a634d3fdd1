"""XML as others send it, read to values. What decides must be there; what we do not know is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from guomen.core.epcis.errors import EpcisError
from guomen.core.epcis.xml_tree import Element, read_tree
from guomen.core.ephyto.model import (
    ADDITIONAL,
    CHEMICAL,
    EXPORT,
    FULL_TEXT,
    MARKS,
    RE_EXPORT,
    EphytoError,
    Measure,
    Party,
    PhytoCertificate,
    Plants,
    Treatment,
)

MAX_BYTES = 8 << 20
MAX_ITEMS, MAX_TREATMENTS, LONGEST = 1000, 50, 10_000
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_STANDARD = "urn:un:unece:uncefact:data:standard:SPSCertificate:"
_ROOT = "SPSCertificate"
_MOST = Decimal(10) ** 15


def read(data: bytes) -> PhytoCertificate:
    """The certificate in an SPSCertificate message of any release. EphytoError when it is none, or not usable."""
    if len(data) > MAX_BYTES:
        raise EphytoError(f"the message is longer than {MAX_BYTES} bytes")
    try:
        root, prefixes = read_tree(data, {_ROOT})
    except EpcisError as error:
        raise EphytoError(f"the message {error.problems[0].rule}") from None
    space = prefixes.get(root.name.rpartition(":")[0], "")
    if root.local != _ROOT or not space.startswith(_STANDARD):
        raise EphytoError("the message is no SPSCertificate of UN/CEFACT")
    document, goods = _one(root, "SPSExchangedDocument"), _one(root, "SPSConsignment")
    kind = _needed(document, "TypeCode")
    if kind not in (EXPORT, RE_EXPORT):
        raise EphytoError(f"the document of kind {kind[:20]} is no phytosanitary certificate")
    notes = _notes(document)
    items = tuple(_item(one) for whole in _all(goods, "IncludedSPSConsignmentItem") for one in _lines(whole))
    if not 1 <= len(items) <= MAX_ITEMS:
        raise EphytoError(f"the certificate names {len(items)} goods, not 1 to {MAX_ITEMS}")
    movement = next(_all(goods, "MainCarriageSPSTransportMovement"), None)
    return PhytoCertificate(
        number=_needed(document, "ID"),
        issued_at=_moment(_one(document, "IssueDateTime")),
        issuer=_needed(document, "IssuerSPSParty", "Name"),
        issued_in=_text(document, "SignatorySPSAuthentication", "IssueSPSLocation", "Name"),
        exporter=_party(goods, "ConsignorSPSParty"),
        consignee=_party(goods, "ConsigneeSPSParty"),
        export_country=_country(goods, "ExportSPSCountry", "ID"),
        import_country=_country(goods, "ImportSPSCountry", "ID"),
        items=items,
        kind=kind,
        status=_needed(document, "StatusCode"),
        entry_point=_text(goods, "UnloadingBaseportSPSLocation", "Name"),
        mode=(_text(movement, "ModeCode") if movement else "").removeprefix("0"),
        conveyance=_text(movement, "UsedSPSTransportMeans", "Name") if movement else "",
        marks=notes.get(MARKS, ""),
        additional=notes.get(ADDITIONAL, ""),
        page=_page(document),
    )


def _all(parent: Element, name: str) -> Iterator[Element]:
    return (child for child in parent.children if child.local == name)


def _one(parent: Element, name: str) -> Element:
    found = next(_all(parent, name), None)
    if found is None:
        raise EphytoError(f"{parent.local} has no {name}")
    return found


def _text(parent: Element, *path: str) -> str:
    """The text at the end of a path, "" when something on it is missing."""
    for name in path:
        child = next(_all(parent, name), None)
        if child is None:
            return ""
        parent = child
    if len(parent.text) > LONGEST:
        raise EphytoError(f"{parent.local} is longer than {LONGEST} characters")
    return parent.text.strip()


def _needed(parent: Element, *path: str) -> str:
    found = _text(parent, *path)
    if not found:
        raise EphytoError(f"{parent.local} has no {'/'.join(path)}")
    return found


def _country(parent: Element, *path: str) -> str:
    found = _needed(parent, *path)
    if not _COUNTRY.fullmatch(found):
        raise EphytoError(f"{found[:20]!r} is no country of ISO 3166-1 alpha-2")
    return found


def _moment(element: Element) -> datetime:
    text = _text(element, "DateTimeString") or element.text.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise EphytoError(f"{element.local} is no date and time of ISO 8601: {text[:40]!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(element: Element | None) -> date | None:
    return None if element is None else _moment(element).date()


def _number(text: str, name: str) -> Decimal:
    try:
        found = Decimal(text)
        if not found.is_finite() or not 0 <= found < _MOST or int(found.as_tuple().exponent) < -9:
            raise InvalidOperation
    except InvalidOperation:
        raise EphytoError(f"{name} is no usable number: {text[:40]!r}") from None
    return found


def _measure(parent: Element, name: str) -> Measure | None:
    found = next(_all(parent, name), None)
    if found is None or not found.text.strip():
        return None
    return Measure(_number(found.text.strip(), name), found.attributes.get("unitCode", "")[:10])


def _party(parent: Element, name: str) -> Party:
    found = _one(parent, name)
    lines = next(_all(found, "SpecifiedSPSAddress"), None)
    labels = ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive")
    address = tuple(line for label in labels if lines is not None and (line := _text(lines, label)))
    return Party(_needed(found, "Name"), address)


def _notes(document: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for note in _all(document, "IncludedSPSNote"):
        subject, text = _text(note, "Subject"), _text(note, "Content")
        if subject and text:
            found[subject] = f"{found[subject]}\n{text}" if subject in found else text
    return found


def _page(document: Element) -> str:
    for one in _all(document, "ReferenceSPSReferencedDocument"):
        address = _text(one, "ID")
        if address.startswith(("https://", "http://")):
            return address
    return ""


def _lines(whole: Element) -> Iterator[Element]:
    return _all(whole, "IncludedSPSTradeLineItem")


def _item(found: Element) -> Plants:
    package = next(_all(found, "PhysicalSPSPackage"), None)
    count = _text(package, "ItemQuantity") if package is not None else ""
    number = _number(count, "ItemQuantity") if count else None
    if number is not None and number != number.to_integral_value():
        raise EphytoError(f"ItemQuantity is no whole number: {count[:40]!r}")
    codes = (_text(c, "ClassCode") for c in _all(found, "ApplicableSPSClassification") if _text(c, "SystemID") == "HS")
    treatments = tuple(_treatment(one) for one in _all(found, "AppliedSPSProcess"))
    if len(treatments) > MAX_TREATMENTS:
        raise EphytoError(f"an item has more than {MAX_TREATMENTS} treatments")
    return Plants(
        produce=_text(found, "CommonName") or _needed(found, "Description"),
        botanical=_text(found, "ScientificName"),
        origin=_country(found, "OriginSPSCountry", "ID"),
        net=_measure(found, "NetWeightMeasure"),
        region=_text(found, "OriginSPSCountry", "SubordinateSPSCountrySubDivision", "Name"),
        packages=int(number) if number is not None else None,
        package_kind=_text(package, "TypeCode") if package is not None else "",
        hs_code=next(codes, ""),
        treatments=treatments,
    )


def _treatment(found: Element) -> Treatment:
    said: dict[str, str] = {}
    for one in _all(found, "ApplicableSPSProcessCharacteristic"):
        texts = [d.text.strip() for d in _all(one, "Description")]
        if len(texts) > 1 and len(texts[1]) <= LONGEST:
            said.setdefault(texts[0], texts[1])
    period = next(_all(found, "CompletionSPSPeriod"), None)
    start = next(_all(period, "StartDateTime"), None) if period is not None else None
    duration = _measure(period, "DurationMeasure") if period is not None else None
    return Treatment(_day(start), duration, said.get(CHEMICAL, ""), said.get(FULL_TEXT, ""))
