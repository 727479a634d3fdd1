"""Exports: inspected where they are made, sent to the port as a record, checked and released there."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from guomen.clearance import queries, services
from guomen.clearance.models import Line
from guomen.inspection import services as inspection
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from tests.clearance.conftest import example
from tests.clearance.test_deciding import answer_all, order

pytestmark = pytest.mark.django_db


def leaving(**change: Any) -> dict[str, Any]:
    """Fireworks for Hamburg in one container, and shirts, which nobody needs to look at."""
    payload = copy.deepcopy(example())
    fireworks = {
        "name": "Consumer fireworks, cakes 1.4G",
        "hs_code": "3604100000",
        "ciq_code": "301",
        "origin": "CN",
        "maker_name": "Example Fireworks Co.",
        "maker_registration": "43F0001",
        "quantity": "400",
        "unit": "CT",
        "net_weight_kg": "1200",
        "value": "90000",
        "currency": "CNY",
        "purpose": "99",
        "attributes": ["19"],
        "un_number": "0336",
        "packing_group": "2",
    }
    shirts = payload["lines"][0] | {"origin": "CN", "net_weight_kg": "100"}
    papers = [{"kind": k, "number": f"{k}-1"} for k in ("101901", "101904", "101905")]
    return (
        payload
        | {
            "direction": "E",
            "departure_country": "CN",
            "departure_port": "CNYSA",
            "arrival_port": "DEHAM",
            "destination_country": "DE",
            "arrives_at": (now() + timedelta(days=2)).isoformat(),
            "departed_on": (now() + timedelta(days=4)).date().isoformat(),
            "lines": [fireworks, shirts],
            "documents": papers,
        }
        | change
    )


def lines(number: str) -> list[Line]:
    return list(Line.objects.filter(declaration=number).order_by("number"))


def test_its_number_says_that_it_is_an_export_and_listed_goods_are_inspected_at_origin(people) -> None:
    found = services.lodge(people.cy.actor, leaving())
    assert found.number[8] == "0"
    fireworks, shirts = lines(found.number)
    assert (fireworks.state, fireworks.reasons[0]["code"]) == ("to_inspect", "EXIT-LIST")
    assert "EXIT-LIST" not in {r["code"] for r in shirts.reasons}
    assert fireworks.more["un_number"] == "0336"
    facts = next(e for e in history(fireworks.subject) if e.kind == "line.screened").facts
    assert "RADIATION-PORTAL" not in facts["checks"]
    assert facts["export"] is True


def test_dangerous_goods_without_the_results_of_their_packaging_do_not_leave(people) -> None:
    payload = leaving(documents=[{"kind": "101901", "number": "A"}])
    payload["lines"][0]["maker_registration"] = ""
    found = services.lodge(people.cy.actor, payload)
    fireworks = lines(found.number)[0]
    assert fireworks.state == "held"
    said = [(r["code"], r["values"].get("paper")) for r in fireworks.reasons]
    assert said[:3] == [
        ("DANGEROUS-PAPER-MISSING", "101904"),
        ("DANGEROUS-PAPER-MISSING", "101905"),
        ("PRODUCER-NOT-STATED", None),
    ]


@pytest.fixture
def passed(people) -> Any:
    """Fireworks that Ana found conforming where they were made."""
    found = services.lodge(people.cy.actor, leaving(lines=leaving()["lines"][:1]))
    one = order(found, 1)
    answer_all(people, one)
    services.release_after_inspection(people.ana.actor, one.id)
    return found


def test_what_passes_at_origin_goes_to_the_port_and_is_released_there(people, passed) -> None:
    (line,) = lines(passed.number)
    assert line.state == "transferred"
    kinds = [e.kind for e in history(line.subject)]
    assert kinds.index("line.passed") < kinds.index("line.transferred")
    sent = next(e for e in history(line.subject) if e.kind == "line.transferred")
    assert (sent.facts["place"], "valid_until" in sent.facts) == ("CNYSA", True)
    for name in ("cy", "eve", "di"):
        with pytest.raises(Forbidden):
            services.check_at_port(getattr(people, name).actor, passed.number, 1, agrees=True)
    for _ in range(2):
        assert services.check_at_port(people.bo.actor, passed.number, 1, agrees=True).state == "released"
    assert [e.kind for e in history(line.subject)].count("line.released") == 1
    with pytest.raises(Refused, match="no check at the port"):
        services.check_at_port(people.bo.actor, passed.number, 1, agrees=False, note="Too late.")


def at_port(people, passed) -> Any:
    """The port's task, given by Bo to Ana, with every check but the one about the goods' identity."""
    from guomen.inspection.models import Order

    one = Order.objects.get(declaration=passed.number, state="waiting")
    assert (one.place, one.reasons[0]["code"]) == ("CNYSA", "ORIGIN-PASSED")
    for name in ("ana", "cy"):
        with pytest.raises(Forbidden):
            inspection.give(getattr(people, name).actor, one.id, "ana@example.test")
    for who in ("bo@example.test", "nobody@example.test", "cy@example.test"):
        with pytest.raises(Invalid):
            inspection.give(people.bo.actor, one.id, who)
    for _ in range(2):
        assert inspection.give(people.bo.actor, one.id, "ana@example.test").officer_id == people.ana.person.id
    with pytest.raises(Refused, match="with the checklist"):
        services.check_at_port(people.bo.actor, passed.number, 1, agrees=True)
    return one


def test_an_inspector_is_given_the_ports_check_and_releases_what_agrees(people, passed) -> None:
    one = at_port(people, passed)
    answer_all(people, one)
    for _ in range(2):
        assert services.release_after_inspection(people.ana.actor, one.id).state == "released"
    (line,) = lines(passed.number)
    assert line.reasons[0]["code"] == "PORT-CHECK-PASSED"
    kinds = [e.kind for e in history(line.subject)]
    assert (kinds.count("line.released"), kinds.count("inspection.given")) == (1, 1)


def test_what_an_inspector_finds_to_differ_at_the_port_is_inspected_there(people, passed) -> None:
    one = at_port(people, passed)
    # Where the rule pack has no checklist for the port, goods and record are only compared.
    one.checklist = "C-PORT"
    one.save(update_fields=["checklist"])
    answer_all(people, one, wrong="IDENTITY")
    found = services.release_after_inspection(people.ana.actor, one.id)
    assert (found.state, found.reasons[0]["code"]) == ("to_inspect", "PORT-CHECK-DIFFERS")


def test_an_old_result_is_inspected_again_whoever_compared_the_goods(people, passed) -> None:
    one = at_port(people, passed)
    answer_all(people, one)
    Line.objects.filter(declaration=passed.number).update(decided_at=now() - timedelta(days=61))
    found = services.release_after_inspection(people.ana.actor, one.id)
    assert (found.state, found.reasons[0]["code"]) == ("to_inspect", "PASS-EXPIRED")


def test_goods_that_differ_at_the_port_are_inspected_there(people, passed) -> None:
    found = services.check_at_port(people.bo.actor, passed.number, 1, agrees=False, note="Other UN mark.")
    assert (found.state, found.reasons[0]["code"]) == ("to_inspect", "PORT-CHECK-DIFFERS")


def test_a_result_of_61_days_ago_no_longer_holds(people, passed) -> None:
    Line.objects.filter(declaration=passed.number).update(decided_at=now() - timedelta(days=61))
    with pytest.raises(Refused, match="older than 60 days"):
        services.check_at_port(people.bo.actor, passed.number, 1, agrees=True)


def test_an_intact_seal_at_the_gate_of_the_port_is_a_check_as_well(people, passed) -> None:
    from guomen.seals import services as seals

    box = queries.declaration(people.cy.actor, passed.number).container_list[0]
    seals.arm(people.kai.actor, seal=box.seal, container=box.number, place="Liuyang")
    found = services.gate_check(
        people.bo.actor, container=box.number, seal_read=box.seal, intact=True, gate="CNYSA", declaration=passed.number
    )
    assert (found.released, lines(passed.number)[0].state) == ([1], "released")


def test_a_retail_buyer_spends_the_year_and_stays_unknown(people) -> None:
    from guomen.clearance.models import Allowance, RetailOrder
    from guomen.kit.errors import Invalid

    def parcel(number: int, value: str, **more: Any) -> dict[str, Any]:
        one = {"number": f"O-{number}", "parcel": f"P-{number}", "buyer": "310101199001011234", "units": "1"}
        mode = {"trade_mode": "9610", "platform_code": "91310115MA1K4NAB5L", "orders": [one | {"value_cny": value}]}
        return copy.deepcopy(example()) | mode | more

    by = people.cy.actor
    first = services.lodge(by, parcel(1, "25000"))
    with pytest.raises(Invalid) as caught:
        services.lodge(by, parcel(2, "1000.01"))
    (problem,) = caught.value.problems
    assert (problem.field, problem.code) == ("orders.0.value_cny", "over-year-limit")
    assert "1,000.00 are left" in str(problem)
    services.lodge(by, parcel(3, "1000"))
    assert "310101" not in str(list(RetailOrder.objects.values())) + str(list(Allowance.objects.values()))
    assert "310101" not in str([e.facts for e in history(Subject.declaration(first.number))])
    Line.objects.filter(declaration=first.number).update(state="screened")
    services.withdraw(people.bo.actor, first.number, "The buyer cancelled.")
    assert Allowance.objects.get().spent_cny == 1000
