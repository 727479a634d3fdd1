"""The selector at the desk: what is known of the like of many lines, and how each is to be drawn, without a query.

:mod:`guomen.core.selection` works on numbers in memory; this puts our records into it and takes what it says out again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from math import exp, log
from typing import TYPE_CHECKING, Any

from guomen.core.selection import History, Shares, Terms, alone
from guomen.core.selection.history import Count
from guomen.kit import blobs
from guomen.risk.queries import ALL, about, price_key
from guomen.risk.rules import Judged, Level, Record, deviation

if TYPE_CHECKING:
    from guomen.core.selection.model import Model

log_ = logging.getLogger(__name__)
WEEK = timedelta(weeks=1)
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Goods:
    """What the selector looks at of a line. ``importer``: the code; ``value`` in ``currency``."""

    hs: str
    origin: str
    maker: str
    importer: str
    value: Decimal = Decimal(0)
    currency: str = ""
    kilograms: Decimal = Decimal(0)

    @property
    def keys(self) -> dict[str, str]:
        """Level -> key of its tally."""
        return about(hs=self.hs, origin=self.origin, maker=self.maker, importer=self.importer)

    @property
    def price(self) -> Decimal | None:
        """The logarithm of the value of a kilogram; None where it has none."""
        if self.value <= 0 or self.kilograms <= 0:
            return None
        return Decimal(f"{log(float(self.value) / float(self.kilograms)):.9f}")

    @property
    def all_keys(self) -> list[str]:
        """Every key that is looked up for it."""
        return [*self.keys.values(), price_key(self.hs, self.currency)]


def analysis() -> bool:
    """Whether the extra `analysis` is installed: without it, records alone rank."""
    return find_spec("lightgbm") is not None


def moment(at: datetime) -> float:
    """A moment in weeks, as histories count."""
    return (at - _BEGIN) / WEEK


def terms_of(pack: Mapping[str, Any]) -> Terms:
    """The selector's terms out of the rule pack's [selection]."""
    terms = pack["selection"]
    weeks = terms["half_life_days"] / 7
    return Terms(weeks, float(terms["prior_lots"]), float(terms["prior_rate"]), float(terms["memory"]))


@lru_cache(maxsize=2)
def _loaded(sha256: str) -> "Model":
    from guomen.core.selection.model import load

    return load(blobs.get(sha256))


def ranker(sha256: str) -> "Model | None":
    """The model of these bytes; None without the extra `analysis` or the file: then records alone rank."""
    if not sha256 or not analysis():
        return None
    try:
        return _loaded(sha256)
    except (FileNotFoundError, ValueError):
        log_.exception("the model %s cannot be read: records alone rank", sha256[:12])
        return None


def measured(goods: Goods, records: Mapping[str, Record], terms: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Deviation of the price from that of its like, and the logarithm of the weight in kg."""
    price = goods.price
    off = Decimal(0)
    if price is not None:
        off = deviation(records.get(price_key(goods.hs, goods.currency)), price, terms["price"])
    return off, _exact(log(float(goods.kilograms)) if goods.kilograms > 0 else 0.0)


def _recent(record: Record, at: datetime, half_life: timedelta) -> tuple[float, float]:
    """As :func:`rules.recent`, which is exact to the last digit and a hundred times as slow."""
    left = 0.5 ** ((at - (record.updated_at or at)) / half_life)
    return float(record.recent) * left, float(record.recent_failed) * left


def judge(
    lines: Sequence[Goods],
    records: Mapping[str, Record],
    at: datetime,
    terms: Mapping[str, Any],
    *,
    model: str = "",
    doubt: Decimal = Decimal(0),
) -> list[Judged]:
    """What is said of each line. ``terms``: risk.toml; ``model``: SHA-256 of the active one; ``doubt``: 0 to 1."""
    now = moment(at)
    keys = [goods.keys for goods in lines]
    half_life = timedelta(days=terms["selection"]["half_life_days"])
    known = {key for some in keys for key in some.values()}.intersection(records)
    counted = {key: _recent(records[key], at, half_life) for key in known}
    if ALL in records:
        counted[ALL] = _recent(records[ALL], at, half_life)
    history = _history(keys, records, counted, now, terms)
    numbers = [measured(goods, records, terms) for goods in lines]
    found = ranker(model)
    said: list[float | None] = [None] * len(lines)
    if found is not None and lines:
        rows = [[*history.signs(k, now), *map(float, m)] for k, m in zip(keys, numbers, strict=True)]
        said = list(_predicted(found, rows))
    shares = _shares(terms["rates"], doubt)
    base = history.base_rate(now)
    return [
        _judged(history, k, counted, base, now, m, p, model if found else "", shares, terms)
        for k, m, p in zip(keys, numbers, said, strict=True)
    ]


def _predicted(model: "Model", rows: list[list[float]]) -> list[float]:
    import numpy as np

    return [float(p) for p in model.predict(np.array(rows, dtype=float))]


def _history(
    keys: Sequence[Mapping[str, str]],
    records: Mapping[str, Record],
    counted: Mapping[str, tuple[float, float]],
    now: float,
    terms: Mapping[str, Any],
) -> History:
    counts: dict[tuple[str, object], Count] = {}
    for some in keys:
        for level in some.items():
            if level[1] in counted and level not in counts:
                counts[level] = Count(*counted[level[1]], now, records[level[1]].passes)
    return History(terms_of(terms), counts, Count(*counted.get(ALL, (0.0, 0.0)), now))


def _shares(rates: Mapping[str, Any], doubt: Decimal) -> Shares:
    return Shares(float(rates["chance"]), float(rates["novelty"])).in_doubt(float(doubt))


def _judged(
    history: History,
    keys: Mapping[str, str],
    counted: Mapping[str, tuple[float, float]],
    base: float,
    now: float,
    numbers: tuple[Decimal, Decimal],
    said: float | None,
    model: str,
    shares: Shares,
    terms: Mapping[str, Any],
) -> Judged:
    factors = history.factors(keys, now)
    records = _chance(_odds(base) + sum(factors.values()))
    likelihood = records if said is None else said
    novelty = history.novelty(keys, now)
    rates = terms["rates"]
    parts = alone(likelihood / base, novelty / float(rates["usual_novelty"]), shares, float(rates["most"]))
    nothing = (0.0, 0.0)
    return Judged(
        base=_fraction(base),
        by_records=_fraction(records),
        likelihood=_fraction(likelihood),
        model_odds=_exact(0.0 if said is None else _odds(said) - _odds(records)),
        model=model[:12],
        novelty=_exact(novelty),
        levels=tuple(
            Level(n, *map(_exact, counted.get(keys[n], nothing)), _exact(odds)) for n, odds in factors.items()
        ),
        measured=numbers,
        shares=(_exact(parts[0]), _exact(parts[1]), _exact(parts[2])),
    )


def _exact(value: float) -> Decimal:
    """Three places: what is kept and shown, and what rules decide by."""
    return Decimal(f"{value:.3f}")


def _fraction(value: float) -> Decimal:
    return Decimal(f"{min(1.0, max(0.0, value)):.6f}")


def _odds(rate: float) -> float:
    rate = min(1 - 1e-6, max(1e-6, rate))
    return log(rate / (1 - rate))


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-odds))
