"""Values that the rules of screening read and give: facts in, reasons, a choice of mode and a decision out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with the values that its sentence names."""

    code: str
    values: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        return {"code": self.code, "values": dict(self.values)}


def why(code: str, **values: object) -> Reason:
    """A reason with its values as text."""
    return Reason(code, {k: str(v) for k, v in values.items()})


@dataclass(frozen=True, slots=True)
class ModeTerms:
    """Terms of one release mode in the rule pack. ``rate`` is the share of lots drawn, a fraction."""

    rate: Decimal
    max_score: int
    credit: frozenset[str]
    passes: int
    standing: bool = False
    """Whether the importer must be admitted to it."""
    minimum_kg: Decimal = Decimal(0)
    """Net weight from which it applies."""
    guarantee: str = ""
    """The document by which the firm guarantees that listed goods conform; empty: none is asked."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A result about the line's lot that was found elsewhere. ``wrong``: the codes for which it does not count."""

    mode: str
    number: str
    place: str
    wrong: tuple[str, ...] = ()
    failed: bool = False
    """It found, not long ago, that the lot does not conform."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A measure in force that covers the line. ``effect`` is hold, full or lab."""

    effect: str
    reason_code: str
    source: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Everything that the rules look at."""

    subject: str
    letters: str
    """Inspection categories: M goods, P quarantine, R food hygiene, L CCC; of exports N goods, Q quarantine, S food."""
    traits: frozenset[str]
    attributes: frozenset[str]
    papers: frozenset[str]
    needed_papers: tuple[str, ...]
    dangerous_papers: tuple[str, ...]
    used_papers: tuple[str, ...]
    """Any of them will do."""
    wood: bool
    maker_stated: bool
    shelf_days: int | None
    fast_lane_days: int
    measures: tuple[Demand, ...]
    credit: str
    score: int
    passes: int
    """Lots in a row of this maker, importer, product and origin that passed."""
    inspected: bool
    """Whether any such lot was inspected before."""
    sealed: bool
    population: int
    checklist: str
    aql: str
    sampling_level: str
    quarantine_level: str
    quarantine_confidence: str
    sample_units: int
    panel: str
    modes: Mapping[str, ModeTerms]
    """With the rates that hold for this line."""
    rated: tuple[Reason, ...] = ()
    """Why the rates are not the modes' usual ones; empty where they are."""
    proofs: tuple[Proof, ...] = ()
    standing: Mapping[str, str] = field(default_factory=dict)
    """Release mode -> ``admitted`` or ``suspended``, where anything was agreed with the importer."""
    net_kg: Decimal = Decimal(0)
    also: tuple[str, ...] = ()
    """Checklists that are worked through beside the goods' own."""
    boxed: bool = False
    """Whether the goods travel in containers."""
    retail: bool = False
    """Whether they are orders of single buyers (cross-border e-commerce)."""
    unstated: frozenset[str] = frozenset()
    """Which identifiers the line lacks: un_number, packing_group, packing_specification, vins."""
    unnumbered: tuple[str, ...] = ()
    """Papers of the line that are known by their number, lodged without one."""
    remarks: tuple[Reason, ...] = ()
    """What an officer should look at although it holds nothing."""
    export: bool = False
    """Whether the goods leave: then other holds and modes are asked."""
    maker_needed: bool = False
    """Whether the export of such goods must state the producer's registration code."""
    version: int = 1
    """Of the declaration: each one is drawn anew."""

    @property
    def ticket(self) -> str:
        """What is drawn, another one for each version: that the first was not drawn says nothing of the next."""
        return ticket(self.subject, self.version)


def ticket(subject: str, version: int) -> str:
    """What is drawn of a line: its subject, and from the second version of its declaration on the version as well."""
    return subject if version == 1 else f"{subject}@{version}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A mode with the reasons for it."""

    mode: str
    reasons: tuple[Reason, ...]
    rate: Decimal | None = None
    """At which the line was drawn or not."""
    opens: bool = True
    tests: bool = False
    proof: str = ""
    """The number of the result that stands for an inspection of our own: then only the identity is checked."""


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What happens to a line, and why."""

    mode: str
    level: str
    state: str
    checks: tuple[str, ...]
    checklist: str
    population: int
    open_units: int
    sample_units: int
    panel: str
    reasons: tuple[Reason, ...]
    probability: Decimal
    """With which such a line is opened: 1 by duty, the rate where it was drawn or not, 0 where no draw takes place.

    Of an amended line: by any of its versions.
    """
    drawn_at: Decimal | None
    """The rate at which it was drawn or not; None where no draw took place."""
    proof: str = ""
