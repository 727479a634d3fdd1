"""The schedule of a subscription, against trying every second and every day."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.epcis import EpcisError, read_schedule
from guomen.core.epcis.schedule import FIELDS, Schedule

START = datetime(2026, 10, 1, 8, tzinfo=UTC)  # a Thursday


def after(schedule: dict, moment: datetime = START) -> str:
    return read_schedule(schedule).next_after(moment).isoformat()


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"hour": "1", "minute": "5"}, "2026-10-02T01:05:00+00:00"),
        ({"second": "0/30"}, "2026-10-01T08:00:30+00:00"),
        ({"minute": "*/15"}, "2026-10-01T08:15:00+00:00"),
        ({"minute": 0}, "2026-10-01T09:00:00+00:00"),
        ({"hour": "[6-9]", "minute": "30"}, "2026-10-01T08:30:00+00:00"),
        ({"hour": "1,[9-10],23"}, "2026-10-01T09:00:00+00:00"),
        ({"dayOfWeek": "1"}, "2026-10-05T00:00:00+00:00"),
        ({"dayOfWeek": "7", "hour": "23"}, "2026-10-04T23:00:00+00:00"),
        ({"dayOfMonth": "31", "month": "4,12"}, "2026-12-31T00:00:00+00:00"),
        ({"month": "2", "dayOfMonth": "29"}, "2028-02-29T00:00:00+00:00"),
        ({"month": "2", "dayOfMonth": "29", "dayOfWeek": "1"}, "2044-02-29T00:00:00+00:00"),
        ({"month": "10"}, "2027-10-01T00:00:00+00:00"),
        ({"second": "59", "minute": "", "hour": None}, "2026-10-01T08:00:59+00:00"),
    ],
)
def test_a_schedule_tells_when_it_is_due_next(schedule, expected):
    assert after(schedule) == expected


def test_the_day_of_the_month_and_of_the_week_must_both_match():
    assert after({"dayOfMonth": "13", "dayOfWeek": "5"}) == "2026-11-13T00:00:00+00:00"


def test_moments_of_other_zones_are_read_in_utc():
    shanghai = timezone(timedelta(hours=8))
    assert after({"hour": "1"}, datetime(2026, 10, 2, 8, 30, tzinfo=shanghai)) == "2026-10-02T01:00:00+00:00"


@pytest.mark.parametrize(
    "schedule",
    [
        None, [], "0 5 * * *", {}, {"hour": ""}, {"hours": "1"}, {"hour": "24"}, {"hour": "-1"}, {"hour": "1-2"},
        {"hour": "[5-2]"}, {"hour": "[1-2"}, {"minute": "60"}, {"dayOfMonth": "0"}, {"dayOfMonth": "32"},
        {"month": "13"}, {"dayOfWeek": "0"}, {"dayOfWeek": "8"}, {"dayOfWeek": "Mon"}, {"second": "*/0"},
        {"second": "1,,2"}, {"second": True}, {"second": 1.5}, {"second": ["1"]}, {"second": "1," * 500 + "1"},
        {"second": "१"}, {"month": "2", "dayOfMonth": "30"}, {"month": "[4-4]", "dayOfMonth": "31"},
    ],
)  # fmt: skip
def test_what_is_no_schedule_or_never_due_is_refused(schedule):
    with pytest.raises(EpcisError):
        read_schedule(schedule)


def test_each_problem_of_a_schedule_is_named_by_its_place():
    with pytest.raises(EpcisError) as wrong:
        read_schedule({"hour": "25", "weekday": "1"})
    assert {p.path for p in wrong.value.problems} == {"/schedule/hour", "/schedule"}


def element(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    return st.one_of(
        number.map(str),
        st.tuples(number, number).map(lambda pair: f"[{min(pair)}-{max(pair)}]"),
        st.integers(1, 20).map(lambda step: f"*/{step}"),
    )


def fields(*names: str) -> st.SearchStrategy[dict[str, str]]:
    texts = {n: st.lists(element(*FIELDS[n]), min_size=1, max_size=3).map(",".join) for n in names}
    return st.fixed_dictionaries({}, optional=texts).filter(bool)


def matches(schedule: Schedule, moment: datetime) -> bool:
    return (
        moment.second in schedule.second
        and moment.minute in schedule.minute
        and moment.hour in schedule.hour
        and moment.day in schedule.day_of_month
        and moment.month in schedule.month
        and moment.isoweekday() in schedule.day_of_week
    )


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(fields("second", "minute", "hour"), MOMENTS)
def test_it_is_the_first_second_that_matches(written, moment):
    schedule = read_schedule(written)
    wanted = moment.replace(microsecond=0) + timedelta(seconds=1)
    while not matches(schedule, wanted):
        wanted += timedelta(seconds=1)
    assert schedule.next_after(moment) == wanted


@given(fields("dayOfMonth", "month", "dayOfWeek"), MOMENTS)
def test_it_is_the_first_day_that_matches(written, moment):
    try:
        schedule = read_schedule(written)
    except EpcisError:
        return
    wanted = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while not matches(schedule, wanted):
        wanted += timedelta(days=1)
    assert schedule.next_after(moment) == wanted
