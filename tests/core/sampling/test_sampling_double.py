"""Double plans: the numbers of MIL-STD-105E, and that they judge nearly as the single plans beside them."""

import pytest

from guomen.core.sampling import DoublePlan, Plan, double_plan
from guomen.core.sampling.curves import quality_at
from guomen.core.sampling.iso2859 import AQLS, CODE_LETTERS, code_letter, single_plan

LOTS = (9, 20, 40, 80, 130, 200, 400, 1000, 3000, 9000, 30_000, 100_000, 400_000, 600_000)


@pytest.mark.parametrize(
    ("lot", "aql", "severity", "edition", "expected"),
    [
        (1000, "1.0", "normal", "ISO", DoublePlan(Plan(50, 0, 3), Plan(50, 3, 4))),
        (1000, "2.5", "normal", "MIL-STD-105E", DoublePlan(Plan(50, 2, 5), Plan(50, 6, 7))),
        (1000, "2.5", "tightened", "ISO", DoublePlan(Plan(50, 1, 4), Plan(50, 4, 5))),
        (1000, "2.5", "reduced", "MIL-STD-105E", DoublePlan(Plan(20, 0, 4), Plan(20, 3, 6))),
        (1000, "0.15", "normal", "ISO", None),
    ],
)
def test_cells_of_the_standard_are_as_printed(lot, aql, severity, edition, expected) -> None:
    assert double_plan(lot, aql, "II", severity, edition) == expected


@pytest.mark.parametrize("severity", ["normal", "tightened"])
def test_each_double_plan_judges_nearly_as_the_single_plan_of_its_cell(severity) -> None:
    seen = 0
    for lot in LOTS:
        for aql in AQLS[:16]:
            plan = double_plan(lot, aql, "II", severity)
            single = single_plan(lot, aql, "II", severity)
            if plan is None:
                assert single.ac == 0 or single.n == 2, (lot, aql)
                continue
            seen += 1
            for chance in (0.95, 0.5, 0.1):
                ratio = quality_at(plan, chance) / quality_at(single, chance)
                assert 0.7 < ratio < 1.45, (lot, aql, chance, ratio)
    assert seen > 80


def test_a_reduced_double_plan_of_iso_is_not_made_up() -> None:
    with pytest.raises(NotImplementedError, match="3-C"):
        double_plan(1000, "1.0", "II", "reduced", "ISO")


def test_the_first_sample_is_smaller_than_that_of_the_single_plan() -> None:
    for lot in LOTS:
        plan = double_plan(lot, "4.0")
        if plan:
            assert plan.first.n == plan.second.n < single_plan(lot, "4.0").n
            assert code_letter(lot) in CODE_LETTERS
