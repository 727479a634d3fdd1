"""The client against the real application: what goes in comes out, and what is wrong is told apart."""

from datetime import timedelta
from decimal import Decimal

import pytest

from guomen import client as guomen
from guomen.client import capturing
from guomen.client.capturing import encode
from guomen.core import epcis
from guomen.trace.models import CaptureJob, Event
from tests.trace.goods import ITEM, OTHER_ITEM, START, document, seen

pytestmark = pytest.mark.django_db
XML = (
    '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-10-01T00:00:00Z">'
    "<EPCISBody><EventList><ObjectEvent><eventTime>2026-10-02T08:00:00Z</eventTime><eventTimeZoneOffset>+00:00"
    f"</eventTimeZoneOffset><epcList><epc>{ITEM}</epc></epcList><action>OBSERVE</action></ObjectEvent></EventList>"
    "</EPCISBody></e:EPCISDocument>"
)


def stream(count: int, **more) -> list[dict]:
    return [
        seen(1, "storing", f"https://id.gs1.org/01/09506000134352/21/A{n}", event_id=f"urn:x:{n}") | more
        for n in range(count)
    ]


def test_a_stream_is_cut_into_documents_within_the_announced_limits(program, monkeypatch):
    cy = program("cy")
    assert cy.limits() == guomen.Limits(2000, 8 * 1024 * 1024)
    cy._limits = guomen.Limits(4, 1500)
    done = cy.capture(iter(stream(10)))
    assert (done.new, done.known, done.errors) == (10, 0, [])
    assert len(done.jobs) == CaptureJob.objects.count() >= 3
    assert {job.events for job in cy.jobs()} <= {1, 2, 3, 4}
    again = cy.capture(stream(11))
    assert (again.new, again.known) == (1, 10)


def test_parts_keep_both_limits_and_lose_nothing():
    events = stream(50)
    sent = [guomen.Sent(e, (epcis.CONTEXT,), origin=n) for n, e in enumerate(events)]
    for limits in (guomen.Limits(7, 10**6), guomen.Limits(1000, 2000), guomen.Limits(1, 1)):
        parts = list(guomen.split(sent, limits))
        assert [e for part in parts for e in epcis.decode(part.body)["epcisBody"]["eventList"]] == events
        assert [o for part in parts for o in part.origins] == list(range(50))
        assert [part.first for part in parts] == [part.origins[0] for part in parts]
        assert all(len(p.origins) <= limits.events for p in parts)
        assert all(len(p.body) <= limits.size or len(p.origins) == 1 for p in parts)


def test_events_of_two_contexts_are_not_put_into_one_document():
    one, two = (epcis.CONTEXT, {"ex": "https://one.test/"}), (epcis.CONTEXT, {"ex": "https://two.test/"})
    sent = [guomen.Sent({"n": n}, context) for n, context in enumerate([one, one, two, one])]
    parts = [epcis.decode(part.body) for part in guomen.split(sent, guomen.Limits())]
    assert [(p["@context"][1]["ex"], [e["n"] for e in p["epcisBody"]["eventList"]]) for p in parts] == [
        ("https://one.test/", [0, 1]),
        ("https://two.test/", [2]),
        ("https://one.test/", [3]),
    ]


def test_a_wrong_event_ends_the_stream_and_says_which_it_is_and_what_was_captured(program):
    cy = program("cy")
    cy._limits = guomen.Limits(3, 10**6)
    events = stream(9)
    events[4]["bizStep"] = "teleporting"
    with pytest.raises(guomen.CaptureFailed) as failed:
        cy.capture(events)
    assert failed.value.captured.new == Event.objects.count() == 3
    assert [(e.index, e.path, e.code) for e in failed.value.errors] == [(4, "bizStep", "ValidationException")]
    assert "teleporting" in failed.value.errors[0].sentence


def test_proceeding_captures_the_right_events_and_lists_the_wrong_ones(program):
    cy = program("cy")
    cy._limits = guomen.Limits(3, 10**6)
    cy.capture([seen(9, "storing", ITEM, event_id="urn:x:7")])
    events = stream(9)
    events[4]["bizStep"] = "teleporting"
    done = cy.capture(events, proceed=True)
    assert (done.new, done.known) == (7, 0)
    assert [(e.index, e.path, e.code) for e in done.errors] == [
        (4, "bizStep", "ValidationException"),
        (7, "eventID", "ResourceAlreadyExistsException"),
    ]


def test_proceeding_finds_the_event_that_makes_a_document_unreadable(program):
    cy = program("cy")
    events = [encode(e) for e in stream(20)]
    events[13] = b'{"type": "ObjectEvent", "a": "\\u0000"}'
    done = cy.capture(events, proceed=True)
    assert (done.new, [(e.index, e.code) for e in done.errors]) == (19, [(13, "ValidationException")])
    with pytest.raises(guomen.Invalid):
        cy.capture(events)


def test_typed_events_documents_and_xml_are_captured_as_well(program):
    cy = program("cy")
    typed = epcis.object_event(START, "OBSERVE", epcs=[ITEM], biz_step="storing")
    assert cy.capture([typed]).new == 1
    job = cy.capture_document(XML.encode(), media_type="application/xml")
    assert (job.success, job.new, job.known) == (True, 1, 0)
    assert cy.job(job.id) == cy.wait(job.id) == job
    id, new = cy.capture_event(epcis.event_to_dict(typed))
    assert (new, id) == (False, epcis.event_hash(epcis.event_to_dict(typed)))
    id, new = cy.capture_event(seen(3, "packing", ITEM) | {"ex:a": 1}, context=[{"ex": "https://example.test/"}])
    assert new
    assert cy.event(id)["ex:a"] == 1


