"""The ten modes against the checks that nobody waives: imports and exports, alone, by two officers, on a guarantee."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from guomen.catalogue import rulepack
from guomen.clearance import rules, services
from guomen.clearance.models import Decision, Line
from guomen.clearance.rules import Demand, LineFacts, Proof, decide
from guomen.clearance.rules.waiving import NEVER, ON_THE_WAY, skip
from guomen.clearance.services.undone import undone
from guomen.clearance.terms import usual_terms
from guomen.kit.errors import Refused
from guomen.release import services as release
from tests.clearance.test_rules import SEED, SHIRTS
from tests.release.test_release import OVERRIDE, ben

__all__ = ["ben"]
TERMS = {
    code: replace(m, rate=Decimal(0) if m.rate < 1 else m.rate) for code, m in usual_terms(rulepack.newest()).items()
}
EARNED: dict[str, Any] = {
    "modes": TERMS,
    "score": 0,
    "credit": "AA",
    "passes": 9,
    "inspected": True,
    "sealed": True,
    "letters": "M",
}
ADMITTED = dict.fromkeys(("AIR-SAMPLE", "TESTED-ABROAD", "WHILE-UNLOADING"), "admitted")


def proven(mode: str) -> dict[str, Any]:
    return {"proofs": (Proof(mode, "E1", "CNSHA"),), "standing": ADMITTED}


INTO: dict[str, dict[str, Any]] = {
    "INSPECT-FIRST": proven("INSPECT-FIRST"),
    "ACCEPTED-EVERYWHERE": proven("ACCEPTED-EVERYWHERE"),
    "AIR-SAMPLE": proven("AIR-SAMPLE"),
    "ON-THE-SPOT": {"score": 61},
    "TESTED-ABROAD": proven("TESTED-ABROAD"),
    "THIRD-PARTY": proven("THIRD-PARTY"),
    "FEW-INSPECTED": {"score": 45},
    "FAST-LANE": {"letters": "MR", "shelf_days": 30},
    "WHILE-UNLOADING": {"score": 60, "sealed": False, "net_kg": Decimal(200_000), "standing": ADMITTED},
    "NO-INSPECTION": {"papers": frozenset({"101041"})},
}
"""How each mode is entered, with the most that a firm can have for it."""
CHECKS: dict[str, tuple[dict[str, Any], bool]] = {
    "QUARANTINE": ({"letters": "P"}, True),
    "SANITARY": ({"letters": "R"}, False),
    "CCC": ({"letters": "L"}, False),
    "WOOD-PACKAGING": ({"wood": True}, True),
    "RADIATION-SURVEY": ({"traits": frozenset({"radiation"})}, True),
    "RADIATION-PORTAL": ({}, False),
    "DOCUMENTS": ({}, False),
    "CONTAINER": ({"boxed": True}, False),
}
"""What makes each check due, and whether the goods are opened for it."""


def facts(mode: str, **more: Any) -> LineFacts:
    said = EARNED | INTO[mode]
    letters = "".join(sorted(set(said["letters"]) | set(more.pop("letters", ""))))
    return replace(SHIRTS, **said | more | {"letters": letters})


def test_each_of_the_ten_modes_is_entered() -> None:
    assert set(INTO) == set(rulepack.newest().modes)
    for mode in INTO:
        assert decide(facts(mode), SEED).mode == mode


@pytest.mark.parametrize("mode", INTO)
def test_no_mode_waives_a_check_that_is_due(mode: str) -> None:
    for check, (due, opens) in CHECKS.items():
        found = decide(facts(mode, **due), SEED)
        assert check in found.checks, check
        if opens:
            assert (found.state, found.level in ("physical", "laboratory"), found.open_units > 0) == (
                "to_inspect",
                True,
                True,
            ), check


@pytest.mark.parametrize("mode", INTO)
def test_no_mode_lets_prohibited_goods_or_goods_under_a_measure_go(mode: str) -> None:
    for held in (
        {"traits": frozenset({"prohibited"})},
        {"attributes": frozenset({"20"})},
        {"measures": (Demand("hold", "RECALL", "R1"),)},
        {"letters": "P", "needed_papers": ("101007",), "papers": facts(mode).papers},
        {"traits": frozenset({"dangerous"})},
    ):
        assert decide(facts(mode, **held), SEED).state == "held", held


def test_exports_keep_their_quarantine_their_hygiene_and_their_holds() -> None:
    leaving = replace(SHIRTS, **EARNED | {"export": True, "letters": ""})
    assert decide(leaving, SEED).mode == "NO-INSPECTION"
    for letters, check in (("Q", "QUARANTINE"), ("S", "SANITARY"), ("N", "INSPECTION")):
        found = decide(replace(leaving, letters=letters), SEED)
        assert (check in found.checks, found.state) == (True, "to_inspect")
    assert decide(replace(leaving, wood=True), SEED).state == "to_inspect"
    assert decide(replace(leaving, measures=(Demand("hold", "RECALL", "R1"),)), SEED).state == "held"


def test_what_nobody_waives_is_never_among_what_two_officers_may_put_off() -> None:
    every = [*(c.code for c in rules.CHECKS), "INSPECTION", "LABORATORY", "IDENTITY", "SEAL"]
    assert {c.code for c in rules.CHECKS} <= NEVER
    for inspected in (False, True):
        for tested in (False, True):
            assert not NEVER & set(skip(every, inspected=inspected, tested=tested).skipped)
    assert set(skip(every, inspected=False, tested=False).forbidden) == NEVER - ON_THE_WAY


@pytest.mark.django_db
@pytest.mark.parametrize("check", sorted(NEVER - ON_THE_WAY))
@pytest.mark.parametrize("mode", ["ON-THE-SPOT", "NO-INSPECTION", "THIRD-PARTY", "WHILE-UNLOADING"])
def test_neither_one_officer_nor_two_nor_a_guarantee_lets_goods_go_before_it(people, story, ben, mode, check) -> None:
    lodged = services.lodge(people.cy.actor, story | {"lines": story["lines"][:1]})
    at = (lodged.number, 1)
    until = {
        "guarantor": "Bank",
        "guarantee": "G",
        "amount": "1.00",
        "currency": "EUR",
        "guaranteed_until": "2099-01-01",
    }
    release.propose_override(people.bo.actor, *at, OVERRIDE)
    Decision.objects.filter(declaration=lodged.number).update(facts={"checks": ["DOCUMENTS", check, "INSPECTION"]})
    for state in ("to_inspect", "held"):
        Line.objects.filter(declaration=lodged.number).update(state=state, mode=mode)
        for do in (
            lambda: release.approve_override(ben, *at),
            lambda: release.propose_override(ben, *at, OVERRIDE | until),
        ):
            with pytest.raises(Refused) as caught:
                do()
            assert (caught.value.code, caught.value.values["reasons"]) == ("never-waived", [check])
    with pytest.raises(Refused) as caught:
        services.decide_held(people.bo.actor, *at, "release", "The firm is waiting.")
    assert check in caught.value.values["reasons"]
    line = Line.objects.get(declaration=lodged.number)
    assert (line.state, undone(line).forbidden) == ("held", (check,))


@pytest.mark.django_db
def test_an_inspection_that_finds_nothing_does_not_let_prohibited_goods_in(people, story) -> None:
    from guomen.inspection.models import Order
    from tests.clearance.test_deciding import answer_all

    line = story["lines"][0] | {"attributes": ["20"]}
    lodged = services.lodge(people.cy.actor, story | {"lines": [line]})
    assert Line.objects.get(declaration=lodged.number).state == "held"
    services.decide_held(people.bo.actor, lodged.number, 1, "inspect", "What is it?")
    order = Order.objects.get(declaration=lodged.number)
    answer_all(people, order)
    found = services.release_after_inspection(people.ana.actor, order.id)
    assert (found.state, found.reasons[0]["code"]) == ("held", "PROHIBITED")
