"""Instructions: issued as the ledger tells of decisions, sent to port operators and customs, receipts written down."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.clearance.models import Declaration, Line
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.sql import insert_rows
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import SYSTEM, Actor
from guomen.parties.models import Organisation
from guomen.release.models import Instruction, Receiver, Sending
from guomen.release.rules import code_of
from guomen.trace.addressed import BAD_SECRET, is_secret, sealed
from guomen.trace.subscribing import origin_of

MOST_RECEIVERS = MOST_PORTS = 50
PORT = re.compile(r"[A-Z0-9]{5}", re.ASCII)


@transaction.atomic
def add_receiver(by: Actor, sent: Mapping[str, Any]) -> Receiver:
    """Have instructions sent to a port operator or the customs system: organisation, kind, dest, secret, ports.

    Controllers. ``ports``: codes separated by blanks, empty for all. Raises Invalid naming each field.
    """
    by.require_officer("controller")
    problems: list[Problem] = []
    code = str(sent.get("organisation") or "").strip()[:40]
    firm = Organisation.objects.filter(code=code, kind__in=("carrier", "partner")).first()
    if firm is None:
        words = W(
            "No carrier or partner authority has this registration code.", "没有承运企业或协作机构使用该登记代码。"
        )
        problems.append(Problem("organisation", "unknown-firm", words))
    kind = str(sent.get("kind") or "")
    if kind not in ("port", "customs"):
        problems.append(Problem("kind", "unknown-code", W("Choose one from the list.", "请从列表中选择。")))
    dest, secret = str(sent.get("dest") or "").strip(), str(sent.get("secret") or "")
    where = origin_of(dest, problems)
    if not is_secret(secret):
        problems.append(Problem("secret", "bad-secret", BAD_SECRET))
    raw = sent.get("ports") or []
    listed = raw.upper().split() if isinstance(raw, str) else raw if isinstance(raw, list) else [raw]
    ports = sorted({p if isinstance(p, str) else "?" for p in listed})
    if len(ports) > MOST_PORTS or any(not PORT.fullmatch(p) for p in ports):
        words = W("Ports are codes of five characters, for example CNYSA.", "口岸代码为五位字符，例如 CNYSA。")
        problems.append(Problem("ports", "not-a-port", words))
    if problems:
        raise Invalid(problems)
    assert firm is not None
    if Receiver.objects.filter(ended_at=None).count() >= MOST_RECEIVERS:
        raise Refused(
            W("There are {most} receivers already.", "接收方已达 {most} 个。"), code="too-many", most=MOST_RECEIVERS
        )
    id = uuid7()
    columns = {"organisation": firm, "kind": kind, "ports": ports, "dest": dest}
    made = Receiver.objects.create(id=id, sealed=sealed(secret, id), **columns)
    facts = {"receiver": id, "kind": kind, "ports": ports, "to": where}
    append("receiver.added", [Subject.of("party", firm.id)], facts, by)
    return made


@transaction.atomic
def end_receiver(by: Actor, id: UUID | str) -> None:
    """Send nothing more to a receiver. Twice changes nothing. Raises NotFound."""
    by.require_officer("controller")
    one = Receiver.objects.select_for_update().filter(id=id).first()
    if one is None:
        raise NotFound
    if one.ended_at is None:
        one.ended_at = now()
        one.save(update_fields=["ended_at"])
        append("receiver.ended", [Subject.of("party", one.organisation_id)], {"receiver": one.id}, by)


@transaction.atomic
def instruct(entries: Sequence[Entry]) -> list[Instruction]:
    """Issue what entries about lines or parts of them mean, to every receiver of their port. Called by a follower.

    The same entry again issues nothing. As many questions for a thousand entries as for one.
    """
    told = [(entry, code, line_of(entry)) for entry in entries if (code := _code(entry))]
    numbers = {key[0] for _, _, key in told if key is not None}
    if not numbers:
        return []
    # Numbered one after the other: the follower's cursor is locked meanwhile.
    there = set(Line.objects.filter(declaration__in=numbers).values_list("declaration", "number"))
    # Where the goods are controlled: of an export the port that it leaves from.
    ports = {one.number: one.control_port for one in Declaration.objects.filter(number__in=numbers)}
    last: Counter[tuple[str, int]] = Counter()
    known: set[UUID] = set()
    for declaration, number, sequence, entry_id in Instruction.objects.filter(declaration__in=numbers).values_list(
        "declaration", "line", "sequence", "entry"
    ):
        last[declaration, number] = max(last[declaration, number], sequence)
        known.add(entry_id)
    receivers = list(Receiver.objects.filter(ended_at=None))
    made, sendings, drafts, at = [], [], [], now()
    for entry, code, key in told:
        if key is None or key not in there or entry.id in known:
            continue
        known.add(entry.id)
        last[key] += 1
        one = _instruction(entry, code, key, last[key], ports[key[0]], at)
        to = [r for r in receivers if not r.ports or one.port in r.ports]
        made.append(one)
        names = {"declaration": one.declaration, "line": one.line, "sequence": one.sequence}
        sendings += [Sending(**names, receiver_id=r.id, issued_at=one.issued_at) for r in to]
        facts = {"code": code, "sequence": one.sequence, "part": one.part, "receivers": len(to), "after": entry.id}
        drafts.append(Draft("instruction.issued", [Subject.line(*key)], facts))
    if made:
        insert_rows(made)
        insert_rows(sendings)
        append_many(drafts, SYSTEM)
    return made


def _code(entry: Entry) -> str:
    facts = entry.facts
    part = {"part.released": "RELEASE", "part.found": "HOLD", "part.settled": facts.get("outcome", "")}
    return part.get(entry.kind) or code_of(entry.kind, facts.get("state", ""), facts.get("outcome", ""))


def line_of(entry: Entry) -> tuple[str, int] | None:
    """Declaration and number of the line that an entry is about."""
    for subject in entry.subjects:
        declaration, _, line = subject.removeprefix("urn:guomen:line:").partition("/")
        if declaration.isdigit() and line.isdigit() and len(line) < 5:
            return declaration, int(line)
    return None


def _instruction(entry: Entry, code: str, key: tuple[str, int], sequence: int, port: str, at: datetime) -> Instruction:
    return Instruction(
        declaration=key[0],
        line=key[1],
        sequence=sequence,
        part=int(entry.facts["part"]) if entry.kind.startswith("part.") else 0,
        code=code,
        reasons=entry.facts.get("reasons") or [],
        conditions=entry.facts.get("conditions") or [],
        port=port,
        issued_at=at,
        entry=entry.id,
    )


def received(receiver: Receiver, rows: list[Sending], receipt: str) -> None:
    """Write down the receipt of what is being delivered, ``rows``, within the caller's transaction."""
    delivered = Sending.objects.filter(receiver_id=receiver.id, delivery=receiver.delivery, received_at=None)
    delivered.update(received_at=now(), receipt=receipt[:100])
    facts = {"receiver": receiver.id, "receipt": receipt[:100]}
    drafts = [
        Draft("instruction.received", [Subject.line(r.declaration, r.line)], facts | {"sequence": r.sequence})
        for r in rows
    ]
    append_many(drafts, SYSTEM)


