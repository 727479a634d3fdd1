"""Alarms about copies: raise them once for an item and rule, undo them with a reason."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject, uuid7
from guomen.kit.sql import insert_rows
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many, subject_key
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags import labels
from guomen.tags.limits import limits
from guomen.tags.models import Alarm, Range, Seen
from guomen.tags.queries import about
from guomen.tags.rules.copies import CLAIMED_AGAIN, OF_RECORDS, claimed_again
from guomen.tags.scheme import item_uri
from guomen.tags.words import CAUSES

MAX_WHY = 1000


@dataclass(frozen=True, slots=True)
class Raised:
    """A rule that holds: for an item, or (``item`` None) for a whole order."""

    item: UUID | None
    range_number: int
    index: int
    rule: str
    numbers: dict[str, Any]


def range_key(range_number: int) -> UUID:
    """What stands for an item in an alarm about an order."""
    return subject_key(Subject.of("range", range_number))


def raise_alarms(raised: Sequence[Raised]) -> list[Alarm]:
    """Make the alarms that are not there yet, each with its ledger entry; in the caller's transaction.

    An item's rule speaks once: undone, it stays silent about this item. A rule about an order speaks again on a later
    day. Where a rule about records speaks of very many items of an order, further alarms are about data: they do not
    put the item in doubt.
    """
    if not raised:
        return []
    keyed = {(one.item or range_key(one.range_number), one.rule): one for one in raised}
    before = Alarm.objects.filter(item__any={item for item, _ in keyed}).values_list("item", "rule", "at", "undone_at")
    for item, rule, at, undone_at in before:
        one = keyed.get((item, rule))
        if one and (one.item or undone_at is None or at.date() == now().date()):
            del keyed[item, rule]
    if not keyed:
        return []
    ranges = Range.objects.in_bulk({one.range_number for one in keyed.values()})
    many = _many({one.range_number for one in keyed.values()})
    moment, made = now(), []
    for (item, rule), one in sorted(keyed.items(), key=lambda pair: (pair[0][0].bytes, pair[0][1])):
        many[one.range_number, rule] += 1
        of_records = rule in OF_RECORDS and many[one.range_number, rule] > limits().data_items
        made.append(
            Alarm(
                item=item,
                id=uuid7(),
                range_number=one.range_number,
                index=one.index,
                rule=rule,
                limits=limits().version,
                kind="data" if of_records else "copy",
                facts=one.numbers,
                at=moment,
            )
        )
    insert_rows(made)
    _refresh({a.item for a in made if a.index >= 0})
    append_many([_told(a, ranges.get(a.range_number)) for a in made], SYSTEM)
    return made


def note_claims(item: UUID, range_number: int, index: int, refused: int) -> list[Alarm]:
    """Raise the alarm about claims that were refused, when they are enough; in the caller's transaction."""
    numbers = claimed_again(refused, limits())
    if numbers is None:
        return []
    moment = now()
    # The scan path reads alarms beside what scans add up to: an item that nobody looked at has no such row yet.
    row = Seen(item=item, times=0, first_at=moment, last_at=moment, devices=0, places=0)
    Seen.objects.bulk_create([row], ignore_conflicts=True)
    Seen.objects.select_for_update().get(item=item)
    return raise_alarms([Raised(item, range_number, index, CLAIMED_AGAIN, dict(numbers))])


def _many(range_numbers: set[int]) -> Counter[tuple[int, str]]:
    """How many alarms of each rule about records are in force for each order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT range_number, rule, count(*) FROM tags_alarm WHERE range_number = ANY(%s) AND rule = ANY(%s) "
            "AND undone_at IS NULL GROUP BY range_number, rule",
            [list(range_numbers), list(OF_RECORDS)],
        )
        return Counter({(number, rule): count for number, rule, count in cursor.fetchall()})


def _refresh(items: set[UUID]) -> None:
    """What the scan path reads: the codes in force for each item."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tags_seen s SET alarms = coalesce((SELECT jsonb_agg(a.rule ORDER BY a.at, a.rule) "
            "FROM tags_alarm a WHERE a.item = s.item AND a.kind = 'copy' AND a.undone_at IS NULL), '[]') "
            "WHERE s.item = ANY(%s)",
            [sorted(items)],
        )


