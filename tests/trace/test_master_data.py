"""Master data in the headers of documents: what is kept of XML, and which fields of events can be asked by it."""

import pytest

from guomen.core import epcis
from guomen.trace import masterdata, services
from guomen.trace.models import MasterData
from tests.trace.goods import BATCH, GTIN, ITEM, day, document, robot, seen
from tests.trace.test_rest_query import EVENTS, GLN, OTHER_GLN, PO, ids, sent

EXTENSIONS = {"GS1-Extensions": "ex=https://example.test/ns#"}
HEADER = """<EPCISHeader><extension><EPCISMasterData><VocabularyList>
  <Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation"><VocabularyElementList>
    <VocabularyElement id="urn:epc:id:sgln:9506000.13435.0">
      <attribute id="urn:epcglobal:cbv:mda:site">North</attribute>
      <attribute id="https://example.test/ns#area" kind="m2">7</attribute>
      <attribute id="urn:epcglobal:cbv:mda:address"><ex:city>Lu'an</ex:city><ex:line>1</ex:line><ex:line>2</ex:line></attribute>
      <children><id>urn:epc:id:sgln:9506000.13436.0</id><id>urn:epc:id:sgln:9506000.13435.D1</id></children>
    </VocabularyElement>
    <VocabularyElement id="urn:shop:2"/>
  </VocabularyElementList></Vocabulary>
  <Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass"><VocabularyElementList>
    <VocabularyElement id="urn:epc:idpat:sgtin:9506000.013435.*"><attribute id="cbvmda:brand">Gao</attribute></VocabularyElement>
  </VocabularyElementList></Vocabulary>
</VocabularyList></EPCISMasterData></extension></EPCISHeader>"""  # noqa: E501
XML = f"""<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="https://example.test/ns#"
  schemaVersion="2.0" creationDate="2026-03-01T12:00:00Z">{HEADER}<EPCISBody><EventList>
  <ObjectEvent><eventTime>2026-10-01T08:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>
    <eventID>urn:e:seen</eventID><epcList><epc>{ITEM}</epc></epcList><action>OBSERVE</action>
    <readPoint><id>urn:epc:id:sgln:9506000.13436.0</id></readPoint>
    <bizLocation><id>{GLN}</id></bizLocation>
  </ObjectEvent></EventList></EPCISBody></epcis:EPCISDocument>"""


def test_the_header_of_an_xml_document_is_kept_as_that_of_json_is(people):
    sender = robot(people.cy, "capture")
    assert sender.post("/epcis/v2/capture", XML, content_type="application/xml").status_code == 202
    kept = {row.name: (row.attributes, row.children) for row in MasterData.objects.all()}
    mda, own = "urn:epcglobal:cbv:mda#", "https://example.test/ns#"
    assert kept == {
        GLN: (
            {
                f"{mda}site": "North",
                f"{own}area": "7",
                f"{mda}address": """{"ex:city":"Lu'an","ex:line":["1","2"]}""",
            },
            [OTHER_GLN, f"{GLN}/254/D1"],
        ),
        "urn:shop:2": ({}, []),
        f"https://id.gs1.org/01/{GTIN}": ({f"{mda}brand": "Gao"}, []),
    }
    reader = robot(people.cy, "read")
    assert ids(reader.get(EVENTS, {"WD_readPoint": GLN})) == ["seen"]
    assert ids(reader.get(EVENTS, {"HASATTR_bizLocation": "urn:epcglobal:cbv:mda:site"})) == ["seen"]
    assert ids(reader.get(EVENTS, {"HASATTR_readPoint": "urn:epcglobal:cbv:mda:site"})) == []


