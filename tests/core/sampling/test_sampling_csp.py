"""Continuous sampling: the phases one by one, and the long run against Dodge's formulas."""

import csv
import random
from decimal import Decimal
from pathlib import Path

import pytest

from guomen.core.sampling import Continuous, csp

SHARED = Path(__file__).parents[4] / "shared/data/sampling"
TENTH = Decimal("0.1")


def after(state: Continuous, units: str) -> Continuous:
    """Inspected units one after the other: + good, - not."""
    for unit in units:
        state = state.after(unit == "+")
    return state


@pytest.mark.parametrize(
    ("scheme", "units", "rate"),
    [
        ("CSP-1", "", 1),
        ("CSP-1", "++", 1),
        ("CSP-1", "+++", TENTH),
        ("CSP-1", "++-+++", TENTH),
        ("CSP-1", "++-++", 1),
        ("CSP-1", "+++-", 1),
        ("CSP-2", "+++-", TENTH),
        ("CSP-2", "+++-++-", 1),
        ("CSP-2", "+++-+++-", TENTH),
        ("CSP-3", "+++-", 1),
        ("CSP-3", "+++-+++", 1),
        ("CSP-3", "+++-++++", TENTH),
        ("CSP-3", "+++--", 1),
        ("CSP-3", "+++--+++", TENTH),
    ],
)
def test_what_is_inspected_next(scheme, units, rate) -> None:
    assert after(Continuous(3, TENTH, scheme), units).rate == rate


def in_the_long_run(scheme: csp.Scheme, quality: float, units: int = 300_000) -> float:
    chance = random.Random(7)
    state, inspected = Continuous(10, TENTH, scheme), 0
    for _ in range(units):
        if chance.random() < state.rate:
            inspected += 1
            state = state.after(chance.random() >= quality)
    return inspected / units


@pytest.mark.parametrize(("scheme", "share"), [("CSP-1", 0.1197), ("CSP-2", 0.1032), ("CSP-3", 0.1100)])
def test_the_share_inspected_in_the_long_run(scheme, share) -> None:
    """CSP-1 by its formula; the others as found by simulating four million units elsewhere."""
    assert in_the_long_run(scheme, 0.02) == pytest.approx(share, abs=0.004)


@pytest.mark.parametrize("wrong", [(0, "0.1"), (5, "0"), (5, "1")])
def test_numbers_that_make_no_scheme_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="clearance number"):
        Continuous(wrong[0], Decimal(wrong[1]))


@pytest.mark.conformance
@pytest.mark.skipif(not SHARED.is_dir(), reason="The shared sampling tables are not on this machine.")
def test_performance_agrees_with_the_published_formula() -> None:
    rows = list(csv.DictReader((SHARED / "csp1_performance_formula.csv").read_text().splitlines()))
    assert len(rows) > 50
    for row in rows:
        found = csp.performance(int(row["i"]), float(row["f"]), float(row["p"]))
        assert found.inspected == pytest.approx(float(row["AFI"]), rel=1e-6), row
        assert found.passing == pytest.approx(float(row["Pa"]), rel=1e-6), row
        assert found.outgoing == pytest.approx(float(row["AOQ"]), rel=1e-5), row
        assert csp.worst(int(row["i"]), float(row["f"]))[1] == pytest.approx(float(row["AOQL"]), rel=1e-5), row
