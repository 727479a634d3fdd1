"""How events are given: JSON-LD or XML, identifiers and words in the spelling that the client asks for."""

import json

import pytest

from guomen.core import epcis
from tests.trace.goods import document, robot
from tests.trace.test_rest_capture import EVENTS, XML, job_of, send

GTIN_LINK = "https://id.gs1.org/01/10614141073464/21/2017"
GTIN_URN = "urn:epc:id:sgtin:0614141.107346.2017"
EVENT = {
    "type": "ObjectEvent",
    "eventID": "urn:x:1",
    "eventTime": "2026-10-02T08:00:00.000Z",
    "eventTimeZoneOffset": "+00:00",
    "epcList": [GTIN_LINK, "urn:epc:id:sscc:4012345.3111111111", "urn:uuid:8f7c"],
    "action": "OBSERVE",
    "bizStep": "storing",
    "disposition": "https://own.example/odd",
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0", "ex:gate": 7},
    "quantityList": [{"epcClass": "https://id.gs1.org/01/04012345111118/10/L7", "quantity": 1.5, "uom": "KGM"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00000"}],
    "ex:note": {"ex:ok": True},
}


@pytest.fixture
def firm(people):
    firm = robot(people.cy, "capture", "read")
    assert job_of(firm, send(firm, document(EVENT)))["success"]
    return firm


def one(firm, **headers):
    return firm.get(f"{EVENTS}/urn:x:1", headers={name.replace("_", "-"): value for name, value in headers.items()})


def told_of(answer):
    (event,) = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return event


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/*", "application/ld+json"),
        (XML, XML),
        ("text/xml", "text/xml; charset=utf-8"),
        ("application/xml;q=0.9, application/json;q=0.8", XML),
        ("application/xml;q=0.2, */*;q=0.1", XML),
        ("application/ld+json;q=0, application/json;q=0, */*", XML),
        ('application/ld+json;profile="x"; q=0.5, text/xml;q=0.1', "application/ld+json"),
        ("nonsense, text/html;level=1, application/xml ; q=1.000", XML),
    ],
)
def test_the_client_chooses_the_media_type(firm, accept, media_type):
    for answer in (one(firm, Accept=accept), firm.get(EVENTS, headers={"Accept": accept})):
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
        assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("accept", ["image/png", "text/html, application/xml;q=0", "text", "application/xml;q=2"])
def test_what_no_client_would_read_is_not_sent(people, firm, accept):
    for path in (EVENTS, f"{EVENTS}/urn:x:1", f"{EVENTS}/urn:x:none"):
        answer = firm.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["type"].partition(":")[0]) == (406, "epcisException")
    captured = send(
        firm, EVENT | {"eventID": "urn:x:2", "@context": {"ex": "https://e.x/"}}, path=EVENTS, Accept=accept
    )
    assert captured.status_code == 406
    assert one(firm, Accept="*/*").status_code == 200
    assert firm.get(f"{EVENTS}/urn:x:2").status_code == 404


def test_xml_says_what_json_says(firm):
    (from_xml,) = epcis.parse_xml_document(one(firm, Accept=XML).content)
    (from_json,) = epcis.parse_document(one(firm, Accept="*/*").content)
    assert from_xml.record_time is not None
    assert epcis.event_to_dict(from_xml) == epcis.event_to_dict(from_json)
    assert from_xml.extensions == {"ex:note": {"ex:ok": True}}
    page = epcis.xml_to_document(firm.get(f"{EVENTS}?EQ_bizStep=storing", headers={"Accept": XML}).content)
    assert page["type"] == "EPCISQueryDocument"
    assert page["epcisBody"]["queryResults"]["queryName"] == "SimpleEventQuery"
    assert epcis.parse_document(page) == [from_xml]


def test_a_captured_event_is_answered_in_xml_too(firm):
    body = EVENT | {"eventID": "urn:x:2", "@context": [{"ex": "https://example.test/"}]}
    answer = send(firm, body, path=EVENTS, Accept=XML)
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, XML)
    assert [event.event_id for event in epcis.parse_xml_document(answer.content)] == ["urn:x:2"]


