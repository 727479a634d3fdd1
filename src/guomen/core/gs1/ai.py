"""Application identifiers: what each one's value must look like and which ones belong together.

Source: GS1 General Specifications sections 3 and 4.13-4.14, as facts in ai_table.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from guomen.core.gs1.ai_table import ROWS
from guomen.core.gs1.errors import GS1Error
from guomen.core.gs1.linters import lint
from guomen.core.gs1.linters.base import GcpLookup

AIPair = tuple[str, str]

_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")
_CHARSET_LINTER = {"N": "csetnumeric", "X": "cset82", "Y": "cset39", "Z": "cset64"}


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a value. Length is from `shortest` to `longest` characters."""

    shortest: int
    longest: int
    optional: bool
    linters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One AI. `qualifiers`: the ordered alternatives for a Digital Link primary key, else None.

    `requires`: for each rule, the alternatives, each a group of AI patterns that must all be present.
    `excludes`: AI patterns that must not be present. In a pattern, `n` stands for any digit.
    """

    ai: str
    title: str
    components: tuple[Component, ...]
    fixed_length: bool
    link_attribute: bool
    qualifiers: tuple[tuple[str, ...], ...] | None
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]

    @property
    def longest(self) -> int:
        return sum(part.longest for part in self.components)


def _components(spec: str) -> tuple[Component, ...]:
    parts = []
    for optional, kind, ranged, length, names in _COMPONENT.findall(spec):
        linters = (_CHARSET_LINTER[kind], *(name for name in names.split(",") if name))
        parts.append(Component(1 if ranged else int(length), int(length), bool(optional), linters))
    return tuple(parts)


def _row(line: str) -> Iterable[ApplicationIdentifier]:
    span, flags, spec, attributes, title = (part.strip() for part in (*line.split(" ; "), "", "")[:5])
    words = [word.partition("=") for word in attributes.split()]
    qualifiers = None
    for key, _, value in words:
        if key == "dlpkey":
            qualifiers = tuple(tuple(way.split(",")) for way in value.split("|")) if value else ((),)
    requires = tuple(
        tuple(tuple(group.split("+")) for group in value.split(",")) for key, _, value in words if key == "req"
    )
    excludes = tuple(ai for key, _, value in words if key == "ex" for ai in value.split(","))
    first, _, last = span.partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield ApplicationIdentifier(
            ai=str(number).zfill(len(first)),
            title=title,
            components=_components(spec),
            fixed_length="*" in flags,
            link_attribute="?" in flags,
            qualifiers=qualifiers,
            requires=requires,
            excludes=excludes,
        )


AIS = MappingProxyType({entry.ai: entry for line in ROWS.splitlines() for entry in _row(line)})
"""Every application identifier by its digits."""

PRIMARY_KEYS = frozenset(ai for ai, entry in AIS.items() if entry.qualifiers is not None)


def ai_of(ai: str) -> ApplicationIdentifier:
    """The AI's entry. GS1Error UNKNOWN_AI."""
    try:
        return AIS[ai]
    except KeyError:
        raise GS1Error("UNKNOWN_AI", (0, len(ai)), name=ai[:20]) from None


def check_value(ai: str, value: str, gcp_lookup: GcpLookup | None = None) -> None:
    """Check a value against its AI's components and linters. GS1Error; the span is within `value`."""
    entry = ai_of(ai)
    if not value:
        raise GS1Error("EMPTY_VALUE", ai=ai)
    at = 0
    for part in entry.components:
        piece = value[at : at + part.longest]
        if not piece and part.optional:
            continue
        if len(piece) < part.shortest:
            raise GS1Error("TOO_SHORT", (at, len(value)), ai=ai)
        for name in part.linters:
            try:
                lint(name, piece, gcp_lookup)
            except GS1Error as error:
                raise error.shifted(at) from None
        at += len(piece)
    if at < len(value):
        raise GS1Error("TOO_LONG", (at, len(value)), ai=ai)


def _matches(pattern: str, ai: str) -> bool:
    return len(pattern) == len(ai) and all(want in ("n", got) for want, got in zip(pattern, ai, strict=True))


def _present(pattern: str, ais: Iterable[str]) -> bool:
    return any(_matches(pattern, ai) for ai in ais)


def check_associations(pairs: Sequence[AIPair]) -> None:
    """Check that AIs that need each other are together and those that exclude each other are not.

    GS1 wants this over all carriers on one physical item. GS1Error REPEATED_AI, EXCLUDED_AI, MISSING_AI.
    """
    values: dict[str, str] = {}
    for ai, value in pairs:
        if values.setdefault(ai, value) != value:
            raise GS1Error("REPEATED_AI", variant="values", ai=ai)
    for ai in values:
        entry = ai_of(ai)
        others = [other for other in values if other != ai]
        for pattern in entry.excludes:
            if _present(pattern, others):
                raise GS1Error("EXCLUDED_AI", ai=ai, other=pattern)
        for alternatives in entry.requires:
            if not any(all(_present(one, others) for one in group) for group in alternatives):
                wanted = " / ".join("+".join(f"({one})" for one in group) for group in alternatives)
                raise GS1Error("MISSING_AI", ai=ai, wanted=wanted)
