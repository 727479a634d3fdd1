"""Keeping what is published up to date: which ranges an entry touches, and composing those that are due.

A follower only marks ranges as due, so that one entry about a product with thousands of ranges holds nothing up; the
worker composes them a few at a time. Versions rise in the order of commits, because who composes holds a lock.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Max

from guomen.core.tagcrypto.codes import number_of, written
from guomen.faces.consumer.links import links_of_firm
from guomen.faces.edge import pieces
from guomen.faces.edge.composing import Composed, Lot, compose, compose_recall
from guomen.kit.clock import now
from guomen.kit.ids import Subject
from guomen.ledger.services import subject_key
from guomen.tags.models import Published, PublishedRecall, Range
from guomen.tags.queries import has_inner_codes, with_inner_codes
from guomen.warning.models import Recall

AT_ONCE = 200
LOTS_AT_ONCE = 30
"""Compositions in one transaction; ranges of one lot share one."""
_LOCK = 7_340_001


def mark(subjects: Iterable[str]) -> None:
    """Have ranges composed anew that any of ``subjects`` concerns, and new ranges for the first time."""
    subjects = set(subjects)
    with connection.cursor() as cursor:
        # One look into the index for each key: an overlap with thousands of keys is compared row by row.
        cursor.execute(
            "UPDATE tags_published SET due_at = %s WHERE range_number = ANY(ARRAY("
            "SELECT p.range_number FROM unnest(%s::uuid[]) AS k JOIN tags_published p ON p.about @> ARRAY[k]))",
            [now(), [subject_key(s) for s in subjects]],
        )
    codes_of_ranges = [s.removeprefix(_RANGE) for s in subjects if s.startswith(_RANGE)]
    publish_first(number_of(code, 4) for code in codes_of_ranges)


def publish_first(numbers: Iterable[int]) -> None:
    """Ranges that were never published are due."""
    moment = now()
    rows = [Published(range_number=n, due_at=moment) for n in numbers]
    Published.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)


_RANGE = Subject.of("range", "")


def mark_outdated() -> int:
    """Have ranges composed anew whose pieces an older release made, and those that were never published."""
    known = Published.objects.values("range_number")
    publish_first(Range.objects.exclude(number__in=known).values_list("number", flat=True))
    old = Published.objects.exclude(made_with=pieces.made_with()).filter(version__gt=0)
    return old.update(due_at=now())


@transaction.atomic
def publish_recall(number: str) -> None:
    """Publish what a recall says."""
    one = Recall.objects.filter(number=number).first()
    if one is None:
        return
    _lock()
    facts = {"version": _next(PublishedRecall), "facts": compose_recall(one)}
    PublishedRecall.objects.update_or_create(recall=number, defaults=facts)


@transaction.atomic
def work(limit: int = AT_ONCE) -> int:
    """Compose ranges that are due, the longest waiting first; returns how many. Two at a time do no harm."""
    if not Published.objects.filter(due_at__lte=now()).exists():
        return 0
    _lock()
    due = Published.objects.filter(due_at__lte=now()).order_by("due_at")[:limit]
    waiting = dict(due.values_list("range_number", "due_at"))
    version = _next(Published)
    lots: dict[Lot, list[int]] = defaultdict(list)
    inner = with_inner_codes(waiting)
    for one in Range.objects.filter(number__in=waiting).order_by("number"):
        lots[Lot.of(one, has_inner_codes=one.number in inner)].append(one.number)
    longest = sorted(lots, key=lambda lot: min(waiting[number] for number in lots[lot]))
    for lot in longest[:LOTS_AT_ONCE]:
        version = _publish(lot, {number: waiting[number] for number in lots[lot]}, version)
    return len(waiting)


def _publish(lot: Lot, waiting: dict[int, datetime], version: int) -> int:
    """Compose ranges that agree in everything; returns the version after theirs."""
    found = compose(lot)
    about = [subject_key(subject) for subject in found.about]
    facts, pages = found.facts, pages_of(lot, found)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tags_published p SET version = x.version, facts = %s::jsonb, pages = %s::jsonb, made_with = %s, "
            "about = array_append(%s::uuid[], x.about), due_at = %s "
            "FROM unnest(%s::int[], %s::timestamptz[], %s::bigint[], %s::uuid[]) AS x(number, due_at, version, about) "
            # What became due again meanwhile stays due.
            "WHERE p.range_number = x.number AND p.due_at = x.due_at",
            [
                orjson.dumps(facts).decode(),
                orjson.dumps(pages).decode(),
                pieces.made_with(),
                about,
                found.until,
                list(waiting),
                list(waiting.values()),
                list(range(version, version + len(waiting))),
                [subject_key(_RANGE + written(number, 4)) for number in waiting],
            ],
        )
    return version + len(waiting)


def work_all() -> None:
    """Compose everything that is due (tests, scripts)."""
    while work():
        pass


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _next(model: Any) -> int:
    return int(model.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1


def pages_of(one: Lot, found: Composed) -> dict[str, Any]:
    """The pieces of a range's page in both languages."""
    links = {name: links_of_firm(name, one.gtin, one.batch) for name in pieces.LANGUAGES}
    return pieces.pages_of(found.values, found.papers, links)


def fresh(one: Range) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts and pieces of a range: as published, or composed now where news is still on its way."""
    row = Published.objects.filter(range_number=one.number, version__gt=0).first()
    if row is not None and (row.due_at is None or row.due_at > now()):
        return row.facts, row.pages
    found = compose(lot := Lot.of(one, has_inner_codes=has_inner_codes(one)))
    return found.facts, pages_of(lot, found)