def subjects(alarm: Alarm, one: Range | None) -> list[str]:
    """What ledger entries about an alarm are about: the item, its order, its goods."""
    if one is None:
        return [Subject.of("range", alarm.range_number)]
    item = [item_uri(one.gtin, labels.serials(one, alarm.index, 1)[0])] if alarm.index >= 0 else []
    return [*item, *about(one)]


def _told(alarm: Alarm, one: Range | None) -> Draft:
    facts = {
        "alarm": alarm.id,
        "range": one.code if one else "",
        "gtin": one.gtin if one else "",
        "batch": one.batch if one else "",
        "kind": alarm.kind,
        "limits": alarm.limits,
        "reasons": [{"code": alarm.rule, "values": alarm.facts}],
    }
    return Draft("copy.suspected", subjects(alarm, one), facts)


def may_undo(by: Actor, alarm: Alarm, one: Range | None) -> bool:
    """Controllers undo any alarm. A firm undoes what its own records explain, never what speaks for copies: who gains
    from silence must not be the one who orders it.
    """
    if by.is_authority:
        return by.has("controller")
    mine = one is not None and by.organisation_id == one.organisation_id
    return mine and by.has("declarant", "tags") and alarm.rule in OF_RECORDS


@transaction.atomic
def undo(by: Actor, ids: Iterable[UUID], cause: str, why: str) -> int:
    """Undo alarms as false, saying why; returns how many were in force. Repeating it changes nothing.

    ``cause``: data (records were wrong), display, published, test or other; firms may only say data. Raises NotFound
    for alarms that the actor may not see, Forbidden for those that it may not undo, Invalid without a reason.
    """
    problems, why = [], why.strip()
    if cause not in CAUSES:
        problems.append(Problem("cause", "unknown", W("Choose a reason from the list.", "请从列表选择原因。")))
    if not why:
        problems.append(Problem("why", "missing", W("Say why this is no copy.", "请说明为何不是复制。")))
    if len(why) > MAX_WHY:
        words = W("Use at most {max} characters.", "不超过 {max} 字。")
        problems.append(Problem("why", "too-long", words, (("max", MAX_WHY),)))
    if problems:
        raise Invalid(problems)
    wanted = set(ids)
    found = list(Alarm.objects.filter(id__any=wanted).order_by("item", "id"))
    ranges = Range.objects.in_bulk({a.range_number for a in found})
    # The digester locks what an item's scans add up to before it touches alarms; so does this.
    list(Seen.objects.select_for_update().filter(item__any={a.item for a in found}).order_by("item"))
    if len(found) < len(wanted) or not all(_sees(by, ranges.get(a.range_number)) for a in found):
        raise NotFound
    if not all(may_undo(by, a, ranges.get(a.range_number)) for a in found) or (cause != "data" and not by.is_authority):
        raise Forbidden
    moment, done = now(), []
    for alarm in found:
        changed = {"undone_at": moment, "cause": cause, "undone_why": why}
        if cause == "data":
            changed["kind"] = "data"
        if Alarm.objects.filter(item=alarm.item, id=alarm.id, undone_at=None).update(**changed):
            done.append(alarm)
    _refresh({a.item for a in done if a.index >= 0})
    for alarm in done:
        one = ranges.get(alarm.range_number)
        facts = {"alarm": alarm.id, "rule": alarm.rule, "cause": cause, "range": one.code if one else ""}
        append("copy.cleared", subjects(alarm, one), facts, by)
    return len(done)


def _sees(by: Actor, one: Range | None) -> bool:
    return by.is_officer or (one is not None and one.organisation_id == by.organisation_id)
