"""Phytosanitary certificates to and from the message that countries exchange (:mod:`guomen.core.ephyto`)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from guomen.certificates import credential
from guomen.certificates.models import Certificate
from guomen.core.ephyto import Measure, Party, PhytoCertificate, Plants, Treatment, write

KIND = "18"
MEDIA_TYPE = "application/xml"
MODES = {"2": "1", "3": "2", "4": "3", "5": "4", "6": "5", "9": "0"}
"""China Customs transport mode -> UN/ECE Recommendation 19."""
_BACK = {theirs: ours for ours, theirs in MODES.items()}


def xml(certificate: Certificate) -> bytes:
    """The message for a signed phytosanitary certificate."""
    return write(of(certificate))


def of(certificate: Certificate) -> PhytoCertificate:
    """A signed certificate of the kind 18 as the message has it, in English."""
    assert certificate.signed_at is not None
    assert certificate.office is not None
    facts = certificate.facts
    treatments = tuple(_treatment(row) for row in facts.get("treatments", []))
    return PhytoCertificate(
        number=certificate.number,
        issued_at=certificate.signed_at,
        issuer=certificate.office.name_en,
        issued_in=_en(facts.get("place")) or certificate.office.name_en,
        exporter=_party(facts["exporter"]),
        consignee=_party(facts["consignee"]),
        export_country=facts["export_country"]["code"],
        import_country=facts["import_country"]["code"],
        items=tuple(_plants(row, treatments) for row in facts["plants"]),
        entry_point=_en(facts.get("entry_point")),
        mode=MODES.get(facts["transport"]["code"], "").removeprefix("0"),
        conveyance=_en(facts.get("conveyance")),
        marks=_en(facts.get("marks")),
        additional=_en(facts.get("additional")),
        page=credential.address(certificate.number),
    )


def facts_of(found: PhytoCertificate) -> dict[str, Any]:
    """What a certificate of the kind 18 states, from a message: facts as :func:`.kinds.read` takes them."""
    treatments = dict.fromkeys(t for item in found.items for t in item.treatments)
    facts = {
        "exporter": ", ".join((found.exporter.name, *found.exporter.address)),
        "consignee": ", ".join((found.consignee.name, *found.consignee.address)),
        "export_country": found.export_country,
        "import_country": found.import_country,
        "entry_point": found.entry_point,
        "transport": _BACK.get(found.mode or "0", "9"),
        "conveyance": found.conveyance,
        "marks": found.marks,
        "additional": found.additional,
        "plants": [_row(item) for item in found.items],
        "treatments": [_treated(one) for one in treatments if one.on is not None],
    }
    return {name: value for name, value in facts.items() if value}


def _en(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value["en"])
    return str(value or "")


def _party(value: Any) -> Party:
    name, _, address = _en(value).partition(", ")
    return Party(name, tuple(line for line in address.split(", ", 4) if line))


def _measure(value: Mapping[str, str] | None) -> Measure | None:
    return Measure(Decimal(value["value"]), value["unit"]) if value else None


def _plants(row: Mapping[str, Any], treatments: tuple[Treatment, ...]) -> Plants:
    return Plants(
        produce=_en(row["produce"]),
        botanical=_en(row["botanical"]),
        origin=row["origin"]["code"],
        net=_measure(row["net"]),
        region=_en(row.get("region")),
        packages=row["packages"],
        package_kind=row["package_kind"],
        hs_code=row.get("hs_code", ""),
        treatments=treatments,
    )


def _treatment(row: Mapping[str, Any]) -> Treatment:
    said = [
        _en(row.get(name)) for name in ("type", "chemical", "concentration", "temperature", "duration", "dose", "more")
    ]
    return Treatment(
        on=date.fromisoformat(row["date"]),
        duration=_measure(row.get("duration")),
        chemical=_en(row.get("chemical")),
        text="; ".join(text for text in said if text),
    )


def _row(item: Plants) -> dict[str, Any]:
    net = {"value": format(item.net.value, "f"), "unit": item.net.unit} if item.net else None
    row = {
        "produce": item.produce,
        "botanical": item.botanical,
        "origin": item.origin,
        "net": net,
        "region": item.region,
        "packages": item.packages,
        "package_kind": item.package_kind,
        "hs_code": item.hs_code,
    }
    return {name: value for name, value in row.items() if value not in ("", None)}


def _treated(one: Treatment) -> dict[str, Any]:
    assert one.on is not None
    duration = {"value": format(one.duration.value, "f"), "unit": one.duration.unit} if one.duration else None
    row = {"type": "OTH", "chemical": one.chemical, "date": one.on.isoformat(), "duration": duration, "more": one.text}
    return {name: value for name, value in row.items() if value}
