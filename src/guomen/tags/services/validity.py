"""Make the tags of a consignment valid or take that back; recall batches."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden
from guomen.kit.ids import Subject
from guomen.ledger.services import Draft, append, append_many, subject_key
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags.models import Activation, Range, RecalledBatch
from guomen.tags.queries import about
from guomen.tags.rules.lifecycle import NOT_MADE, Change, Stretch
from guomen.tags.services.events import tell_stretches

RELEASED = Change("active", frozenset(), frozenset({"officer"}), step="accepting", disposition="sellable_accessible")
RECALLED = Change("recalled", frozenset(), frozenset({"officer"}), step="holding", disposition="recalled")
TAKEN_BACK = Change("active", frozenset(), frozenset({"officer"}), step="holding", disposition="non_sellable_other")
_LOCK = 7_340_003


@transaction.atomic
def activate(by: Actor, *, subject: str, at: datetime) -> int:
    """Make the tags of a released goods line valid, also those ordered later; returns how many ranges there are.

    Called by the release itself; it has no door of its own. Doing it twice changes nothing.
    """
    return activate_many(by, subjects=[subject], at=at)[subject]


@transaction.atomic
def activate_many(by: Actor, *, subjects: Sequence[str], at: datetime) -> dict[str, int]:
    """:func:`activate` for many goods lines in few round trips; returns how many ranges each has."""
    if not subjects:
        return {}
    _meet(subjects, alone=False)
    with connection.cursor() as cursor:
        # A release that was taken back begins anew; one that holds stays as it is.
        cursor.execute(
            "INSERT INTO tags_activation AS a (subject, since, ended_at, reason, goods, changed_at) "
            "SELECT s, %s, NULL, '', g, %s FROM unnest(%s::text[], %s::uuid[]) AS x(s, g) "
            "ON CONFLICT (subject) DO UPDATE SET since = excluded.since, ended_at = NULL, reason = '', "
            "goods = excluded.goods, changed_at = excluded.changed_at WHERE a.ended_at IS NOT NULL RETURNING subject",
            [at, now(), each := sorted(set(subjects)), [subject_key(s) for s in each]],
        )
        changed = {row[0] for row in cursor.fetchall()}
    ranges: dict[str, list[Range]] = {s: [] for s in subjects}
    for one in Range.objects.filter(subject__in=ranges).exclude(state__in=NOT_MADE).order_by("number"):
        ranges[one.subject].append(one)
    append_many([_activated(s, ranges[s], at) for s in ranges if s in changed], by)
    tell_stretches(by, RELEASED, at, [_all_of(r) for s in changed for r in ranges[s]])
    return {s: len(found) for s, found in ranges.items()}


def _activated(subject: str, ranges: list[Range], at: datetime) -> Draft:
    codes = [r.code for r in ranges]
    about = [subject, *(Subject.of("range", c) for c in codes)]
    return Draft("tags.activated", about, {"since": at, "ranges": codes})


def join(one: Range) -> None:
    """Make the tags of an order valid whose goods are released already; in the transaction that makes its codes exist.

    The entry and the event say when the order joined; ``since`` is the release itself.
    """
    _meet([one.subject], alone=True)
    released = Activation.objects.filter(subject=one.subject, ended_at=None).first()
    if released is not None:
        append_many([_activated(one.subject, [one], released.since)], SYSTEM)
        tell_stretches(SYSTEM, RELEASED, now(), [_all_of(one)])


def _meet(subjects: Sequence[str], *, alone: bool) -> None:
    """Let an order and the release of its goods go one after the other, so that one of the two sees the other.

    Releases (``alone`` False) never wait for each other. There are few locks, because a batch may have many goods.
    """
    how = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {how}(%s, n) FROM "  # noqa: S608 - one of two names
            "(SELECT DISTINCT hashtext(s) & 63 AS n FROM unnest(%s::text[]) AS x(s) ORDER BY n) AS goods",
            [_LOCK, list(subjects)],
        )


def _all_of(one: Range) -> tuple[Range, Stretch]:
    return one, Stretch(0, one.count - 1)


@transaction.atomic
def deactivate(by: Actor, *, subject: str, reason: str) -> None:
    """Withdraw the tags of a goods line, for example when its release was taken back."""
    if not (by is SYSTEM or by.is_authority):
        raise Forbidden
    _meet([subject], alone=False)
    news = {"ended_at": (moment := now()), "reason": reason, "goods": subject_key(subject), "changed_at": moment}
    changed = Activation.objects.filter(subject=subject, ended_at=None).update(**news)
    if changed:
        append("tags.deactivated", [subject], {"reason": reason}, by)
        hit = Range.objects.filter(subject=subject).exclude(state__in=NOT_MADE).order_by("number")
        tell_stretches(by, TAKEN_BACK, moment, [_all_of(r) for r in hit])


@transaction.atomic
def recall(by: Actor, *, gtin: str, batches: Sequence[str] | None, recall: str) -> int:
    """Mark batches (None: every batch) as recalled, in one step however many items; returns how many ranges.

    Called by the order of a recall; controllers and the system may. Doing it twice changes nothing.
    """
    if by is not SYSTEM:
        by.require("controller")
    gtin, moment = gtin.zfill(14), now()
    wanted = [""] if batches is None else sorted(set(batches))
    known = set(RecalledBatch.objects.filter(gtin=gtin, recall=recall).values_list("batch", flat=True))
    new = [b for b in wanted if b not in known]
    RecalledBatch.objects.bulk_create([RecalledBatch(gtin=gtin, batch=b, recall=recall, since=moment) for b in new])
    hit = Range.objects.filter(gtin=gtin).exclude(state__in=NOT_MADE)
    hit = list(hit if "" in new else hit.filter(batch__in=new))
    facts = {"gtin": gtin, "recall": recall}
    drafts = [
        Draft("tags.recalled", about(r), facts | {"range": r.code, "batch": r.batch, "count": r.count}) for r in hit
    ]
    append_many(drafts, by)
    tell_stretches(by, RECALLED, moment, [_all_of(r) for r in hit])
    return len(hit)