@transaction.atomic
def report_done(by: Actor, number: str, outcome: str, note: str = "") -> Sending:
    """A receiver says what became of an instruction: ``done`` or ``refused``, with a note. The same again is nothing.

    ``number``: declaration/line/sequence. Raises NotFound for what it was not sent, Refused for another answer.
    """
    by.require("carrier", "liaison")
    if by.organisation_id is None:
        raise Forbidden
    if outcome not in ("done", "refused"):
        raise Invalid([Problem("outcome", "unknown-code", W("Say done or refused.", "请填写 done 或 refused。"))])
    note = " ".join(note.split())[:300]
    if outcome == "refused" and not note:
        raise Invalid([Problem("note", "missing", W("Say why, in a sentence.", "请用一句话说明理由。"))])
    declaration, _, more = number.partition("/")
    line, _, sequence = more.partition("/")
    if not (line.isdigit() and sequence.isdigit() and len(more) < 20):
        raise NotFound
    own = list(Receiver.objects.filter(organisation_id=by.organisation_id).values_list("id", flat=True))
    rows = Sending.objects.select_for_update().filter(receiver_id__in=own, declaration=declaration[:18])
    row = rows.filter(line=int(line), sequence=int(sequence)).first()
    if row is None:
        raise NotFound
    if row.done:
        if (row.done, row.note) == (outcome, note):
            return row
        raise Refused(W("This was answered already.", "该指令已反馈结果。"), code="answered")
    row.done, row.done_at, row.note = outcome, now(), note
    row.save(update_fields=["done", "done_at", "note"])
    facts = {"receiver": row.receiver_id, "sequence": row.sequence, "outcome": outcome}
    append("instruction.done", [Subject.line(row.declaration, row.line)], facts, by)
    return row
