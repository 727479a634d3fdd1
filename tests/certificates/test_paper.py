"""The certificate's facts as people read them."""

from datetime import UTC, datetime

from guomen.certificates import kinds, paper
from guomen.kit.words import W


def test_a_day_is_written_out_in_each_language_as_it_was_at_the_port() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    (day,) = kinds.read(kinds.kind("21"), {"inspected_on": late})[0].items()
    assert day == ("inspected_on", "2026-11-24")
    (section,) = paper.sections("21", {"inspected_on": "2026-11-24", "rule_pack": "2026.1"})
    ((label, value),) = section.rows
    assert label.en == "Date of inspection"
    assert value == {"en": "24 November 2026", "zh": "2026年11月24日"}


def test_checks_on_the_spot_stand_apart_from_tests_with_a_limit() -> None:
    tests = [
        {"test": {"en": "Label", "zh": "标签"}, "found": paper.vars_of(paper.CONFORMS), "within": True},
        {"test": {"en": "Dose rate", "zh": "剂量率"}, "found": "0.1 µGy/h", "within": True},
        {"test": {"en": "Lead", "zh": "铅"}, "found": "< 0.01 mg/kg", "limit": "0.05 mg/kg", "within": False},
    ]
    site, lab = paper.checks({"tests": tests})
    assert [t["result"]["en"] for t in site] == ["Conforms", "0.1 µGy/h: Conforms"]
    assert [t["result"]["zh"] for t in site] == ["符合", "0.1 µGy/h：符合"]
    assert [(t["limit"]["en"], t["result"]["en"]) for t in lab] == [("0.05 mg/kg", "Outside limit")]


def test_a_certificate_without_checks_has_neither_list() -> None:
    assert paper.checks({}) == ([], [])
    assert W("Conforms", "符合") == paper.CONFORMS
