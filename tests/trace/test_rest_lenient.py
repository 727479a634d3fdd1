"""Capture of sloppy documents: refused unless the sender asks for lenience, and told what was put right."""

import pytest

from tests.trace.goods import ITEM, document, robot, seen
from tests.trace.test_rest_capture import CAPTURE, EVENTS, job_of, send

URN = "urn:epcglobal:cbv:bizstep:storing"


@pytest.fixture
def firm(people):
    return robot(people.cy, "capture", "read")


def sloppy():
    return document(seen(1, "storing", ITEM) | {"bizStep": URN, "eudr:volume": 2, "_comment": "x"})


def test_a_sloppy_document_is_refused_with_path_rule_and_value(firm):
    answer = send(firm, sloppy())
    assert answer.status_code == 400
    assert "Preference-Applied" not in answer.headers
    assert URN in answer.content.decode()


@pytest.mark.parametrize("prefer", ["handling=lenient", 'wait=10, Handling = "lenient"; odd'])
def test_lenience_captures_it_and_its_job_tells_what_was_put_right(firm, prefer):
    answer = send(firm, sloppy(), Prefer=prefer, GS1_Extensions="eudr=https://eudr.example/")
    assert answer.headers["Preference-Applied"] == "handling=lenient"
    job = job_of(firm, answer)
    assert job["success"], job
    at = "/epcisBody/eventList/0"
    assert {"path": f"{at}/bizStep", "from": URN, "to": "storing"} in job["changes"]
    assert {change["path"] for change in job["changes"]} == {f"{at}/bizStep", f"{at}/_comment", "/@context"}
    asked = firm.get(f"{EVENTS}?EXISTS_eudr:volume", headers={"GS1-Extensions": "eudr=https://eudr.example/"})
    (event,) = asked.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert (event["bizStep"], "_comment" in event) == ("storing", False)


def test_lenience_does_not_make_wrong_things_right(firm):
    wrong = document(seen(1, "storing", ITEM) | {"bizStep": URN, "action": "MOVE"})
    answer = send(firm, wrong, Prefer="handling=lenient")
    assert answer.status_code == 400
    assert "action" in answer.content.decode()


def test_a_strict_sender_has_no_changes_in_the_job(firm):
    assert "changes" not in job_of(firm, send(firm, document(seen(1, "storing", ITEM)), Prefer="handling=strict"))


def test_one_event_may_be_sloppy_too(firm):
    event = seen(1, "storing", ITEM) | {"bizStep": URN}
    assert send(firm, event, path=EVENTS).status_code == 400
    answer = send(firm, event, path=EVENTS, Prefer="handling=lenient")
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (201, "handling=lenient")
    assert answer.json()["bizStep"] == "storing"
    assert send(firm, [], path=EVENTS, Prefer="handling=lenient").status_code == 400
    assert send(firm, [], path=CAPTURE, Prefer="handling=lenient").status_code == 400
