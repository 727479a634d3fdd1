"""Single sampling plans by attributes, indexed by acceptance quality limit (AQL), lot by lot.

Editions: "MIL-STD-105E" (10 May 1989, public domain; tables I, II-A, II-B and II-C) and "ISO" (ISO 2859-1:1999,
adopted as GB/T 2828.1-2012; tables 1, 2-A, 2-B and 2-C). They differ in two places. Reduced inspection of 105E has a
gap between acceptance and rejection number (a lot in the gap is accepted, and normal inspection comes back); ISO
closed it and raised some acceptance numbers. Tightened inspection at code letter A, AQL 10, is a plan of its own only
in ISO.

The 105E tables are checked whole against an independent transcription; those parts of ISO that differ were checked
against a public transcription of GB/T 2828.1-2012 and not against the standard itself, which is sold.

The master tables are not typed in cell by cell. Sample sizes and AQLs both grow by the same factor (five steps to
ten), so a cell's acceptance number depends, almost everywhere, only on letter + column: the tables run along
diagonals.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

Level = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]
Severity = Literal["normal", "tightened", "reduced"]
Edition = Literal["ISO", "MIL-STD-105E"]

# fmt: off
AQLS = tuple(Decimal(text) for text in (
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0",
    "6.5", "10", "15", "25", "40", "65", "100", "150", "250", "400", "650", "1000",
))
# fmt: on
"""Preferred AQLs: percent nonconforming up to 10, nonconformities per 100 units throughout."""

CODE_LETTERS = "ABCDEFGHJKLMNPQR"

_LOT_ENDS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
_LETTER_ROWS: dict[str, str] = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}

_Numbers = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """Take `n` units; accept the lot with at most `ac` nonconforming, reject it with at least `re`.

    Where `n` reaches or exceeds the lot, the standard demands that every unit is inspected (`units_to_inspect`).
    """

    n: int
    ac: int
    re: int

    def units_to_inspect(self, lot_size: int) -> int:
        """Return how many units of a lot to open: `n`, or the whole lot if that is smaller."""
        return min(self.n, lot_size)


@dataclass(frozen=True, slots=True)
class _Table:
    """A master table by diagonals. The diagonal of a cell is its letter's number plus its AQL's number, both from 0."""

    sizes: tuple[int, ...]
    zero_at: int
    """The diagonal of the plans that accept at zero."""
    first_at: int
    """The diagonal where plans with rejection begin; between the two lie arrows."""
    numbers: tuple[_Numbers, ...]
    own_rows: dict[int, tuple[int, tuple[_Numbers, ...]]]
    """Letters that follow numbers of their own, with the diagonal where these begin."""
    up_at: int | None = None
    """The diagonal between zero_at and first_at whose arrow points up."""
    no_plan: frozenset[tuple[int, int]] = frozenset()
    """Cells (letter, AQL) that hold an arrow although their diagonal has a plan."""

    def resolve(self, letter: int, aql: int) -> Plan:
        """Follow the arrows of a column to its first plan; an arrow at the edge of the table turns round."""
        diagonal = letter + aql
        up = diagonal > self.first_at or diagonal == self.up_at
        above, below = range(letter, -1, -1), range(letter, len(self.sizes))
        for rows in (above, below) if up else (below, above):
            for row in rows:
                if plan := self._printed(row, aql):
                    return plan
        raise AssertionError("every column of the table has a plan")

    def _printed(self, letter: int, aql: int) -> Plan | None:
        """Return the plan printed in a cell, None where there is an arrow."""
        diagonal = letter + aql
        if (letter, aql) in self.no_plan:
            return None
        if diagonal == self.zero_at:
            return Plan(self.sizes[letter], 0, 1)
        first, numbers = self.own_rows.get(letter, (self.first_at, self.numbers))
        # From letter F on the tables end two plans earlier: the largest numbers belong to small samples.
        usable = numbers if letter < _F else numbers[:-2]
        at = diagonal - first
        return Plan(self.sizes[letter], *usable[at]) if 0 <= at < len(usable) else None


_F = CODE_LETTERS.index("F")


def _closed(*acceptance: int) -> tuple[_Numbers, ...]:
    """Return numbers without a gap: rejection at one more than acceptance."""
    return tuple((number, number + 1) for number in acceptance)


_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
_REDUCED_SIZES = (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800)
_SMALL = _closed(1, 2, 3, 5, 7, 10, 14, 21, 30)

_NORMAL = _Table(_SIZES, 14, 17, _closed(1, 2, 3, 5, 7, 10, 14, 21, 30, 44), {}, up_at=15)
# Code letter S (3150 units) exists for tightened inspection only.
_TIGHTENED = _Table((*_SIZES, 3150), 15, 18, _closed(1, 2, 3, 5, 8, 12, 18, 27, 41), {})
_TABLES: dict[tuple[str, str], _Table] = {
    ("normal", "ISO"): _NORMAL,
    ("normal", "MIL-STD-105E"): _NORMAL,
    ("tightened", "ISO"): _TIGHTENED,
    ("tightened", "MIL-STD-105E"): replace(_TIGHTENED, no_plan=frozenset({(0, AQLS.index(Decimal(10)))})),
    ("reduced", "ISO"): _Table(
        _REDUCED_SIZES, 14, 18, _closed(1, 2, 3, 5, 6, 8, 10, 14, 21), {0: (17, _SMALL), 1: (18, _SMALL)}, up_at=15
    ),
    ("reduced", "MIL-STD-105E"): _Table(
        _REDUCED_SIZES,
        14,
        17,
        ((0, 2), (1, 3), (1, 4), (2, 5), (3, 6), (5, 8), (7, 10), (10, 13), (14, 17), (21, 24)),
        {0: (17, _SMALL), 1: (17, ((0, 2), (1, 3), (2, 4), (3, 5), *_closed(5, 7, 10, 14, 21, 30)))},
        up_at=15,
    ),
}


def code_letter(lot_size: int, level: Level = "II") -> str:
    """Return the sample size code letter, A to R without I and O (MIL-STD-105E table I, ISO 2859-1:1999 table 1).

    ValueError for a lot below 2 units, for which the standards have no letter: inspect the single unit.
    """
    if lot_size < 2:
        raise ValueError("the sampling tables begin at a lot of 2 units")
    if level not in _LETTER_ROWS:
        raise ValueError(f"there is no inspection level {level!r}; the levels are {', '.join(_LETTER_ROWS)}")
    return _LETTER_ROWS[level][bisect_left(_LOT_ENDS, lot_size)]


def single_plan(
    lot_size: int,
    aql: Decimal | int | float | str,
    level: Level = "II",
    severity: Severity = "normal",
    edition: Edition = "ISO",
) -> Plan:
    """Return the single sampling plan for a lot of `lot_size` units, arrows followed.

    `aql` is one of `AQLS`. `n` is the table's own number even where it exceeds the lot; see `Plan.units_to_inspect`.
    ValueError for a lot below 2 units and for an AQL, level, severity or edition that the tables do not have.
    """
    letter = CODE_LETTERS.index(code_letter(lot_size, level))
    table = _TABLES.get((severity, edition))
    if table is None:
        raise ValueError(f"there is no table for {severity!r} inspection of edition {edition!r}")
    return table.resolve(letter, _column(aql))


def _column(aql: Decimal | int | float | str) -> int:
    try:
        return AQLS.index(Decimal(str(aql)))
    except (InvalidOperation, ValueError):
        raise ValueError(f"{aql} is not a preferred AQL; they are {', '.join(map(str, AQLS))}") from None
