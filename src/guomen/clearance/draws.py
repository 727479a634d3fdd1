"""Repeat the draws of a day from the ledger, and say whatever does not fit: for an auditor who holds the day's seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from guomen.catalogue import rulepack
from guomen.clearance.models import Decision
from guomen.clearance.rules import ticket
from guomen.clearance.terms import rate_of
from guomen.core.sampling import commitment, draw
from guomen.kit.ids import Subject
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.risk.rules import Drawing

MARGIN = timedelta(minutes=10)
"""A declaration is dated when it is read and recorded when it is stored, perhaps after midnight."""
KINDS = ("line.screened", "declaration.lodged", "declaration.amended")
OPENED = ("to_inspect", "held")
SAYS = {
    "no-commitment": "no commitment to this day's seed is in the ledger",
    "other-seed": "the seed is not the one that was committed to",
    "committed-late": "lines were drawn before the seed was committed to",
    "unreadable": "what set its rate cannot be read",
    "other-rate": "its rate is not what its facts and the rule pack give",
    "not-drawn-at-all": "its mode draws and it was not drawn",
    "other-result": "HMAC-SHA256 with this seed gives another result",
    "let-pass": "it was drawn and not opened",
    "twice": "it was screened twice",
    "other-decision": "the table of decisions says something else than the ledger",
    "missing": "its declaration has a line that was never screened",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: about which line or seed, and a code of :data:`SAYS`."""

    subject: str
    code: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.subject}: {SAYS[self.code]}{f' ({self.detail})' if self.detail else ''}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was repeated: lines of the day, those with a draw, those drawn, how many draws were to be expected."""

    day: date
    lines: int
    draws: int
    drawn: int
    expected: Decimal
    findings: list[Finding]


def audit_day(day: date, seed: bytes) -> Report:
    """Repeat every draw of ``day`` (UTC) with its disclosed seed."""
    screened: dict[tuple[str, int], Entry] = {}
    lodged: list[Entry] = []
    findings: list[Finding] = []
    others: set[tuple[str, int]] = set()
    for entry in _entries(day):
        # Each version of a declaration is screened once.
        one = (entry.subjects[0], _version(entry.facts))
        if entry.kind != "line.screened":
            lodged.append(entry)
        elif entry.facts.get("draw") != str(day):
            others.add(one)
        else:
            if one in screened:
                findings.append(Finding(entry.subjects[0], "twice"))
            screened[one] = entry
    findings += _seed(day, seed, list(screened.values()))
    decisions = _decisions(screened)
    draws, drawn, expected = 0, 0, Decimal(0)
    for one, entry in screened.items():
        findings += _line(one[0], entry.facts, seed, decisions.get(one))
        if rate := _rate(entry.facts):
            draws, drawn, expected = draws + 1, drawn + ("DRAWN" in _codes(entry.facts)), expected + rate
    findings += _missing(day, lodged, others.union(screened))
    return Report(day, len(screened), draws, drawn, expected, findings)


def _entries(day: date) -> Iterator[Entry]:
    """What was recorded on that day and shortly before and after it, by the time in the ids: they are the index."""
    begin = datetime.combine(day, time(), UTC)
    first, last = (_first_id(at) for at in (begin - MARGIN, begin + timedelta(days=1) + MARGIN))
    rows = Entry.objects.filter(id__gte=first, id__lt=last, kind__in=KINDS)
    return rows.order_by("id").iterator(2000)


def _first_id(at: datetime) -> UUID:
    """The lowest time-ordered id of a moment (RFC 9562, version 7)."""
    return UUID(int=(at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) << 80)


def _seed(day: date, seed: bytes, screened: list[Entry]) -> Iterator[Finding]:
    promised = [e for e in history(Subject.of("draw", day)) if e.kind == "draw.committed"]
    name = Subject.of("draw", day)
    if not promised:
        yield Finding(name, "no-commitment")
        return
    if promised[0].facts["commitment"] != commitment(seed):
        yield Finding(name, "other-seed")
    if screened and screened[0].id < promised[0].id:
        yield Finding(name, "committed-late")


def _codes(facts: Mapping[str, Any]) -> set[str]:
    return {r["code"] for r in facts["reasons"]}


def _rate(facts: Mapping[str, Any]) -> Decimal | None:
    return Decimal(facts["drawn_at"]) if facts.get("drawn_at") else None


def _line(subject: str, facts: Mapping[str, Any], seed: bytes, decision: Decision | None) -> Iterator[Finding]:
    codes, rate = _codes(facts), _rate(facts)
    try:
        pack = rulepack.pack(facts["rule_pack"], date.fromisoformat(facts["draw"]))
        right = rate_of(pack, facts["mode"], Drawing.read(facts["drawing"]))
    except (KeyError, TypeError, ValueError, ArithmeticError, FileNotFoundError):
        yield Finding(subject, "unreadable")
        return
    if rate is None:
        # Whoever was selected before is opened without a draw.
        if 0 < right < 1 and facts["state"] not in OPENED:
            yield Finding(subject, "not-drawn-at-all")
    else:
        if rate != right:
            yield Finding(subject, "other-rate", f"{rate} instead of {right}")
        if ("DRAWN" in codes) != draw(seed, ticket(subject, _version(facts)), rate):
            yield Finding(subject, "other-result")
        if "DRAWN" in codes and facts["state"] not in OPENED:
            yield Finding(subject, "let-pass", facts["state"])
    if decision is None or _differs(decision, facts):
        yield Finding(subject, "other-decision")


def _differs(decision: Decision, facts: Mapping[str, Any]) -> bool:
    kept = ("state", "mode", "level", "reasons", "rule_pack")
    return any(getattr(decision, name) != facts[name] for name in kept) or any(
        decision.facts.get(name) != facts.get(name) for name in ("drawn_at", "probability", "drawing", "score")
    )


def _version(facts: Mapping[str, Any]) -> int:
    return int(facts.get("version", 1))


def _decisions(screened: Mapping[tuple[str, int], Entry]) -> dict[tuple[str, int], Decision]:
    numbers = sorted({_declaration(subject) for subject, _version in screened})
    found: dict[tuple[str, int], Decision] = {}
    for first in range(0, len(numbers), 1000):
        for row in Decision.objects.filter(declaration__in=numbers[first : first + 1000], via="rules"):
            found[Subject.line(row.declaration, row.line), _version(row.facts)] = row
    return found


def _declaration(subject: str) -> str:
    return subject.rpartition(":")[2].partition("/")[0]


def _missing(day: date, lodged: list[Entry], screened: set[tuple[str, int]]) -> Iterator[Finding]:
    for entry in lodged:
        if entry.recorded_at.date() != day:
            continue
        for n in range(1, int(entry.facts["lines"]) + 1):
            subject = Subject.line(entry.facts["number"], n)
            if (subject, _version(entry.facts)) not in screened:
                yield Finding(subject, "missing")
