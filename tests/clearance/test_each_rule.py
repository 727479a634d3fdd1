"""One test per rule, asked alone: facts for which it answers, and the nearest facts for which it does not."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from guomen.clearance import rules
from guomen.clearance.rules import Demand, Proof
from tests.clearance.test_rules import SEED, SHIRTS

MILK: dict[str, Any] = {"letters": "R", "shelf_days": 60}
HOLDS: dict[str, tuple[dict[str, Any], list[str], dict[str, Any]]] = {
    "Prohibited": ({"traits": frozenset({"prohibited"}), "attributes": frozenset({"20"})}, ["PROHIBITED"], {}),
    "ActiveHold": (
        {"measures": (Demand("hold", "RECALL", "R1"),)},
        ["RECALL"],
        {"measures": (Demand("full", "RECALL", "R1"),)},
    ),
    "QuarantinePapers": (
        {"letters": "P", "needed_papers": ("101007", "101030"), "papers": frozenset({"101007"})},
        ["QUARANTINE-PAPER-MISSING"],
        {"letters": "P", "needed_papers": ("101007",), "papers": frozenset({"101007"})},
    ),
    "DangerousPapers": (
        {"traits": frozenset({"dangerous"}), "attributes": frozenset({"31"})},
        ["DANGEROUS-PAPER-MISSING", "DANGEROUS-PAPER-MISSING"],
        {"traits": frozenset({"dangerous"}), "attributes": frozenset({"33"})},
    ),
    "UsedPaper": (
        {"attributes": frozenset({"21"})},
        ["PRE-SHIPMENT-CERTIFICATE-MISSING"],
        {"attributes": frozenset({"21"}), "papers": frozenset({"101018"})},
    ),
    "OtherPapers": (
        {"letters": "R", "needed_papers": ("101009",)},
        ["PAPER-MISSING"],
        {"letters": "P", "needed_papers": ("101009",)},
    ),
    "MakerRegistered": (
        {"letters": "PR", "maker_stated": False},
        ["MAKER-NOT-STATED"],
        {"letters": "R", "maker_stated": False},
    ),
    "DangerousStated": (
        {"traits": frozenset({"dangerous"}), "unstated": frozenset({"un_number", "packing_specification", "vins"})},
        ["UN-NUMBER-NOT-STATED", "PACKAGING-MARK-NOT-STATED"],
        {"traits": frozenset({"dangerous"}), "unstated": frozenset({"vins"})},
    ),
    "VehiclesNamed": (
        {"traits": frozenset({"vehicle"}), "unstated": frozenset({"vins"})},
        ["VIN-NOT-STATED"],
        {"traits": frozenset({"vehicle"}), "unstated": frozenset({"un_number"})},
    ),
    "NumbersStated": ({"unnumbered": ("101909",)}, ["NUMBER-NOT-STATED"], {}),
}


def proof(mode: str, *wrong: str) -> dict[str, Any]:
    """Facts with one result about the lot, and a firm that is admitted to its mode."""
    return {"proofs": (Proof(mode, "E1", "CNYSA", wrong),), "standing": {mode: "admitted"}}


def unproven(mode: str) -> dict[str, Any]:
    return proof(mode, "EVIDENCE-EXPIRED")


MODES: dict[str, tuple[dict[str, Any], list[str], dict[str, Any] | None]] = {
    "InspectFirst": ({"score": 80}, ["HIGH-SCORE"], {"score": 79}),
    "FastLane": (MILK, ["SHORT-LIFE"], MILK | {"shelf_days": 61}),
    "OnTheSpotByDuty": ({"credit": "C"}, ["LOW-CREDIT"], {"credit": "B"}),
    "NoInspection": ({"score": 30}, ["LOW-RISK", "NOT-DRAWN"], {"score": 31}),
    "Written": (proof("INSPECT-FIRST"), ["PRE-INSPECTED"], unproven("INSPECT-FIRST")),
    "AcceptedEverywhere": (
        proof("ACCEPTED-EVERYWHERE"),
        ["PASSED-ELSEWHERE", "NOT-DRAWN"],
        unproven("ACCEPTED-EVERYWHERE"),
    ),
    "TestedAbroad": (
        proof("TESTED-ABROAD"),
        ["TESTED-ABROAD", "NOT-DRAWN"],
        proof("TESTED-ABROAD") | {"standing": {"TESTED-ABROAD": "suspended"}},
    ),
    "ThirdParty": (proof("THIRD-PARTY"), ["TESTED-BY-BODY", "NOT-DRAWN"], proof("THIRD-PARTY") | {"score": 61}),
    "AirSample": (proof("AIR-SAMPLE"), ["AIR-SAMPLE-PASSED", "NOT-DRAWN"], proof("AIR-SAMPLE") | {"standing": {}}),
    "FirstImport": ({"inspected": False}, ["NEW-PAIR"], {"inspected": False, "letters": ""}),
    "WhileUnloading": (
        {"net_kg": Decimal(100_000), "standing": {"WHILE-UNLOADING": "admitted"}},
        ["LARGE-LOT"],
        {"net_kg": Decimal(99_999), "standing": {"WHILE-UNLOADING": "admitted"}},
    ),
    "FewInspected": ({"score": 45}, ["SEALED-LOOP", "NOT-DRAWN"], {"score": 45, "sealed": False}),
    "OnTheSpot": ({"score": 44}, ["NOT-YET-TRUSTED"], None),
}
CHECKS: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "Documents": ({}, None),
    "RadiationPortal": ({}, None),
    "Quarantine": ({"letters": "PR"}, {"letters": "R"}),
    "Sanitary": ({"letters": "R"}, {"letters": "M"}),
    "Ccc": ({"letters": "LM"}, {"letters": "M"}),
    "WoodPackaging": ({"wood": True}, {}),
    "ContainerSanitary": ({"boxed": True}, {"boxed": True, "export": True}),
    "ContainerFitness": ({"boxed": True, "export": True, "letters": "QS"}, {"boxed": True, "letters": "S"}),
    "RadiationSurvey": ({"traits": frozenset({"radiation"})}, {}),
}


def named(rule: object) -> str:
    return type(rule).__name__


@pytest.mark.parametrize("rule", rules.HOLDS, ids=named)
def test_each_hold_answers_for_its_facts_and_for_no_others(rule: Any) -> None:
    held, codes, free = HOLDS[named(rule)]
    assert [r.code for r in rule(replace(SHIRTS, **held))] == codes
    assert list(rule(replace(SHIRTS, **free))) == []


@pytest.mark.parametrize("rule", rules.MODES, ids=named)
def test_each_way_into_a_mode_opens_for_its_facts_and_for_no_others(rule: Any) -> None:
    let, codes, kept = MODES[named(rule)]
    choice = rule(replace(SHIRTS, **let), SEED)
    assert (choice.mode, [r.code for r in choice.reasons]) == (rule.code, codes)
    assert kept is None or rule(replace(SHIRTS, **kept), SEED) is None


@pytest.mark.parametrize("check", rules.CHECKS, ids=named)
def test_each_check_is_due_for_its_facts_and_for_no_others(check: Any) -> None:
    due, free = CHECKS[named(check)]
    assert check.due(replace(SHIRTS, **due))
    assert free is None or not check.due(replace(SHIRTS, **free))
