"""The only clock. Everything that happens carries an aware UTC time."""

from datetime import UTC, date, datetime, timedelta

YEARS = range(1950, 2150)
"""Years that people can mean: used machines are old, and times must survive a change of zone."""
FARTHEST = timedelta(hours=14)
"""No zone is further from UTC (IANA time zone database: Pacific/Kiritimati)."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def is_usable(value: date | datetime) -> bool:
    """Whether a day, or a moment with its zone, is one that people can mean and that can be counted with."""
    if isinstance(value, datetime):
        offset = value.utcoffset()
        return offset is not None and abs(offset) <= FARTHEST and value.year in YEARS
    return value.year in YEARS
