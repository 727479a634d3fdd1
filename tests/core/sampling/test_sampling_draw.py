"""The draw: fixed by the seed, spread evenly, and fair over units."""

import hashlib
import hmac
from collections import Counter
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.sampling import commitment, draw, pick

TWO = Decimal(2)
SEED = bytes(range(32))
subjects = st.text(max_size=30)
shares = st.decimals(0, 1, places=4)


def test_an_auditor_repeats_a_draw_with_nothing_but_hmac() -> None:
    subject = "declaration/2026/17#2"
    fraction = Decimal(int(hmac.new(SEED, subject.encode(), hashlib.sha256).hexdigest(), 16)) / Decimal(2**256)
    assert not draw(SEED, subject, fraction - Decimal("1e-20"))
    assert draw(SEED, subject, fraction + Decimal("1e-20"))
    with localcontext(prec=400):
        assert not draw(SEED, subject, int(hmac.new(SEED, subject.encode(), hashlib.sha256).hexdigest(), 16) / TWO**256)
    assert commitment(SEED) == hashlib.sha256(SEED).hexdigest()


def test_about_one_in_twenty_is_drawn_at_five_percent() -> None:
    drawn = sum(draw(SEED, f"line {number}", Decimal("0.05")) for number in range(20_000))
    assert 900 < drawn < 1_100


def test_another_seed_draws_others() -> None:
    drawn = [{n for n in range(2_000) if draw(seed, str(n), Decimal("0.1"))} for seed in (SEED, SEED[::-1])]
    assert len(drawn[0] & drawn[1]) < 50


@given(subjects, shares, shares)
def test_a_higher_rate_keeps_everything_that_a_lower_rate_draws(subject: str, one: Decimal, two: Decimal) -> None:
    low, high = sorted((one, two))
    assert draw(SEED, subject, high) or not draw(SEED, subject, low)


@given(subjects)
def test_zero_never_and_one_always(subject: str) -> None:
    assert not draw(SEED, subject, Decimal(0))
    assert draw(SEED, subject, Decimal(1))


@given(subjects, st.integers(1, 5_000), st.data())
def test_it_picks_so_many_different_units_of_the_lot(subject: str, population: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, min(population, 60)))
    units = pick(SEED, subject, population, n)
    assert len(set(units)) == n
    assert units == sorted(units)
    assert all(1 <= unit <= population for unit in units)
    assert units == pick(SEED, subject, population, n)


@given(subjects, st.integers(2, 500), st.data())
def test_asking_for_more_units_keeps_those_already_picked(subject: str, population: int, data: st.DataObject) -> None:
    few = data.draw(st.integers(0, population - 1))
    assert set(pick(SEED, subject, population, few)) < set(pick(SEED, subject, population, few + 1))


def test_the_whole_lot_can_be_picked() -> None:
    assert pick(SEED, "lot", 7, 7) == [1, 2, 3, 4, 5, 6, 7]


def test_every_pair_of_units_is_equally_likely() -> None:
    pairs = Counter(tuple(pick(SEED, f"lot {number}", 5, 2)) for number in range(10_000))
    assert len(pairs) == 10
    assert all(850 < count < 1_150 for count in pairs.values())


def test_a_few_units_of_a_huge_lot_are_picked_at_once() -> None:
    assert len(pick(SEED, "bulk", 10**12, 100)) == 100


def test_what_cannot_be_fair_is_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        commitment(b"short")
    with pytest.raises(ValueError, match="seed"):
        draw(b"short", "x", Decimal("0.5"))
    with pytest.raises(TypeError, match="Decimal"):
        draw(SEED, "x", 0.5)  # type: ignore[arg-type]
    for wrong in ("1.01", "-0.01", "NaN"):
        with pytest.raises(ValueError, match="between 0 and 1"):
            draw(SEED, "x", Decimal(wrong))
    for population, n in ((5, 6), (5, -1), (-1, 0)):
        with pytest.raises(ValueError, match="cannot be picked"):
            pick(SEED, "x", population, n)
