"""A certificate as XML, in the order of the schema: the same certificate gives the same bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from guomen.core.ephyto.model import (
    ADDITIONAL,
    CHEMICAL,
    FULL_TEXT,
    MARKS,
    RAM,
    RSM,
    UDT,
    EphytoError,
    Measure,
    Party,
    PhytoCertificate,
    Plants,
    Treatment,
)

_STATEMENT = (
    "Certifying statement of the model certificate in the annex to the International Plant Protection Convention"
)


def write(certificate: PhytoCertificate) -> bytes:
    """The SPSCertificate message in UTF-8. EphytoError when a text holds a character that XML cannot carry."""
    for prefix, uri in (("rsm", RSM), ("ram", RAM), ("udt", UDT)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{RSM}}}SPSCertificate")
    _document(ET.SubElement(root, f"{{{RSM}}}SPSExchangedDocument"), certificate)
    _consignment(ET.SubElement(root, f"{{{RSM}}}SPSConsignment"), certificate)
    ET.indent(root)
    found = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    try:
        ET.fromstring(found)  # noqa: S314 - what was just written
    except ET.ParseError as error:
        raise EphytoError(f"a text holds a character that XML cannot carry ({error})") from None
    return bytes(found)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    found = ET.SubElement(parent, f"{{{RAM}}}{name}", attributes)
    if text:
        found.text = text
    return found


def _moment(parent: ET.Element, name: str, at: datetime | date) -> None:
    text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(at, datetime) else at.isoformat()
    ET.SubElement(_add(parent, name), f"{{{UDT}}}DateTimeString").text = text


def _number(value: Decimal) -> str:
    return format(value, "f")


def _measure(parent: ET.Element, name: str, measure: Measure | None) -> None:
    if measure is not None:
        _add(parent, name, _number(measure.value), unitCode=measure.unit)


def _note(parent: ET.Element, subject: str, text: str) -> None:
    if text:
        note = _add(parent, "IncludedSPSNote")
        _add(note, "Subject", subject)
        _add(note, "Content", text)


def _document(found: ET.Element, c: PhytoCertificate) -> None:
    _add(found, "Name", "Phytosanitary certificate")
    _add(found, "ID", c.number)
    _add(found, "TypeCode", c.kind)
    _add(found, "StatusCode", c.status)
    _moment(found, "IssueDateTime", c.issued_at)
    _add(_add(found, "IssuerSPSParty"), "Name", c.issuer)
    _note(found, ADDITIONAL, c.additional)
    _note(found, MARKS, c.marks)
    if c.page:
        page = _add(found, "ReferenceSPSReferencedDocument")
        _add(page, "RelationshipTypeCode", "ZZZ")
        _add(page, "ID", c.page)
    signed = _add(found, "SignatorySPSAuthentication")
    _moment(signed, "ActualDateTime", c.issued_at)
    _add(_add(signed, "IssueSPSLocation"), "Name", c.issued_in)
    # Who signed is known to the authority; its name stands for the officer's.
    provider = _add(signed, "ProviderSPSParty")
    _add(provider, "Name", c.issuer)
    _add(_add(provider, "SpecifiedSPSPerson"), "Name", c.issuer)
    clause = _add(signed, "IncludedSPSClause")
    _add(clause, "ID", "1")
    _add(clause, "Content", _STATEMENT)


def _party(parent: ET.Element, name: str, party: Party) -> None:
    found = _add(parent, name)
    _add(found, "Name", party.name)
    if party.address:
        address = _add(found, "SpecifiedSPSAddress")
        for label, line in zip(
            ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive"), party.address, strict=False
        ):
            _add(address, label, line)


def _consignment(found: ET.Element, c: PhytoCertificate) -> None:
    _party(found, "ConsignorSPSParty", c.exporter)
    _party(found, "ConsigneeSPSParty", c.consignee)
    for name, code in (("ExportSPSCountry", c.export_country), ("ImportSPSCountry", c.import_country)):
        _add(_add(found, name), "ID", code)
    if c.entry_point:
        _add(_add(found, "UnloadingBaseportSPSLocation"), "Name", c.entry_point)
    _add(_add(_add(found, "ExaminationSPSEvent"), "OccurrenceSPSLocation"), "Name", c.issued_in)
    if c.mode or c.conveyance:
        movement = _add(found, "MainCarriageSPSTransportMovement")
        _add(movement, "ModeCode", c.mode or "0")
        if c.conveyance:
            _add(_add(movement, "UsedSPSTransportMeans"), "Name", c.conveyance)
    whole = _add(found, "IncludedSPSConsignmentItem")
    for sequence, item in enumerate(c.items, 1):
        _item(_add(whole, "IncludedSPSTradeLineItem"), sequence, item)


def _item(found: ET.Element, sequence: int, item: Plants) -> None:
    _add(found, "SequenceNumeric", str(sequence))
    _add(found, "Description", item.produce)
    _add(found, "CommonName", item.produce)
    _add(found, "ScientificName", item.botanical)
    _measure(found, "NetWeightMeasure", item.net)
    if item.hs_code:
        kind = _add(found, "ApplicableSPSClassification")
        _add(kind, "SystemID", "HS")
        _add(kind, "ClassCode", item.hs_code)
    if item.packages is not None:
        package = _add(found, "PhysicalSPSPackage")
        _add(package, "LevelCode", "4")
        _add(package, "TypeCode", item.package_kind)
        _add(package, "ItemQuantity", str(item.packages))
    origin = _add(found, "OriginSPSCountry")
    _add(origin, "ID", item.origin)
    if item.region:
        region = _add(origin, "SubordinateSPSCountrySubDivision")
        _add(region, "Name", item.region)
        _add(region, "HierarchicalLevelCode", "1")
    for treatment in item.treatments:
        _treatment(_add(found, "AppliedSPSProcess"), treatment)


def _treatment(found: ET.Element, treatment: Treatment) -> None:
    _add(found, "TypeCode", "ZZZ")
    if treatment.on is not None or treatment.duration is not None:
        period = _add(found, "CompletionSPSPeriod")
        if treatment.on is not None:
            _moment(period, "StartDateTime", treatment.on)
        _measure(period, "DurationMeasure", treatment.duration)
    for code, text in ((CHEMICAL, treatment.chemical), (FULL_TEXT, treatment.text)):
        if text:
            characteristic = _add(found, "ApplicableSPSProcessCharacteristic")
            _add(characteristic, "Description", code)
            _add(characteristic, "Description", text)
