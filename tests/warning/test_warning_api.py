"""Alerts, notices and cases over HTTP: who reads them, and that a notice is confirmed once."""

import json

import pytest

from guomen.cases.services import open_case
from guomen.kit.ids import uuid7
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.parties.actors import of_person
from guomen.parties.services import issue_token
from guomen.warning.models import Notice
from guomen.warning.services import order_recall
from tests.warning.story import BATCH, an_assessed_alert, injury

pytestmark = pytest.mark.django_db
REASON = {"reason": W("A needle in the seam", "缝线内有针"), "advice": [W("Stop using it", "停止使用")]}


def get(client, path, token=""):
    return client.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})


def program_of(one) -> str:
    """A token that may read for the person's organisation."""
    one.person.roles = [*one.person.roles, "admin"]
    one.person.save()
    return issue_token("robot", ["read"], of_person(one.person))[1]


def test_the_authority_reads_alerts_and_nobody_else_does(people, door):
    injury("r0", text="My name is in this sentence")
    alert = an_assessed_alert(people.bo.actor)
    for client, key in ((door("bo"), ""), (door(), program_of(people.bo))):
        assert [a["number"] for a in get(client, "/api/alerts", key).json()] == [alert.number]
        whole = get(client, f"/api/alerts/{alert.number}", key).json()
        assert whole["assessments"][0]["risk"]
        assert "My name" not in json.dumps(whole)
    shut = ((door("ana"), "", 403), (door("cy"), "", 403), (door(), program_of(people.eve), 403), (door(), "", 401))
    for client, key, status in shut:
        assert get(client, "/api/alerts", key).status_code == status
        assert get(client, f"/api/alerts/{alert.number}", key).status_code == status


def test_a_holder_reads_its_notice_and_confirms_it_once(people, door):
    alert = an_assessed_alert(people.bo.actor)
    recall = order_recall(people.bo.actor, alert.number, batches=[BATCH], **REASON)
    notice = Notice.objects.create(
        id=uuid7(), recall=recall.number, organisation=people.sam.organisation, why=[{"role": "seller", "units": 2}]
    )
    sam, path = door("sam"), f"/api/notices/{notice.id}/acknowledge"
    assert [n["recall"]["number"] for n in get(sam, "/api/notices").json()] == [recall.number]
    assert get(door("eve"), "/api/notices").json() == []
    before = Entry.objects.count()
    for _ in range(2):
        answer = sam.post(path, '{"units_recovered": 1}', "application/json", headers={"Idempotency-Key": "k"})
        assert answer.status_code == 200, answer.content
    assert Entry.objects.count() == before + 1
    assert door("eve").post(path, "{}", "application/json").status_code == 404
    assert door().post(path, "{}", "application/json").status_code == 401


def test_a_partners_program_reads_its_case_and_a_strangers_reads_none(people, door):
    case = open_case(
        people.bo.actor,
        title=W("A case", "案件"),
        kind="recall",
        subjects=["urn:guomen:party:x"],
        participants=[people.gao.organisation],
    )
    key, stranger = program_of(people.gao), program_of(people.eve)
    assert [c["number"] for c in get(door(), "/api/cases", key).json()] == [case.number]
    assert len(get(door(), f"/api/cases/{case.number}", key).json()["participants"]) == 2
    assert get(door(), "/api/cases", stranger).json() == []
    assert get(door(), f"/api/cases/{case.number}", stranger).status_code == 404
    assert get(door(), f"/api/cases/{case.number}").status_code == 401
