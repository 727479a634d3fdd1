"""One test per rule, on values alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from guomen.clearance import rules
from guomen.clearance.rules import Demand, LineFacts, ModeTerms, decide
from guomen.core.sampling import iso2859, ispm31

SEED = b"sixteen bytes or more of seed"
MODES = {
    "NO-INSPECTION": ModeTerms(Decimal("0"), 30, frozenset({"AA", "A", "B"}), 5),
    "FEW-INSPECTED": ModeTerms(Decimal("0"), 45, frozenset({"AA", "A", "B"}), 3),
    **{
        code: ModeTerms(Decimal("0"), 60, frozenset({"AA", "A", "B"}), 0, standing=standing)
        for code, standing in (
            ("ACCEPTED-EVERYWHERE", False),
            ("AIR-SAMPLE", True),
            ("TESTED-ABROAD", True),
            ("THIRD-PARTY", False),
        )
    },
    "WHILE-UNLOADING": ModeTerms(
        Decimal(1), 60, frozenset({"AA", "A", "B"}), 0, standing=True, minimum_kg=Decimal(100_000)
    ),
}
SHIRTS = LineFacts(
    subject="urn:guomen:line:224820261000000001/1",
    letters="M",
    traits=frozenset(),
    attributes=frozenset({"19"}),
    papers=frozenset({"101001"}),
    needed_papers=(),
    dangerous_papers=("101901", "101902"),
    used_papers=("101018", "101023"),
    wood=False,
    maker_stated=True,
    shelf_days=None,
    fast_lane_days=60,
    measures=(),
    credit="A",
    score=20,
    passes=6,
    inspected=True,
    sealed=True,
    population=1200,
    checklist="C-TEX",
    aql="2.5",
    sampling_level="S-2",
    quarantine_level="0.05",
    quarantine_confidence="0.95",
    sample_units=3,
    panel="P-TEX",
    modes=MODES,
)


def codes(decision: rules.LineDecision) -> list[str]:
    return [r.code for r in decision.reasons]


def always(mode: str) -> dict[str, ModeTerms]:
    return MODES | {mode: replace(MODES[mode], rate=Decimal(1))}


def seldom(mode: str) -> dict[str, ModeTerms]:
    return MODES | {mode: replace(MODES[mode], rate=Decimal("0.000001"))}


def test_the_probability_of_being_opened_is_kept_whatever_came_of_the_draw() -> None:
    found = decide(replace(SHIRTS, modes=seldom("NO-INSPECTION")), SEED)
    assert (found.state, found.probability, found.drawn_at) == ("released", Decimal("0.000001"), Decimal("0.000001"))
    by_duty = decide(replace(SHIRTS, wood=True, modes=seldom("NO-INSPECTION")), SEED)
    assert (by_duty.state, by_duty.probability, by_duty.drawn_at) == ("to_inspect", 1, Decimal("0.000001"))
    assert decide(replace(SHIRTS, passes=0, sealed=False), SEED).probability == 1
    assert decide(SHIRTS, SEED).probability == 0


def test_low_risk_goods_of_a_trusted_pair_go_without_inspection() -> None:
    found = decide(SHIRTS, SEED)
    assert (found.mode, found.level, found.state) == ("NO-INSPECTION", "documents", "released")
    assert codes(found) == ["LOW-RISK", "NOT-DRAWN"]
    assert (found.open_units, found.checklist) == (0, "")


def test_goods_that_are_drawn_are_opened_although_nothing_speaks_against_them() -> None:
    found = decide(replace(SHIRTS, modes=always("NO-INSPECTION")), SEED)
    assert (found.mode, found.level, found.state) == ("NO-INSPECTION", "physical", "to_inspect")
    assert codes(found) == ["LOW-RISK", "DRAWN"]
    assert found.checklist == "C-TEX"
    assert found.open_units == iso2859.single_plan(1200, "2.5", level="S-2").n


def test_goods_of_an_origin_that_fails_oftener_say_so_beside_the_draw() -> None:
    why = rules.why("RATE-STEPPED-UP", origin="IT", failed="3.0", inspected="20.0")
    facts = replace(SHIRTS, rated=(why,), modes=seldom("NO-INSPECTION"))
    found = decide(facts, SEED)
    assert codes(found) == ["LOW-RISK", "RATE-STEPPED-UP", "NOT-DRAWN"]


def test_the_draw_can_be_repeated_and_depends_on_the_seed() -> None:
    half = replace(SHIRTS, modes=MODES | {"NO-INSPECTION": replace(MODES["NO-INSPECTION"], rate=Decimal("0.5"))})
    lines = [replace(half, subject=f"urn:guomen:line:224820261000000001/{n}") for n in range(1, 201)]
    drawn = [decide(line, SEED).state for line in lines]
    assert drawn == [decide(line, SEED).state for line in lines]
    assert drawn != [decide(line, b"another seed of sixteen bytes").state for line in lines]
    assert 70 < drawn.count("to_inspect") < 130


def test_a_sealed_loop_waits_for_the_gate_and_is_rarely_opened() -> None:
    found = decide(replace(SHIRTS, score=40, passes=3), SEED)
    assert (found.mode, found.level, found.state) == ("FEW-INSPECTED", "seal", "screened")
    assert codes(found) == ["SEALED-LOOP", "NOT-DRAWN"]
    assert "SEAL" in found.checks


def test_without_an_unbroken_seal_there_is_no_reduced_rate() -> None:
    found = decide(replace(SHIRTS, score=40, passes=3, sealed=False), SEED)
    assert (found.mode, found.state) == ("ON-THE-SPOT", "to_inspect")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"inspected": False, "passes": 0}, "NEW-PAIR"),
        ({"credit": "D"}, "LOW-CREDIT"),
        ({"measures": (Demand("full", "WATCH-LIST", "W1"),)}, "ALERT-IN-FORCE"),
        ({"score": 60}, "HIGH-SCORE"),
        ({"passes": 1, "sealed": False}, "NOT-YET-TRUSTED"),
    ],
)
def test_an_officer_looks_on_the_spot(change: dict[str, object], code: str) -> None:
    found = decide(replace(SHIRTS, **change), SEED)
    assert (found.mode, found.state) == ("ON-THE-SPOT", "to_inspect")
    assert code in codes(found)
    assert (found.panel, found.sample_units) == ("", 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"traits": frozenset({"infant"})}, "INFANT-GOODS"),
        ({"measures": (Demand("lab", "ACTIVE-ALERT", "A1"),)}, "ALERT-IN-FORCE"),
        ({"score": 80}, "HIGH-SCORE"),
    ],
)
def test_goods_that_may_harm_most_wait_for_the_laboratory(change: dict[str, object], code: str) -> None:
    found = decide(replace(SHIRTS, **change), SEED)
    assert (found.mode, found.level, found.state) == ("INSPECT-FIRST", "laboratory", "to_inspect")
    assert code in codes(found)
    assert (found.panel, found.sample_units) == ("P-TEX", 3)


def test_food_that_lives_60_days_takes_the_fast_lane_and_61_days_does_not() -> None:
    milk = replace(SHIRTS, letters="R", panel="P-FOOD", shelf_days=60)
    assert decide(milk, SEED).mode == "FAST-LANE"
    assert decide(replace(milk, shelf_days=61), SEED).mode == "NO-INSPECTION"


def test_goods_outside_the_list_need_no_record_to_go() -> None:
    found = decide(replace(SHIRTS, letters="", inspected=False, passes=0), SEED)
    assert (found.mode, found.state) == ("NO-INSPECTION", "released")
    assert "OUTSIDE-LIST" in codes(found)


@pytest.mark.parametrize("rate", ["0", "1"])
def test_no_mode_waives_quarantine(rate: str) -> None:
    modes = {code: replace(terms, rate=Decimal(rate)) for code, terms in MODES.items()}
    fruit = replace(SHIRTS, letters="PR", score=0, passes=100, modes=modes)
    found = decide(fruit, SEED)
    assert found.state == "to_inspect"
    assert "QUARANTINE" in found.checks
    assert "QUARANTINE-ALWAYS" in codes(found)
    assert found.open_units == ispm31.sample_size(1200, "0.05", "0.95")


@pytest.mark.parametrize(
    ("change", "check"),
    [({"wood": True}, "WOOD-PACKAGING"), ({"traits": frozenset({"radiation"})}, "RADIATION-SURVEY")],
)
def test_no_mode_waives_wood_packaging_and_radiation(change: dict[str, object], check: str) -> None:
    found = decide(replace(SHIRTS, score=0, passes=100, **change), SEED)
    assert found.state == "to_inspect"
    assert check in found.checks


def test_every_line_passes_the_radiation_portal_and_the_document_audit() -> None:
    for facts in (SHIRTS, replace(SHIRTS, letters="", score=0), replace(SHIRTS, letters="PR")):
        assert {"DOCUMENTS", "RADIATION-PORTAL"} <= set(decide(facts, SEED).checks)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"traits": frozenset({"prohibited"})}, "PROHIBITED"),
        ({"attributes": frozenset({"20"})}, "PROHIBITED"),
        ({"measures": (Demand("hold", "RECALL", "R1"),)}, "RECALL"),
        ({"letters": "P", "needed_papers": ("101007",)}, "QUARANTINE-PAPER-MISSING"),
        ({"traits": frozenset({"dangerous"})}, "DANGEROUS-PAPER-MISSING"),
        ({"attributes": frozenset({"21"})}, "PRE-SHIPMENT-CERTIFICATE-MISSING"),
        ({"letters": "R", "needed_papers": ("101009",)}, "PAPER-MISSING"),
        ({"letters": "PR", "maker_stated": False}, "MAKER-NOT-STATED"),
    ],
)
def test_a_hold_names_its_reason_first(change: dict[str, object], code: str) -> None:
    found = decide(replace(SHIRTS, **change), SEED)
    assert found.state == "held"
    assert codes(found)[0] == code


def test_a_declarant_learns_of_every_missing_paper_at_once_in_order_of_severity() -> None:
    found = decide(
        replace(
            SHIRTS,
            traits=frozenset({"prohibited", "dangerous"}),
            attributes=frozenset({"21"}),
            measures=(Demand("hold", "RECALL", "R1"),),
        ),
        SEED,
    )
    assert codes(found)[:5] == [
        "PROHIBITED",
        "RECALL",
        "DANGEROUS-PAPER-MISSING",
        "DANGEROUS-PAPER-MISSING",
        "PRE-SHIPMENT-CERTIFICATE-MISSING",
    ]


def test_used_equipment_with_its_certificate_is_inspected_on_arrival() -> None:
    press = replace(SHIRTS, attributes=frozenset({"21"}), papers=frozenset({"101018"}), population=1, checklist="C-UME")
    found = decide(press, SEED)
    assert (found.mode, found.state, found.checklist) == ("ON-THE-SPOT", "to_inspect", "C-UME")
    assert (found.open_units, found.population) == (1, 1)
    exempt = decide(replace(press, papers=frozenset({"101023"}), also=("C-WPM", "C-CON")), SEED)
    assert (exempt.state, exempt.checklist) == ("to_inspect", "C-UME+C-WPM+C-CON")


def test_a_remark_stands_among_the_reasons_and_changes_nothing_else() -> None:
    odd = rules.Reason("VIN-CHECK-CHARACTER", {"vins": "V", "count": "1"})
    plain, found = decide(SHIRTS, SEED), decide(replace(SHIRTS, remarks=(odd,)), SEED)
    assert found == replace(plain, reasons=(*plain.reasons, odd))


def test_the_units_to_open_are_picked_by_the_seed() -> None:
    picked = rules.which_units(SHIRTS.subject, 1200, 13, SEED)
    assert len(set(picked)) == 13
    assert all(1 <= unit <= 1200 for unit in picked)
    assert picked == rules.which_units(SHIRTS.subject, 1200, 13, SEED)
    assert picked != rules.which_units(SHIRTS.subject, 1200, 13, b"another seed of sixteen bytes")
    assert rules.which_units(SHIRTS.subject, 3, 13, SEED) == [1, 2, 3]


def test_every_reason_and_check_of_the_rules_has_words() -> None:
    import re
    from pathlib import Path

    from guomen.clearance.words import CHECKS, LEVELS, STATES
    from guomen.kit.words import vocabulary

    reasons = vocabulary("REASONS").keys()
    every = (*rules.HOLDS, *rules.MODES, *rules.EXPORT_HOLDS, *rules.EXPORT_MODES, *rules.REMARKS)
    given = {code for rule in every for code in rule.codes}
    source = "".join(p.read_text(encoding="utf-8") for p in Path(rules.__file__).parent.glob("*.py"))
    assert set(re.findall(r'(?:why|Reason)\(\s*"([A-Z-]+)"', source)) <= given | {"DRAWN", "NOT-DRAWN"}
    assert given | {check.reason for check in rules.CHECKS if check.reason} <= reasons
    assert {check.code for check in rules.CHECKS} <= CHECKS.keys()
    assert {f"line.{state}" for state in rules.TRANSITIONS["I"]} == STATES.keys()
    assert set(LEVELS) == {"documents", "seal", "identity", "physical", "laboratory"}


def test_every_rule_says_its_text_and_its_source_and_holds_stand_in_the_order_of_severity() -> None:
    every = (*rules.HOLDS, *rules.MODES, *rules.CHECKS, *rules.EXPORT_HOLDS, *rules.EXPORT_MODES)
    assert all(type(rule).__doc__ and rule.source for rule in every)
    severities = [rule.severity for rule in rules.HOLDS]
    assert severities == sorted(severities)
