"""Single sampling plans against an independent transcription, known cells, and the logic of the standard."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.sampling.iso2859 import AQLS, Plan, code_letter, single_plan

SHARED = (
    Path(os.environ.get("GUOMEN_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "sampling"
)
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
SEVERITIES = ("normal", "tightened", "reduced")


@pytest.mark.conformance
@pytest.mark.skipif(not SHARED.is_dir(), reason="The shared sampling tables are not on this machine.")
def test_every_plan_of_mil_std_105e_agrees() -> None:
    rows = list(csv.DictReader((SHARED / "mil_std_105E_single_all_from_R_AQLSchemes.csv").read_text().splitlines()))
    assert len(rows) == 3 * 15 * 7 * 26
    for row in rows:
        for end in row["lot"].rstrip("+").split("-"):
            plan = single_plan(int(end), row["AQL"], row["level"], row["plan"], "MIL-STD-105E")
            assert plan == Plan(int(row["n"]), int(row["Ac"]), int(row["Re"])), (end, row)


@pytest.mark.parametrize(
    ("lot", "aql", "severity", "expected"),
    [
        (1000, "1.0", "normal", Plan(80, 2, 3)),
        (1000, "2.5", "tightened", Plan(80, 3, 4)),
        (5000, "0.65", "reduced", Plan(80, 2, 3)),
        (20_000, "0.65", "reduced", Plan(125, 3, 4)),
        (5000, "0.15", "reduced", Plan(200, 1, 2)),
        (5000, "2.5", "reduced", Plan(80, 6, 7)),
        (200_000, "0.025", "reduced", Plan(200, 0, 1)),
        (5, "10", "tightened", Plan(2, 0, 1)),
    ],
)
def test_cells_of_iso_2859_1_1999_as_publicly_transcribed(lot: int, aql: str, severity: str, expected: Plan) -> None:
    assert single_plan(lot, aql, severity=severity) == expected


def test_the_editions_differ_only_in_reduced_inspection_and_one_tightened_plan() -> None:
    differing = {
        (severity, code_letter(lot), aql)
        for lot in (2, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000, 500_001)
        for aql in AQLS
        for severity in SEVERITIES
        if single_plan(lot, aql, severity=severity) != single_plan(lot, aql, severity=severity, edition="MIL-STD-105E")
    }
    assert {cell for cell in differing if cell[0] != "reduced"} == {("tightened", "A", Decimal(10))}


@given(st.integers(2, 10**7), st.sampled_from(AQLS), st.sampled_from(LEVELS), st.sampled_from(SEVERITIES))
def test_iso_has_no_gap_between_acceptance_and_rejection(lot: int, aql: Decimal, level: str, severity: str) -> None:
    plan = single_plan(lot, aql, level, severity)
    assert plan.re == plan.ac + 1
    assert 1 <= plan.units_to_inspect(lot) <= lot


@given(st.integers(2, 10**6), st.sampled_from(AQLS), st.sampled_from(LEVELS))
def test_tightened_is_never_laxer_and_reduced_never_larger_than_normal(lot: int, aql: Decimal, level: str) -> None:
    normal, tightened, reduced = (single_plan(lot, aql, level, severity) for severity in SEVERITIES)
    assert Decimal(tightened.ac) / tightened.n <= Decimal(normal.ac) / normal.n
    assert reduced.n <= normal.n


@given(st.integers(2, 10**6), st.integers(1, 10**6), st.sampled_from(LEVELS))
def test_a_larger_lot_never_has_an_earlier_letter(lot: int, more: int, level: str) -> None:
    assert code_letter(lot, level) <= code_letter(lot + more, level)


def test_a_plan_larger_than_the_lot_means_every_unit() -> None:
    plan = single_plan(5, "0.010")
    assert plan.n == 1250
    assert plan.units_to_inspect(5) == 5


def test_an_aql_may_be_written_in_any_number_type() -> None:
    assert (
        single_plan(1000, 1) == single_plan(1000, 1.0) == single_plan(1000, "1.0") == single_plan(1000, Decimal("1.00"))
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1, "1.0"), "begin at a lot of 2"),
        ((10, "1.1"), "not a preferred AQL"),
        ((10, "many"), "not a preferred AQL"),
        ((10, "1.0", "IV"), "no inspection level"),
        ((10, "1.0", "II", "harsh"), "no table"),
        ((10, "1.0", "II", "normal", "ISO 2859-1:2050"), "no table"),
    ],
)
def test_what_the_tables_do_not_have_is_refused(arguments: tuple, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        single_plan(*arguments)
