"""The switching rules as a truth table: which lots move inspection where."""

import pytest

from guomen.core.sampling import Switching


def after(state: Switching, lots: str, **facts) -> Switching:
    """Lots one after the other: + accepted, - not."""
    for lot in lots:
        state = state.after(lot == "+", **facts)
    return state


@pytest.mark.parametrize(
    ("lots", "severity"),
    [
        ("+", "normal"),
        ("-", "normal"),
        ("--", "tightened"),
        ("-+++-", "tightened"),
        ("-++++-", "normal"),
        ("--+++++", "normal"),
        ("--++++-", "tightened"),
        ("--++++-+++++", "normal"),
        ("+" * 14, "normal"),
        ("+" * 15, "reduced"),
        ("+" * 10 + "-" + "+" * 14, "normal"),
        ("+" * 15 + "++++", "reduced"),
        ("+" * 15 + "-", "normal"),
    ],
)
def test_by_iso_with_plans_that_accept_at_zero(lots, severity) -> None:
    assert after(Switching(), lots).severity == severity


def test_with_larger_acceptance_numbers_three_points_a_lot_that_passes_one_step_tighter() -> None:
    assert after(Switching(), "+" * 9, ac=2, accepted_tighter=True).severity == "normal"
    assert after(Switching(), "+" * 10, ac=2, accepted_tighter=True).severity == "reduced"
    assert after(Switching(), "+" * 40, ac=2).severity == "normal"


def test_a_lot_that_only_just_passes_takes_the_score_to_zero() -> None:
    state = after(Switching(), "+" * 9, ac=3, accepted_tighter=True)
    assert state.score == 27
    assert state.after(True, ac=3).score == 0


def test_nothing_is_reduced_while_production_is_not_steady() -> None:
    assert after(Switching(), "+" * 30, steady=False).severity == "normal"
    assert after(Switching("reduced"), "+", steady=False).severity == "normal"
    assert after(Switching("reduced"), "+", in_gap=True).severity == "normal"


def test_by_iso_five_lots_not_accepted_on_tightened_end_it() -> None:
    state = after(Switching("tightened"), "-+-+-+-+-")
    assert state.discontinued
    with pytest.raises(ValueError, match="discontinued"):
        state.after(True)
    again = state.resumed()
    assert (again.severity, again.discontinued) == ("tightened", False)
    assert after(again, "+++++").severity == "normal"


def test_by_105e_ten_lots_on_tightened_end_it_however_they_were() -> None:
    state = Switching("tightened", "MIL-STD-105E")
    assert not after(state, "+-++-++-+").discontinued
    assert after(state, "+-++-++-++").discontinued


def test_by_105e_ten_accepted_lots_earn_reduced_inspection() -> None:
    state = Switching(edition="MIL-STD-105E")
    assert after(state, "+" * 9).severity == "normal"
    assert after(state, "+" * 10).severity == "reduced"
    assert after(state, "-" + "+" * 9).severity == "normal"
    assert after(state, "+" * 20, may_reduce=False).severity == "normal"
