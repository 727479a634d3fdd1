"""Receipts (回执) of the nodes that a declaration reaches, for its declarant, in the order of the ledger.

The nodes are those that e-CIQ told enterprises of: data received, electronic audit passed, formally accepted, lot
drawn, assessed and released, certificate drafted, certificate ready; and what else can happen to a declaration here.
"""

from collections.abc import Sequence
from typing import Any

from guomen.clearance.models import Declaration, Message, Receipt, Thread
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
    rows = Receipt.objects.filter(organisation=_firm(by), position__gt=after)
    if declaration:
        rows = rows.filter(declaration=declaration)
    found = list(rows.order_by("position", "node")[: limit + 4])
    while len(found) > limit and found[-1].position != found[limit - 1].position:
        found.pop()
    order = {node: n for n, node in enumerate(NODES)}
    found.sort(key=lambda r: (r.position, order[r.node]))
    return [
        {
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
        for r in found
    ]


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