def test_an_xml_header_says_what_a_json_header_would():
    same = epcis.xml_to_document(XML.encode())
    listed = same["epcisHeader"]["epcisMasterData"]["vocabularyList"]
    assert [one["type"].rpartition(":")[2] for one in listed] == ["BusinessLocation", "EPCClass"]
    first, second = listed[0]["vocabularyElementList"]
    assert second == {"id": "urn:shop:2"}
    assert first["children"] == ["urn:epc:id:sgln:9506000.13436.0", "urn:epc:id:sgln:9506000.13435.D1"]
    assert first["attributes"][2]["attribute"] == {"ex:city": "Lu'an", "ex:line": ["1", "2"]}
    odd = XML.replace("<Vocabulary ", "<ex:other/><Vocabulary ").replace(
        "<VocabularyElementList>", "<ex:x><ex:y/></ex:x><VocabularyElementList>"
    )
    assert len(epcis.parse_xml_document(odd.encode())) == 1


KINDS = {
    "urn:epcglobal:epcis:vtype:BusinessStep": "urn:epcglobal:cbv:bizstep:shipping",
    "urn:epcglobal:epcis:vtype:Disposition": "in_transit",
    "urn:epcglobal:epcis:vtype:BusinessTransaction": PO,
    "urn:epcglobal:epcis:vtype:SourceDest": OTHER_GLN,
    "urn:epcglobal:epcis:vtype:BusinessLocation": GLN,
    "urn:epcglobal:epcis:vtype:EPCClass": BATCH,
    "urn:example:vtype:colour": "urn:colour:red",
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"HASATTR_bizStep": "ex:mark"}, "sent"),
        ({"HASATTR_disposition": "ex:mark"}, "sent"),
        ({"HASATTR_source": "ex:mark"}, "sent"),
        ({"HASATTR_destination": "ex:mark"}, "made"),
        ({"HASATTR_bizTransaction": "ex:mark"}, "sent"),
        ({"HASATTR_epcClass": "ex:mark"}, "made"),
        ({"HASATTR_ex:colour": "ex:mark"}, "sent"),
        ({"HASATTR_https://example.test/ns#colour": "ex:mark"}, "sent"),
        ({"HASATTR_ex:taste": "ex:mark"}, ""),
        ({"HASATTR_transformationID": "ex:mark"}, ""),
        ({"EQATTR_bizStep_ex:mark": "BusinessStep"}, "sent"),
        ({"EQATTR_source_ex:mark": "SourceDest"}, "sent"),
        ({"EQATTR_destination_https://example.test/ns#mark": "BusinessLocation"}, "made"),
        ({"EQATTR_destination_ex:mark": "SourceDest"}, ""),
        ({"EQATTR_epcClass_ex:mark": "EPCClass"}, "made"),
        ({"EQATTR_ex:colour_ex:mark": "urn:example:vtype:colour|colour"}, "sent"),
        ({"EQATTR_bizTransaction_ex:mark": "BusinessTransaction"}, "sent"),
    ],
)
def test_every_field_of_vocabulary_can_be_asked_by_master_data(people, query, expected):
    services.record(
        people.cy.actor,
        [
            seen(0, "shipping", ITEM, event_id="urn:e:sent", disposition="in_transit", biz_transactions=[("po", PO)],
                 sources=[("owning_party", OTHER_GLN)]) | {"ex:colour": "urn:colour:red"},
            sent(epcis.transformation_event(day(1), inputs=[ITEM], output_classes=[(BATCH, 2, None)],
                                            destinations=[("https://own.test/end", GLN)], event_id="urn:e:made")),
        ],
        [{"ex": "https://example.test/ns#"}],
    )  # fmt: skip
    listed = [
        {
            "type": kind,
            "vocabularyElementList": [
                {"id": id, "attributes": [{"id": "ex:mark", "attribute": kind.rpartition(":")[2]}]}
            ],
        }
        for kind, id in KINDS.items()
    ]
    header = {"epcisHeader": {"epcisMasterData": {"vocabularyList": listed}}}
    masterdata.keep(people.cy.organisation.id, document() | header | {"@context": [{"ex": "https://example.test/ns#"}]})
    masterdata.keep(people.eve.organisation.id, document() | header)
    assert ids(robot(people.cy, "read").get(EVENTS, query, headers=EXTENSIONS)) == expected.split()
    assert ids(robot(people.eve, "read").get(EVENTS, query, headers=EXTENSIONS)) == []
