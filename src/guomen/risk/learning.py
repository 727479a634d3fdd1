"""Train a model that ranks lots from our own inspected outcomes, and say on a card how good it is. No writing here.

The outcomes are played again in the order in which they happened: a model learns from what a lot's like looked like
when the lot was screened, never from what became known later. Needs the extra `analysis`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from guomen.core.selection import History
from guomen.core.selection.card import Scored, auc, brier, calibration, fairness, hit, stability
from guomen.core.selection.estimates import Estimate
from guomen.risk.models import Outcome
from guomen.risk.queries import LEVELS
from guomen.risk.selecting import moment, terms_of

HELD = 0.25
"""Of the lots, the newest so many are kept from the model whose card is written, to judge it by."""
FEWEST_BAD = 12
MOST = 200_000
"""Outcomes that are read, the newest: a port's several years."""
SIZES = ((5, "small"), (20, "medium"))
"""Firms by inspected lots of the importer in the data: fewer than 5, fewer than 20, more."""
SIGNS = (*(f"{level} {what}" for level in LEVELS for what in ("odds", "known", "passes")), "price", "weight")


@dataclass(frozen=True, slots=True)
class Row:
    """One inspected lot as it was seen when it was screened."""

    signs: list[float]
    bad: bool
    by_records: float
    said: float
    """What was said of it when it was screened."""
    origin: str
    size: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Trained:
    """A model's bytes and its card, as plain values."""

    content: bytes
    card: dict[str, Any]


def outcomes() -> list[Outcome]:
    """What there is to learn from, oldest first."""
    return list(reversed(Outcome.objects.order_by("-concluded_at", "subject")[:MOST]))


def known() -> int:
    """How many outcomes there are to learn from."""
    return min(MOST, Outcome.objects.count())


def replay(found: Sequence[Outcome], pack: Mapping[str, Any]) -> list[Row]:
    """Each lot with the signs that its like gave at its screening, in the order of screenings. ``pack``: risk.toml."""
    history = History(terms_of(pack))
    trade = Counter(one.keys["importer"] for one in found)
    # At the same moment, what was concluded is learned before anything is screened.
    steps = [(one.concluded_at, 0, one.subject, one) for one in found]
    steps += [(one.screened_at, 1, one.subject, one) for one in found]
    rows = []
    for at, screening, _subject, one in sorted(steps, key=lambda step: step[:3]):
        when, keys = moment(at), {level: one.keys[level] for level in LEVELS}
        if screening:
            numbers = [float(n) for n in one.measured]
            signs, said = [*history.signs(keys, when), *numbers], float(one.likelihood)
            size = _size(trade[one.keys["importer"]])
            rows.append(Row(signs, one.failed, history.rate(keys, when), said, one.origin, size, at))
        else:
            history.learn(keys, one.failed, when, float(one.probability))
    return rows


def _size(lots: int) -> str:
    return next((name for most, name in SIZES if lots < most), "large")


def enough(rows: Sequence[Row]) -> bool:
    """Whether there is enough to learn from and enough newer lots to judge by."""
    first = round(len(rows) * (1 - HELD))
    return all(sum(r.bad for r in some) >= n for some, n in ((rows[:first], FEWEST_BAD), (rows[first:], 3)))


def train(rows: Sequence[Row], seed: int = 0) -> Trained | None:
    """A model of all rows, with the card of one that did not see the newest quarter; None while too little is known."""
    from guomen.core.selection.model import dump

    if not enough(rows):
        return None
    first = round(len(rows) * (1 - HELD))
    judged, whole = _fitted(rows[:first], seed), _fitted(rows, seed)
    if judged is None or whole is None:
        return None
    scores = _scores(judged, rows)
    card = plain(rows[first:], scores[first:], scores[:first])
    card["data"] = _data(rows, first)
    card |= _drift(rows, first, seed)
    card["signs"] = [
        {"name": name, "share": f"{share:.3f}"} for name, share in zip(SIGNS, _importance(whole), strict=True)
    ]
    return Trained(dump(whole), card)


def _drift(rows: Sequence[Row], first: int, seed: int) -> dict[str, Any]:
    """How far scores have moved, from a model that saw neither the older nor the newer lots that it scores.

    Scores of lots that a model learned from are surer than those of others: beside them every port would have changed.
    """
    half = first // 2
    early = _fitted(rows[:half], seed)
    if early is None:
        return {}
    scores = _scores(early, rows[half:])
    before, after = scores[: first - half], scores[first - half :]
    return {"drift": _text(stability(before, after)), "drift_lots": [len(before), len(after)]}


def _fitted(rows: Sequence[Row], seed: int) -> Any:
    import numpy as np

    from guomen.core.selection.model import Rows, fit

    some = Rows()
    some.add(np.array([r.signs for r in rows], dtype=float), np.array([r.bad for r in rows], dtype=bool))
    return fit(some, seed=seed)


def _scores(model: Any, rows: Sequence[Row]) -> list[float]:
    import numpy as np

    return [float(p) for p in model.predict(np.array([r.signs for r in rows], dtype=float))]


def _importance(model: Any) -> list[float]:
    """How much of all that the trees gain each sign brings."""
    gains = [float(g) for g in model.trees.feature_importance("gain")]
    return [g / (sum(gains) or 1.0) for g in gains]


def _data(rows: Sequence[Row], first: int) -> dict[str, Any]:
    return {
        "from": rows[0].at.date().isoformat(),
        "to": rows[-1].at.date().isoformat(),
        "lots": len(rows),
        "failed": sum(r.bad for r in rows),
        "judged_from": rows[first].at.date().isoformat(),
        "judged_lots": len(rows) - first,
        "judged_failed": sum(r.bad for r in rows[first:]),
    }


def plain(rows: Sequence[Row], scores: Sequence[float], before: Sequence[float]) -> dict[str, Any]:
    """What a card says of scores given to rows that the model had not seen; ``before``: scores of those it had.

    Shares and rates are fractions as text: the ledger holds no floats.
    """
    model = [Scored(s, r.bad, r.origin, r.size) for r, s in zip(rows, scores, strict=True)]
    records = [Scored(r.by_records, r.bad, r.origin, r.size) for r in rows]
    return {
        "model": _quality(model),
        "records": _quality(records),
        "calibration": [
            {"lots": b.lots, "expected": _text(b.expected), "found": _interval(b.found)} for b in calibration(model)
        ],
        "drift": _text(stability(before, scores)),
        "by_origin": [_group(g) for g in fairness(model, "origin")],
        "by_size": [_group(g) for g in fairness(model, "size")],
    }


def _quality(rows: list[Scored]) -> dict[str, Any]:
    area, top = auc(rows), hit(rows)
    return {
        "auc": None if area is None else _text(area),
        "top_lots": top.lots,
        "top_failed": top.bad,
        "top_share": _text(top.share),
        "top_rate": _text(top.bad / top.lots if top.lots else 0.0),
        "brier": _text(brier(rows)),
    }


def _group(group: Any) -> dict[str, Any]:
    shown = {"name": group.name, "lots": group.lots, "failed": group.bad}
    return shown | {"expected": _text(group.expected), "for_nothing": _text(group.for_nothing)}


def _interval(share: Estimate) -> dict[str, str]:
    return {"rate": _text(share.rate), "low": _text(share.low), "high": _text(share.high)}


def _text(value: float) -> str:
    return str(Decimal(f"{value:.4f}"))
