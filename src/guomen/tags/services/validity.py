"""Make tags valid, take them out of use, recall them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from guomen.core.gs1 import item_key
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags import queries
from guomen.tags.models import Activation, ItemState, Range, RecalledBatch
from guomen.tags.queries import about

WITHDRAWALS = frozenset({"destroyed", "stolen", "spoiled", "returned"})


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
    with connection.cursor() as cursor:
        # A release that was taken back begins anew; one that holds stays as it is.
        cursor.execute(
            "INSERT INTO tags_activation AS a (subject, since, ended_at, reason) "
            "SELECT s, %s, NULL, '' FROM unnest(%s::text[]) AS s ON CONFLICT (subject) DO UPDATE "
            "SET since = excluded.since, ended_at = NULL, reason = '' WHERE a.ended_at IS NOT NULL RETURNING subject",
            [at, sorted(set(subjects))],
        )
        changed = {row[0] for row in cursor.fetchall()}
    codes: dict[str, list[str]] = {s: [] for s in subjects}
    for one in Range.objects.filter(subject__in=codes).order_by("number"):
        codes[one.subject].append(one.code)
    append_many([_activated(s, codes[s], at) for s in codes if s in changed], by)
    return {s: len(found) for s, found in codes.items()}


def _activated(subject: str, codes: list[str], at: datetime) -> Draft:
    about = [subject, *(Subject.of("range", c) for c in codes)]
    return Draft("tags.activated", about, {"since": at, "ranges": codes})


@transaction.atomic
def deactivate(by: Actor, *, subject: str, reason: str) -> None:
    """Withdraw the tags of a goods line, for example when its release was taken back."""
    if not (by is SYSTEM or by.is_authority):
        raise Forbidden
    changed = Activation.objects.filter(subject=subject, ended_at=None).update(ended_at=now(), reason=reason)
    if changed:
        append("tags.deactivated", [subject], {"reason": reason}, by)


@transaction.atomic
def withdraw_item(by: Actor, gtin: str, serial: str, reason: str) -> None:
    """Take one item's tag out of use: destroyed, stolen, spoiled or returned. Its firm and the authority may."""
    found = queries.item(gtin, serial)
    if found is None or not (by.is_authority or found.range.organisation_id == by.organisation_id):
        raise NotFound
    if reason not in WITHDRAWALS:
        raise Invalid([Problem("reason", "unknown-reason", W("Choose a reason from the list.", "请从列表选择原因。"))])
    key = item_key(found.uri)
    is_at = {"range_number": found.range.number, "index": found.index, "state": reason, "at": now()}
    _, is_new = ItemState.objects.get_or_create(item=key, defaults=is_at)
    if is_new:
        append("tags.deactivated", [found.uri], {"reason": reason, "range": found.range.code}, by)


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
    hit = Range.objects.filter(gtin=gtin)
    hit = list(hit if "" in new else hit.filter(batch__in=new))
    facts = {"gtin": gtin, "recall": recall}
    drafts = [
        Draft("tags.recalled", about(r), facts | {"range": r.code, "batch": r.batch, "count": r.count}) for r in hit
    ]
    append_many(drafts, by)
    return len(hit)
