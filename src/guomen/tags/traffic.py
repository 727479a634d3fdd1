"""What firms and the authority see of scans: by order, place and day; and the alarms about copies.

A firm sees its own orders, the authority all, others nothing. There is nothing finer here than an hour and a city.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from guomen.catalogue.places import place
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.parties.actors import Actor
from guomen.tags import labels
from guomen.tags.models import Alarm, Range, Scan, Seen
from guomen.tags.queries import range_by_code
from guomen.tags.services.alarms import may_undo

MOST_DAYS = 366
MOST_ORDERS = 50
MOST_PLACES = 200
KINDS = ("copy", "data", "undone")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which scans: of a product, a batch, the last so many days. Empty texts stand for all."""

    gtin: str = ""
    batch: str = ""
    days: int = 30


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Scans of one order: of the public, by how many phones a day and item, by people at work; alarms in force."""

    range: Range
    times: int
    phones: int
    at_work: int
    alarms: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """One rule about many items of one order. ``kind``: copy or data."""

    range: Range
    rule: str
    kind: str
    items: int
    since: Any
    until: Any
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page of scans shows."""

    orders: list[OrderSums]
    places: list[tuple[str, int, int]]
    """UN/LOCODE (empty: not known), scans, phones; most first."""
    days: list[tuple[date, int]]
    """Every day of the time, oldest first."""
    clusters: list[Cluster]


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm with what it is about; ``serial`` is empty for a whole order."""

    alarm: Alarm
    range: Range | None
    serial: str
    may_undo: bool


def _seen_by(by: Actor) -> tuple[str, list[Any]]:
    """The condition on ``r`` (orders) that lets the actor see. Raises Forbidden for who has no goods to look after."""
    if by.is_officer:
        return "TRUE", []
    by.require("declarant", "tags")
    if by.organisation is None:
        raise Forbidden
    return "r.organisation_id = %s", [by.organisation.id]


def _where(by: Actor, wanted: Wanted) -> tuple[str, list[Any]]:
    mine, values = _seen_by(by)
    gtin = wanted.gtin.zfill(14) if wanted.gtin else ""
    return f"{mine} AND (%s = '' OR r.gtin = %s) AND (%s = '' OR r.batch = %s)", [
        *values,
        gtin,
        gtin,
        wanted.batch,
        wanted.batch,
    ]


def _since(wanted: Wanted) -> Any:
    return now() - timedelta(days=min(max(wanted.days, 1), MOST_DAYS) - 1)


def overview(by: Actor, wanted: Wanted) -> Overview:
    """Scans of the orders that the actor may see."""
    where, values = _where(by, wanted)
    scanned = (
        "FROM tags_traffic t JOIN tags_range r ON r.number = t.range_number "
        f"WHERE t.hour >= date_trunc('day', %s AT TIME ZONE %s) AT TIME ZONE %s AND {where} "
    )
    zone = settings.TIME_ZONE
    common = [_since(wanted), zone, zone, *values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.range_number, sum(t.times), sum(t.phones), sum(t.at_work) {scanned}"
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s",
            [*common, MOST_ORDERS],
        )
        sums = cursor.fetchall()
        cursor.execute(
            f"SELECT t.place, sum(t.times), sum(t.phones) {scanned}GROUP BY 1 HAVING sum(t.times) > 0 "
            "ORDER BY 2 DESC, 1 LIMIT %s",
            [*common, MOST_PLACES],
        )
        places = [(code, int(times), int(phones)) for code, times, phones in cursor.fetchall()]
        cursor.execute(
            f"SELECT (t.hour AT TIME ZONE %s)::date, sum(t.times) {scanned}GROUP BY 1",
            [zone, *common],
        )
        by_day = {day: int(times) for day, times in cursor.fetchall()}
        cursor.execute(
            "SELECT range_number, count(*) FROM tags_alarm WHERE undone_at IS NULL AND range_number = ANY(%s) "
            "GROUP BY 1",
            [[number for number, *_ in sums]],
        )
        alarms = dict(cursor.fetchall())
    ranges = Range.objects.in_bulk([number for number, *_ in sums])
    orders = [OrderSums(ranges[n], int(a), int(b), int(c), alarms.get(n, 0)) for n, a, b, c in sums]
    return Overview(orders, places, _every_day(by_day, wanted), clusters(by, wanted))


def _every_day(found: dict[date, int], wanted: Wanted) -> list[tuple[date, int]]:
    last = now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    count = min(max(wanted.days, 1), MOST_DAYS)
    days = [last - timedelta(days=n) for n in range(count - 1, -1, -1)]
    return [(day, found.get(day, 0)) for day in days]


def clusters(by: Actor, wanted: Wanted, most: int = 20) -> list[Cluster]:
    """Alarms in force, those of one order and rule together, most items first."""
    where, values = _where(by, wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.range_number, a.rule, a.kind, count(*), min(a.at), max(a.at), (array_agg(a.item))[1:100] "  # noqa: S608  # conditions of ours
            f"FROM tags_alarm a JOIN tags_range r ON r.number = a.range_number WHERE a.undone_at IS NULL AND {where} "
            "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2 LIMIT %s",
            [*values, most],
        )
        rows = cursor.fetchall()
    trails = dict(Seen.objects.filter(item__any={i for row in rows for i in row[6]}).values_list("item", "trail"))
    ranges = Range.objects.in_bulk({row[0] for row in rows})
    return [
        Cluster(ranges[number], rule, kind, count, since, until, _places_of(trails.get(i, {}) for i in items))
        for number, rule, kind, count, since, until, items in rows
    ]


def _places_of(trails: Iterator[dict[str, Any]] | Any) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for trail in trails:
        for code in trail.get("p", []):
            counts[code] = counts.get(code, 0) + 1
    return tuple(sorted(counts, key=lambda c: (-counts[c], c)))


def in_force(by: Actor) -> int:
    """How many alarms about copies are in force."""
    return _alarms(by).filter(undone_at=None, kind="copy").count()


def _alarms(by: Actor) -> QuerySet[Alarm]:
    if by.is_officer:
        return Alarm.objects.all()
    _seen_by(by)
    mine = Range.objects.filter(organisation=by.organisation).values("number")
    return Alarm.objects.filter(range_number__in=mine)


def alarms(by: Actor, kind: str = "copy", range_code: str = "", most: int = 100) -> list[AlarmView]:
    """The newest alarms: in force about copies, or about data, or undone. Raises NotFound for another ``kind``."""
    found = _alarms(by)
    match kind:
        case "copy":
            found = found.filter(undone_at=None, kind="copy")
        case "data":
            found = found.filter(kind="data")
        case "undone":
            found = found.exclude(undone_at=None)
        case _:
            raise NotFound
    if range_code:
        found = found.filter(range_number=range_by_code(by, range_code).number)
    return _viewed(by, list(found.order_by("-at", "item", "id")[:most]))


def _viewed(by: Actor, found: Sequence[Alarm]) -> list[AlarmView]:
    ranges = Range.objects.select_related("organisation").in_bulk({a.range_number for a in found})
    return [
        AlarmView(a, one, labels.serials(one, a.index, 1)[0] if one and a.index >= 0 else "", may_undo(by, a, one))
        for a in found
        for one in [ranges.get(a.range_number)]
    ]


def alarm(by: Actor, id: UUID) -> tuple[AlarmView, list[Scan]]:
    """One alarm and, for officers, the newest scans behind it. NotFound for another firm's."""
    found = _alarms(by).filter(id=id).first()
    if found is None:
        raise NotFound
    of_item = Scan.objects.filter(item=found.item, index__gte=0).order_by("-at")
    looks = of_item[:50] if by.is_officer and found.index >= 0 else []
    return _viewed(by, [found])[0], list(looks)


