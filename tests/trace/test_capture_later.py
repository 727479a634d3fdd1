"""Documents that are kept and captured by the worker: durable, in chunks, each event once."""

import json
import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test import Client

from guomen.core import epcis
from guomen.kit.errors import Forbidden, Invalid
from guomen.ledger.models import Entry
from guomen.trace import jobs
from guomen.trace.models import CaptureJob, Event, EventItem, WaitingDocument
from guomen.trace.services import TooMany
from tests.trace.goods import ITEM, document, robot, seen

CAPTURE = "/epcis/v2/capture"
XML = f"""<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-10-01T00:00:00Z">
<EPCISBody><EventList><ObjectEvent><eventTime>2026-10-02T08:00:00Z</eventTime>
<eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList><epc>{ITEM}</epc></epcList><action>OBSERVE</action>
</ObjectEvent></EventList></EPCISBody></e:EPCISDocument>"""


def numbered(*numbers: int, **more) -> dict:
    """A document of one event for each number, which is in its id."""
    return document(*[seen(n % 300, "storing", ITEM, event_id=f"urn:x:{n}") | more for n in numbers])


def post(firm: Client, body, media_type: str = "application/ld+json", prefer: str = "respond-async", **headers):
    body = body if isinstance(body, str) else json.dumps(body)
    headers = {"Prefer": prefer} | {k.replace("_", "-"): v for k, v in headers.items()}
    return firm.post(CAPTURE, body, media_type, headers=headers)


def told(firm: Client, answer) -> dict:
    return firm.get(answer.headers["Location"]).json()


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(jobs, "CHUNK", 2)


def test_who_prefers_it_is_answered_before_anything_is_captured(people):
    firm = robot(people.cy, "capture")
    answer = post(firm, numbered(1, 2), prefer="wait=5, Respond-Async; x=1")
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
    job = told(firm, answer)
    assert (job["running"], job["success"], job["finishedAt"]) == (True, False, None)
    assert (job["events"], job["processedEvents"], job["newEvents"], Event.objects.count()) == (2, 0, 0, 0)
    assert jobs.work() == 2
    job = told(firm, answer)
    assert (job["running"], job["success"], job["processedEvents"], job["newEvents"]) == (False, True, 2, 2)
    assert job["finishedAt"] >= job["createdAt"]
    assert (WaitingDocument.objects.count(), jobs.work()) == (0, 0)


def test_who_does_not_prefer_it_has_the_answer_when_all_is_done(people):
    firm = robot(people.cy, "capture")
    answer = post(firm, numbered(1, 2), prefer="return=minimal")
    assert "Preference-Applied" not in answer.headers
    assert (told(firm, answer)["processedEvents"], WaitingDocument.objects.count()) == (2, 0)


def test_what_is_kept_is_what_was_sent_from_either_syntax(people):
    firm = robot(people.cy, "capture")
    post(firm, XML, "application/xml")
    sent = numbered(1) | {"ex:note": 1.10}
    sent["epcisBody"]["eventList"][0]["ex:kg"] = 12345678901234567.123
    post(firm, json.dumps(sent).replace("1.2345678901234568e+16", "12345678901234567.123"))
    assert jobs.work() + jobs.work() == 2
    assert Event.objects.get(uri="urn:x:1").body["ex:kg"] == Decimal("12345678901234567.123")
    assert EventItem.objects.values("item").distinct().count() == 1
    entry = Entry.objects.filter(kind="event.captured").latest("id")
    assert entry.actor["organisation"] == str(people.cy.organisation.id)


def test_progress_is_seen_while_a_document_is_worked_on(people, small_chunks):
    firm = robot(people.cy, "capture")
    for behaviour, captured in (("proceed", [2, 4, 5]), ("rollback", [0, 0, 5])):
        first = 0 if behaviour == "proceed" else 10
        answer = post(firm, numbered(*range(first, first + 5)), GS1_Capture_Error_Behaviour=behaviour)
        steps = []
        for _ in range(3):
            jobs.work()
            job = told(firm, answer)
            steps.append((job["processedEvents"], job["newEvents"], job["running"]))
        assert steps == list(zip([2, 4, 5], captured, [True, True, False], strict=True)), behaviour


def test_without_proceed_one_wrong_event_keeps_all_out_and_every_problem_is_told(people, small_chunks):
    firm = robot(people.cy, "capture")
    wrong = numbered(*range(5))
    for n in (0, 3):
        wrong["epcisBody"]["eventList"][n]["bizStep"] = "teleporting"
    answer = post(firm, wrong)
    assert [jobs.work() for _ in range(4)] == [2, 2, 1, 0]
    job = told(firm, answer)
    assert (job["running"], job["success"], job["newEvents"], Event.objects.count()) == (False, False, 0, 0)
    assert [(e["instance"], e["status"]) for e in job["errors"]] == [
        ("/epcisBody/eventList/0/bizStep", 400),
        ("/epcisBody/eventList/3/bizStep", 400),
    ]


def test_without_proceed_a_conflict_in_the_last_chunk_keeps_all_out(people, small_chunks):
    firm = robot(people.cy, "capture")
    post(firm, numbered(4), prefer="")
    answer = post(firm, numbered(0, 1, 2, 3, 4, disposition="active"))
    while jobs.work():
        pass
    job = told(firm, answer)
    assert [(e["instance"], e["status"]) for e in job["errors"]] == [("/epcisBody/eventList/4/eventID", 409)]
    assert (job["success"], job["newEvents"], Event.objects.count()) == (False, 0, 1)