def test_identifiers_are_given_as_links_or_urns_and_what_is_neither_stays(firm):
    links = one(firm, GS1_EPC_Format="Always_GS1_Digital_Link")
    assert links.headers["GS1-EPC-Format"] == "Always_GS1_Digital_Link"
    told = told_of(links)
    assert told["epcList"] == [GTIN_LINK, "https://id.gs1.org/00/340123451111111111", "urn:uuid:8f7c"]
    assert told["readPoint"] == {"id": "https://id.gs1.org/414/4012345000054", "ex:gate": 7}
    assert told["sourceList"][0]["source"] == "https://id.gs1.org/417/4012345000009"
    urns = told_of(one(firm, GS1_EPC_Format="Always_EPC_URN"))
    assert urns["epcList"] == [GTIN_URN, "urn:epc:id:sscc:4012345.3111111111", "urn:uuid:8f7c"]
    assert urns["quantityList"][0]["epcClass"] == "urn:epc:class:lgtin:4012345.011111.L7"
    for same in ("No_Preference", "Never_Translates"):
        answer = one(firm, GS1_EPC_Format=same)
        assert answer.headers["GS1-EPC-Format"] == "Never_Translates"
        assert told_of(answer)["epcList"] == EVENT["epcList"]


def test_words_are_given_as_web_uris_or_urns_and_own_words_stay(firm):
    told = told_of(one(firm, GS1_CBV_Format="Always_URN"))
    assert told["bizStep"] == "urn:epcglobal:cbv:bizstep:storing"
    assert told["disposition"] == "https://own.example/odd"
    assert told["sourceList"][0]["type"] == "urn:epcglobal:cbv:sdt:owning_party"
    assert told_of(one(firm, GS1_CBV_Format="Always_Web_URI"))["bizStep"] == "https://ref.gs1.org/cbv/BizStep-storing"
    assert told_of(one(firm))["bizStep"] == "storing"


def test_the_values_of_top_level_resources_are_spelled_as_asked_for(firm):
    def members(resource, **headers):
        answer = firm.get(f"/epcis/v2/{resource}", headers={n.replace("_", "-"): v for n, v in headers.items()})
        return answer.json()["member"], answer.headers["GS1-EPC-Format"]

    urns, said = members("epcs", GS1_EPC_Format="Always_EPC_URN")
    assert (GTIN_URN in urns, GTIN_LINK in urns, said) == (True, False, "Always_EPC_URN")
    assert members("epcs")[1] == "Never_Translates"
    assert members("readPoints", GS1_EPC_Format="Always_EPC_URN")[0] == ["urn:epc:id:sgln:4012345.00005.0"]
    assert members("bizSteps", GS1_CBV_Format="Always_URN")[0] == ["urn:epcglobal:cbv:bizstep:storing"]
    assert members("eventTypes", GS1_CBV_Format="Always_URN", GS1_EPC_Format="Always_EPC_URN")[0] == ["ObjectEvent"]


def test_the_format_of_words_in_xml_leaves_json_alone(firm):
    assert b"urn:epcglobal:cbv:bizstep:storing" in one(firm, Accept=XML, GS1_CBV_XML_Format="Always_URN").content
    assert b"https://ref.gs1.org/cbv/BizStep-storing" in one(firm, Accept=XML).content
    assert told_of(one(firm, GS1_CBV_XML_Format="Always_URN"))["bizStep"] == "storing"


@pytest.mark.parametrize(
    "value", ["ex=https://example.test/", "ex,https://example.test/", '{"ex": "https://example.test/"}']
)
def test_extensions_are_named_in_each_way_of_openapi(firm, value):
    found = firm.get(f"{EVENTS}?EXISTS_ex:note", headers={"GS1-Extensions": value})
    assert len(found.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 1


@pytest.mark.parametrize("value", ["ex", "=x", "ex=", "{", '{"ex": 1}'])
def test_extensions_that_cannot_be_read_are_refused(firm, value):
    answer = firm.get(EVENTS, headers={"GS1-Extensions": value})
    assert (answer.status_code, "GS1-Extensions" in answer.json()["title"]) == (400, True)


def test_options_announce_versions_formats_and_extensions(firm):
    said = firm.options(EVENTS).headers
    for end in ("Version", "Min", "Max"):
        assert (said[f"GS1-EPCIS-{end}"], said[f"GS1-CBV-{end}"]) == ("2.0.0", "2.0.0")
    assert "cbvmda=urn:epcglobal:cbv:mda" in said["GS1-Extensions"]
    assert {"GS1-EPC-Format", "GS1-CBV-XML-Format", "GS1-Vendor-Version"} <= set(said)
    assert json.loads(firm.get(EVENTS, headers={"GS1-CBV-Min": "2.1"}).content)["status"] == 406
