"""Master data that stand in files: found wherever they stand, sent in documents of their own within the limits."""

import gzip
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen import client as guomen
from guomen.client import Limits, files, read_contents, read_events, split
from guomen.core import epcis
from guomen.trace import masterdata
from guomen.trace.models import MasterData
from tests.client.test_files import CONTEXT, EVENTS, reordered, xml
from tests.trace.goods import document

PLACE, CLASS = "urn:epcglobal:epcis:vtype:BusinessLocation", "urn:epcglobal:epcis:vtype:EPCClass"
MDA = "urn:epcglobal:cbv:mda:site"
LIST = "".join(
    f'<Vocabulary type="{kind}"><VocabularyElementList>'
    + "".join(f'<VocabularyElement id="{id}"><attribute id="{MDA}">{id}</attribute></VocabularyElement>' for id in ids)
    + "</VocabularyElementList></Vocabulary>"
    for kind, ids in ((PLACE, ["urn:p:1", "urn:p:2"]), (CLASS, ["urn:c:1"]))
)
HEADERS = {
    1: "<EPCISHeader><extension><EPCISMasterData><VocabularyList>{}</VocabularyList></EPCISMasterData></extension>"
    "</EPCISHeader>",
    2: "<EPCISHeader><EPCISMasterData><VocabularyList>{}</VocabularyList></EPCISMasterData></EPCISHeader>",
}
ALONE = (
    '<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:2" xmlns:ex="https://example.test/" '
    f'schemaVersion="2.0" creationDate="2026-10-01T00:00:00Z"><EPCISBody><VocabularyList>{LIST}</VocabularyList>'
    "</EPCISBody></m:EPCISMasterDataDocument>"
)
ELEMENTS = [(kind, {"id": id, "attributes": [{"id": MDA, "attribute": id}]})
            for kind, id in ((PLACE, "urn:p:1"), (PLACE, "urn:p:2"), (CLASS, "urn:c:1"))]  # fmt: skip


def with_header(*events: dict) -> dict:
    lists: dict = {}
    for kind, element in ELEMENTS:
        lists.setdefault(kind, []).append(element)
    listed = [{"type": kind, "vocabularyElementList": elements} for kind, elements in lists.items()]
    return document(*events) | {"epcisHeader": {"epcisMasterData": {"vocabularyList": listed}}}


def read(data: str | bytes) -> list:
    data = data.encode() if isinstance(data, str) else data
    return list(read_contents(lambda: io.BytesIO(data), name="f"))