CSV_HEAD = ("hour", "gtin", "batch", "order", "city", "city_name", "scans", "phones", "scans_at_work")


def csv_lines(by: Actor, wanted: Wanted) -> Iterator[str]:
    """Scans by hour, order and city as lines of CSV, however many there are. Who may see is checked at once."""
    where, values = _where(by, wanted)
    return _csv_lines(where, [*values, _since(wanted)])


def _csv_lines(where: str, values: list[Any]) -> Iterator[str]:
    yield ",".join(CSV_HEAD) + "\r\n"
    with connection.chunked_cursor() as cursor:
        cursor.itersize = 2000
        cursor.execute(
            "SELECT t.range_number, t.hour, t.place, t.times, t.phones, t.at_work, r.gtin, r.batch "  # noqa: S608  # conditions of ours
            f"FROM tags_traffic t JOIN tags_range r ON r.number = t.range_number WHERE {where} AND t.hour >= %s "
            "ORDER BY t.hour, t.range_number, t.place",
            values,
        )
        for number, hour, code, times, phones, at_work, gtin, batch in cursor:
            out = io.StringIO()
            shown = (hour.isoformat(), gtin, batch, Range(number=number).code, code, city(code))
            csv.writer(out).writerow([*map(_harmless, shown), times, phones, at_work])
            yield out.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet must not take a batch for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def city(code: str) -> str:
    """The English name of a place, or its code, or nothing."""
    try:
        return place(code).name.en if code else ""
    except KeyError:
        return code
