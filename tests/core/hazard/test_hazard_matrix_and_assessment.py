"""The risk matrix at its bounds, the published example, and what moves an assessment."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.hazard import BANDS, Level, Scenario, assess, band, level

SHARED = Path(os.environ.get("GUOMEN_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
PRISM = SHARED / "government" / "OPSS_product-safety-database" / "prism_risk.json"
ONE = Decimal(1)

probabilities = st.decimals(0, 1, places=8)
severities = st.integers(1, 4)
scenarios = st.builds(Scenario, st.lists(probabilities, min_size=1, max_size=5).map(tuple), severities)


def folding_chair(severity: int) -> Scenario:
    """The worked example of the EU guidelines: 1 x 1/50 x 1/10 x 1 = 1/500."""
    return Scenario((ONE, ONE / 50, ONE / 10, ONE), severity)


@pytest.mark.parametrize(("severity", "expected"), [(1, Level.LOW), (2, Level.HIGH), (3, Level.SERIOUS)])
def test_the_folding_chair_is_judged_as_published(severity: int, expected: Level) -> None:
    assert folding_chair(severity).probability == ONE / 500
    assert folding_chair(severity).level == expected


def test_the_worst_of_the_three_injuries_of_the_folding_chair_counts() -> None:
    found = assess([folding_chair(1), folding_chair(3), folding_chair(2)])
    assert (found.level, found.worst) == (Level.SERIOUS, 1)


@pytest.mark.conformance
@pytest.mark.skipif(not PRISM.is_file(), reason="The shared risk matrix is not on this machine.")
def test_all_32_cells_agree_with_the_matrix_of_prism() -> None:
    rows = json.loads(PRISM.read_text())["risk_matrix"]["rows"]
    inside = [*(bound + Decimal("1e-9") for bound in BANDS), BANDS[-1]]
    assert len(rows) == len(inside) == 8
    for row, probability in zip(rows, inside, strict=True):
        assert [level(severity, probability) for severity in (1, 2, 3, 4)] == row["levels"]


@pytest.mark.parametrize("number", range(7))
def test_a_bound_must_be_exceeded_not_reached(number: int) -> None:
    assert band(BANDS[number]) == number + 1
    assert band(BANDS[number] + Decimal("1e-20")) == number


def test_a_probability_is_never_rounded_to_one_in_n() -> None:
    assert level(1, Decimal("0.55")) == Level.HIGH
    assert level(2, Decimal("0.01003")) == Level.SERIOUS


def test_a_long_chain_is_multiplied_exactly() -> None:
    just_above = Scenario((Decimal("0.1" + "0" * 30 + "1"), Decimal("0.1")), 2)
    assert just_above.probability > BANDS[2]
    assert just_above.level == Level.SERIOUS


@given(probabilities, probabilities, severities, severities)
def test_more_probable_or_more_severe_is_never_a_lower_level(p: Decimal, q: Decimal, s: int, t: int) -> None:
    low, high = level(min(s, t), min(p, q)), level(max(s, t), max(p, q))
    assert low.rank <= high.rank


@given(st.lists(scenarios, min_size=1, max_size=4))
def test_the_highest_scenario_counts_and_another_one_never_lowers_it(several: list[Scenario]) -> None:
    found = assess(several)
    assert found.level == several[found.worst].level
    assert all(scenario.level.rank <= found.level.rank for scenario in several)
    assert assess([*several, several[0]]).level == found.level


@given(st.lists(scenarios, min_size=1, max_size=3))
def test_the_sensitivity_names_moves_that_change_the_level_in_their_direction(several: list[Scenario]) -> None:
    found = assess(several)
    for change in found.sensitivity.changes:
        assert (change.level.rank > found.level.rank) == (change.direction == "up")


def test_an_answer_in_the_middle_of_the_matrix_is_firm() -> None:
    assert assess([Scenario((Decimal("0.2"),), 4)]).sensitivity.stable


def test_an_answer_at_the_edge_says_what_would_change_it() -> None:
    found = assess([folding_chair(2)])
    assert found.level == Level.HIGH
    said = {(change.step, change.direction, change.level) for change in found.sensitivity.changes}
    assert (1, "up", Level.SERIOUS) in said
    assert (1, "down", Level.MEDIUM) in said
    assert (None, "up", Level.SERIOUS) in said
    assert (None, "down", Level.LOW) in said


def test_a_step_that_is_certain_cannot_become_more_probable() -> None:
    changes = assess([folding_chair(2)]).sensitivity.changes
    assert not [change for change in changes if change.step in (0, 3) and change.direction == "up"]


def test_a_second_scenario_of_the_same_level_keeps_the_answer_from_falling() -> None:
    found = assess([folding_chair(2), folding_chair(2)])
    assert {change.direction for change in found.sensitivity.changes} == {"up"}


def test_what_is_no_scenario_is_refused() -> None:
    for steps, severity in (
        ((), 1),
        ((ONE,) * 31, 1),
        ((Decimal(2),), 1),
        ((Decimal("-0.1"),), 1),
        ((Decimal("NaN"),), 1),
        ((ONE,), 5),
        ((ONE,), 0),
    ):
        with pytest.raises(ValueError, match=r"steps|probability|severity"):
            Scenario(steps, severity)
    with pytest.raises(TypeError, match="Decimal"):
        Scenario((0.5,), 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one"):
        assess([])
