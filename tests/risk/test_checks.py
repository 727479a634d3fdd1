"""What speaks against a model is said from its card alone."""

import copy
from typing import Any

import pytest

from guomen.risk.checks import against

GOOD: dict[str, Any] = {
    "model": {"auc": "0.8100"},
    "records": {"auc": "0.7700"},
    "drift": "0.0400",
    "calibration": [{"expected": "0.03", "found": {"low": "0.01", "high": "0.06"}}] * 5,
    "by_origin": [
        {"name": "IT", "lots": 100, "failed": 4, "for_nothing": "0.1000"},
        {"name": "VN", "lots": 60, "failed": 2, "for_nothing": "0.0800"},
    ],
    "by_size": [{"name": "small", "lots": 160, "failed": 6, "for_nothing": "0.0900"}],
}
UNTRUE = {"expected": "0.20", "found": {"low": "0.01", "high": "0.06"}}


def test_nothing_speaks_against_a_good_card() -> None:
    assert against(GOOD) == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"model": {"auc": None}}, ["NOT-JUDGED"]),
        ({"model": {"auc": "0.7700"}}, ["NO-BETTER"]),
        ({"drift": "0.2500"}, ["DRIFTED"]),
        ({"drift": "0.3200", "drift_lots": [1000, 900]}, ["DRIFTED"]),
        ({"drift": "0.3200", "drift_lots": [100, 100]}, []),
        ({"calibration": [*GOOD["calibration"][:4], UNTRUE]}, []),
        ({"calibration": [*GOOD["calibration"][:3], UNTRUE, UNTRUE]}, ["NOT-CALIBRATED"]),
    ],
)
def test_each_weakness_is_named(change: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _values in against(GOOD | change)] == codes


def test_a_group_whose_good_lots_are_opened_for_nothing_much_oftener_is_named_unless_it_may_be_chance() -> None:
    card = copy.deepcopy(GOOD)
    card["by_origin"][1]["for_nothing"] = "0.3000"
    assert against(card) == [("UNFAIR", {"what": "by_origin", "name": "VN", "times": "3.0"})]
    card["by_origin"][1] |= {"lots": 12, "failed": 0}
    assert against(card) == []
