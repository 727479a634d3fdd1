"""Journeys of seals in the database, over HTTP, and who may do what."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM, of_person
from guomen.parties.services import add_person, issue_token, register_organisation
from guomen.seals import queries, services
from guomen.seals.models import Closed, Seal, SealAlarm, SealReading
from tests.people import make

BOX = "MSKU1234565"
OTHER_BOX = "CSQU3054383"
BEGIN = now().replace(microsecond=0) - timedelta(hours=30)


def reading(hours: int, **more) -> dict:
    base = {"at": (BEGIN + timedelta(hours=hours)).isoformat(), "sealed": True, "counter": 7, "battery": 90}
    return base | {"lat": 31.2 - hours, "lon": 121.5 + hours, "temperature": 4.5} | more


def arm(by, seal: str = "MSK 558201", container: str = BOX, **more) -> Seal:
    return services.arm(by, seal=seal, container=container, place="Genoa", **{"at": BEGIN} | more)


def kinds(seal: str = "MSK558201") -> list[str]:
    return [e.kind for e in history(f"urn:guomen:seal:{seal}")]


def test_a_seal_travels_is_verified_and_removed(people):
    arm(people.kai.actor, counter=7)
    for hours in range(4, 30, 5):
        services.report(people.kai.actor, "MSK558201", [reading(hours)])
    verdict = services.verify(
        people.bo.actor, seal="MSK-558201", container=BOX, intact=True, place="Yangshan gate 3", counter=7
    )
    assert (verdict.match, verdict.reasons) == (True, [])
    services.disarm(people.ana.actor, "MSK558201", "Yangshan")
    journey = queries.journey(BOX)
    assert (journey.state, journey.tone, len(journey.readings)) == ("disarmed", "ok", 7)
    assert [c.match for c in journey.checks] == [True]
    assert kinds() == ["seal.armed", *["seal.reported"] * 6, "seal.verified", "seal.disarmed"]
    arm(people.kai.actor, seal="NEW00001")
    assert queries.journey(BOX).seal == "NEW00001"


def test_one_report_is_one_entry_that_commits_to_all_its_readings(people):
    arm(people.kai.actor)
    result = services.report(people.kai.actor, "MSK558201", [reading(h) for h in range(1, 6)])
    entry = history("urn:guomen:container:" + BOX)[-1]
    assert (result, entry.facts["readings"], len(entry.facts["sha256"])) == ({"new": 5, "alarms": []}, 5, 64)
    again = services.report(people.kai.actor, "MSK558201", [reading(h) for h in range(1, 6)])
    assert again == {"new": 0, "alarms": []}
    assert kinds() == ["seal.armed", "seal.reported"]


def test_an_alarm_is_raised_once_and_stays(people):
    arm(people.kai.actor)
    assert services.report(people.kai.actor, "MSK558201", [reading(9, sealed=False)])["alarms"] == ["SEAL-OPENED"]
    assert services.report(people.kai.actor, "MSK558201", [reading(10)])["alarms"] == []
    assert services.report(people.kai.actor, "MSK558201", [reading(5, sealed=False)])["alarms"] == []
    alarm = queries.journey(BOX).alarms[0]
    assert (alarm.code, alarm.since) == ("SEAL-OPENED", BEGIN + timedelta(hours=5))
    assert kinds().count("seal.alarmed") == 1
    assert [j.tone for j in queries.exceptions()] == ["bad"]
    verdict = services.verify(people.bo.actor, seal="MSK558201", container=BOX, intact=True, place="gate")
    assert not verdict.match
    assert "SEAL-OPENED" in verdict.reasons


STEPS = st.lists(
    st.fixed_dictionaries(
        {"hours": st.integers(1, 6), "sealed": st.booleans(), "counter": st.integers(6, 8)},
        optional={"battery": st.sampled_from([5, 90]), "temperature": st.sampled_from(["1.50", 30])},
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.randoms(use_true_random=False))
def test_any_order_of_readings_ends_in_the_same_state(db, steps, random):
    kai = make("kai")
    readings = [reading(step.pop("hours"), **step) for step in map(dict, steps)]
    mixed = [*readings, *readings]
    random.shuffle(mixed)
    states = []
    for batches in ([readings], [[r] for r in mixed]):
        Closed.objects.all().delete()
        Seal.objects.all().delete()
        SealReading.objects.all().delete()
        SealAlarm.objects.all().delete()
        arm(kai.actor)
        for batch in batches:
            services.report(kai.actor, "MSK558201", batch)
        journey = queries.journey("MSK558201")
        alarms = [(a.code, a.since, a.seen) for a in journey.alarms]
        last = (journey.heard_at, journey.sealed, journey.counter, journey.lat, journey.battery_percent)
        rows = set(SealReading.objects.values_list("at", "digest", "sealed", "counter"))
        states.append((sorted(alarms, key=str), last, {(a, bytes(d), s, c) for a, d, s, c in rows}))
    assert states[0] == states[1]


def test_silence_is_judged_by_the_watch_and_at_the_gate_not_while_readings_arrive(people):
    arm(people.kai.actor)
    services.report(people.kai.actor, "MSK558201", [reading(29)])
    assert queries.journey(BOX).alarms == ()
    services.report(people.kai.actor, "MSK558201", [reading(h) for h in (7, 14, 21)])
    assert services.watch() == []
    arm(people.kai.actor, seal="QUIET001", container=OTHER_BOX)
    assert [j.tone for j in queries.under_way()] == ["wait", "ok"]
    assert services.watch() == ["QUIET001"]
    verdict = services.verify(SYSTEM, seal="QUIET001", container=OTHER_BOX, intact=True, place="gate")
    assert (verdict.match, verdict.reasons) == (True, ["SEAL-SILENT"])
    services.watch()
    assert kinds("QUIET001").count("seal.alarmed") == 1


def test_it_names_each_wrong_reading_and_keeps_none_of_the_report(people):
    arm(people.kai.actor)
    wrong = [
        reading(1),
        reading(2, lat=None),
        {"at": "yesterday", "sealed": "yes", "speed": 3},
        reading(-2),
        reading(40, battery=101),
        reading(3, counter=True, lon="east"),
    ]
    with pytest.raises(Invalid) as caught:
        services.report(people.kai.actor, "MSK558201", wrong)
    named = {(p.field, p.code) for p in caught.value.problems}
    assert named == {
        ("readings.1.lat", "half-a-position"),
        ("readings.2.at", "not-a-time"),
        ("readings.2.sealed", "not-a-bit"),
        ("readings.2.counter", "missing"),
        ("readings.2.speed", "unknown-field"),
        ("readings.3.at", "before-arming"),
        ("readings.4.at", "in-the-future"),
        ("readings.4.battery", "out-of-range"),
        ("readings.5.counter", "not-a-number"),
        ("readings.5.lon", "not-a-number"),
        ("readings.5.lat", "half-a-position"),
    }
    assert not SealReading.objects.exists()


def test_a_seal_is_used_once_and_a_container_carries_one(people):
    first = arm(people.kai.actor)
    assert arm(people.kai.actor).armed_at == first.armed_at
    assert kinds() == ["seal.armed"]
    with pytest.raises(Refused) as caught:
        arm(people.kai.actor, container=OTHER_BOX)
    assert caught.value.code == "seal-used"
    with pytest.raises(Refused) as caught:
        arm(people.kai.actor, seal="OTHER001")
    assert caught.value.code == "container-sealed"
    assert not Seal.objects.filter(number="OTHER001").exists()
    services.disarm(people.ana.actor, "MSK558201", "Yangshan")
    with pytest.raises(Refused):
        arm(people.kai.actor)


@pytest.mark.django_db(transaction=True)
def test_of_two_seals_applied_at_the_same_moment_one_wins(people):
    by, outcomes = people.kai.actor, []

    def work(seal: str) -> None:
        try:
            outcomes.append(arm(by, seal=seal).number)
        except Refused as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(f"RACE000{n}",)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(outcomes)[1:] == ["container-sealed"] * 3
    assert Seal.objects.count() == 1


def test_it_names_wrong_numbers_when_a_seal_is_applied(people):
    with pytest.raises(Invalid) as caught:
        arm(people.kai.actor, seal="!", container="MSKU1234560", seal_class="X", at=now() + timedelta(hours=1))
    assert {p.field for p in caught.value.problems} == {"seal", "container", "seal_class", "at"}


def test_a_seal_that_nobody_applied_is_recorded_as_such(people):
    verdict = services.verify(people.bo.actor, seal="FAKE0001", container=BOX, intact=False, place="gate")
    assert (verdict.match, verdict.reasons) == (False, ["SEAL-NOT-INTACT", "SEAL-UNKNOWN"])
    assert kinds("FAKE0001") == ["seal.verified"]


def test_who_may_do_what_with_a_seal(people):
    arm(people.kai.actor)
    rival = register_organisation("carrier", "Rival Lines", "对手航运", "CN", "SEA-2")
    stranger = add_person(rival, "rival@example.test", "Rival", "correct-horse-battery", ["carrier"])
    outsider = of_person(stranger)
    with pytest.raises(NotFound):
        services.report(outsider, "MSK558201", [reading(1)])
    with pytest.raises(NotFound):
        queries.journey_for(outsider, "MSK558201")
    assert queries.under_way(outsider) == []
    for nobody in (people.eve.actor, people.cy.actor, people.di.actor, people.gao.actor):
        with pytest.raises(Forbidden):
            arm(nobody, seal="EVIL0001", container=OTHER_BOX)
        with pytest.raises(Forbidden):
            services.report(nobody, "MSK558201", [reading(1)])
        with pytest.raises(NotFound):
            queries.journey_for(nobody, "MSK558201")
    for not_authority in (people.kai.actor, people.eve.actor):
        with pytest.raises(Forbidden):
            services.verify(not_authority, seal="MSK558201", container=BOX, intact=True, place="gate")
        with pytest.raises(Forbidden):
            services.disarm(not_authority, "MSK558201", "gate")
    assert queries.journey_for(people.kai.actor, "MSK558201").seal == "MSK558201"
    assert queries.journey_for(people.ana.actor, "MSK558201").seal == "MSK558201"
    assert len(queries.under_way(people.kai.actor)) == len(queries.under_way(people.bo.actor)) == 1


def token_client(organisation, scopes):
    from django.test import Client

    admin = add_person(organisation, f"{organisation.code}@example.test", "Admin", "correct-horse-battery", ["admin"])
    return Client(headers={"Authorization": f"Bearer {issue_token('robot', scopes, of_person(admin))[1]}"})


def test_a_carriers_platform_reports_over_http(people, door):
    platform = token_client(people.kai.organisation, ["seal"])
    body = {"seal": "MSK558201", "container": BOX, "place": "Genoa", "at": BEGIN.isoformat(), "high_celsius": "8.0"}
    posted = platform.post("/api/seals", json.dumps(body), "application/json", headers={"Idempotency-Key": "a1"})
    assert (posted.status_code, posted.json()["state"]) == (200, "armed")
    readings = {"readings": [reading(1, lat=31.234567, temperature=9.3)]}
    answer = platform.post("/api/seals/MSK558201/readings", json.dumps(readings), "application/json")
    assert answer.json() == {"new": 1, "alarms": ["SEAL-TEMPERATURE"]}
    seen = platform.get("/api/seals/MSK558201").json()
    assert seen["readings"][0]["lat"] == "31.234567"
    assert seen["alarms"][0]["seen"] == {"celsius": "9.30", "limit_celsius": "8.00"}
    assert platform.get("/api/seals").json()[0]["seal"] == "MSK558201"
    wrong = platform.post("/api/seals/MSK558201/readings", '{"readings": [{}]}', "application/json")
    assert wrong.status_code == 422
    assert {e["field"] for e in wrong.json()["errors"]} == {"readings.0.at", "readings.0.sealed", "readings.0.counter"}


def test_the_doors_let_in_only_whom_they_should(people, door):
    arm(people.kai.actor)
    statuses = {
        name: door(name).get("/api/seals/MSK558201").status_code for name in ("kai", "ana", "cy", "eve", "gao", "")
    }
    assert statuses == {"kai": 200, "ana": 200, "cy": 404, "eve": 404, "gao": 404, "": 401}
    body = json.dumps({"readings": [reading(1)]})
    for name, status in {"kai": 200, "ana": 200, "eve": 403, "": 401}.items():
        assert door(name).post("/api/seals/MSK558201/readings", body, "application/json").status_code == status
    wrong_scope = token_client(people.kai.organisation, ["read"])
    assert wrong_scope.post("/api/seals/MSK558201/readings", body, "application/json").status_code == 403
    traders_own = token_client(people.eve.organisation, ["seal"])
    assert traders_own.post("/api/seals/MSK558201/readings", body, "application/json").status_code == 403
    box = json.dumps({"seal": "EVIL0001", "container": OTHER_BOX, "place": "x"})
    assert traders_own.post("/api/seals", box, "application/json").status_code == 403
