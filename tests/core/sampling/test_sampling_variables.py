"""Plans by variables: the table of MIL-STD-414, and plans through two points of the OC curve."""

import csv
from pathlib import Path

import pytest

from guomen.core.sampling.curves import Point
from guomen.core.sampling.variables import AQLS, LETTERS, VariablesPlan, find_known, find_unknown, table_plan

SHARED = Path(__file__).parents[4] / "shared/data/sampling"
conformance = pytest.mark.conformance
absent = pytest.mark.skipif(not SHARED.is_dir(), reason="The shared sampling tables are not on this machine.")


@pytest.mark.parametrize(
    ("letter", "aql", "tightened", "expected"),
    [
        ("K", "1.00", False, VariablesPlan(35, 1.89)),
        ("K", "1.00", True, VariablesPlan(35, 2.03)),
        ("B", "1.00", False, VariablesPlan(4, 1.45)),
        ("B", "0.04", False, VariablesPlan(15, 2.64)),
    ],
)
def test_cells_and_arrows(letter, aql, tightened, expected) -> None:
    assert table_plan(letter, aql, tightened=tightened) == expected


def test_a_lot_is_accepted_when_its_mean_lies_far_enough_inside() -> None:
    plan = VariablesPlan(10, 1.5)
    assert plan.accepts(7.0, 2.0, upper=10.0)
    assert not plan.accepts(7.1, 2.0, upper=10.0)
    assert plan.accepts(13.0, 2.0, lower=10.0)
    with pytest.raises(ValueError, match="one limit"):
        plan.accepts(7.0, 2.0)
    with pytest.raises(ValueError, match="positive"):
        plan.accepts(7.0, 0.0, upper=10.0)


@pytest.mark.parametrize(
    ("letter", "aql", "tightened"), [("A", "1.00", False), ("K", "1.0", False), ("K", "0.04", True)]
)
def test_what_the_table_does_not_have_is_refused(letter, aql, tightened) -> None:
    with pytest.raises(ValueError, match="B-1"):
        table_plan(letter, aql, tightened=tightened)


@conformance
@absent
def test_every_printed_cell_agrees() -> None:
    rows = list(csv.DictReader((SHARED / "Planesmuestra_k_plans.milstd414.csv").read_text().splitlines()))
    assert len(rows) == 432
    for row in rows:
        aql = next(a for a in AQLS if float(a) == float(row["NCA"]))
        plan = table_plan(row["code_letter"], aql, tightened=row["T"] == "t")
        assert plan.k == float(row["k"]), row
        # That transcription keeps the letter's own sample where the table has an arrow.
        assert plan.n >= int(row["sample"]) == LETTERS[row["code_letter"]], row


@conformance
@absent
def test_designed_plans_agree_with_an_independent_implementation() -> None:
    rows = list(csv.DictReader((SHARED / "find_plan_R_AcceptanceSampling.csv").read_text().splitlines()))
    some = [row for row in rows if row["type"].startswith("normal")]
    assert len(some) == 4
    for row in some:
        find = find_known if row["type"] == "normal-known" else find_unknown
        plan = find(Point(float(row["p1"]), float(row["pa1"])), Point(float(row["p2"]), float(row["pa2"])))
        assert plan.n == int(row["n"]), row
        assert plan.k == pytest.approx(float(row["k"]), rel=2e-5), row
