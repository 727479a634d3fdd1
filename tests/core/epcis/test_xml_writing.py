"""Writing XML: the order that the XSD demands, names and characters that XML cannot hold, and two prefixes alike."""

from xml.etree import ElementTree

import pytest

from guomen.core.epcis import document_to_xml, xml_to_document
from guomen.core.epcis.xml_names import escape, unescape
from tests.core.epcis.generated import document
from tests.core.epcis.test_events import MILK, shipping

XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
EX = "{https://ns.example.com/}"


def written(**changes: object) -> ElementTree.Element:
    root = ElementTree.fromstring(document_to_xml(document([shipping(**changes)])))
    event = root.find("EPCISBody/EventList/ObjectEvent")
    assert event is not None
    return event


def test_elements_stand_in_the_order_of_the_standard_whatever_order_they_came_in() -> None:
    event = written(
        certificationInfo="https://a.example/1", eventID="urn:x:1", recordTime="2026-03-01T05:00:00Z",
        persistentDisposition={"set": ["recalled"], "unset": ["available"]},
    )  # fmt: skip
    assert [child.tag for child in event] == [
        "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo", "epcList", "action",
        "bizStep", "readPoint", "persistentDisposition", EX + "temperature",
    ]  # fmt: skip
    assert event.findtext("bizStep") == "https://ref.gs1.org/cbv/BizStep-shipping"
    assert event.findtext(f"readPoint/{EX}gate") == "7"
    # The XSD has no object event without a list of things, be it empty.
    assert written(epcList=None, quantityList=[{"epcClass": MILK}])[2].tag == "epcList"


def test_numbers_and_truth_values_of_extensions_say_what_they_are() -> None:
    event = written(**{"ex:temperature": [4, 5.5, True, "4", 1e300]})
    assert [(e.get(XSI), e.text) for e in event.findall(EX + "temperature")] == [
        ("xsd:integer", "4"), ("xsd:decimal", "5.5"), ("xsd:boolean", "true"), (None, "4"), ("xsd:double", "1E+300"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a", "a b", "1", "_x0041_", "_x", "名", "é", "-", "\U0001f600", "x:y", "", "#"])
def test_every_name_has_an_xml_name_and_comes_back(name: str) -> None:
    assert unescape(escape(name)) == name
    ElementTree.fromstring(f"<{escape(name)}/>")


def test_names_never_become_control_characters() -> None:
    assert [unescape(name) for name in ("_x0000_a", "_xD800_", "_x110000_")] == ["_x0000_a", "_xD800_", "_x110000_"]


def test_characters_that_xml_cannot_hold_are_replaced_and_all_others_kept() -> None:
    held = ' a&b<c>"d"\r\n\te '
    event = written(**{"ex:temperature": held, "ex:bad": "a\x01b", "readPoint": {"id": "urn:x:1?a&b", "ex:gate": held}})
    assert event.findtext(EX + "temperature") == held
    assert event.findtext(EX + "bad") == "a\ufffdb"
    assert event.findtext("readPoint/id") == "urn:x:1?a&b"


def test_one_prefix_that_means_two_things_in_two_events_stays_two() -> None:
    both = [shipping() | {"@context": [{"ex": f"https://{n}.example/"}]} for n in "ab"]
    read = xml_to_document(document_to_xml(document(both)))
    one, two = read["epcisBody"]["eventList"]
    assert {"ex": "https://a.example/"} in read["@context"]
    assert "ex:temperature" in one
    (renamed,) = (key for key in two if key.endswith(":temperature"))
    assert {renamed.partition(":")[0]: "https://b.example/"} in read["@context"]


def test_a_query_document_keeps_the_names_of_query_and_subscription() -> None:
    asked = document([shipping()]) | {"type": "EPCISQueryDocument"}
    asked["epcisBody"] = {
        "queryResults": {"queryName": "mine", "subscriptionID": "s1", "resultsBody": asked["epcisBody"]}
    }
    results = xml_to_document(document_to_xml(asked))["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("mine", "s1")
    assert len(results["resultsBody"]["eventList"]) == 1
