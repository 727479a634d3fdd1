"""Scores and matching: values in, reasons out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from guomen.core.sampling import Continuous


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
    """What became of inspected lots: decayed counts of a long and a short memory, lots that passed in a row, prices."""

    inspected: Decimal = Decimal(0)
    failed: Decimal = Decimal(0)
    passes: int = 0
    recent: Decimal = Decimal(0)
    recent_failed: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    price_variance: Decimal = Decimal(0)
    sampling: bool = True
    """Continuous sampling: False while every lot is opened. With ``passed``, ``warned`` and ``close``."""
    passed: int = 0
    warned: bool = False
    close: int = 0
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What the record of one level says of a line: recent lots, decayed, and the log-odds that they add."""

    name: str
    inspected: Decimal
    failed: Decimal
    odds: Decimal


@dataclass(frozen=True, slots=True)
class Judged:
    """What the selector says of a line; fractions. ``likelihood``: of failing, by the model where there is one."""

    base: Decimal
    by_records: Decimal
    likelihood: Decimal
    model_odds: Decimal
    """Log-odds that the model adds to those of the records; 0 without one."""
    model: str
    """The first digits of the model's SHA-256; empty without one."""
    novelty: Decimal
    """From 1 (nothing like it was ever looked at) towards 0."""
    levels: tuple[Level, ...]
    measured: tuple[Decimal, ...]
    """Deviation of the price from that of its like, logarithm of the weight in kg."""
    shares: tuple[Decimal, Decimal, Decimal]
    """What chance, novelty and likelihood add to the usual rate of its draw, as factors of it."""


def decay(amount: Decimal, days: Decimal, half_life_days: int) -> Decimal:
    """``amount`` after ``days``: half of it is left after each half-life."""
    return _rounded(amount * Decimal(2) ** (-days / half_life_days)) if amount and days else amount


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def after(
    record: Record, at: datetime, failed: bool, terms: Mapping[str, Any], *, weight: Decimal | None = None
) -> Record:
    """The record after one more inspected lot. ``weight``: 1/p in the record of all lots, which forgets none."""
    days = _days(record, at)
    kept, bad = recent(record, at, terms)
    memory = Decimal(terms["selection"]["memory"])
    if weight is None:
        weight = Decimal(1)
        if kept > memory:
            kept, bad = memory, _rounded(bad * memory / kept)
    long = terms["history"]["half_life_days"]
    return replace(
        record,
        inspected=decay(record.inspected, days, long) + 1,
        failed=decay(record.failed, days, long) + int(failed),
        passes=0 if failed else record.passes + 1,
        recent=kept + weight,
        recent_failed=bad + weight * int(failed),
        updated_at=at,
    )


def corrected(
    record: Record, at: datetime, learned: datetime, failed: bool, terms: Mapping[str, Any], weight: Decimal
) -> Record:
    """The record of all lots after one that was learned at ``learned`` turned out the other way: ``failed`` or not."""
    days, age = _days(record, at), _elapsed(learned, at)
    long, short = terms["history"]["half_life_days"], terms["selection"]["half_life_days"]
    sign = 1 if failed else -1
    kept, bad = recent(record, at, terms)
    return replace(
        record,
        inspected=decay(record.inspected, days, long),
        failed=max(Decimal(0), decay(record.failed, days, long) + sign * decay(Decimal(1), age, long)),
        recent=kept,
        recent_failed=max(Decimal(0), bad + sign * decay(weight, age, short)),
        updated_at=at,
    )


def shaken(record: Record, lots: int) -> Record:
    """The record after the world changed: what was known of it counts as no more than so many lots."""
    if record.recent <= lots:
        return record
    return replace(record, recent=Decimal(lots), recent_failed=_rounded(record.recent_failed * lots / record.recent))


