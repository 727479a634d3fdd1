"""From what is published about a range and known about one item to its verdict, in words. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from guomen.core.tagcrypto.chips import Proof
from guomen.core.tagcrypto.tamper import Tamper
from guomen.faces.consumer import wording
from guomen.kit.web import dated
from guomen.kit.words import W
from guomen.tags import rules
from guomen.tags.words import REASONS


class Code(NamedTuple):
    """What was scanned: an item as it is named on the tag. ``batch`` may be empty; ``serial`` is what was read."""

    gtin: str
    batch: str
    serial: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the public's earlier looks at an item add up to; ``recent``: (seconds since 1970, device in hex, place)."""

    times: int
    first_at: datetime
    last_at: datetime
    devices: int
    places: int
    recent: tuple[tuple[int, str, str], ...] = ()
    alarms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sold:
    """An item's sale: when, where (UN/LOCODE or empty), by whom in words, and on what basis that is said."""

    at: datetime
    place: str
    by: W
    basis: str
    signed: bool


class Item(NamedTuple):
    """What the tables say of one item beyond its range; nothing for one that is merely on its way."""

    state: str = ""
    sold: Sold | None = None
    seen: Seen | None = None


class Tag(NamedTuple):
    """What was read: a printed code, or a chip with its counter and seal."""

    kind: Proof = "D"
    counter: rules.Counter = ""
    tamper: Tamper = "absent"


PRINTED = Tag()


class Look(NamedTuple):
    """Who looks: today's hash of the visitor, their city if known, whether the look counts, and as whom they look."""

    device: bytes = b""
    place: str = ""
    counts: bool = True
    channel: str = "public"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A recall in force: its number, and its published facts unless they are still on their way (version 0)."""

    number: str
    facts: dict[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What many items of a range have in common: the verdict and what it says."""

    facts: dict[str, Any] | None
    """What is published about the range; None: the code does not exist."""
    verdict: rules.Verdict
    sentence: W
    advice: tuple[W, ...]
    recall: dict[str, Any] | None
    is_old: bool = False
    """The item itself could not be looked up."""
    made: dict[str, Any] = field(default_factory=dict)
    """What was already written of it, by form and language."""

    @property
    def title(self) -> W:
        # "Not yet" would promise something of goods that were refused.
        refused = self.verdict.reasons[0] == "TAG-REFUSED"
        return wording.REFUSED_TITLE if refused else wording.TITLES[self.verdict.state]

    @property
    def is_good(self) -> bool:
        return self.verdict.state in ("inspected", "not_selected")

    @property
    def proof(self) -> dict[str, Any] | None:
        """Where the decision stands that the verdict rests on."""
        if self.verdict.state == "stop":
            return self.recall.get("proof") if self.recall else None
        kind = "line.refused" if self.verdict.state == "in_progress" else "line.released"
        return self.facts["proofs"].get(kind) if self.facts else None


class Answer(NamedTuple):
    """Everything that the page and the JSON say of one item."""

    code: Code
    decision: Decision
    item: Item
    look: Look
    at: datetime
    as_of: datetime | None = None
    """The item itself could not be looked up; its range is told as it was at this moment."""

    @property
    def batch(self) -> str:
        """The batch that the code was made for, else the one that it claims."""
        return str(self.decision.facts["batch"]) if self.decision.facts else self.code.batch

    @property
    def times(self) -> int:
        """How often the public looked, this look included."""
        return (self.item.seen.times if self.item.seen else 0) + self.look.counts


MOST_DECISIONS = 64
"""Of one range in memory: few states and recalls times few ways to read them."""


def judge(
    code: Code,
    facts: dict[str, Any] | None,
    item: Item,
    look: Look,
    at: datetime,
    *,
    tag: Tag = PRINTED,
    stopped: Stopped | None = None,
    as_of: datetime | None = None,
    known: dict[Any, Decision] | None = None,
) -> Answer:
    """The verdict about one item. ``stopped``: the recall in force for its batch, or for the batch that it claims.

    ``known``: decisions about this range that were taken before; this one is kept there, too.
    """
    if facts is None:
        own = _Own(alarms=item.seen.alarms if item.seen else ())
    else:
        own = _Own(
            item.state,
            tag,
            code.batch in ("", facts["batch"]),
            facts["since"] is not None and moment(facts["since"]) <= at,
            bool(facts["markets"] and look.place and look.place[:2] not in facts["markets"]),
            item.seen.alarms if item.seen else (),
        )
    # What an alarm says is told with the numbers of this very item.
    if known is None or own.alarms:
        decision = _decide(own, facts, item, look, stopped, is_old=as_of is not None)
        return Answer(code, decision, item, look, at, as_of)
    key = own, (stopped.number, stopped.version) if stopped else None, as_of is None
    kept = known.get(key)
    if kept is None:
        kept = _decide(own, facts, item, look, stopped, is_old=as_of is not None)
        if len(known) >= MOST_DECISIONS:
            known.clear()
        known[key] = kept
    return Answer(code, kept, item, look, at, as_of)


