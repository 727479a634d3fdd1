"""What is owed after a release: by whom, until when, how it is done, and what follows when it is not."""

from datetime import timedelta
from typing import Any

import pytest

from guomen.adoption.models import Standing
from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Entry
from guomen.release import queries, services
from guomen.release.models import Debt
from guomen.release.rules import duties_after
from tests.adoption.conftest import earned
from tests.adoption.test_adoption import answered, concluded, line_of, shirts
from tests.clearance.conftest import lodged
from tests.clearance.test_deciding import answer_all, report, sample
from tests.release.test_release import OVERRIDE, ben

__all__ = ["ben", "lodged"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def trusted(people, story, undrawn) -> Line:
    """Shirts of an importer with a guarantee and lots in a row that passed, released on their papers."""
    payload = shirts(story)
    earned(line_of(undrawn(payload)))
    guarantee = {"kind": "101041", "number": "G-1"}
    return line_of(undrawn(payload | {"documents": [*payload["documents"], guarantee]}))


def duty(line: Line) -> Debt:
    catch_up()
    return Debt.objects.get(declaration=line.declaration)


def test_only_goods_that_nobody_opened_and_that_need_a_guarantee_leave_a_duty():
    due = ["MARKET-MONITORING"]
    assert duties_after(due, "documents", ["LOW-RISK", "NOT-DRAWN"], ()) == due
    assert duties_after(due, "documents", ["OUTSIDE-LIST", "NOT-DRAWN"], ()) == []
    assert duties_after(due, "physical", ["INSPECTION-PASSED"], ()) == []
    assert duties_after(due, "documents", ["OVERRIDDEN"], ["INSPECTION"]) == []


def test_a_release_on_a_guarantee_is_watched_by_the_importer_and_its_word_ends_the_duty(people, trusted):
    assert (trusted.mode, trusted.state) == ("NO-INSPECTION", "released")
    owed = duty(trusted)
    assert (owed.duty, owed.firm, owed.mode) == ("MARKET-MONITORING", people.cy.organisation, "NO-INSPECTION")
    assert owed.due_at.date() == (trusted.released_at + timedelta(days=90)).date()
    services.follow(list(Entry.objects.filter(kind="line.released")))
    assert (
        [d.pk for d in queries.debts(people.bo.actor)] == [owed.pk] == [d.pk for d in queries.debts(people.cal.actor)]
    )
    assert queries.debts(people.eve.actor) == []
    with pytest.raises(Forbidden):
        queries.debts(people.di.actor)
    at = (trusted.declaration, 1, 1)
    with pytest.raises(NotFound):
        services.pay_debt(people.eve.actor, *at, "pass", "Fine.")
    with pytest.raises(Forbidden):
        services.pay_debt(people.di.actor, *at, "pass", "Fine.")
    services.pay_debt(people.cy.actor, *at, "pass", "Asked twelve shops; nobody complained.")
    assert queries.debt_numbers(people.bo.actor) == {"owed": 0, "overdue": 0}
    assert Line.objects.get(declaration=trusted.declaration).state == "released"


def test_a_complaint_takes_the_release_back_and_ends_the_mode_for_the_importer(people, trusted):
    duty(trusted)
    services.pay_debt(people.cy.actor, trusted.declaration, 1, 1, "fail", "A shop sent ten back.")
    assert Line.objects.get(declaration=trusted.declaration).state == "to_inspect"
    standing = Standing.objects.get(mode="NO-INSPECTION")
    assert (standing.state, standing.reasons[0]["code"]) == ("suspended", "DUTY-FAILED")


def test_a_duty_that_is_overdue_suspends_the_importer_once_and_is_still_owed(people, trusted, story, undrawn):
    owed = duty(trusted)
    assert services.find_overdue() == 0
    Debt.objects.update(due_at=now() - timedelta(minutes=1))
    assert (services.find_overdue(), services.find_overdue()) == (1, 0)
    standing = Standing.objects.get(mode="NO-INSPECTION")
    assert (standing.state, standing.reasons[0]["code"]) == ("suspended", "DUTY-OVERDUE")
    assert queries.debt_numbers(people.bo.actor) == {"owed": 1, "overdue": 1}
    assert Entry.objects.filter(kind="debt.overdue").count() == 1
    assert line_of(undrawn(shirts(story))).mode != "NO-INSPECTION"
    services.pay_debt(people.cy.actor, *owed.pk, "pass", "Sorry; nothing was heard.")
    assert queries.debt_numbers(people.bo.actor)["owed"] == 0


def test_goods_that_are_taken_back_owe_nothing_to_the_market(people, trusted):
    duty(trusted)
    clearance.withdraw(people.cy.actor, trusted.declaration, "Not sold.")
    catch_up()
    assert Debt.objects.get().outcome == "void"


def test_what_was_put_off_is_paid_by_the_inspection_and_the_report_themselves(people, lodged, ben):
    """The used press, released before its inspection; then formula whose laboratory is late is never let go at all."""
    bo, at = people.bo.actor, (lodged.number, 1)
    line = Line.objects.get(declaration=lodged.number, number=1)
    services.propose_override(bo, *at, OVERRIDE)
    services.approve_override(ben, *at)
    concluded(people, line)
    catch_up()
    owed = {d.duty: d.outcome for d in Debt.objects.all()}
    assert owed == {"INSPECTION": "pass", "DESTINATION-CHECK": "", "RECALL-READY": ""}
    Debt.objects.update(due_at=now() - timedelta(minutes=1))
    services.find_overdue()
    owed = {d.duty: (d.outcome, d.overdue_at is not None) for d in Debt.objects.all()}
    assert owed["DESTINATION-CHECK"] == ("", True)
    assert owed["RECALL-READY"] == ("pass", False)
    other = clearance.lodge(people.cy.actor, payload_like(lodged))
    with pytest.raises(Refused) as caught:
        services.propose_override(bo, other.number, 1, OVERRIDE)
    assert caught.value.code == "debts-overdue"


def payload_like(lodged: Any) -> dict[str, Any]:
    from tests.clearance.conftest import example

    payload = example()
    return payload | {"lines": payload["lines"][:1]}


def test_a_bad_report_after_a_release_on_conditions_refuses_the_goods(people, lodged, ben):
    one = Order.objects.get(declaration=lodged.number, line=2)
    answer_all(people, one)
    number = sample(people, one, {})
    assert clearance.release_after_inspection(people.ana.actor, one.id).state == "sampled"
    Line.objects.filter(declaration=lodged.number, number=2).update(mode="ON-THE-SPOT")
    at = (lodged.number, 2)
    services.propose_override(people.bo.actor, *at, OVERRIDE)
    services.approve_override(ben, *at)
    assert Debt.objects.get(duty="LABORATORY").paid_at is None
    report(people, number, {"cronobacter": "1"})
    line = Line.objects.get(declaration=lodged.number, number=2)
    assert (line.state, line.reasons[0]["code"]) == ("refused", "LABORATORY-FAILED")
    assert Debt.objects.get(duty="LABORATORY").outcome == "fail"


def test_what_left_a_stopped_lot_is_called_back_within_a_day_and_that_ends_when_all_is_settled(people, bulk):
    ana, bo, at = people.ana.actor, people.bo.actor, (bulk.declaration, 1)
    services.start_unloading(ana, *at, "Store 9")
    with pytest.raises(Refused) as caught:
        clearance.withdraw(bo, bulk.declaration, "Not now.")
    assert caught.value.code == "in-hand"
    for quantity, place in (("400", "Barge 1"), ("300", "Barge 2")):
        services.unload_part(ana, *at, quantity, place)
    services.examine_part(ana, *at, 1, "pass")
    order = answered(people, bulk)
    with pytest.raises(Refused) as caught:
        clearance.release_after_inspection(ana, order.id)
    assert caught.value.code == "in-parts"
    services.examine_part(ana, *at, 2, "fail", "Live weevils.")
    for outcome in ("release", "inspect"):
        with pytest.raises(Refused) as caught:
            clearance.decide_held(bo, *at, outcome, "They look fine.")
        assert caught.value.code == ("unsettled")
    with pytest.raises(Refused) as caught:
        services.propose_override(bo, *at, OVERRIDE)
    assert caught.value.code == "unsettled"
    with pytest.raises(Refused):
        clearance.release_after_inspection(ana, order.id)
    owed = Debt.objects.get()
    assert (owed.duty, owed.firm, owed.place) == ("CALL-BACK", people.cy.organisation, "Store 9; Barge 1")
    assert owed.due_at - owed.owed_at == timedelta(hours=24)
    with pytest.raises(Forbidden):
        services.pay_debt(people.cy.actor, *owed.pk, "pass", "They are back, I promise.")
    services.settle_part(bo, *at, 1, "TREAT", "Methyl bromide.")
    services.settle_part(bo, *at, 2, "RETURN", "On the next ship.")
    services.resume_unloading(bo, *at, "Fumigated.")
    assert Debt.objects.get().outcome == "pass"


def test_no_part_of_a_lot_moves_while_a_measure_holds_the_goods(people, bulk):
    from guomen.risk.services import impose_measure, lift_measure

    ana, at = people.ana.actor, (bulk.declaration, 1)
    services.start_unloading(ana, *at, "Store 9")
    services.unload_part(ana, *at, "400", "Barge 1")
    terms = {"effect": "hold", "reason_code": "RECALL", "source": "urn:guomen:recall:R1"}
    measure = impose_measure(people.bo.actor, gtin=bulk.gtin, **terms)
    for do in (
        lambda: services.examine_part(ana, *at, 1, "pass"),
        lambda: services.unload_part(ana, *at, "1", "Barge 2"),
    ):
        with pytest.raises(Refused) as caught:
            do()
        assert caught.value.code == "still-held"
    lift_measure(people.bo.actor, measure.id)
    assert services.examine_part(ana, *at, 1, "pass").state == "released"
