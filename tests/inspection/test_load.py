"""Work against staff: minutes by what was seen, shifts by when work is due, and who may say who is on duty."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from guomen.clearance import queries as clearance
from guomen.clearance import services as lodging
from guomen.clearance.models import Declaration, Line
from guomen.inspection import load
from guomen.inspection.models import Order, Staffing
from guomen.inspection.services import state_staff
from guomen.kit.errors import Forbidden, Invalid
from guomen.ledger.models import Entry
from tests.clearance.conftest import example
from tests.inspection.goods import order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai: four hours of the shift from 8 are left."""


@pytest.fixture
def noon(monkeypatch):
    for module in (load, clearance):
        monkeypatch.setattr(module, "now", lambda: NOON)
    monkeypatch.setattr(timezone, "localdate", lambda *_: NOON.date())


def test_work_that_staff_cannot_do_in_time_is_told_with_the_officers_it_would_need(people, noon):
    bo = people.bo.actor
    state_staff(bo, {8: 0, 16: 1, 0: 1})
    for n in range(10):
        order(
            "shirts",
            subject=f"urn:guomen:line:{n}/1",
            due_at=NOON - timedelta(hours=1) if n < 3 else NOON + timedelta(hours=6),
        )
    each = load.minutes_of(Order.objects.first(), {}) / 60
    day, evening, night, morning = load.shifts(bo)
    assert (day.orders, evening.orders, night.orders, morning.orders) == (3, 7, 0, 0)
    assert (day.hours, evening.hours) == (0, 8)
    assert day.late == pytest.approx(3 * each) == day.short
    assert day.missing == 1
    assert evening.short == pytest.approx(max(0, 10 * each - 8))
    state_staff(bo, {8: 20})
    assert not any(shift.short for shift in load.shifts(bo))


def test_an_inspection_takes_as_long_as_those_of_its_kind_once_there_were_enough(people):
    made = [order("shirts", subject=f"urn:guomen:line:{n}/1") for n in range(5)]
    ended = load.now()
    for n, one in enumerate(made):
        Order.objects.filter(id=one.id).update(
            state="concluded",
            taken_at=ended - timedelta(minutes=10 * (n + 1)),
            concluded_at=ended - timedelta(seconds=1),
        )
        assert bool(load.minutes_by_checklist()) == (n == 4)
    assert load.minutes_of(order("shirts"), load.minutes_by_checklist()) == pytest.approx(30, abs=0.1)
    assert load.minutes_of(order("stone", open_units=10_000), {}) < 15 + 60 + 100


def test_staff_holds_until_somebody_says_otherwise_and_is_in_the_ledger_once(people, noon):
    bo, day = people.bo.actor, NOON.date()
    state_staff(bo, {8: 6})
    state_staff(bo, {8: 6})
    state_staff(bo, {8: 4}, day + timedelta(days=2))
    assert [load.staff(bo, day + timedelta(days=n)) for n in (-1, 0, 1, 2)] == [{}, {8: 6}, {8: 6}, {8: 4}]
    assert Entry.objects.filter(kind="staff.stated").count() == 2
    with pytest.raises(Invalid) as wrong:
        state_staff(bo, {8: 1000, 9: 1}, day - timedelta(days=1))
    assert {p.field for p in wrong.value.problems} == {"shift-8", "shift-9", "since"}
    assert Staffing.objects.count() == 2


def test_only_the_control_room_sees_and_says_it(people, door):
    for name, status in (("bo", 200), ("ana", 403), ("cy", 403), ("gao", 403)):
        assert door(name).get("/desk/load/").status_code == status, name
        assert door(name).get("/desk/load/now").status_code == status, name
    for person in (people.ana, people.cy):
        with pytest.raises(Forbidden):
            state_staff(person.actor, {8: 1})
    assert door("ana").post("/desk/load/", {"shift-8": "3", "once": "a"}).status_code == 403
    answer = door("bo").post("/desk/load/", {"shift-8": "three", "once": "b"})
    assert answer.status_code == 422
    assert "A whole number from 0 to 999." in answer.content.decode()
    assert door("bo").post("/desk/load/", {"shift-8": "3", "shift-16": "", "once": "c"}).status_code == 302
    assert load.staff(people.bo.actor, timezone.localdate()) == {8: 3}


def test_arrivals_and_waits_are_counted_by_hour_and_by_age(people, door):
    number = lodging.lodge(people.cy.actor, example()).number
    lines, at = Line.objects.filter(declaration=number), load.now()
    soon = at + timedelta(hours=3, minutes=10)
    Declaration.objects.filter(number=number).update(arrives_at=soon)
    lines.update(arrives_at=soon, state="to_inspect")
    lines.filter(number=1).update(state="released")
    counted = clearance.arriving(people.bo.actor)
    assert counted[3] == {"released": 1, "to_inspect": lines.count() - 1}
    assert sum(len(hour) for hour in counted) == 2
    assert "already" in door("bo").get("/en/desk/").content.decode()
    lines.update(arrives_at=at - timedelta(days=6), decided_at=at - timedelta(days=5), state="held")
    lines.filter(number=1).update(decided_at=at - timedelta(hours=5))
    assert clearance.waiting(people.bo.actor)["held"] == [0, 1, 0, lines.count() - 1]
    assert "超过三天" in door("bo").get("/zh/desk/load/now").content.decode()
