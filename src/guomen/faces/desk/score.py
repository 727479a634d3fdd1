"""How a line's score came about, factor by factor, and with what probability it was to be opened: words and bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from guomen.clearance.models import Decision
from guomen.faces.told import sentence

HALF = 50
"""The bars' middle is 0 points; the widest ends at an edge."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor in words; its bar from ``left``, ``width`` wide, on a scale from 0 to 100."""

    words: str
    points: str
    left: float
    width: float
    raises: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A score with its factors, the largest first, and what was said of the line's chance to be opened."""

    points: int
    factors: list[Factor]
    chance: str


def shown(decisions: Sequence[Decision]) -> Shown | None:
    """The score of the last screening; None for a line whose screening kept no factors."""
    last = next((d for d in reversed(decisions) if d.facts.get("factors")), None)
    if last is None:
        return None
    rows = sorted(last.facts["factors"], key=lambda f: (-abs(f["points"]), f["code"]))
    widest = max((abs(f["points"]) for f in rows), default=1) or 1
    return Shown(last.facts["score"], [_factor(f, widest) for f in rows], _chance(last.facts))


def _factor(row: Mapping[str, Any], widest: int) -> Factor:
    width = HALF * abs(row["points"]) / widest
    left = HALF if row["points"] >= 0 else HALF - width
    return Factor(sentence(row), f"{row['points']:+d}", round(left, 1), round(width, 1), row["points"] >= 0)


def _chance(facts: Mapping[str, Any]) -> str:
    try:
        drawn_at, probability = facts.get("drawn_at"), Decimal(facts["probability"])
    except (KeyError, TypeError, InvalidOperation):
        return ""
    if probability == 1:
        return _("Such a line is always opened: nothing was left to chance.")
    if drawn_at:
        share = f"{(Decimal(drawn_at) * 100).normalize():f} %"
        return _("Left to the draw of %(day)s at a known probability of %(share)s.") % {
            "day": facts.get("draw", ""),
            "share": share,
        }
    return _("Its release mode neither opens nor draws.")
