"""When a scheduled query runs: the ``schedule`` object of a subscription.

Source: EPCIS 2.0 section 8.2.5.3 (QuerySchedule) and ``query-schedule.json`` of its REST binding.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from guomen.core.epcis.errors import EpcisError, Problems

FIELDS: Mapping[str, tuple[int, int]] = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
"""Field -> least and greatest value. Day 1 of a week is Monday. All of them speak of UTC."""
_FINENESS = {"second": 0, "minute": 1, "hour": 2, "dayOfMonth": 3, "dayOfWeek": 3, "month": 4}
_ELEMENT = re.compile(r"(?:(\*)|(\d{1,2})|\[(\d{1,2})-(\d{1,2})\])(?:/(\d{1,2}))?")
_LONGEST = 200
_YEARS = 41
"""29 February meets each day of the week at least once in so many years, also around a century without a leap year."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Sorted values that each field may have; a moment must match all six."""

    second: tuple[int, ...]
    minute: tuple[int, ...]
    hour: tuple[int, ...]
    day_of_month: tuple[int, ...]
    month: tuple[int, ...]
    day_of_week: tuple[int, ...]

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment in UTC, a whole second, that matches and is later; None when there is none."""
        start = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day, last = start.date(), min(9999, start.year + _YEARS)
        while day.year <= last:
            if day.month not in self.month:
                if day.year == 9999 and day.month == 12:
                    return None
                day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
                continue
            if day.day in self.day_of_month and day.isoweekday() in self.day_of_week:
                found = self._time_from(start.hour, start.minute, start.second) if day == start.date() else self._first
                if found is not None:
                    return datetime(day.year, day.month, day.day, *found, tzinfo=UTC)
            if day.year == 9999 and day.month == 12 and day.day == 31:
                return None
            day += timedelta(days=1)
        return None

    @property
    def _first(self) -> tuple[int, int, int]:
        return self.hour[0], self.minute[0], self.second[0]

    def _time_from(self, hour: int, minute: int, second: int) -> tuple[int, int, int] | None:
        """The first time of a day that matches and is not before the one given."""
        for h in self.hour:
            if h < hour:
                continue
            for m in self.minute:
                if h == hour and m < minute:
                    continue
                for s in self.second:
                    if (h, m, s) >= (hour, minute, second):
                        return h, m, s
        return None


def read_schedule(value: object) -> Schedule:
    """Read a ``schedule``: field -> numbers, ranges ``[a-b]``, ``*``, each with ``/step``, separated by commas.

    A field that is left out matches any value, or the least one when it is finer than all that are given: hour 1 and
    minute 5 mean 01:05:00. Raises EpcisError for what is no schedule, and for one that no moment matches.
    """
    problems = Problems()
    if not isinstance(value, Mapping):
        problems.add("/schedule", "must be an object", value)
        raise EpcisError(problems.found)
    given = {field: text for field, text in value.items() if text not in (None, "")}
    for field in given.keys() - FIELDS.keys():
        problems.add("/schedule", "must have no field but {names}", field, names=", ".join(FIELDS))
    if not given:
        problems.add("/schedule", "must have at least one field", value)
    found: dict[str, tuple[int, ...]] = {}
    finest = min((_FINENESS[field] for field in given if field in FIELDS), default=0)
    for field, (low, high) in FIELDS.items():
        values: tuple[int, ...] | None = tuple(range(low, high + 1))
        if field in given:
            values = _values(given[field], low, high)
        elif _FINENESS[field] < finest and field != "dayOfWeek":
            values = (low,)
        if values is None:
            rule = "must be numbers from {low} to {high} or ranges such as [{low}-{high}], separated by commas"
            problems.add(f"/schedule/{field}", rule, given[field], low=low, high=high)
        else:
            found[field] = values
    problems.raise_if_any()
    schedule = Schedule(*(found[field] for field in FIELDS))
    if schedule.next_after(datetime(2000, 1, 1, tzinfo=UTC)) is None:
        problems.add("/schedule", "must match some day", dict(value))
    problems.raise_if_any()
    return schedule


def _values(text: object, low: int, high: int) -> tuple[int, ...] | None:
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or len(text) > _LONGEST or not text.isascii():
        return None
    found: set[int] = set()
    for element in text.replace(" ", "").split(","):
        match = _ELEMENT.fullmatch(element)
        if match is None:
            return None
        any_value, number, first, last, step = match.groups()
        begin, end = (low, high) if any_value else (int(first or number), int(last or number))
        if number and step:
            end = high
        if not low <= begin <= end <= high or (step is not None and int(step) == 0):
            return None
        found.update(range(begin, end + 1, int(step or 1)))
    return tuple(sorted(found))
