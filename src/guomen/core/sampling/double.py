"""Double sampling plans by attributes: a smaller first sample decides the clear cases, a second one the rest.

MIL-STD-105E tables III-A, III-B and III-C (10 May 1989, public domain); normal and tightened inspection of ISO
2859-1:1999 (tables 3-A and 3-B) has the same numbers. Table 3-C (reduced) was rewritten in ISO 2859-1:1999 and is not
given here: no free transcription was found to check it against.
"""

from dataclasses import dataclass
from decimal import Decimal

from guomen.core.sampling.iso2859 import Edition, Level, Plan, Severity, code_letter, single_plan


@dataclass(frozen=True, slots=True)
class DoublePlan:
    """Take `first.n` units; between its acceptance and rejection numbers take `second.n` more and count all together.

    `second.ac` and `second.re` are for the nonconforming units of both samples.
    """

    first: Plan
    second: Plan


_SIZES = dict(zip("BCDEFGHJKLMNPQR", (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250), strict=True))
_TIGHTENED_SIZES = _SIZES | {"S": 2000}
_REDUCED_SIZES = dict(zip("DEFGHJKLMNPQR", (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500), strict=True))

_Numbers = tuple[int, int, int, int]
_CLOSED: dict[int, _Numbers] = {
    1: (0, 2, 1, 2),
    2: (0, 3, 3, 4),
    3: (1, 4, 4, 5),
    5: (2, 5, 6, 7),
    7: (3, 7, 8, 9),
    8: (3, 7, 11, 12),
    10: (5, 9, 12, 13),
    12: (6, 10, 15, 16),
    14: (7, 11, 18, 19),
    18: (9, 14, 23, 24),
    21: (11, 16, 26, 27),
    27: (15, 20, 34, 35),
    30: (17, 22, 37, 38),
    41: (23, 29, 52, 53),
    44: (25, 31, 56, 57),
}
"""Acceptance number of the single plan in the same cell -> Ac and Re of the first sample, of both."""
_REDUCED: dict[tuple[int, int], _Numbers] = {
    (0, 2): (0, 2, 0, 2),
    (1, 3): (0, 3, 0, 4),
    (1, 4): (0, 4, 1, 5),
    (2, 5): (0, 4, 3, 6),
    (3, 6): (1, 5, 4, 7),
    (5, 8): (2, 7, 6, 9),
    (7, 10): (3, 8, 8, 12),
    (10, 13): (5, 10, 12, 16),
    (14, 17): (7, 12, 18, 22),
    (21, 24): (11, 17, 26, 30),
}
_TIGHT_LETTERS = "ABCDEFGHJKLMNPQRS"


def double_plan(
    lot_size: int,
    aql: Decimal | int | float | str,
    level: Level = "II",
    severity: Severity = "normal",
    edition: Edition = "ISO",
) -> DoublePlan | None:
    """Return the double plan for a lot, arrows followed; None where the tables say to use the single plan.

    That is where the single plan accepts at zero, and at the smallest samples. Arguments and errors as those of
    :func:`guomen.core.sampling.iso2859.single_plan`; NotImplementedError for reduced inspection by ISO.
    """
    if severity == "reduced" and edition == "ISO":
        raise NotImplementedError("ISO 2859-1:1999 table 3-C is not at hand; use the single plan")
    code_letter(lot_size, level)
    single = single_plan(lot_size, aql, level, severity, edition)
    sizes, numbers = _row(single, severity)
    if numbers is None or sizes is None:
        return None
    first = Plan(sizes, numbers[0], numbers[1])
    return DoublePlan(first, Plan(sizes, numbers[2], numbers[3]))


def _row(single: Plan, severity: Severity) -> tuple[int | None, _Numbers | None]:
    """Size of each sample and the numbers, from the single plan that stands in the same cell."""
    if severity == "reduced":
        # Reduced single samples of A, B and C are all of 2 units: none of them has a double plan.
        letter = _letter_of(single.n, (3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800), "DEFGHJKLMNPQR")
        return _REDUCED_SIZES.get(letter), _REDUCED.get((single.ac, single.re))
    sizes = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
    letter = _letter_of(single.n, sizes, _TIGHT_LETTERS)
    return _TIGHTENED_SIZES.get(letter), _CLOSED.get(single.ac)


def _letter_of(n: int, sizes: tuple[int, ...], letters: str) -> str:
    return letters[sizes.index(n)] if n in sizes else ""
