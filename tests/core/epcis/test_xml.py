"""XML documents: what they say, and what is refused before it can hurt."""

import pytest

from guomen.core.epcis import EpcisError, ObjectEvent, event_to_dict, parse_xml_document, xml_to_document

EVENT = """<ObjectEvent>
  <eventTime>2026-03-01T12:00:00.000+08:00</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <epcList><epc>urn:epc:id:sgtin:4012345.011111.1</epc></epcList>
  <action>ADD</action>
  <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
  <readPoint><id>urn:epc:id:sgln:4012345.00005.0</id><ex:gate>7</ex:gate></readPoint>
  <extension>
    <quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.011111.L7</epcClass>
      <quantity>12.50</quantity><uom>KGM</uom></quantityElement></quantityList>
    <ilmd><ex:grade>A</ex:grade></ilmd>
  </extension>
  <ex:note>one</ex:note><ex:note>two</ex:note>
</ObjectEvent>"""


def document(events: str, head: str = "") -> bytes:
    return f"""<?xml version="1.0"?>{head}<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2"
      xmlns:ex="https://ns.example.com/" schemaVersion="2.0" creationDate="2026-03-01T12:00:00Z">
      <EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>""".encode()


def test_it_reads_an_xml_event_as_the_json_event_that_says_the_same() -> None:
    (event,) = parse_xml_document(document(EVENT))
    assert isinstance(event, ObjectEvent)
    assert event_to_dict(event) == {
        "type": "ObjectEvent",
        "eventTime": "2026-03-01T12:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.1"],
        "action": "ADD",
        "bizStep": "commissioning",
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0", "ex:gate": "7"},
        "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.L7", "quantity": 12.5, "uom": "KGM"}],
        "ilmd": {"ex:grade": "A"},
        "ex:note": ["one", "two"],
    }
    assert {"ex": "https://ns.example.com/"} in event.context


def test_it_names_the_place_of_what_is_wrong_in_xml_too() -> None:
    with pytest.raises(EpcisError) as caught:
        parse_xml_document(document(EVENT.replace("<action>ADD", "<action>MOVE")))
    assert [problem.path for problem in caught.value.problems] == ["/epcisBody/eventList/0/action"]


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd">'
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "data",
    [
        document(EVENT, BOMB),
        document(EVENT, OUTSIDE),
        document(EVENT.replace(">one<", ">&f;<"), FILE),
        document("<ex:a>" * 10_000 + "</ex:a>" * 10_000),
        b"<a><b></a>",
        b"",
        b"<html/>",
        b"\xff\xfe\x00",
    ],
)
def test_it_refuses_xml_made_to_hurt_and_what_is_no_document(data: bytes) -> None:
    with pytest.raises(EpcisError):
        xml_to_document(data)