def recent(record: Record, at: datetime, terms: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Inspected and failed lots of the short memory, at a later moment."""
    days, short = _days(record, at), terms["selection"]["half_life_days"]
    return decay(record.recent, days, short), decay(record.recent_failed, days, short)


def _days(record: Record, at: datetime) -> Decimal:
    return _elapsed(record.updated_at or at, at)


def _elapsed(since: datetime, at: datetime) -> Decimal:
    return Decimal((at - since) // timedelta(seconds=1)) / 86400


def priced(record: Record, price: Decimal) -> Record:
    """Mean and variance of prices after one more; the last fifty weigh the most (West 1979, with a cap)."""
    lots = min(record.passes, 49) + 1
    off = price - record.price
    mean = record.price + off / lots
    variance = (1 - Decimal(1) / lots) * (record.price_variance + off * off / lots)
    nine = Decimal("0.000000001")
    return replace(record, passes=lots, price=mean.quantize(nine), price_variance=variance.quantize(nine))


def deviation(record: Record | None, price: Decimal, terms: Mapping[str, Any]) -> Decimal:
    """How far a price lies from that of its like, in standard deviations; 0 while too few lots are known."""
    if record is None or record.passes < terms["fewest_lots"]:
        return Decimal(0)
    spread = max(record.price_variance.sqrt(), Decimal(terms["least_deviation"]))
    return ((price - record.price) / spread).quantize(Decimal("0.01"))


def continued(record: Record, failed: bool, credit: str, terms: Mapping[str, Any]) -> Record:
    """Continuous sampling after one more inspected lot, by the scheme of the importer's class."""
    scheme = terms["scheme"].get(credit, terms["otherwise"])
    # The fraction does not matter here: what is drawn while sampling goes on is the mode's to say.
    before = Continuous(
        terms["clearance"], Decimal("0.5"), scheme, record.passed, record.sampling, record.warned, record.close
    )
    then = before.after(not failed)
    return replace(record, passed=then.passed, sampling=then.sampling, warned=then.warned, close=then.close)


def to_earn(record: Record, terms: Mapping[str, Any]) -> int:
    """How many more lots must pass before draws go on; 0 while they do."""
    if record.sampling:
        return record.close
    return max(1, int(terms["clearance"]) - record.passed)


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
class Drawing:
    """What sets the rate of a line beside its mode: everything that an auditor needs to repeat it."""

    credit: str
    oftener: bool
    signals: int
    earn: int
    """Lots that must pass first: until then every lot is opened."""
    shares: tuple[Decimal, Decimal, Decimal]

    def plain(self) -> dict[str, Any]:
        return {
            "credit": self.credit,
            "oftener": self.oftener,
            "signals": self.signals,
            "earn": self.earn,
            "shares": [str(s) for s in self.shares],
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Drawing":
        """From :meth:`plain`. Raises KeyError, TypeError, ValueError or ArithmeticError for anything else."""
        chance, novelty, likelihood = kept["shares"]
        shares = (Decimal(chance), Decimal(novelty), Decimal(likelihood))
        return cls(str(kept["credit"]), bool(kept["oftener"]), int(kept["signals"]), int(kept["earn"]), shares)


def line_rate(base: Decimal, how: Drawing, terms: Mapping[str, Any]) -> Decimal:
    """The probability with which a line is drawn where its mode says ``base``; ``terms``: [rates] of the rule pack.

    0 and 1 stay. Otherwise never 0: what nobody suspects is met too, and what is found says how much is bad in all.
    """
    if not 0 < base < 1:
        return base
    if how.earn:
        return Decimal(1)
    rate = drawing_rate(base, how.credit, how.oftener, terms)
    if how.signals:
        rate *= Decimal(terms["signals"])
    rate *= sum(how.shares, Decimal(0))
    return min(max(rate, Decimal(terms["floor"])), Decimal(terms["ceiling"])).quantize(Decimal("0.000001"))


def rate_reasons(
    how: Drawing, judged: Judged, oftener: Mapping[str, str], terms: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Why a line is not drawn at its mode's usual rate: codes with values."""
    if how.earn:
        yield "RATE-TO-EARN", {"lots": str(how.earn)}
        return
    if how.credit in terms["credit"] and not how.oftener:
        yield "RATE-OF-CLASS", {"credit": how.credit}
    if how.oftener:
        yield "RATE-STEPPED-UP", oftener
    if how.signals:
        yield "RATE-REPORTED", {"signals": str(how.signals)}
    times = sum(how.shares, Decimal(0))
    if abs(times - 1) >= Decimal("0.1"):
        shown = {"likelihood": percent(judged.likelihood), "base": percent(judged.base)}
        yield "RATE-BY-RISK", shown | {"times": f"{times:.1f}", "unknown": percent(judged.novelty)}


def percent(fraction: Decimal) -> str:
    """As people read it: ``3.2 %``."""
    return f"{fraction * 100:.1f} %"


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a line before arrival. ``flags`` are codes of terms["points"] with their values."""

    base: int
    origin: str
    chapter: str
    credit: str
    judged: Judged
    signals: int
    flags: Mapping[str, Mapping[str, str]]


def score(signs: Signs, terms: Mapping[str, Any]) -> Score:
    """Add the factors up, from 0 to 100. ``terms``: risk.toml of the rule pack."""
    factors = [Factor("BASE-RISK", signs.base, {"points": str(signs.base)})]
    country = terms["country"].get(signs.origin, {}).get(signs.chapter, 0)
    factors.append(Factor("COUNTRY-RISK", country, {"origin": signs.origin}))
    factors.append(Factor("CREDIT-CLASS", terms["credit"].get(signs.credit, 0), {"credit": signs.credit}))
    factors += _selection(signs.judged, terms["selection"])
    told = terms["signals"]
    worth = min(signs.signals * told["points"], told["most"])
    factors.append(Factor("SIGNALS", worth, {"signals": str(signs.signals)}))
    factors += [Factor(code, terms["points"][code], values) for code, values in signs.flags.items()]
    kept = tuple(f for f in factors if f.points or f.code == "BASE-RISK")
    return Score(max(0, min(100, sum(f.points for f in kept))), kept)


def _selection(judged: Judged, terms: Mapping[str, Any]) -> Iterator[Factor]:
    """The records level by level, what the model adds to them, and how new all this is."""
    each = Decimal(terms["points_per_odds"])
    for level in judged.levels:
        if points := _whole(level.odds * each):
            shown = {"inspected": f"{level.inspected:.1f}", "failed": f"{level.failed:.1f}"}
            yield Factor(f"HISTORY-{level.name.upper()}", points, shown)
    if judged.model:
        most = int(terms["most_model"])
        added = max(-most, min(most, _whole(judged.model_odds * each)))
        shown = {"likelihood": percent(judged.likelihood), "records": percent(judged.by_records), "model": judged.model}
        yield Factor("MODEL", added, shown)
    yield Factor("NOVELTY", _whole(judged.novelty * int(terms["most_novelty"])), {"unknown": percent(judged.novelty)})


def _whole(points: Decimal) -> int:
    return int(points.to_integral_value(ROUND_HALF_UP))