class _Own(NamedTuple):
    """What a verdict rests on beside the facts of the range and a recall: of it there are few kinds."""

    state: str = ""
    tag: Tag = PRINTED
    batch_matches: bool = True
    released: bool = False
    elsewhere: bool = False
    alarms: tuple[str, ...] = ()


def _decide(
    own: _Own, facts: dict[str, Any] | None, item: Item, look: Look, stopped: Stopped | None, *, is_old: bool
) -> Decision:
    verdict = rules.verdict(_rest_on(own, facts, recalled=stopped is not None))
    recall = (stopped.facts or {"number": stopped.number}) if stopped else None
    return Decision(
        facts=facts,
        verdict=verdict,
        sentence=sentence(verdict, facts or {}, recall, item.seen, look),
        advice=advice(verdict.state, recall, known=facts is not None),
        recall=recall,
        is_old=is_old,
    )


def _rest_on(own: _Own, facts: dict[str, Any] | None, *, recalled: bool) -> rules.Facts:
    if facts is None:
        return rules.Facts(code_exists=False, recalled=recalled)
    return rules.Facts(
        code_exists=True,
        recalled=recalled,
        batch_matches=own.batch_matches,
        goods_match=facts["goods_match"],
        # Not yet in what was published before keys could be retired.
        keys_retired=facts.get("keys_retired", False),
        state="activation-ended" if facts["ended"] else own.state or facts["state"],
        refused=facts["refused"],
        released=own.released,
        inspected=facts["looked"],
        tag=own.tag.kind,
        counter=own.tag.counter,
        tamper=own.tag.tamper,
        elsewhere=own.elsewhere,
        alarms=own.alarms,
    )


def moment(text: str) -> datetime:
    """A moment of the facts."""
    return datetime.fromisoformat(text)


def both(words: W, **values: Any) -> W:
    """``words`` with its placeholders filled in both languages; values may be words themselves."""
    en = {k: v.en if isinstance(v, W) else v for k, v in values.items()}
    zh = {k: v.zh if isinstance(v, W) else v for k, v in values.items()}
    return W(words.en.format(**en), words.zh.format(**zh))


def pair(value: dict[str, str]) -> W:
    """Words of the facts."""
    return W(value["en"], value["zh"])


def sentence(
    verdict: rules.Verdict, facts: dict[str, Any], recall: dict[str, Any] | None, seen: Seen | None, look: Look
) -> W:
    """The one sentence under the verdict."""
    first = verdict.reasons[0]
    if verdict.state == "stop":
        if recall is None or "reason" not in recall:
            return wording.RECALLED_SHORT
        return both(wording.RECALLED, date=dated(moment(recall["ordered_at"])), reason=pair(recall["reason"]))
    if verdict.state == "inspected":
        when = dated(moment(facts["released_at"] or facts["since"]))
        if facts["place"]:
            return both(wording.RELEASED_AT, place=pair(facts["place"]), date=when)
        return both(wording.RELEASED_ON, date=when)
    if first in COUNTED and seen:
        words = wording.OFTEN_IN_CITIES if seen.places > 1 else wording.OFTEN
        return both(words, times=seen.times + look.counts, cities=seen.places, devices=seen.devices)
    return _SENTENCES.get(first) or REASONS[first]


COUNTED = {"TAG-MANY-DEVICES", "TAG-MANY-PLACES", "TAG-FAR-APART", "TAG-SCANNED-AFTER-SALE"}
"""Alarms that are best told by how often and where the code was checked."""
_SENTENCES = {
    "TAG-NOT-SELECTED": wording.ON_PAPERS,
    "TAG-NOT-RELEASED": wording.AT_BORDER,
    "TAG-REFUSED": wording.REFUSED,
    "TAG-UNKNOWN-CODE": wording.NO_SUCH_CODE,
    "TAG-OTHER-BATCH": wording.OTHER_BATCH,
    "TAG-OTHER-GOODS": wording.OTHER_GOODS,
}


def advice(state: str, recall: dict[str, Any] | None, *, known: bool = True) -> tuple[W, ...]:
    """What to do now, the most urgent first."""
    if state == "stop" and recall and recall.get("advice"):
        return tuple(pair(a) for a in recall["advice"])
    if state == "doubt" and not known:
        return wording.ADVICE_UNKNOWN
    fixed = {"stop": wording.ADVICE_RECALLED, "doubt": wording.ADVICE_DOUBT, "in_progress": wording.ADVICE_WAIT}
    return fixed.get(state, ())
