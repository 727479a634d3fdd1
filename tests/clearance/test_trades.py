"""What an officer of each trade does with a line: the check of fireworks at the port, outcomes, another look."""

from typing import Any

import pytest

from guomen.clearance import services
from guomen.clearance.models import Line
from guomen.inspection.models import Order
from guomen.kit.errors import Forbidden, Invalid, Refused
from tests.clearance.test_deciding import answer_all, order
from tests.clearance.test_exports import leaving
from tests.clearance.test_identifiers import CAR, VINS

pytestmark = pytest.mark.django_db


def one_line(number: str) -> Line:
    return Line.objects.get(declaration=number, number=1)


@pytest.fixture
def at_port(people) -> Any:
    """Fireworks that passed where they were made, and the order to check them at the port."""
    found = services.lodge(people.cy.actor, leaving(lines=leaving()["lines"][:1]))
    first = order(found, 1)
    answer_all(people, first)
    services.release_after_inspection(people.ana.actor, first.id)
    return found, Order.objects.get(subject=one_line(found.number).subject, checklist="C-FWK")


def test_fireworks_are_checked_at_the_port_with_a_checklist_and_leave_when_they_agree(people, at_port) -> None:
    found, check = at_port
    assert (check.state, check.place, one_line(found.number).state) == ("waiting", "CNYSA", "transferred")
    answer_all(people, check)
    with pytest.raises(Refused, match="with the checklist"):
        services.check_at_port(people.bo.actor, found.number, 1, agrees=True)
    line = services.release_after_inspection(people.ana.actor, check.id)
    assert (line.state, line.reasons[0]["code"]) == ("released", "PORT-CHECK-PASSED")


def test_fireworks_with_a_wrong_mark_do_not_leave_and_are_marked_anew_or_go_back(people, at_port) -> None:
    _found, check = at_port
    answer_all(people, check, wrong="UN-MARK")
    line = services.release_after_inspection(people.ana.actor, check.id)
    assert (line.state, [r["code"] for r in line.reasons]) == ("refused", ["PORT-CHECK-DIFFERS", "MARK-WRONG"])
    assert services.allowed_outcomes(line) == ["RECTIFY", "RETURN"]


def test_a_gate_that_finds_the_seal_intact_leaves_no_check_behind(people, at_port) -> None:
    found, check = at_port
    services.check_at_port(people.bo.actor, found.number, 1, agrees=True)
    check.refresh_from_db()
    assert check.state == "cancelled"


def test_a_wrong_label_is_rectified_and_the_goods_are_inspected_again(people, lodged) -> None:
    first = order(lodged, 1)
    answer_all(people, first, wrong="LABEL")
    services.release_after_inspection(people.ana.actor, first.id)
    line = Line.objects.get(declaration=lodged.number, number=1)
    assert services.allowed_outcomes(line) == ["RECTIFY", "RETURN", "DESTROY"]
    bo = people.bo.actor
    with pytest.raises(Refused, match="neither rectified nor treated"):
        services.inspect_again(bo, lodged.number, 1, "New labels.")
    with pytest.raises(Invalid) as caught:
        services.set_outcome(bo, lodged.number, 1, "REFER", "To the market regulator.")
    (problem,) = caught.value.problems
    assert problem.code == "not-for-these-findings"
    assert "Rectify and inspect again" in str(problem)
    services.set_outcome(bo, lodged.number, 1, "RECTIFY", "New labels in the warehouse.")
    for name in ("cy", "eve", "di", "ana"):
        with pytest.raises(Forbidden):
            services.inspect_again(getattr(people, name).actor, lodged.number, 1, "New labels.")
    for _ in range(2):
        again = services.inspect_again(bo, lodged.number, 1, "New labels are on.")
        assert (again.state, again.reasons[0]["code"], again.outcome) == ("to_inspect", "RECTIFIED", "")
    assert [o.state for o in Order.objects.filter(subject=line.subject).order_by("number")] == ["concluded", "waiting"]


def test_vehicles_are_declared_by_number_and_an_odd_check_character_only_remarked(people, story) -> None:
    papers = [{"kind": "101035", "number": "2020011101234567"}]
    car = story["lines"][0] | CAR | {"attributes": ["11"], "batch": "", "net_weight_kg": "100"}
    odd = ["WDBEA30D4HA391172", VINS[1]]
    held = services.lodge(people.cy.actor, story | {"lines": [car], "documents": papers})
    assert "VIN-NOT-STATED" in {r["code"] for r in one_line(held.number).reasons}
    named = services.lodge(people.cy.actor, story | {"lines": [car | {"vins": odd}], "documents": papers})
    line = one_line(named.number)
    assert line.state == "to_inspect"
    assert {"VIN-CHECK-CHARACTER"} == {r["code"] for r in line.reasons if r["code"].startswith("VIN")}
    assert order(named, 1).checklist == "C-VEH"


def test_every_outcome_is_an_instruction_that_a_port_knows() -> None:
    from guomen.clearance.words import OUTCOMES
    from guomen.release.models import CODES
    from guomen.release.rules import code_of

    assert {code_of("line.outcome", "refused", outcome) for outcome in OUTCOMES} <= set(CODES)
    assert code_of("line.outcome", "refused", "RECTIFY") == "HOLD"
