"""Nobody gets a second draw: not by amending, declaring again, withdrawing, splitting, merging or leaving out."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from guomen.clearance import performance, services
from guomen.clearance.draws import audit_day
from guomen.clearance.models import Decision, Line
from guomen.clearance.services import moves
from guomen.clearance.services.again import Earlier
from guomen.core.codes import container_check_digit
from guomen.kit.clock import now
from guomen.kit.errors import Refused
from guomen.risk.services import seed_of
from tests.clearance.conftest import next_number
from tests.clearance.test_changing import lines, on_papers
from tests.clearance.test_deciding import answer_all, order

pytestmark = pytest.mark.django_db
HANDBAGS = "4202210090"


def lodged_as(people: Any, payload: dict[str, Any], *, drawn: bool, again: bool | None = None, by: str = "cy") -> Any:
    """Lodged under a number that is drawn, or is not."""
    next_number(drawn=drawn, again=again, lines=len(payload["lines"]))
    return services.lodge(getattr(people, by).actor, payload)


def codes(number: str, line: int = 1) -> list[str]:
    return [r["code"] for r in lines(number)[line - 1].reasons]


def elsewhere(payload: dict[str, Any], box: str = "CSQU305439") -> dict[str, Any]:
    """The same goods on another ship."""
    return copy.deepcopy(payload) | {
        "bill_number": f"B{box}",
        "containers": [{"number": box + container_check_digit(box), "seal": "S1"}],
    }


def probability(number: str, line: int = 1) -> Decimal:
    last = Decision.objects.filter(declaration=number, line=line, via="rules").order_by("-sequence").first()
    return Decimal(last.facts["probability"])


def test_what_one_version_drew_says_nothing_of_the_next(people, story) -> None:
    found = lodged_as(people, on_papers(story), drawn=False, again=True)
    assert codes(found.number) == ["OUTSIDE-LIST", "RATE-BY-RISK", "NOT-DRAWN"]
    first = probability(found.number)
    changed = on_papers(story)
    changed["lines"][0] |= {"hs_code": HANDBAGS, "name": "Handbags"}
    services.amend(people.cy.actor, found.number, changed, "They are handbags.")
    assert (lines(found.number)[0].state, codes(found.number)[-1]) == ("to_inspect", "DRAWN")
    drawn_at = Decimal(Decision.objects.get(declaration=found.number, sequence=2).facts["drawn_at"])
    assert probability(found.number) == Earlier(first).either(drawn_at) > max(first, drawn_at)
    assert audit_day(now().date(), seed_of(now().date())).findings == []


def test_goods_that_wait_for_inspection_are_inspected_however_often_they_are_declared(people, story) -> None:
    payload = on_papers(story)
    first = lodged_as(people, payload, drawn=True)
    assert lines(first.number)[0].state == "to_inspect"
    payload["lines"][0] |= {"maker_name": "Somebody Else", "batch": "P-2", "quantity": "7"}
    again = lodged_as(people, payload, drawn=False)
    assert (lines(again.number)[0].state, lines(again.number)[0].reasons[0]) == (
        "to_inspect",
        {"code": "DECLARED-BEFORE", "values": {"declaration": first.number}},
    )
    for other in (payload | {"bill_number": "OTHER-2"}, elsewhere(payload) | {"bill_number": payload["bill_number"]}):
        assert codes(lodged_as(people, other, drawn=False).number)[0] == "DECLARED-BEFORE"
    assert codes(lodged_as(people, elsewhere(payload, "CSQU305440"), drawn=False).number)[-1] == "NOT-DRAWN"
    heading = copy.deepcopy(payload)
    heading["lines"][0]["hs_code"] = HANDBAGS
    assert codes(lodged_as(people, heading, drawn=False).number)[-1] == "NOT-DRAWN"


def test_copies_in_one_file_are_no_more_draws_than_one(people, story) -> None:
    payload = on_papers(story)
    next_number(drawn=True)
    first, *copies = services.lodge_many(people.cy.actor, [payload] * 6)
    for copy_ in copies:
        # A copy that is drawn by itself says so.
        assert codes(copy_.number)[0] == "DECLARED-BEFORE" or codes(copy_.number)[-1] == "DRAWN"
        assert lines(copy_.number)[0].state == "to_inspect"
    assert codes(first.number)[-1] == "DRAWN"


def test_goods_that_were_looked_at_are_free_again(people, story) -> None:
    payload = on_papers(story)
    first = lodged_as(people, payload, drawn=True)
    one = order(first, 1)
    answer_all(people, one)
    services.release_after_inspection(people.ana.actor, one.id)
    assert codes(lodged_as(people, payload, drawn=False).number)[-1] == "NOT-DRAWN"


def test_withdrawn_by_the_control_room_and_lodged_anew_the_goods_stay_selected(people, story) -> None:
    payload = on_papers(story)
    first = lodged_as(people, payload, drawn=True)
    with pytest.raises(Refused) as own:
        services.withdraw(people.cy.actor, first.number, "Not sold.")
    assert own.value.code == "selected"
    services.withdraw(people.bo.actor, first.number, "They asked for it.")
    again = lodged_as(people, payload, drawn=False)
    assert (lines(again.number)[0].state, codes(again.number)[0]) == ("to_inspect", "DECLARED-BEFORE")


def test_a_selected_line_is_neither_left_out_nor_replaced_and_declared_anew(people, story) -> None:
    payload = on_papers(story)
    other = payload["lines"][0] | {"hs_code": HANDBAGS, "name": "Handbags"}
    payload["lines"] = [payload["lines"][0], other]
    payload["net_weight_kg"] = str(2 * Decimal(payload["lines"][0]["net_weight_kg"]))
    first = lodged_as(people, payload, drawn=True)
    Line.objects.filter(declaration=first.number, number=2).update(state="to_inspect")
    with pytest.raises(Refused) as dropped:
        services.amend(people.cy.actor, first.number, payload | {"lines": [other]}, "One line less.")
    assert (dropped.value.code, dropped.value.values["line"]) == ("selected", 2)
    swapped = elsewhere(payload | {"lines": [other, other]})
    services.amend(people.cy.actor, first.number, swapped, "All of them are handbags.")
    assert {x.state for x in lines(first.number)} == {"to_inspect"}
    again = lodged_as(people, on_papers(story), drawn=False)
    assert (lines(again.number)[0].state, codes(again.number)[0]) == ("to_inspect", "DECLARED-BEFORE")


def test_drawn_goods_stay_drawn_when_split_off_and_stand_for_as_many_as_before(people, story) -> None:
    payload = on_papers(story)
    other = payload["lines"][0] | {"hs_code": HANDBAGS, "name": "Handbags"}
    payload["lines"] = [payload["lines"][0], other]
    net = Decimal(payload["lines"][0]["net_weight_kg"])
    payload |= {"net_weight_kg": str(2 * net), "gross_weight_kg": str(4 * net), "packages": "20"}
    first = lodged_as(people, payload, drawn=True)
    was = probability(first.number)
    part = {"lines": [1], "packages": 10, "gross_weight_kg": str(2 * net)}
    next_number(drawn=False, run=2)
    halves = services.split(people.cy.actor, first.number, part, "Two buyers.")
    (line,) = lines(halves[1].number)
    assert (line.state, line.reasons[0]["code"]) == ("to_inspect", "SELECTED-BEFORE")
    assert was < probability(halves[1].number) < 2 * was
    moves.move(
        people.ana.actor, moves.locked(halves[1].number, 1), "released", [moves.Reason("INSPECTION-PASSED", {})], {}
    )
    found = performance.performance(people.bo.actor).everything
    assert (found.drawn, found.lines) == (1, 2)


def test_another_firms_goods_are_left_alone(people, story) -> None:
    lodged_as(people, on_papers(story), drawn=True)
    theirs = on_papers(story) | {"importer_code": people.eve.organisation.code}
    assert codes(lodged_as(people, theirs, drawn=False, by="eve").number)[-1] == "NOT-DRAWN"
