"""Reports that add up, reports that fade, and Eve who repeats herself."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.detection import (
    DEFAULT_RULE,
    AlertLevel,
    ReasonCode,
    Report,
    SignalRule,
    Source,
    Threshold,
    signal_strength,
)

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

reports = st.lists(
    st.builds(
        Report,
        st.sampled_from(Source),
        st.integers(-48, 24 * 400).map(lambda hours: NOW - hours * HOUR),
        st.sampled_from(["Fen", "Di", "Ana", "Gao"]),
    ),
    max_size=12,
)


def report(source: Source, reporter: str, ago: timedelta = timedelta(0)) -> Report:
    return Report(source, NOW - ago, reporter)


def test_nothing_is_no_signal() -> None:
    found = signal_strength([], NOW)
    assert (found.score, found.level) == (0, None)
    assert [reason.code for reason in found.reasons] == [ReasonCode.BELOW_EVERY_LEVEL]


def test_one_complaint_is_no_alert_and_one_injury_is_watched() -> None:
    assert signal_strength([report(Source.COMPLAINT, "Fen")], NOW).level is None
    assert signal_strength([report(Source.INJURY, "Fen")], NOW).level == AlertLevel.BLUE


def test_it_climbs_as_the_documented_example_says() -> None:
    story = [
        (report(Source.LABORATORY, "Di"), AlertLevel.YELLOW),
        (report(Source.RECALL_ABROAD, "Safety Gate"), AlertLevel.ORANGE),
        (report(Source.INJURY, "Fen"), AlertLevel.ORANGE),
        (report(Source.INJURY, "Ana"), AlertLevel.RED),
    ]
    for count, (_, expected) in enumerate(story, start=1):
        assert signal_strength([told for told, _ in story[:count]], NOW).level == expected


def test_a_report_is_worth_half_after_a_half_life() -> None:
    aged = [signal_strength([report(Source.LABORATORY, "Di", months * 30 * DAY)], NOW).score for months in range(4)]
    assert aged == [Decimal("5.000"), Decimal("2.500"), Decimal("1.250"), Decimal("0.625")]


def test_eve_repeating_herself_all_day_counts_once() -> None:
    flood = [report(Source.COMPLAINT, "Eve", number * timedelta(minutes=1)) for number in range(300)]
    found = signal_strength(flood, NOW)
    assert found.score == 1
    assert found.level is None
    assert [(r.code, r.count) for r in found.reasons][1] == (ReasonCode.SAME_REPORTER_SAME_DAY, 299)


def test_one_busy_reporter_alone_cannot_raise_the_highest_levels() -> None:
    found = signal_strength([report(Source.INJURY, "Eve", number * DAY) for number in range(20)], NOW)
    assert found.score > 15
    assert found.level == AlertLevel.YELLOW
    held = [reason.level for reason in found.reasons if reason.code == ReasonCode.TOO_FEW_REPORTERS]
    assert held == [AlertLevel.RED, AlertLevel.ORANGE]


def test_of_one_reporter_and_day_the_heaviest_report_counts() -> None:
    found = signal_strength([report(Source.COMPLAINT, "Fen"), report(Source.INJURY, "Fen", HOUR)], NOW)
    assert [reason.source for reason in found.reasons if reason.code == ReasonCode.COUNTED] == [Source.INJURY]


def test_a_day_is_the_same_day_in_every_time_zone() -> None:
    beijing = timezone(timedelta(hours=8))
    told = [
        Report(Source.COMPLAINT, moment, "Fen") for moment in (NOW - 20 * HOUR, (NOW - 19 * HOUR).astimezone(beijing))
    ]
    assert signal_strength(told, NOW).score < 1


def test_what_was_not_yet_reported_does_not_count() -> None:
    found = signal_strength([report(Source.LABORATORY, "Di", -HOUR)], NOW)
    assert found.score == 0
    assert (ReasonCode.NOT_YET, 1) in [(reason.code, reason.count) for reason in found.reasons]


def test_what_is_years_old_has_faded() -> None:
    found = signal_strength([report(Source.LABORATORY, "Di", 900 * DAY)], NOW)
    assert (found.score, found.reporters) == (0, 0)
    assert found.reasons[0].code == ReasonCode.FADED


@given(reports, st.randoms())
def test_the_order_of_reports_does_not_matter(told: list[Report], random: object) -> None:
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert signal_strength(told, NOW) == signal_strength(shuffled, NOW)


@given(reports, st.sampled_from(Source))
def test_another_report_never_weakens_a_signal(told: list[Report], source: Source) -> None:
    before, after = signal_strength(told, NOW), signal_strength([*told, report(source, "Bo")], NOW)
    order = [None, AlertLevel.BLUE, AlertLevel.YELLOW, AlertLevel.ORANGE, AlertLevel.RED]
    assert after.score >= before.score
    assert order.index(after.level) >= order.index(before.level)


@given(reports)
def test_every_report_appears_in_exactly_one_reason_and_points_add_up(told: list[Report]) -> None:
    found = signal_strength(told, NOW)
    kinds = {ReasonCode.COUNTED, ReasonCode.SAME_REPORTER_SAME_DAY, ReasonCode.NOT_YET, ReasonCode.FADED}
    assert sum(reason.count for reason in found.reasons if reason.code in kinds) == len(told)
    assert sum(reason.points for reason in found.reasons if reason.code == ReasonCode.COUNTED) == found.score


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        Report(Source.MEDIA, naive, "x")
    with pytest.raises(ValueError, match="time zone"):
        signal_strength([], naive)


def test_a_rule_that_makes_no_sense_is_refused() -> None:
    weights, steps = DEFAULT_RULE.weights, DEFAULT_RULE.thresholds
    for make in (
        lambda: SignalRule("x", weights, timedelta(0), steps),
        lambda: SignalRule("x", {Source.MEDIA: Decimal(1)}, DAY, steps),
        lambda: SignalRule("x", {**weights, Source.MEDIA: Decimal(-1)}, DAY, steps),
        lambda: SignalRule("x", weights, DAY, steps[::-1]),
        lambda: SignalRule("x", weights, DAY, (Threshold(AlertLevel.BLUE, Decimal(0), 1),)),
    ):
        with pytest.raises(ValueError, match=r"half-life|weight|thresholds"):
            make()
