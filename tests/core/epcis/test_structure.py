"""Our XML has the shape that GS1's XSD demands, our JSON that of its schema: checked by sequences told on their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guomen.core import epcis
from guomen.core.epcis import decode, document_to_xml, event_objects, translate, xml_to_document
from guomen.core.epcis.translation import as_digital_link, as_epc_urn
from guomen.trace.redaction import redacted
from tests.core.epcis.content_models import faults
from tests.core.epcis.generated import document, events
from tests.core.epcis.test_events import MILK, shipping

encode = msgspec.json.Encoder(decimal_format="number").encode
Change = Callable[[dict[str, Any]], Any]
WAYS: dict[str, Change] = {
    "as captured": lambda event: event,
    "as urns": lambda event: translate(event, "Always_EPC_URN", "Always_URN"),
    "as links": lambda event: translate(event, "Always_GS1_Digital_Link", "Always_Web_URI"),
    "redacted": lambda event: redacted(event, lambda uri: False),
}


def queried(found: list[Any], context: list[Any]) -> dict[str, Any]:
    results = {"subscriptionID": "s1", "queryName": "q", "resultsBody": {"eventList": found}}
    return {
        "@context": context, "type": "EPCISQueryDocument", "schemaVersion": "2.0",
        "creationDate": "2026-10-01T08:00:00.000Z", "epcisBody": {"queryResults": results},
    }  # fmt: skip


def shape(sent: dict[str, Any]) -> list[str]:
    return faults(ElementTree.fromstring(document_to_xml(sent)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(events, min_size=1, max_size=3), st.sampled_from(sorted(WAYS)))
def test_xml_of_any_events_has_the_shape_of_the_xsd(found: list[dict[str, Any]], way: str) -> None:
    sent = decode(encode(document(found)))
    assert shape(sent) == []
    assert shape(queried([WAYS[way](event) for event in found], sent["@context"])) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<action>", "<bizStep>x</bizStep><action>"), "ObjectEvent"),
        (("<epcList>", "<epcList/><epcList>"), "ObjectEvent"),
        (("<eventTimeZoneOffset>+08:00</eventTimeZoneOffset>", ""), "ObjectEvent"),
        (("<epc>", "<epc><id>"), "epc: "),
        (("<readPoint><id>", "<readPoint>text<id>"), "readPoint: text"),
        (('schemaVersion="2.0"', ""), "no schemaVersion"),
        (("<EventList>", "<EventList><QuantityEvent/>"), "EventList"),
        (("<EPCISBody>", "<EPCISHeader/><EPCISBody>"), "EPCISDocument"),
        (("urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis:xsd:1"), "root"),
    ],
)
def test_the_check_finds_what_is_in_a_wrong_place(change: tuple[str, str], fault: str) -> None:
    written = document_to_xml(document([shipping()])).decode()
    assert faults(ElementTree.fromstring(written)) == []
    wrong = written.replace(*change)
    if change[1].endswith("<id>") and change[0] == "<epc>":
        wrong = wrong.replace("</epc>", "</id></epc>")
    assert wrong != written
    assert any(fault in one for one in faults(ElementTree.fromstring(wrong)))


def test_a_thing_that_two_spellings_name_stands_once_in_a_list_that_is_translated() -> None:
    link = as_digital_link("urn:epc:id:sgtin:0614141.107346.7")
    event = shipping(epcList=["urn:epc:id:sgtin:0614141.107346.7", link, MILK + "1"])
    assert translate(event, "Always_GS1_Digital_Link")["epcList"] == [link, MILK + "1"]
    twice = shipping(epcList=[MILK + "1", MILK + "1"])
    assert translate(twice, "Always_EPC_URN")["epcList"] == [as_epc_urn(MILK + "1")]
    assert translate(twice)["epcList"] == twice["epcList"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantityList", [{"epcClass": "urn:x:class", "ex:a": 1}]),
        ("bizTransactionList", [{"bizTransaction": "urn:x:1", "ex:a": "b"}]),
        ("sourceList", [{"type": "owning_party", "source": "urn:x:1", "rdfs:comment": "b"}]),
        ("destinationList", [{"type": "owning_party", "destination": "urn:x:1", "ex:a": {"ex:b": 1}}]),
        ("persistentDisposition", {"set": ["recalled"], "ex:a": 1}),
    ],
)
def test_extensions_are_refused_where_neither_xsd_nor_schema_has_them(field: str, value: Any) -> None:
    with pytest.raises(epcis.EpcisError, match="takes no extensions here"):
        epcis.parse_document(document([shipping(**{field: value})]))


def published(shared_data: Path) -> list[Path]:
    folder = shared_data / "epcis"
    found = [*folder.rglob("*.xml"), *folder.rglob("*.json"), *folder.rglob("*.jsonld")]
    return [path for path in sorted(found) if "Invalid" not in path.parts]


def read(path: Path) -> dict[str, Any] | None:
    try:
        found = (xml_to_document if path.suffix == ".xml" else decode)(path.read_bytes())
        epcis.parse_document(found)
    except (epcis.EpcisError, AttributeError, TypeError):
        return None
    return found


@pytest.mark.conformance
def test_published_documents_come_out_in_the_shape_of_the_xsd(shared_data: Path) -> None:
    count, wrong = 0, {}
    for path in published(shared_data):
        if found := read(path):
            count += 1
            objects = event_objects(found)
            assert objects
            for way in WAYS.values():
                told = shape(queried([way(event) for event in objects[1]], list(epcis.as_context(found["@context"]))))
                wrong |= {path.name: told} if told else {}
    assert count > 120
    assert wrong == {}


@pytest.mark.conformance
def test_published_documents_come_out_valid_by_the_json_schema_of_gs1(shared_data: Path) -> None:
    """Those that are valid by it as they are."""
    schema = shared_data / "epcis" / "EPCIS-JSON-Schema.json"
    if not schema.is_file():
        pytest.skip(f"GS1's schema is not at {schema}")
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    judge = jsonschema_rs.validator_for(json.loads(schema.read_text()))
    count = 0
    for path in published(shared_data):
        found = read(path) if path.suffix != ".xml" else None
        if found and judge.is_valid(json.loads(path.read_bytes())):
            count += 1
            objects = event_objects(found)
            assert objects
            # Words as URNs are of XML only, by the standard.
            urns = {"as urns": lambda event: translate(event, "Always_EPC_URN")}
            for name, way in (WAYS | urns).items():
                out = queried([way(event) for event in objects[1]], list(epcis.as_context(found["@context"])))
                assert not list(judge.iter_errors(json.loads(encode(out)))), f"{path.name} {name}"
    assert count > 40
