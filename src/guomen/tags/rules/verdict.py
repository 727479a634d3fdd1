"""The verdict about one item: five states, no score, every state with its reason codes, and what the tag proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from guomen.core.tagcrypto.chips import Proof
from guomen.core.tagcrypto.counters import Counted, judge
from guomen.core.tagcrypto.tamper import Tamper

State = Literal["inspected", "not_selected", "in_progress", "stop", "doubt"]
Counter = Literal["", "again"] | Counted
"""What a chip's counter says: see :func:`read_counter`. Empty: the tag has none."""

GONE = {
    "destroyed": "TAG-DESTROYED",
    "stolen": "TAG-STOLEN",
    "spoiled": "TAG-SPOILED",
    "returned": "TAG-RETURNED",
    "exported": "TAG-EXPORTED",
}
"""States in which an item should be in nobody's hands here."""
ORDINARY = {
    "": "",
    "ordered": "",
    "printed": "",
    "applied": "",
    "active": "",
    "shipped": "",
    "sold": "TAG-SOLD",
    "claimed": "TAG-CLAIMED",
}
"""States that say nothing against an item, with what a reader should know of them."""
WAITING = {"displayed": "TAG-ON-DISPLAY"}
"""States in which an item may be seen but not sold."""
RULES = "2026.1"
"""Version of the rules in this file, named in every verdict."""
_OWNED = {"sold", "claimed"}
_PROOFS = {"B": "PROOF-CHIP-WEAK", "C": "PROOF-SIGNED", "D": "PROOF-PRINTED", "E": "PROOF-NUMBER"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a verdict rests on."""

    code_exists: bool
    recalled: bool = False
    batch_matches: bool = True
    goods_match: bool = True
    state: str = ""
    """The item's own state where it is another than its range's (``ItemState.state``). One that is in none of the
    tables above takes the item out of use."""
    refused: bool = False
    released: bool = False
    inspected: bool = False
    """Opened or tested, not only released on papers."""
    tag: Proof = "D"
    """What kind of tag was read (``core.tagcrypto.CHIPS``)."""
    counter: Counter = ""
    tamper: Tamper = "absent"
    """The chip's wire loop across the closure."""
    elsewhere: bool = False
    """Read in a country that these goods were not made for."""
    alarms: Sequence[str] = ()
    """Codes of copy rules that are in force for this item."""
    keys_retired: bool = False
    """The keys that made the tag are known to others: codes and taps prove nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state and why. ``notes`` are worth knowing and change nothing. ``proof``: what the tag itself proves."""

    state: State
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    proof: str
    rules: str = RULES

    @property
    def genuine(self) -> bool:
        """Whether this very tap proved the tag. A printed code never does."""
        return self.proof == "PROOF-CHIP"


def verdict(facts: Facts) -> Verdict:
    """Decide, most urgent first: a recall stops everything, then doubt about the code, then the goods' release."""
    if not facts.code_exists:
        if facts.recalled:
            return Verdict("stop", ("TAG-RECALLED", "TAG-UNKNOWN-CODE"), (), "PROOF-NONE")
        return Verdict("doubt", ("TAG-UNKNOWN-CODE",), (), "PROOF-NONE")
    doubts, alarms = _doubts(facts), tuple(facts.alarms)
    notes, proof = _notes(facts), _proof(facts, doubts)
    if facts.recalled:
        return Verdict("stop", ("TAG-RECALLED", *doubts, *alarms), notes, proof)
    if doubts:
        return Verdict("doubt", (*doubts, *alarms), notes, proof)
    if facts.refused:
        return Verdict("in_progress", ("TAG-REFUSED", *alarms), notes, proof)
    if not facts.released:
        return Verdict("in_progress", (WAITING.get(facts.state, "TAG-NOT-RELEASED"), *alarms), notes, proof)
    if alarms and proof != "PROOF-CHIP":
        return Verdict("doubt", alarms, notes, proof)
    # Copies of this code may be about; the tag that was tapped is the real one.
    notes += alarms
    if facts.state in WAITING:
        return Verdict("in_progress", (WAITING[facts.state],), notes, proof)
    if facts.inspected:
        return Verdict("inspected", ("TAG-INSPECTED",), notes, proof)
    return Verdict("not_selected", ("TAG-NOT-SELECTED",), notes, proof)


def _doubts(facts: Facts) -> tuple[str, ...]:
    """What speaks against this code being this item's."""
    found = []
    if facts.keys_retired:
        found.append("TAG-KEYS-RETIRED")
    if not facts.batch_matches:
        found.append("TAG-OTHER-BATCH")
    if not facts.goods_match:
        found.append("TAG-OTHER-GOODS")
    if facts.state not in ORDINARY and facts.state not in WAITING:
        found.append(GONE.get(facts.state, "TAG-WITHDRAWN"))
    if facts.counter == "replayed":
        found.append("TAG-COUNTER-REPLAYED")
    elif facts.counter == "skipped":
        found.append("TAG-COUNTER-SKIPPED")
    if facts.tamper == "reclosed":
        found.append("TAG-SEAL-RECLOSED")
    elif facts.tamper == "open" and facts.state not in _OWNED:
        found.append("TAG-SEAL-OPENED")
    return tuple(found)


def _notes(facts: Facts) -> tuple[str, ...]:
    found = [note] if (note := ORDINARY.get(facts.state)) else []
    if facts.tamper == "open" and facts.state in _OWNED:
        found.append("TAG-SEAL-OPENED")
    elif facts.tamper == "unset":
        found.append("TAG-SEAL-UNKNOWN")
    if facts.elsewhere:
        found.append("TAG-OTHER-MARKET")
    return tuple(found)


def _proof(facts: Facts, doubts: tuple[str, ...]) -> str:
    if facts.keys_retired:
        return "PROOF-NONE"
    if facts.tag != "A":
        return _PROOFS[facts.tag] if facts.counter != "replayed" else "PROOF-NONE"
    if facts.counter == "again":
        return "PROOF-CHIP-AGAIN"
    return "PROOF-CHIP" if facts.counter == "accepted" and not doubts else "PROOF-NONE"


def read_counter(last: int, sent: int, gap: int, *, same_visitor: bool = False) -> Counter:
    """What a chip's counter ``sent`` says after ``last`` was accepted (-1: none yet).

    "again": the same visitor opened the page of the newest tap once more, which is no replay by a stranger.
    "skipped": more than ``gap`` taps are missing, as when somebody harvested the chip's codes.
    """
    found = judge(None if last < 0 else last, sent, gap)
    return "again" if found == "replayed" and sent == last and same_visitor else found
