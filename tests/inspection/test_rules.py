"""Measurements against limits, what is missing, what may be concluded."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.inspection import rules
from guomen.inspection.rules import Found, MeasureError, Reading

D = Decimal


@dataclass(frozen=True)
class Item:
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    code: str = "X"
    kind: str = "choice"
    fail_reason: str = "X-WRONG"


FORMALDEHYDE = Item("mg/kg", None, D(75))
PH = Item("1", D("4.0"), D("8.5"))
DOSE = Item("µGy/h", None, D("0.25"))


@pytest.mark.parametrize(
    ("limits", "value", "verdict"),
    [
        (FORMALDEHYDE, "75", "within"),
        (FORMALDEHYDE, "75.0001", "outside"),
        (PH, "4.0", "within"),
        (PH, "3.99", "outside"),
        (PH, "8.51", "outside"),
        (Item("%"), "99", "stated"),
    ],
)
def test_both_bounds_belong_to_what_is_allowed(limits, value, verdict):
    assert rules.judge(limits, Reading(D(value), limits.unit)).verdict == verdict


@pytest.mark.parametrize("unit", ["", "g/kg", "ppm", "MG/KG"])
def test_another_unit_is_an_error_and_never_converted(unit):
    with pytest.raises(MeasureError) as caught:
        rules.judge(FORMALDEHYDE, Reading(D(1), unit))
    assert caught.value.code == "wrong-unit"


@pytest.mark.parametrize(
    ("limits", "loq", "verdict"),
    [
        (FORMALDEHYDE, "20", "within"),
        (FORMALDEHYDE, "75", "within"),
        (FORMALDEHYDE, "76", "unclear"),
        (Item("1", D(3), None), "3", "outside"),
        (Item("1", D(3), None), "4", "unclear"),
    ],
)
def test_below_the_limit_of_quantification_passes_only_when_that_proves_something(limits, loq, verdict):
    assert rules.judge(limits, Reading(D(loq), limits.unit, "<")).verdict == verdict


def test_a_value_below_its_own_limit_of_quantification_is_refused():
    with pytest.raises(MeasureError, match="below-loq"):
        rules.judge(FORMALDEHYDE, Reading(D(5), "mg/kg", loq=D(20)))


def test_a_gross_dose_rate_is_never_compared_with_a_net_limit():
    with pytest.raises(MeasureError, match="no-background"):
        rules.judge(DOSE, Reading(D("0.30"), "μGy/h"))
    judged = rules.judge(DOSE, Reading(D("0.30"), "μGy/h", background=D("0.10")))
    assert (judged.verdict, judged.value, judged.unit) == ("within", D("0.20"), "µGy/h")


def test_the_stored_scrap_case_is_outside_its_limit():
    """0.83 against a background of 0.10 μGy/h: returned in the published case."""
    assert rules.judge(DOSE, Reading(D("0.83"), "µGy/h", background=D("0.10"))).verdict == "outside"


def test_a_meter_in_sievert_is_converted_after_the_background_is_taken_off():
    judged = rules.judge(DOSE, Reading(D("0.42"), "μSv/h", background=D("0.12")))
    assert (judged.value, judged.verdict) == (D("0.2500"), "within")
    assert rules.judge(DOSE, Reading(D("0.43"), "μSv/h", background=D("0.12"))).verdict == "outside"


def test_a_dose_rate_between_two_bounds_is_the_background_itself():
    background = Item("µGy/h", D("0.01"), D("0.50"))
    assert not rules.needs_background(background)
    assert rules.judge(background, Reading(D("0.10"), "µGy/h")).verdict == "within"


@given(st.decimals(0, 10, places=4), st.decimals(0, 10, places=4))
def test_more_background_never_makes_goods_look_worse(gross, background):
    without = rules.judge(DOSE, Reading(gross, "uGy/h", background=D(0)))
    with_it = rules.judge(DOSE, Reading(gross, "uGy/h", background=background))
    assert with_it.value <= without.value
    assert not (without.verdict == "within" and with_it.verdict == "outside")


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1e40", "0.1234567891", "1/2"])
def test_what_is_not_a_number_is_refused(text):
    with pytest.raises(MeasureError):
        rules.read_number(text)


def test_half_grades_of_fastness_are_read_and_shown_as_people_write_them():
    assert rules.read_number("3-4", "grade") == D("3.5")
    assert rules.show_number(D("3.500"), "grade") == "3-4"
    assert rules.show_number(D("4.000000000"), "grade") == "4"
    with pytest.raises(MeasureError):
        rules.read_number("3-4", "mg/kg")
    with pytest.raises(MeasureError):
        rules.read_number("2-4", "grade")


ITEMS = [
    Item(code="SEAL", fail_reason="SEAL-WRONG"),
    Item(code="TEMP", kind="measure", unit="°C", low=D(5), high=D(25), fail_reason="TOO-WARM"),
    Item(code="PHOTO", kind="photo"),
    Item(code="SAMPLE", kind="sample"),
]
DONE = {"SEAL": Found("conforms", "conforms"), "TEMP": Found("conforms", "conforms"), "PHOTO": Found(photos=1)}


def test_nothing_is_concluded_while_anything_is_missing():
    conclusion = rules.propose(ITEMS, {"SEAL": Found("not-done", "open")}, sample_drawn=False)
    assert conclusion.state == "incomplete"
    assert [(m.item, m.what) for m in conclusion.missing] == [
        ("SEAL", "answer"),
        ("TEMP", "measure"),
        ("PHOTO", "photo"),
        ("SAMPLE", "sample"),
    ]


def test_a_check_that_does_not_conform_needs_words_and_a_picture():
    wrong = DONE | {"SEAL": Found("does-not", "fails")}
    assert rules.propose(ITEMS, wrong, sample_drawn=True).missing == [rules.Missing("SEAL", "note")]
    wrong["SEAL"] = Found("does-not", "fails", note=True)
    assert rules.propose(ITEMS, wrong, sample_drawn=True).missing == [rules.Missing("SEAL", "photo")]
    wrong["SEAL"] = Found("does-not", "fails", note=True, photos=1)
    conclusion = rules.propose(ITEMS, wrong, sample_drawn=True)
    assert (conclusion.state, conclusion.reasons) == ("fail", ["SEAL-WRONG"])


def test_a_measurement_outside_its_limit_fails_by_itself():
    wrong = DONE | {"TEMP": Found("does-not", "fails")}
    assert rules.propose(ITEMS, wrong, sample_drawn=True).reasons == ["TOO-WARM"]


def test_the_laboratory_decides_when_a_sample_is_drawn_and_all_else_conforms():
    assert rules.propose(ITEMS, DONE, sample_drawn=True).state == "lab"
    assert rules.propose(ITEMS[:3], DONE, sample_drawn=False).state == "pass"