def test_a_document_may_be_left_to_the_worker(program):
    from guomen.trace import jobs

    cy = program("cy")
    job = cy.capture_document(document(seen(1, "storing", ITEM)), later=True)
    assert (job.running, job.new) == (True, 0)
    with pytest.raises(guomen.StillRunning):
        cy.wait(job.id, seconds=0)
    while jobs.work():
        pass
    assert (cy.wait(job.id).success, cy.job(job.id).new) == (True, 1)


def test_all_pages_of_a_query_come_with_exact_numbers(program):
    cy = program("cy")
    cy.capture(
        [e | {"ex:kg": Decimal("0.1000000000000000055")} for e in stream(7)],
        context=[epcis.CONTEXT, {"ex": "https://example.test/"}],
    )
    cy.capture([seen(8, "packing", ITEM, OTHER_ITEM)])
    found = list(cy.events(EQ_bizStep=["storing", "receiving"], GE_eventTime=START, per_page=2))
    assert sorted(e["eventID"] for e in found) == [f"urn:x:{n}" for n in range(7)]
    assert found[0]["ex:kg"] == Decimal("0.1000000000000000055")
    assert list(cy.events(LT_eventTime=START)) == []
    assert len(list(cy.events(parameters={"EXISTS_ex:kg": "true"}, extensions={"ex": "https://example.test/"}))) == 7
    assert len(list(cy.events_of("epcs", ITEM))) == 1
    assert len(list(cy.events_of("bizSteps", "storing", GE_eventTime=START + timedelta(days=3)))) == 0
    assert sorted(cy.values("eventTypes")) == ["ObjectEvent"]
    assert {job.events for job in cy.jobs()} == {1, 7}


def test_the_history_of_a_thing_is_asked_by_its_uri(program):
    cy = program("cy")
    cy.capture([seen(1, "storing", ITEM), seen(2, "packing", ITEM)])
    steps = [e["bizStep"].rpartition("-")[2] for e in cy.history(ITEM)["events"]]
    assert steps == ["storing", "packing"]
    with pytest.raises(guomen.NotFound):
        cy.history(OTHER_ITEM)


def test_each_refusal_is_an_exception_of_its_own_with_code_path_and_sentence(program):
    cy, eve, nobody = program("cy"), program("eve"), program()
    with pytest.raises(guomen.Invalid) as wrong:
        cy.capture_document(document(seen(1, "storing", ITEM) | {"bizStep": "teleporting"}))
    assert (wrong.value.status, wrong.value.path) == (400, "/epcis/v2/capture")
    assert wrong.value.type == "epcisException:ValidationException"
    assert wrong.value.errors[0].path == "epcisBody.eventList.0.bizStep"
    assert wrong.value.sentence == "Some fields need attention."
    with pytest.raises(guomen.NotSignedIn):
        list(nobody.events())
    with pytest.raises(guomen.Forbidden):
        program("cal", "read").capture([seen(1, "storing", ITEM)])
    id, _ = cy.capture_event(seen(1, "storing", ITEM))
    with pytest.raises(guomen.NotFound) as missing:
        eve.event(id)
    assert missing.value.code == "not-found"
    with pytest.raises(guomen.TooLarge):
        cy.capture_document(document(*[{}] * 2001))
    cy.capture_event(seen(1, "storing", ITEM, event_id="urn:x:1"))
    with pytest.raises(guomen.Conflict):
        cy.capture_event(seen(2, "storing", ITEM, event_id="urn:x:1"))
    with pytest.raises(guomen.NotSupported):
        cy.capture_document(b"a;b", media_type="text/csv")
    with pytest.raises(guomen.Invalid) as asked:
        list(cy.events(EQ_bizStop="x"))
    assert asked.value.type == "epcisException:QueryParameterException"
    assert program("sam", language="zh-Hans").capture([]).new == 0


def test_a_sentence_comes_in_the_language_of_the_client(program):
    with pytest.raises(guomen.NotFound) as missing:
        program("cy", language="zh-Hans").event("urn:x:none")
    assert missing.value.sentence == "找不到该页面或记录。"


def test_a_moment_without_a_zone_is_refused_before_it_is_sent(program):
    with pytest.raises(ValueError, match="time zone"):
        list(program("cy").events(GE_eventTime=START.replace(tzinfo=None)))


def test_what_a_document_says_about_its_job_is_read_from_either_way_of_refusing():
    part = guomen.Part(100, b"", [b"{}", b"{}"], ["a", "b"])
    told = capturing.job_of(
        {"captureID": "1", "success": False, "events": 2, "newEvents": 0, "errors": [
            {"type": "epcisException:ValidationException", "title": "no", "instance": "/epcisBody/eventList/1/ilmd/x"}
        ]},
        part,
    )  # fmt: skip
    assert told.errors == (guomen.EventProblem(101, "ilmd.x", "ValidationException", "no", "b"),)
    assert told.known == 0


def test_sloppy_events_are_put_right_on_request_and_the_changes_told(program):
    firm = program("cy")
    sloppy = seen(1, "storing", ITEM) | {"bizStep": "urn:epcglobal:cbv:bizstep:storing"}
    with pytest.raises(guomen.CaptureFailed):
        firm.capture([sloppy])
    done = firm.capture([sloppy], lenient=True)
    assert (done.new, [(c.path, c.after) for c in done.changes]) == (1, [("/epcisBody/eventList/0/bizStep", "storing")])
    job = firm.capture_document(document(sloppy), lenient=True)
    assert (job.known, len(job.changes)) == (1, 1)
