"""Sample sizes of ISPM 31 against the definition, and against the standard's tables."""

import csv
import os
from decimal import Decimal
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.sampling import ispm31

SHARED = (
    Path(os.environ.get("GUOMEN_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "sampling"
)
conformance = pytest.mark.conformance
absent = pytest.mark.skipif(not SHARED.is_dir(), reason="The shared sampling tables are not on this machine.")


@settings(max_examples=60, deadline=None)
@given(
    lot=st.integers(1, 300),
    percent=st.decimals("0.1", "100", places=1),
    confidence=st.sampled_from([Decimal("0.8"), Decimal("0.9"), Decimal("0.95"), Decimal("0.99")]),
)
def test_it_is_the_smallest_sample_that_the_definition_allows(lot: int, percent: Decimal, confidence: Decimal) -> None:
    infested = int(lot * Fraction(percent) / 100)
    sizes = [
        n for n in range(1, lot + 1) if Fraction(comb(lot - infested, n), comb(lot, n)) <= 1 - Fraction(confidence)
    ]
    expected = sizes[0] if infested else None
    assert ispm31.sample_size(lot, percent / 100, confidence) == expected


def test_an_exact_tie_is_decided_exactly() -> None:
    assert ispm31.sample_size(20, Decimal("0.05"), Decimal("0.95")) == 19
    assert ispm31.sample_size(1000, Decimal("0.001"), Decimal("0.95")) == 950


def test_a_lot_too_small_to_hold_the_level_has_no_sample_size() -> None:
    assert ispm31.sample_size(25, Decimal("0.02")) is None


def test_a_very_large_lot_is_answered_like_an_endless_one() -> None:
    assert ispm31.sample_size(1_000_000_000, Decimal("0.001")) == 2995
    assert ispm31.binomial_sample_size(Decimal("0.001")) == 2995


def test_a_float_means_what_it_shows() -> None:
    assert ispm31.sample_size(100, 0.29, 0.95) == ispm31.sample_size(100, Decimal("0.29"), Decimal("0.95"))


@pytest.mark.parametrize(
    ("lot", "level", "confidence"), [(0, "0.1", "0.9"), (9, "0", "0.9"), (9, "1.1", "0.9"), (9, "0.1", "1")]
)
def test_what_is_no_lot_or_no_fraction_is_refused(lot: int, level: str, confidence: str) -> None:
    with pytest.raises(ValueError, match=r"fraction|unit"):
        ispm31.sample_size(lot, level, confidence)


@conformance
@absent
def test_every_cell_of_table_one_agrees() -> None:
    rows = list(csv.DictReader((SHARED / "ispm31_table_1_95_percent.csv").read_text().splitlines()))
    assert len(rows) > 90
    for row in rows:
        found = ispm31.sample_size(int(row["lot"]), Decimal(row["level_pct"]) / 100, Decimal(row["confidence"]))
        assert found == (int(row["n"]) if row["n"] else None), row


@conformance
@absent
def test_every_cell_of_tables_three_and_four_agrees() -> None:
    rows = list(csv.DictReader((SHARED / "ispm31_tables_3_4_binomial_poisson_computed.csv").read_text().splitlines()))
    assert rows
    for row in rows:
        level, confidence = Decimal(row["level_pct"]) / 100, Decimal(row["confidence"])
        assert ispm31.binomial_sample_size(level, confidence) == int(row["n_binomial"]), row
        assert ispm31.poisson_sample_size(level, confidence) == int(row["n_poisson"]), row
