"""Ledger entries and reason codes as sentences that every reader gets alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.clearance.models import Line
from guomen.clearance.services.about import goods_words
from guomen.core.runs import runs
from guomen.kit.words import W, is_chinese, say, vocabulary
from guomen.ledger.models import Entry
from guomen.parties.models import Organisation
from guomen.release.words import INSTRUCTIONS

ALARMING = {"line.refused", "line.held", "recall.ordered", "alert.opened", "alert.raised", "seal.alarmed"}
RULED = {"line.screened", "line.released", "line.held", "line.selected", "inspection.ordered", "tags.activated"}
"""Decided by the rules when a firm's message set them off: then the firm is not who states them."""
PUBLIC = W("The public", "公众")
SYSTEM = W("This system, by its rules", "本系统（按规则自动）")
BATCH = W("Batch {batch}", "批次 {batch}")
BATCHES = W("Batches {batches}", "批次 {batches}")
DANGER = W("Danger: {hazard}", "危险：{hazard}")
LEVEL = W("Level {level}", "等级：{level}")
PAPER = W("{name} ({code})", "{name}（{code}）")
INSTRUCTION = W("Instruction: {what}", "指令：{what}")
LINES = (W("line {lines}", "第 {lines} 项"), W("lines {lines}", "第 {lines} 项"))
RULES = W("Rule pack {version}", "规则包 {version}")


@cache
def _words(table: str) -> dict[str, W]:
    return vocabulary(table)


def sentence(reason: Mapping[str, Any] | str) -> str:
    """A reason code with its values, in the reader's language, without a full stop; an unknown code as it is."""
    code = reason if isinstance(reason, str) else str(reason.get("code", ""))
    values = {} if isinstance(reason, str) else reason.get("values") or {}
    words = _words("REASONS").get(code)
    return _filled(words, values).rstrip(".。") if words else code


def _filled(words: W, values: Mapping[str, Any]) -> str:
    try:
        return say(words, **{k: _value(k, v) for k, v in values.items()})
    except (KeyError, IndexError):
        return say(words)


def in_one(reasons: Iterable[str]) -> str:
    """Reasons side by side on one line."""
    return ("；" if is_chinese() else "; ").join(reasons)


def _value(name: str, value: Any) -> Any:
    """A value of a reason in words: a kind of paper by its name and code."""
    if name == "paper" and (known := codes.table("document_kind").get(value)):
        return say(PAPER, name=say(known), code=value)
    return say(value) if isinstance(value, dict) and "en" in value else value


def goods(lines: Iterable[Line]) -> dict[str, str]:
    """Subject of a line -> its goods in the reader's language: as registered, else as declared beside the heading."""
    wanted = list(lines)
    known = products(x.gtin for x in wanted if x.gtin)
    return {x.subject: say(goods_words(x, known)) for x in wanted}


def country(code: str) -> str:
    """The name of a country or a port, or what stands there instead of its code."""
    return say(codes.table("country").get(code) or codes.table("port").get(code) or code)


def state(kind: str, code: str) -> str:
    """The words of a state, for example ``state("line", "held")``."""
    return say(_words("STATES").get(f"{kind}.{code}", code))


@dataclass(frozen=True, slots=True)
class Told:
    """One fact: what happened, details as sentences, when, who states it; ``signed``: somebody with an account did.

    ``lines``: numbers of the goods lines that it is about.
    """

    kind: str
    title: str
    details: list[str]
    at: datetime
    by: str
    alarm: bool
    signed: bool
    lines: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """The goods lines in words: "lines 1, 3–6"; empty when it is about none."""
        one, several = LINES
        return say(one if len(self.lines) == 1 else several, lines=spans(self.lines)) if self.lines else ""


def told(entries: Iterable[Entry]) -> list[Told]:
    """Read entries, newest first. Only details that name no person are taken from them."""
    found = sorted(entries, key=lambda e: (e.happened_at, e.id), reverse=True)
    ids = {e.actor["organisation"] for e in found if e.actor.get("organisation")}
    named = {str(o.id): o for o in Organisation.objects.filter(id__in=ids)}
    return [_one(e, named) for e in found]


def in_short(facts: Iterable[Told]) -> list[Told]:
    """Facts of several goods lines, newest first, told once: what befell many lines in one second is one fact.

    It keeps the details that all of them share. What the fact right above says at the same moment is not said again.
    """
    merged: dict[tuple[Any, ...], Told] = {}
    for n, fact in enumerate(facts):
        second = fact.at.replace(microsecond=0)
        key = (fact.kind, fact.title, fact.by, second) if fact.lines else (n,)
        before = merged.get(key)
        if before:
            shared = [d for d in before.details if d in fact.details]
            fact = replace(before, details=shared, lines=tuple(sorted({*before.lines, *fact.lines})))
        merged[key] = fact
    found: list[Told] = []
    said: set[str] = set()
    last: Told | None = None
    for fact in merged.values():
        if last is None or last.lines != fact.lines or (last.at - fact.at).total_seconds() >= 1:
            said = set()
        found.append(replace(fact, details=[d for d in fact.details if d not in said]))
        said |= set(fact.details)
        last = fact
    return found


def spans(numbers: Iterable[int]) -> str:
    """Numbers with runs written short: 1, 3–6."""
    return ", ".join(str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a}–{b}" for a, b in runs(numbers))


def _lines(entry: Entry) -> tuple[int, ...]:
    named = (s.rpartition("/")[2] for s in entry.subjects if s.startswith("urn:guomen:line:"))
    return tuple(sorted(int(n) for n in named if n.isdecimal()))


def _one(entry: Entry, named: Mapping[str, Organisation]) -> Told:
    words = _words("KINDS").get(entry.kind, W(entry.kind, entry.kind))
    public = entry.actor.get("via") == "public"
    actor = named.get(entry.actor.get("organisation", ""))
    ruled = actor is None or (entry.kind in RULED and actor.kind != "authority")
    by = say(PUBLIC if public else SYSTEM) if ruled else str(actor)
    alarm = entry.kind in ALARMING
    title = say(words)
    if entry.kind == "instruction.issued" and (what := INSTRUCTIONS.get(entry.facts.get("code", ""))):
        title = say(INSTRUCTION, what=say(what))
    return Told(entry.kind, title, _details(entry.facts), entry.happened_at, by, alarm, not public, _lines(entry))


def _details(facts: Mapping[str, Any]) -> list[str]:
    found = [say(facts["reason"])] if isinstance(facts.get("reason"), dict) else []
    found += [sentence(r) for r in facts.get("reasons") or []]
    if facts.get("batch"):
        found.append(say(BATCH, batch=facts["batch"]))
    if facts.get("batches"):
        found.append(say(BATCHES, batches=", ".join(facts["batches"])))
    if facts.get("hazard"):
        found.append(say(DANGER, hazard=say(codes.table("hazard").get(facts["hazard"]) or facts["hazard"])))
    if facts.get("level") in {"I", "II", "III", "IV"}:
        found.append(say(LEVEL, level=facts["level"]))
    if facts.get("rule_pack"):
        found.append(say(RULES, version=facts["rule_pack"]))
    return found