WHOLE = with_header(*EVENTS)
FORMS = {
    "json": json.dumps(WHOLE),
    "header last": reordered(WHOLE, "@context", "type", "schemaVersion", "creationDate", "epcisBody", "epcisHeader"),
    "context last": reordered(WHOLE, "epcisHeader", "epcisBody", "type", "schemaVersion", "creationDate", "@context"),
    "gzip": gzip.compress(json.dumps(WHOLE, indent=1).encode()),
    "xml 2.0": xml(2, HEADERS[2].format(LIST)),
    "xml 1.2": xml(1, HEADERS[1].format(LIST)),
}
ONLY = {
    "xml": ALONE,
    "json": json.dumps(with_header()),
    "json without a body": reordered(WHOLE, "type", "@context", "epcisHeader", "schemaVersion"),
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_master_data_are_found_beside_the_events_wherever_they_stand(form):
    found = read(FORMS[form])
    elements = [(s.vocabulary, json.loads(s.event)) for s in found if s.vocabulary]
    assert elements == ELEMENTS
    assert {s.origin for s in found if s.vocabulary} == {("f", None)}
    assert all(s.context == CONTEXT for s in found)
    data = FORMS[form] if isinstance(FORMS[form], bytes) else FORMS[form].encode()
    events = list(read_events(lambda: io.BytesIO(data), name="f"))
    assert [s.origin for s in events] == [("f", 0), ("f", 1), ("f", 2)]
    assert events == [s for s in found if not s.vocabulary]


@pytest.mark.parametrize("form", sorted(ONLY))
def test_a_file_of_nothing_but_master_data_is_read(form):
    assert [(s.vocabulary, json.loads(s.event)) for s in read(ONLY[form])] == ELEMENTS


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(size=st.integers(1, 400), form=st.sampled_from(["json", "header last", "context last", "xml 2.0", "xml 1.2"]))
def test_it_does_not_matter_where_a_file_is_cut_while_it_is_read(size, form):
    usual, files._CHUNK = files._CHUNK, size
    try:
        found = read(FORMS[form])
    finally:
        files._CHUNK = usual
    assert [(s.vocabulary, json.loads(s.event)) for s in found if s.vocabulary] == ELEMENTS
    assert sum(not s.vocabulary for s in found) == 3


@pytest.mark.parametrize(
    "header",
    ["x", [], {}, {"epcisMasterData": 1}, {"epcisMasterData": {"vocabularyList": 7}},
     {"epcisMasterData": {"vocabularyList": [None, {"type": 3}, {"type": "urn:v", "vocabularyElementList": "x"}]}}],
)  # fmt: skip
def test_a_header_that_is_not_as_the_standard_has_it_hides_no_event(header):
    found = read(json.dumps(document(*EVENTS) | {"epcisHeader": header}))
    assert [s.vocabulary for s in found] == [""] * 3


def test_numbers_of_master_data_keep_every_digit():
    whole = json.dumps(with_header()).replace('"urn:p:1"}]', "123456789.1234567890123}]", 1)
    assert b'"attribute":123456789.1234567890123' in read(whole)[0].event


@pytest.mark.parametrize(("limits", "sizes"), [(Limits(2, 2**20), [2, 1, 2, 1]), (Limits(100, 2**20), [3, 3])])
def test_master_data_go_in_documents_of_their_own_within_the_limits(limits, sizes):
    parts = list(split(read(json.dumps(WHOLE)), limits))
    assert [len(part.events) for part in parts] == sizes
    for part in parts:
        body = epcis.decode(part.body)
        epcis.open_document(body)
        said, events = masterdata.said(body), body["epcisBody"]["eventList"]
        assert sorted((len(said), len(events))) == [0, len(part.events)]
    part = next(part for part in parts if part.vocabularies)
    first, second = part.halves()
    assert [json.loads(one.body)["epcisBody"]["eventList"] for one in (first, second)] == [[], []]
    assert sum(len(masterdata.said(json.loads(one.body))) for one in (first, second)) == len(part.events)


def test_documents_of_master_data_keep_to_the_size_as_well():
    many = with_header()
    for listed in many["epcisHeader"]["epcisMasterData"]["vocabularyList"]:
        listed["vocabularyElementList"] *= 50
    parts = list(split(read(json.dumps(many)), Limits(2000, 3000)))
    assert len(parts) > 3
    assert max(len(part.body) for part in parts) <= 3000
    assert sum(len(part.events) for part in parts) == 150


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "xml 2.0", "xml 1.2"])
def test_what_a_file_says_of_places_and_classes_is_kept_by_a_server(program, form):
    cy = program("cy")
    jobs = [cy.send(part) for part in split(read(FORMS[form]), cy.limits())]
    assert sorted((job.success, job.events, job.master_data) for job in jobs) == [(True, 0, 3), (True, 3, 0)]
    assert sorted(MasterData.objects.values_list("name", flat=True)) == ["urn:c:1", "urn:p:1", "urn:p:2"]
    again = [cy.send(part) for part in split(read(FORMS[form]), cy.limits())]
    assert sorted((job.new, job.known, job.master_data) for job in again) == [(0, 0, 3), (0, 3, 0)]
    assert MasterData.objects.count() == 3


@pytest.mark.django_db
def test_an_xml_document_of_nothing_but_master_data_is_captured(program):
    cy = program("cy")
    job = cy.capture_document(ALONE.encode(), media_type="application/xml")
    assert (job.success, job.events, job.master_data) == (True, 0, 3)
    assert MasterData.objects.get(name="urn:p:1").attributes == {"urn:epcglobal:cbv:mda#site": "urn:p:1"}
    for wrong in (ALONE.replace("EPCISMasterDataDocument", "MasterData"), ALONE[:-20]):
        with pytest.raises(guomen.Invalid):
            cy.capture_document(wrong.encode(), media_type="application/xml")
    job = cy.capture_document(ALONE.encode(), media_type="text/xml", later=True)
    assert (job.running, job.master_data) == (True, 0)


@pytest.mark.django_db
def test_too_much_master_data_for_one_document_is_refused_and_nothing_kept(program):
    cy = program("cy")
    many = "".join(f'<VocabularyElement id="urn:p:{n}"/>' for n in range(masterdata.MOST_ELEMENTS + 1))
    listed = f'<Vocabulary type="{PLACE}"><VocabularyElementList>{many}</VocabularyElementList></Vocabulary>'
    body = ALONE.replace(LIST, listed)
    with pytest.raises(guomen.TooLarge):
        cy.capture_document(body.encode(), media_type="application/xml")
    assert MasterData.objects.count() == 0
    jobs = [cy.send(part) for part in split(read(body), cy.limits())]
    assert sum(job.master_data for job in jobs) == MasterData.objects.count() == masterdata.MOST_ELEMENTS + 1
