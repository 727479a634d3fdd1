"""Scores and matching: values in, reasons out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol


class Scope(Protocol):
    """The fields of a measure that choose goods; empty means any."""

    gtin: str
    batch: str
    hs_prefix: str
    origin: str
    maker: str


def matches(scope: Scope, *, gtin: str, batch: str, hs: str, origin: str, maker: str) -> bool:
    """Whether goods fall under a measure: every non-empty field must agree; makers compare without regard to case."""
    return (
        scope.gtin in ("", gtin)
        and scope.batch in ("", batch)
        and hs.startswith(scope.hs_prefix)
        and scope.origin in ("", origin)
        and scope.maker.casefold() in ("", maker.casefold())
    )


@dataclass(frozen=True, slots=True)
class Factor:
    """One contribution to a score, in points (negative lowers it), with the values that explain it."""

    code: str
    points: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 points with every factor that made them."""

    points: int
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What became of inspected lots: decayed counts, and lots that passed in a row."""

    inspected: Decimal = Decimal(0)
    failed: Decimal = Decimal(0)
    passes: int = 0


def decay(amount: Decimal, days: Decimal, half_life_days: int) -> Decimal:
    """``amount`` after ``days``: half of it is left after each half-life."""
    return (amount * Decimal(2) ** (-days / half_life_days)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def failure_rate(record: Record, prior_rate: Decimal, prior_lots: Decimal) -> Decimal:
    """Shrunken failure rate: posterior mean of a beta-binomial with ``prior_lots`` lots at ``prior_rate`` before."""
    return (record.failed + prior_rate * prior_lots) / (record.inspected + prior_lots)


def history_points(records: Iterable[Record], terms: Mapping[str, Any]) -> tuple[int, Record]:
    """Points of the worst record over the prior, and that record."""
    prior, lots = Decimal(terms["prior_rate"]), Decimal(terms["prior_lots"])
    found = max(records, key=lambda r: failure_rate(r, prior, lots), default=Record())
    excess = (failure_rate(found, prior, lots) - prior) * 100 * Decimal(terms["points_per_percent"])
    return min(int(excess.to_integral_value(ROUND_HALF_UP)), int(terms["most"])), found


def fails_oftener(of_origin: Record, of_all: Record, terms: Mapping[str, Any]) -> bool:
    """Whether a product of one origin fails oftener than the product of all origins, by ``excess``.

    Both over the decayed past; never on fewer than ``fewest_lots`` lots of that origin. After article 5 of Implementing
    Regulation (EU) 2019/2129: 30 % above the mean of all countries over twelve months.
    """
    if of_origin.inspected < terms["fewest_lots"] or not of_all.inspected:
        return False
    return of_origin.failed / of_origin.inspected > Decimal(terms["excess"]) * of_all.failed / of_all.inspected


def drawing_rate(base: Decimal, credit: str, oftener: bool, terms: Mapping[str, Any]) -> Decimal:
    """The share of lots to draw where the mode says ``base``, a fraction: for the importer's class, one step up if due.

    0 and 1 stay: a mode that opens none or all does not draw. Never below ``floor``, so that every lot can be met.
    """
    if not 0 < base < 1:
        return base
    rate = max(base * Decimal(terms["credit"].get(credit, 1)), Decimal(terms["floor"]))
    if not oftener:
        return rate
    # Never less than the mode's own: a good class does not undo the step.
    steps = [Decimal(step) for step in terms["steps"]]
    return next((step for step in steps if step > base), Decimal(1))


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a line before arrival. ``flags`` are codes of terms["points"] with their values."""

    base: int
    origin: str
    chapter: str
    credit: str
    records: tuple[Record, ...]
    flags: Mapping[str, Mapping[str, str]]


def score(signs: Signs, terms: Mapping[str, Any]) -> Score:
    """Add the factors up, from 0 to 100. ``terms``: risk.toml of the rule pack."""
    factors = [Factor("BASE-RISK", signs.base, {"points": str(signs.base)})]
    country = terms["country"].get(signs.origin, {}).get(signs.chapter, 0)
    factors.append(Factor("COUNTRY-RISK", country, {"origin": signs.origin}))
    factors.append(Factor("CREDIT-CLASS", terms["credit"].get(signs.credit, 0), {"credit": signs.credit}))
    points, worst = history_points(signs.records, terms["history"])
    shown = {"inspected": f"{worst.inspected:.1f}", "failed": f"{worst.failed:.1f}"}
    factors.append(Factor("HISTORY", points, shown))
    factors += [Factor(code, terms["points"][code], values) for code, values in signs.flags.items()]
    kept = tuple(f for f in factors if f.points or f.code == "BASE-RISK")
    return Score(max(0, min(100, sum(f.points for f in kept))), kept)
