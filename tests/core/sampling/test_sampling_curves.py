"""OC curves and plans designed from them, against published figures and against what they are defined by."""

import csv
from math import comb
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.sampling import DoublePlan, Plan
from guomen.core.sampling.curves import Point, acceptance, curve, find_plan, quality_at, zero_acceptance

SHARED = Path(__file__).parents[4] / "shared/data/sampling"
conformance = pytest.mark.conformance
absent = pytest.mark.skipif(not SHARED.is_dir(), reason="The shared sampling tables are not on this machine.")
KINDS = {"binomial": "binomial", "poisson": "poisson", "hypergeom": "hypergeometric"}


def test_a_sample_of_ten_that_accepts_one_is_a_sum_of_two_terms() -> None:
    expected = 0.9**10 + 10 * 0.1 * 0.9**9
    assert acceptance(Plan(10, 1, 2), 0.1) == pytest.approx(expected)


def test_of_a_small_lot_it_counts_how_many_are_left() -> None:
    found = acceptance(Plan(5, 0, 1), 0.1, distribution="hypergeometric", lot_size=20)
    assert found == pytest.approx(comb(18, 5) / comb(20, 5))


def test_a_double_plan_is_every_way_to_be_accepted() -> None:
    plan = DoublePlan(Plan(8, 0, 2), Plan(8, 1, 2))
    p = 0.07
    expected = (1 - p) ** 8 + 8 * p * (1 - p) ** 7 * (1 - p) ** 8
    assert acceptance(plan, p) == pytest.approx(expected)


@pytest.mark.parametrize("plan", [Plan(50, 2, 3), DoublePlan(Plan(32, 1, 4), Plan(32, 4, 5))])
def test_worse_lots_are_accepted_less_often(plan) -> None:
    chances = [chance for _, chance in curve(plan, [n / 50 for n in range(51)])]
    assert chances[0] == 1
    assert chances[-1] == 0
    assert chances == sorted(chances, reverse=True)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(20, 200),
    st.floats(0.005, 0.05),
    st.floats(2.5, 8),
    st.sampled_from(["binomial", "poisson"]),
)
def test_a_designed_plan_holds_both_points_and_none_smaller_does(lot, good, ratio, distribution) -> None:
    producer, consumer = Point(good, 0.95), Point(good * ratio, 0.10)
    plan = find_plan(producer, consumer, distribution=distribution)
    assert acceptance(plan, producer.quality, distribution=distribution) >= 0.95
    assert acceptance(plan, consumer.quality, distribution=distribution) <= 0.10
    if plan.n > 1:
        smaller = Plan(plan.n - 1, plan.ac, plan.re)
        assert acceptance(smaller, consumer.quality, distribution=distribution) > 0.10


def test_zero_acceptance_is_the_smallest_that_finds_the_level() -> None:
    plan = zero_acceptance(1000, 0.01)
    assert (plan.ac, plan.n) == (0, 258)
    assert zero_acceptance(20, 0.01).n == 20


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: acceptance(Plan(5, 0, 1), 1.2), "between 0 and 1"),
        (lambda: acceptance(Plan(5, 0, 1), 0.1, distribution="hypergeometric"), "size of the lot"),
        (lambda: acceptance(Plan(50, 0, 1), 0.1, distribution="hypergeometric", lot_size=20), "cannot be taken"),
        (lambda: find_plan(Point(0.05, 0.95), Point(0.01, 0.1)), "better quality"),
        (lambda: quality_at(Plan(5, 0, 1), 1.0), "between 0 and 1"),
        (lambda: find_plan(Point(0.010, 0.95), Point(0.0101, 0.10), distribution="poisson", lot_size=500), "no plan"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(call, words) -> None:
    with pytest.raises(ValueError, match=words):
        call()


@conformance
@absent
def test_designed_plans_agree_with_an_independent_implementation() -> None:
    rows = list(csv.DictReader((SHARED / "find_plan_R_AcceptanceSampling.csv").read_text().splitlines()))
    some = [row for row in rows if row["type"] in KINDS]
    assert len(some) >= 16
    for row in some:
        producer = Point(float(row["p1"]), float(row["pa1"]))
        consumer = Point(float(row["p2"]), float(row["pa2"]))
        lot = None if row["N"] == "NA" else int(row["N"])
        plan = find_plan(producer, consumer, distribution=KINDS[row["type"]], lot_size=lot)
        assert (plan.n, plan.ac) == (int(row["n"]), int(row["c"])), row


@conformance
@absent
def test_limiting_qualities_of_a_statute_agree() -> None:
    rows = list(csv.DictReader((SHARED / "uk_si_1996_2636_lq5_sql.csv").read_text().splitlines()))
    plans = [
        Plan(80, 1, 2),
        Plan(125, 2, 3),
        DoublePlan(Plan(50, 0, 2), Plan(50, 1, 2)),
        DoublePlan(Plan(80, 0, 3), Plan(80, 3, 4)),
    ]
    for row, plan in zip(rows, plans, strict=True):
        assert quality_at(plan, 0.05) * 100 == pytest.approx(float(row["LQ5_binomial_pct"]), abs=6e-4)
        assert quality_at(plan, 0.95) * 100 == pytest.approx(float(row["p_at_Pa95_binomial_pct"]), abs=6e-4)
