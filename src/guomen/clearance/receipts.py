"""Receipts (回执) of the nodes that a declaration reaches, for its declarant, in the order of the ledger.

The nodes are those that e-CIQ told enterprises of: data received, electronic audit passed, formally accepted, lot
drawn, assessed and released, certificate drafted, certificate ready; and what else can happen to a declaration here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guomen.clearance.models import (
    Declaration,
    Message,
    Receipt,
    ReceiptDelivery,
    ReceiptSubscription,
    Thread,
)
from guomen.clearance.words import NODES
from guomen.kit.errors import Forbidden
from guomen.kit.sql import insert_rows
from guomen.kit.words import say
from guomen.ledger.models import Entry, Position
from guomen.parties.actors import Actor

OF_KIND = {
    "declaration.lodged": ("RECEIVED", "AUDITED", "ACCEPTED"),
    "declaration.amended": ("AMENDED",),
    "declaration.withdrawn": ("WITHDRAWN",),
    "declaration.split": ("SPLIT",),
    "declaration.merged": ("MERGED",),
    "declaration.arrived": ("ARRIVED",),
    "line.screened": (),
    "line.selected": (),
    "line.held": ("HELD",),
    "line.refused": ("REFUSED",),
    "line.passed": ("PASSED",),
    "line.transferred": ("TRANSFERRED",),
    "line.released": ("RELEASED",),
    "line.outcome": ("OUTCOME",),
    "certificate.drafted": ("CERT-DRAFTED",),
    "certificate.signed": ("CERT-READY",),
}


def nodes(entry: Entry) -> tuple[str, ...]:
    """Which nodes an entry tells of."""
    if entry.kind in ("line.screened", "line.selected"):
        state, level = entry.facts.get("state"), entry.facts.get("level")
        if state == "sampled":
            return ("AT-LABORATORY",)
        drawn = "DRAWN-EXAM-LABORATORY" if level == "laboratory" else "DRAWN-EXAM"
        return (drawn,) if state == "to_inspect" else ()
    return OF_KIND.get(entry.kind, ())


def place(entry: Entry) -> tuple[str, int | None]:
    """The declaration and the line that an entry is about; empty where it is about neither."""
    for subject in entry.subjects:
        kind, _, key = subject.removeprefix("urn:guomen:").partition(":")
        if kind == "line":
            number, _, line = key.partition("/")
            return number, int(line) if line.isdigit() else None
    for subject in entry.subjects:
        kind, _, key = subject.removeprefix("urn:guomen:").partition(":")
        if kind == "declaration":
            return key, None
    return "", None


def keep(entries: Sequence[Entry]) -> None:
    """Write the receipts of entries; those that are there stay. As many questions for a thousand entries as for one."""
    told = [(entry, reached, *place(entry)) for entry in entries if (reached := nodes(entry))]
    firms = Declaration.objects.filter(number__in={number for _, _, number, _ in told if number})
    declared = {row[0]: row[1:] for row in firms.values_list("number", "organisation_id", "more__reference")}
    told = [one for one in told if one[2] in declared]
    if not told:
        return
    ids = [entry.id for entry, *_ in told]
    positions = dict(Position.objects.filter(entry_id__any=ids).values_list("entry_id", "position"))
    rows = []
    for entry, reached, number, line in told:
        organisation, reference = declared[number]
        facts = {name: entry.facts[name] for name in ("version", "mode", "level") if name in entry.facts}
        about = {"declaration": number, "line": line, "reference": reference or "", "at": entry.happened_at}
        rows += [
            Receipt(organisation_id=organisation, position=positions[entry.id], node=node, facts=facts, **about)
            for node in reached
        ]
    insert_rows(rows, again=True)


def _firm(by: Actor) -> Any:
    if by.organisation_id is None or by.is_authority or not by.has("declarant", "read"):
        raise Forbidden
    return by.organisation_id


def since(by: Actor, after: int = -1, declaration: str = "", limit: int = 500) -> list[dict[str, Any]]:
    """Receipts of the actor's firm past position ``after`` of the ledger, oldest first, of one declaration or all.

    The last one's position is where to go on. All receipts of one position come together.
    """
    return [told(r) for r in rows(_firm(by), after, declaration, limit)]


def newest(by: Actor, limit: int) -> list[dict[str, Any]]:
    """The newest receipts of the actor's firm, newest first, each with ``when`` as a time."""
    found = list(Receipt.objects.filter(organisation=_firm(by)).order_by("-position")[:limit])
    found.sort(key=lambda r: (-r.position, -_ORDER[r.node]))
    return [told(r) | {"when": r.at} for r in found]


def rows(
    organisation: Any, after: int, declaration: str = "", limit: int | None = None, upto: int | None = None
) -> list[Receipt]:
    """Receipts of a firm past position ``after``, up to and with position ``upto``, oldest first.

    All receipts of one position come together: ``limit`` is passed for it, or not reached.
    """
    found = Receipt.objects.filter(organisation=organisation, position__gt=after)
    found = found.filter(declaration=declaration) if declaration else found
    found = found.filter(position__lte=upto) if upto is not None else found
    several = found.order_by("position", "node")
    kept = list(several[: limit + 4]) if limit else list(several)
    while limit and len(kept) > limit and kept[-1].position != kept[limit - 1].position:
        kept.pop()
    kept.sort(key=lambda r: (r.position, _ORDER[r.node]))
    return kept


_ORDER = {node: n for n, node in enumerate(NODES)}


def told(r: Receipt) -> dict[str, Any]:
    """A receipt as JSON, in the reader's language."""
    return {
        "id": f"{r.position}-{r.node}",
        "position": r.position,
        "node": r.node,
        "text": say(NODES[r.node]),
        "declaration": r.declaration,
        "reference": r.reference,
        "line": r.line,
        "at": r.at.isoformat(),
        **r.facts,
    }


@dataclass(frozen=True, slots=True)
class Pushed:
    """An address that receipts are sent to: how many wait for it, and the newest deliveries that it has."""

    subscription: ReceiptSubscription
    waiting: int
    deliveries: list[ReceiptDelivery]


def subscriptions(by: Actor, id: Any = None) -> list[Pushed]:
    """Addresses that receipts of the actor's firm are sent to, oldest first; one by its ``id``."""
    firm = _firm(by)
    found = ReceiptSubscription.objects.filter(organisation=firm, ended_at=None).order_by("created_at", "id")
    return [_pushed(firm, one) for one in (found.filter(id=id) if id else found)]


def _pushed(firm: Any, one: ReceiptSubscription) -> Pushed:
    waiting = Receipt.objects.filter(organisation=firm, position__gt=one.position).count()
    newest = ReceiptDelivery.objects.filter(subscription_id=one.id).order_by("-delivery")[:10]
    return Pushed(one, waiting, list(newest))


def of_message(by: Actor, row: Message) -> dict[str, Any]:
    """The receipt of a message: waiting, applied or refused, with the declaration's number."""
    thread = Thread.objects.get(organisation=row.organisation_id, reference=row.reference)
    problems = [
        {"field": p["field"], "code": p["code"], "detail": say({"en": p["en"], "zh": p["zh"]})} for p in row.problems
    ]
    return {
        "message": row.message_id,
        "reference": row.reference,
        "version": row.version,
        "kind": row.kind,
        "state": row.state,
        "declaration": thread.declaration,
        "applied": thread.version,
        "problems": problems,
    }
