"""What speaks against a model, out of its card: read before anybody proposes it. Pure; works on every stored card."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import sqrt
from typing import Any

DRIFTED = Decimal("0.25")
"""From here on the population stability index is read as a changed world (Siddiqi, Credit Risk Scorecards, 2006)."""
FEWEST, TWICE, CERTAIN = 20, 2.0, 2.576
"""A group is named from so many good lots on, when they are in the top tenth twice as often as others' and that is no
accident: two shares differ by so many standard errors once in a hundred times (normal approximation)."""


def against(card: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Codes of :data:`guomen.risk.words.AGAINST` with the values of their sentences; empty where nothing does."""
    found: list[tuple[str, dict[str, str]]] = []
    model, records = card["model"], card["records"]
    if model["auc"] is None:
        found.append(("NOT-JUDGED", {}))
    elif Decimal(model["auc"]) <= Decimal(records["auc"] or 0):
        found.append(("NO-BETTER", {"model": model["auc"], "records": records["auc"]}))
    if Decimal(card["drift"]) >= max(DRIFTED, _noise(card.get("drift_lots"))):
        found.append(("DRIFTED", {"drift": f"{Decimal(card['drift']):.2f}"}))
    if wrong := _untrue(card["calibration"]):
        found.append(("NOT-CALIBRATED", {"parts": str(wrong), "of": str(len(card["calibration"]))}))
    for what in ("by_origin", "by_size"):
        found += [("UNFAIR", {"what": what, "name": n, "times": f"{t:.1f}"}) for n, t in _unfair(card[what])]
    return found


def _noise(lots: list[int] | None) -> Decimal:
    """What the index of unchanged scores exceeds once in twenty times: chi-squared with 9 degrees of freedom over lots.

    Yurdakul, Statistical Properties of Population Stability Index (2018).
    """
    before, after = lots or (0, 0)
    return Decimal("16.92") * (Decimal(1) / before + Decimal(1) / after) if before and after else Decimal(0)


def _untrue(bins: list[Mapping[str, Any]]) -> int:
    """Parts of the lots whose expected failures lie outside the interval of those found; one of five may by chance."""
    outside = sum(not Decimal(b["found"]["low"]) <= Decimal(b["expected"]) <= Decimal(b["found"]["high"]) for b in bins)
    return outside if outside > 1 else 0


def _unfair(groups: list[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """Groups whose good lots are opened for nothing much oftener than all others', and how many times as often."""
    good = {g["name"]: g["lots"] - g["failed"] for g in groups}
    hit = {g["name"]: float(g["for_nothing"]) * good[g["name"]] for g in groups}
    for name, lots in good.items():
        others = sum(good.values()) - lots
        if lots < FEWEST or others < FEWEST:
            continue
        ours, theirs = hit[name] / lots, (sum(hit.values()) - hit[name]) / others
        both = sum(hit.values()) / (lots + others)
        error = sqrt(both * (1 - both) * (1 / lots + 1 / others))
        if error and ours > TWICE * theirs and (ours - theirs) / error > CERTAIN:
            yield name, ours / max(theirs, 0.5 / others)
