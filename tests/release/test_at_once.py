"""Two at the same moment, each with a connection of its own: balances, parts, decisions, samples, overrides."""

from collections.abc import Callable
from typing import Any

import pytest

from guomen.adoption.models import Evidence, Use
from guomen.clearance import services as clearance
from guomen.clearance.models import Decision, Line
from guomen.inspection import packs
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Result, Sample
from guomen.ledger.models import Entry
from guomen.parties.actors import Actor, of_person
from guomen.parties.services import add_person
from guomen.release import services
from guomen.release.models import Debt, Override, Part
from tests.adoption.test_adoption import answered, listed, reported
from tests.adoption.test_adoption import shirts as payload
from tests.release.test_release import OVERRIDE
from tests.tags.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def colleague(like: Any, name: str, *roles: str) -> Actor:
    return of_person(add_person(like.organisation, f"{name}@example.test", name, "correct-horse-battery", list(roles)))


def twice(do: Callable[[Actor], object], *who: Actor) -> list[str]:
    return at_once(*[lambda by=by: do(by) for by in who])


def test_a_balance_is_never_written_off_twice_nor_given_back_twice(people, story):
    listed(people)
    reported(people)
    cy, bo = people.cy.actor, people.bo.actor
    assert at_once(*[lambda: clearance.lodge(cy, payload(story))] * 3) == ["done"] * 3
    (first,) = Line.objects.filter(mode="THIRD-PARTY")
    assert Evidence.objects.get().used == 1200
    Line.objects.filter(pk=first.pk).update(state="to_inspect")
    back = lambda: clearance.withdraw(bo, first.declaration, "Not sold.")  # noqa: E731
    more = lambda: clearance.lodge(cy, payload(story, quantity="900"))  # noqa: E731
    assert at_once(back, back, more, more) == ["done"] * 4
    found = Evidence.objects.get()
    standing = Use.objects.filter(returned_at=None).values_list("quantity", flat=True)
    assert found.used == sum(standing) <= found.quantity
    assert found.used in (0, 900, 1800)
    assert Entry.objects.filter(kind="evidence.returned").count() == 1


def test_parts_are_never_more_than_the_lot_and_what_is_stopped_moves_no_further(people, bulk):
    ana, at = people.ana.actor, (bulk.declaration, 1)
    abe = colleague(people.ana, "abe", "inspector")
    services.start_unloading(ana, *at, "Store 9")
    said = twice(lambda by: services.unload_part(by, *at, "700", "Barge"), ana, abe)
    assert said == ["done", "invalid"]
    services.unload_part(ana, *at, "100", "Barge")
    services.unload_part(ana, *at, "100", "Barge")
    look = lambda part, verdict: lambda: services.examine_part(ana, *at, part, verdict, "Weevils.")  # noqa: E731
    assert at_once(look(1, "pass"), look(1, "pass")) == ["done", "wrong-state"]
    found = at_once(look(2, "fail"), look(3, "pass"), look(2, "fail"))
    assert found.count("done") in (1, 2)
    states = dict(Part.objects.values_list("number", "state"))
    assert (states[1], states[2]) == ("recalled", "found")
    assert states[3] in ("recalled", "unloaded")
    assert Entry.objects.filter(kind="unloading.stopped").count() == 1


def test_two_analysts_write_one_report_and_nothing_changes_after_it(people, story):
    lodged = clearance.lodge(people.cy.actor, story)
    code, di = people.di.organisation.code, people.di.actor
    dan = colleague(people.di, "dan", "analyst")
    order = Order.objects.get(declaration=lodged.number, line=2)
    inspection.take(people.ana.actor, order.id)
    sealed = {"laboratory_code": code, "quantity": "5", "unit": "CA"}
    draw = lambda seal: lambda: inspection.draw_sample(people.ana.actor, order.id, **sealed, seal_number=seal)  # noqa: E731
    assert at_once(draw("S-1"), draw("S-2")) == ["already-drawn", "done"]
    one = Sample.objects.get()
    assert twice(lambda by: inspection.receive_sample(by, one.number), di, dan) == ["done", "done"]
    rows = [{"analyte": t.analyte, "value": "0", "unit": t.unit} for t in packs.panel_of(one)]
    assert twice(lambda by: inspection.enter_results(by, one.number, rows), di, dan) == ["done", "done"]
    bad = [rows[0] | {"value": "9000"}]
    enter, sign = lambda: inspection.enter_results(dan, one.number, bad), lambda: inspection.report(di, one.number)
    said = at_once(enter, sign, sign)
    assert said in (["done", "done", "done"], ["done", "done", "sample-reported"])
    (told,) = Entry.objects.filter(kind="sample.reported")
    kept = {r.analyte: f"{r.value.normalize():f}" for r in Result.objects.filter(sample=one.number)}
    assert {r["analyte"]: f"{float(r['value']):g}" for r in told.facts["results"]} == kept
    assert Entry.objects.filter(kind="sample.received").count() == 1


def test_two_officers_conclude_and_decide_one_line_once(people, story):
    lodged = clearance.lodge(people.cy.actor, story | {"lines": story["lines"][:1]})
    ana, at = people.ana.actor, (lodged.number, 1)
    ben = colleague(people.bo, "ben", "controller")
    line = Line.objects.get(declaration=lodged.number)
    order = answered(people, line)
    conclude = lambda: clearance.release_after_inspection(ana, order.id)  # noqa: E731
    held = lambda: clearance.hold_after_inspection(ana, order.id, "HOLD-PAPERS")  # noqa: E731
    said = at_once(conclude, conclude, held)
    ends = Decision.objects.filter(declaration=lodged.number).exclude(via="rules")
    assert ends.count() == 1
    assert said in (["done", "done", "inspection-ended"], ["done", "not-waiting", "not-waiting"])
    Line.objects.filter(declaration=lodged.number).update(state="held")
    decide = lambda by: clearance.decide_held(by, *at, "refuse", "No.")  # noqa: E731
    assert twice(decide, people.bo.actor, ben) == ["done", "not-held"]
    assert ends.filter(state="refused").count() == 1


def test_an_override_is_proposed_once_and_approved_once_by_another_person(people, shirts):
    bo, at = people.bo.actor, (shirts.declaration, 1)
    ben, bea = colleague(people.bo, "ben", "controller"), colleague(people.bo, "bea", "controller")
    assert twice(lambda by: services.propose_override(by, *at, OVERRIDE), bo, bo) == ["done", "proposed-already"]
    said = twice(lambda by: services.approve_override(by, *at), bo, ben, bea)
    assert said == ["done", "not-found", "same-person"] or said == ["done", "not-found", "not-found"]
    assert Override.objects.get().decided_by in (ben.person_id, bea.person_id)
    assert Debt.objects.count() == 3
    assert Entry.objects.filter(kind="line.released").count() == 1
    pay = lambda by: services.pay_debt(by, *at, 1, "fail", "Wrong labels.")  # noqa: E731
    assert twice(pay, bo, ben) == ["done", "done"]
    assert Entry.objects.filter(kind="debt.paid").count() == 1
    assert Line.objects.get(declaration=at[0]).state == "to_inspect"
