"""Alarms out of readings, and the comparison at a gate: pure rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.seals import rules
from guomen.seals.rules import Found, Limits, Reading, alarms, compare, silence

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: int, **more) -> Reading:
    return Reading(START + hours * HOUR, **{"sealed": True, "counter": 7} | more)


def codes(*readings: Reading, limits: Limits = Limits(), ended: datetime | None = None) -> list[str]:  # noqa: B008
    return [a.code for a in alarms(readings, limits, ended)]


def test_a_quiet_journey_raises_nothing():
    assert codes(at(0), at(4), at(8)) == []


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([at(0), at(1, sealed=False)], ["SEAL-OPENED"]),
        ([at(0), at(1, counter=8)], ["SEAL-COUNTER-CHANGED"]),
        ([at(0), at(1, counter=6)], ["SEAL-COUNTER-BACK", "SEAL-COUNTER-CHANGED"]),
        ([at(0), at(1, sealed=False, counter=8)], ["SEAL-OPENED"]),
        ([at(0), at(1, sealed=False, counter=8), at(2, counter=8)], ["SEAL-COUNTER-CHANGED", "SEAL-OPENED"]),
        ([at(0), at(0, battery_percent=90)], ["SEAL-CONTRADICTION"]),
        ([at(0, battery_percent=20), at(1, battery_percent=19)], ["SEAL-BATTERY-LOW"]),
    ],
)
def test_it_tells_what_is_wrong(readings, expected):
    assert codes(*readings) == expected


def test_temperature_counts_only_where_a_range_was_agreed():
    warm = at(1, celsius=Decimal("9.10"))
    assert codes(warm) == []
    cold_chain = Limits(low_celsius=Decimal(2), high_celsius=Decimal(8))
    assert codes(warm, limits=cold_chain) == ["SEAL-TEMPERATURE"]
    assert codes(at(1, celsius=Decimal("1.9")), limits=cold_chain) == ["SEAL-TEMPERATURE"]
    assert codes(at(1, celsius=Decimal(8)), at(2, celsius=Decimal(2)), limits=cold_chain) == []


def test_what_a_seal_says_after_it_was_removed_with_authority_does_not_count():
    opened = at(5, sealed=False)
    assert codes(at(0), opened, ended=START + 5 * HOUR) == []
    assert codes(at(0), opened, ended=START + 6 * HOUR) == ["SEAL-OPENED"]


def test_silence_is_a_gap_longer_than_allowed_also_before_the_first_and_after_the_last_reading():
    limits = Limits(silent_hours=8)
    assert silence(START, [START + 8 * HOUR], START + 16 * HOUR, limits) is None
    gap = silence(START, [START + 9 * HOUR], START + 10 * HOUR, limits)
    assert gap is not None
    assert (gap.since, dict(gap.seen)["hours"]) == (START, "9")
    assert silence(START, [START + 2 * HOUR], START + 11 * HOUR, limits).since == START + 2 * HOUR
    assert not gap.stops


readings_of_a_journey = st.lists(
    st.builds(
        at,
        st.integers(0, 6),
        sealed=st.booleans(),
        counter=st.integers(5, 8),
        battery_percent=st.sampled_from([None, 10, 90]),
        celsius=st.sampled_from([None, Decimal(5), Decimal(30)]),
    ),
    max_size=12,
)


@given(readings_of_a_journey, st.randoms(use_true_random=False))
def test_alarms_depend_on_the_set_of_readings_only(readings, random):
    mixed = [*readings, *readings[:3]]
    random.shuffle(mixed)
    limits = Limits(high_celsius=Decimal(8))
    assert alarms(mixed, limits) == alarms(readings, limits)


@given(readings_of_a_journey, readings_of_a_journey)
def test_more_readings_never_take_an_alarm_back(some, more):
    limits = Limits(high_celsius=Decimal(8))
    before = {a.code: a.since for a in alarms(some, limits)}
    after = {a.code: a.since for a in alarms([*some, *more], limits)}
    assert before.keys() <= after.keys()


GOOD = Found("MSKU1234565", "S1", armed=True, counter=7, alarms=())


@pytest.mark.parametrize(
    ("seal", "container", "intact", "counter", "found", "reasons"),
    [
        ("S1", "MSKU1234565", True, 7, GOOD, ()),
        ("S1", "MSKU1234565", True, None, GOOD, ()),
        ("S1", "MSKU1234565", False, 7, GOOD, ("SEAL-NOT-INTACT",)),
        ("S1", "MSKU1234565", True, 8, GOOD, ("SEAL-COUNTER-READ",)),
        ("S1", "OTHER", True, None, Found("MSKU1234565", None, True, 7, ()), ("SEAL-OTHER-CONTAINER",)),
        ("S9", "MSKU1234565", True, None, Found(None, "S1", False, None, ()), ("SEAL-UNKNOWN", "SEAL-OTHER-SEAL")),
        ("S1", "MSKU1234565", True, None, Found("MSKU1234565", None, False, 7, ()), ("SEAL-REMOVED",)),
        ("S1", "MSKU1234565", True, 7, Found("MSKU1234565", "S1", True, 7, ("SEAL-SILENT",)), ("SEAL-SILENT",)),
    ],
)
def test_a_gate_compares_container_seal_state_counter_and_alarms(seal, container, intact, counter, found, reasons):
    assert compare(seal, container, intact, counter, found) == reasons


def test_every_reason_that_stops_has_words():
    from guomen.seals.words import REASONS

    assert set(REASONS) >= rules.STOP