def test_proceeding_captures_the_right_ones_over_all_chunks(people, small_chunks):
    firm = robot(people.cy, "capture")
    post(firm, numbered(2), prefer="")
    mixed = numbered(0, 1, 2, 3, 4, disposition="active")
    mixed["epcisBody"]["eventList"][1] = "no event {at} all"
    mixed["epcisBody"]["eventList"][4]["eventID"] = "urn:x:0"
    mixed["epcisBody"]["eventList"][4]["action"] = "DELETE"
    answer = post(firm, mixed, GS1_Capture_Error_Behaviour="proceed")
    while jobs.work():
        pass
    job = told(firm, answer)
    assert (job["success"], job["newEvents"], job["processedEvents"]) == (False, 2, 5)
    assert [(e["instance"], e["status"]) for e in job["errors"]] == [
        ("/epcisBody/eventList/1/type", 400),
        ("/epcisBody/eventList/2/eventID", 409),
        ("/epcisBody/eventList/4/eventID", 409),
    ]


@pytest.mark.parametrize(("body", "status"), [("{", 400), ("{}", 400), (json.dumps(document(*[{}] * 2001)), 413)])
def test_what_is_no_document_is_refused_at_once(people, body, status):
    assert post(robot(people.cy, "capture"), body).status_code == status
    assert CaptureJob.objects.count() == WaitingDocument.objects.count() == 0


def test_an_empty_document_is_a_job_like_any_other(people):
    firm = robot(people.cy, "capture")
    answer = post(firm, document())
    assert jobs.work() == 1
    assert told(firm, answer)["success"]


def test_the_same_request_repeated_under_one_key_is_kept_once(people):
    firm = robot(people.cy, "capture")
    first, again = (post(firm, numbered(1), Idempotency_Key="k1") for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert WaitingDocument.objects.count() == 1


def test_only_so_many_documents_of_one_firm_wait(people, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    firm = robot(people.cy, "capture")
    answers = [post(firm, numbered(n)).status_code for n in range(3)]
    assert answers == [202, 202, 429]
    assert post(robot(people.eve, "capture"), numbered(9)).status_code == 202
    jobs.work()
    assert post(firm, numbered(3)).status_code == 202


def test_only_who_may_capture_may_leave_a_document(people, door):
    for name, status in {"cy": 202, "cal": 202, "eve": 202, "gao": 403, "": 401}.items():
        assert post(door(name), numbered(1)).status_code == status, name
    with pytest.raises(Forbidden):
        jobs.accept_later(people.gao.actor, numbered(1))
    with pytest.raises(TooMany):
        jobs.accept_later(people.cy.actor, document(*[{}] * 2001))
    with pytest.raises(Invalid):
        jobs.accept_later(people.cy.actor, [])


def test_a_document_that_breaks_the_work_down_is_given_up_and_the_next_one_done(people, caplog):
    firm = robot(people.cy, "capture")
    broken, right = post(firm, numbered(1)), post(firm, numbered(2))
    # What no door lets in, but an older version might have kept.
    WaitingDocument.objects.filter(job_id=broken.headers["Location"].rsplit("/", 1)[1]).update(body=b"{")
    while jobs.work():
        pass
    job = told(firm, broken)
    assert (job["running"], job["success"], job["errors"][0]["status"]) == (False, False, 500)
    assert told(firm, right)["success"]
    assert WaitingDocument.objects.count() == 0
    assert len([r for r in caplog.records if "broke down" in r.message]) == jobs.MOST_FAILURES


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("behaviour", ["rollback", "proceed"])
def test_a_worker_that_is_killed_in_the_middle_leaves_whole_chunks_and_nothing_is_done_twice(
    people, small_chunks, monkeypatch, behaviour
):
    firm = robot(people.cy, "capture")
    answer = post(firm, numbered(*range(5)), GS1_Capture_Error_Behaviour=behaviour)
    jobs.work()
    real = jobs._finish

    def killed(*given):
        # The database sees of a killed process that its connection ends, with the work of this chunk undone.
        connection.connection.pgconn.finish()
        return real(*given)

    monkeypatch.setattr(jobs, "_finish", killed)
    jobs.work()
    with pytest.raises(Exception, match="connection"):
        jobs.work()
    connection.close()
    monkeypatch.setattr(jobs, "_finish", real)
    job = told(firm, answer)
    assert (job["processedEvents"], job["newEvents"]) == (4, 4 if behaviour == "proceed" else 0)
    assert jobs.work() == 1
    job = told(firm, answer)
    assert (job["running"], job["success"], job["newEvents"], Event.objects.count()) == (False, True, 5, 5)
    known = [e["id"] for entry in Entry.objects.filter(kind="event.captured") for e in entry.facts["events"]]
    assert sorted(known) == [f"urn:x:{n}" for n in range(5)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_documents_and_do_each_once(people):
    firm = robot(people.cy, "capture")
    answers = [post(firm, numbered(*range(20 * n, 20 * n + 20))) for n in range(6)]
    done: list[int] = []

    def worker() -> None:
        end = time.monotonic() + 20
        while WaitingDocument.objects.exists() and time.monotonic() < end:
            done.append(jobs.work())
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 120
    assert all(told(firm, answer)["newEvents"] == 20 for answer in answers)
    assert Event.objects.count() == 120
    assert epcis.event_hash(Event.objects.first().body)
