"""What holds for all release modes together, whatever the facts."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.catalogue import rulepack
from guomen.clearance import rules
from guomen.clearance.rules import Demand, LineFacts, Proof, decide
from guomen.clearance.terms import usual_terms
from tests.clearance.test_rules import SEED, SHIRTS

CODES = sorted(rulepack.newest().modes)
FACILITATION = set(CODES) - {"INSPECT-FIRST", "ON-THE-SPOT", "FAST-LANE", "WHILE-UNLOADING"}
PROOFS = st.builds(
    Proof,
    mode=st.sampled_from(CODES),
    number=st.just("E1"),
    place=st.just("CNSHA"),
    wrong=st.sampled_from([(), ("EVIDENCE-EXPIRED",)]),
    failed=st.booleans(),
)
MEASURES = st.builds(Demand, st.sampled_from(["hold", "full", "lab"]), st.just("RECALL"), st.just("R1"))
FACTS = st.builds(
    lambda **change: replace(SHIRTS, modes=usual_terms(rulepack.newest()), **change),
    letters=st.sets(st.sampled_from("MPRL")).map(lambda s: "".join(sorted(s))),
    traits=st.frozensets(st.sampled_from(["prohibited", "radiation", "infant", "short-life", "dangerous"])),
    attributes=st.frozensets(st.sampled_from(["19", "20", "21", "33"])),
    papers=st.frozensets(st.sampled_from(["101009", "101018", "101041"])),
    needed_papers=st.sampled_from([(), ("101009",)]),
    wood=st.booleans(),
    shelf_days=st.sampled_from([None, 30, 300]),
    measures=st.lists(MEASURES, max_size=2).map(tuple),
    credit=st.sampled_from(["AA", "B", "D"]),
    score=st.integers(0, 100),
    passes=st.integers(0, 9),
    inspected=st.booleans(),
    sealed=st.booleans(),
    proofs=st.lists(PROOFS, max_size=3).map(tuple),
    standing=st.dictionaries(st.sampled_from(CODES), st.sampled_from(["admitted", "suspended"])),
    net_kg=st.sampled_from([Decimal(10), Decimal(200_000)]),
)


@settings(max_examples=400)
@given(FACTS)
def test_no_mode_ever_waives_quarantine_radiation_sanitary_or_prohibited_goods_checks(f: LineFacts) -> None:
    found = decide(f, SEED)
    assert {"DOCUMENTS", "RADIATION-PORTAL"} <= set(found.checks)
    for due, check, opens in (
        ("P" in f.letters, "QUARANTINE", True),
        ("R" in f.letters, "SANITARY", False),
        ("L" in f.letters, "CCC", False),
        (f.wood, "WOOD-PACKAGING", True),
        ("radiation" in f.traits, "RADIATION-SURVEY", True),
    ):
        assert (check in found.checks) == due
        if due and opens:
            assert found.state in ("to_inspect", "held")
            assert found.open_units >= 1
    if {"prohibited"} & f.traits or "20" in f.attributes or any(m.effect == "hold" for m in f.measures):
        assert found.state == "held"


@settings(max_examples=300)
@given(FACTS)
def test_nobody_comes_into_a_lighter_mode_against_a_measure_a_failure_or_a_suspension(f: LineFacts) -> None:
    found = decide(f, SEED)
    light = found.mode in FACILITATION or bool(found.proof)
    if any(m.effect in ("full", "lab") for m in f.measures) or any(p.failed for p in f.proofs):
        assert not light
    if light:
        assert f.standing.get(found.mode) != "suspended"
        assert f.credit != "D" or found.mode == "INSPECT-FIRST"
    if found.proof:
        assert any(p.mode == found.mode and not p.wrong for p in f.proofs)
        assert "IDENTITY" in found.checks


def test_what_others_tested_is_compared_by_an_officer_without_a_seal_and_tested_here_when_it_is_drawn() -> None:
    proven = replace(SHIRTS, proofs=(Proof("THIRD-PARTY", "E1", "CN"),), sealed=False, inspected=False)
    found = decide(proven, SEED)
    assert (found.mode, found.level, found.state, found.checklist) == (
        "THIRD-PARTY",
        "identity",
        "to_inspect",
        "C-IDENT",
    )
    assert (found.open_units, found.panel) == (1, "")
    assert decide(replace(proven, sealed=True), SEED).state == "screened"
    always = dict(SHIRTS.modes) | {"THIRD-PARTY": replace(SHIRTS.modes["THIRD-PARTY"], rate=Decimal(1))}
    drawn = decide(replace(proven, modes=always), SEED)
    assert (drawn.level, drawn.panel) == ("laboratory", "P-TEX")


def test_a_guarantee_of_conformity_opens_release_without_inspection_and_its_absence_is_named() -> None:
    asks = dict(SHIRTS.modes) | {"NO-INSPECTION": replace(SHIRTS.modes["NO-INSPECTION"], guarantee="101041")}
    bare = replace(SHIRTS, modes=asks, sealed=False)
    found = decide(bare, SEED)
    assert found.mode == "ON-THE-SPOT"
    assert "GUARANTEE-MISSING" in {r.code for r in found.reasons}
    for given_ in ({"papers": frozenset({"101041"})}, {"standing": {"NO-INSPECTION": "admitted"}}, {"letters": ""}):
        assert decide(replace(bare, **given_), SEED).mode == "NO-INSPECTION"


def test_every_way_into_a_mode_names_a_mode_of_the_rule_pack() -> None:
    assert {m.code for m in rules.MODES} == set(CODES)
