"""What the rules achieve: how often each one's choice was right, what that cost, and how many lots are bad in all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from guomen.core.selection import Estimate, estimate, proportion
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden
from guomen.parties.actors import Actor

CHOOSING = (
    "ALERT-IN-FORCE", "DRAWN", "HIGH-SCORE", "INFANT-GOODS", "LOW-CREDIT", "NEW-PAIR", "NOT-YET-TRUSTED",
    "QUARANTINE-ALWAYS", "RADIATION-ALWAYS", "SHORT-LIFE", "USED-GOODS-CHECK", "WOOD-PACKAGING-CHECK",
)  # fmt: skip
"""Reasons for which goods are opened: the rules whose worth is measured."""
DAYS, MOST_DAYS = 90, 3660


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: lines that it chose, of them inspected and failed; the share that failed; hours of inspection."""

    code: str
    lines: int
    inspected: int
    failed: int
    share: Estimate | None
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Mode:
    """One release mode, or (code "") all: lines whose outcome is known or that were let pass, opened, failed.

    ``bad``: the estimated share of bad lines among all of them, also those that nobody opened; None where nothing was
    opened by chance or duty. ``drawn``: opened by chance; without any, ``bad`` is only the least that there are.
    """

    code: str
    lines: int
    opened: int
    failed: int
    drawn: int
    bad: Estimate | None


@dataclass(frozen=True, slots=True)
class Performance:
    """Lines screened since ``since``. ``waiting``: chosen, without an outcome yet; ``held``: on screening."""

    since: datetime
    waiting: int
    held: int
    everything: Mode
    modes: list[Mode]
    rules: list[Rule]


class _Group(NamedTuple):
    """Lines of the same mode, state and reasons at their screening, and the same outcome."""

    mode: str
    state: str
    codes: list[str]
    rate: str | None
    failed: bool
    passed: bool
    lines: int
    hours: Decimal


_GROUPS = """
WITH chosen AS (
    SELECT declaration, line, mode, state,
        ARRAY(SELECT r ->> 'code' FROM jsonb_array_elements(reasons) r ORDER BY 1) AS codes,
        (SELECT r -> 'values' ->> 'rate' FROM jsonb_array_elements(reasons) r WHERE r -> 'values' ? 'rate' LIMIT 1) rate
    FROM clearance_decision WHERE sequence = 1 AND decided_at >= %(since)s
), ended AS (
    SELECT declaration, line,
        bool_or(reasons @> '[{"code": "INSPECTION-FAILED"}]' OR reasons @> '[{"code": "LABORATORY-FAILED"}]') AS failed,
        bool_or(reasons @> '[{"code": "INSPECTION-PASSED"}]' OR reasons @> '[{"code": "LABORATORY-PASSED"}]') AS passed
    FROM clearance_decision WHERE sequence > 1 AND decided_at >= %(since)s GROUP BY declaration, line
), worked AS (
    SELECT declaration, line, sum(extract(epoch FROM concluded_at - taken_at)) / 3600 AS hours
    FROM inspection_order WHERE created_at >= %(since)s AND taken_at IS NOT NULL AND concluded_at IS NOT NULL
    GROUP BY declaration, line
)
SELECT mode, state, codes, rate, coalesce(failed, false), coalesce(passed, false), count(*), coalesce(sum(hours), 0)
FROM chosen LEFT JOIN ended USING (declaration, line) LEFT JOIN worked USING (declaration, line)
GROUP BY 1, 2, 3, 4, 5, 6
"""
_DUTIES = frozenset({"QUARANTINE-ALWAYS", "RADIATION-ALWAYS", "WOOD-PACKAGING-CHECK"})


def performance(by: Actor, days: int = DAYS) -> Performance:
    """What became of the lines that were screened in the last ``days`` (1 to 3,660), for the control room."""
    if not (by.is_authority and by.has("controller")):
        raise Forbidden
    since = now() - timedelta(days=min(max(1, days), MOST_DAYS))
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, {"since": since})
        groups = [_Group(*row) for row in cursor.fetchall()]
    held = sum(g.lines for g in groups if g.state == "held")
    groups = [g for g in groups if g.state != "held"]
    waiting = sum(g.lines for g in groups if _waits(g))
    known = [g for g in groups if not _waits(g)]
    by_mode: dict[str, list[_Group]] = defaultdict(list)
    for group in known:
        by_mode[group.mode].append(group)
    modes = [_mode(code, some) for code, some in sorted(by_mode.items())]
    rules = [rule for code in CHOOSING if (rule := _rule(code, groups)).lines]
    return Performance(since, waiting, held, _mode("", known), modes, sorted(rules, key=lambda r: (-r.failed, r.code)))


def _waits(g: _Group) -> bool:
    return _opened(g) and not (g.failed or g.passed)


def _opened(g: _Group) -> bool:
    """Chosen at the screening, or later for another reason and concluded since."""
    return g.state == "to_inspect" or g.failed or g.passed


def _probability(g: _Group) -> float:
    """With which such a line is opened: what was drawn by its rate, what duty or score chose always."""
    if "DRAWN" in g.codes and g.rate and not _DUTIES.intersection(g.codes):
        return float(Decimal(g.rate.split()[0]) / 100)
    return 1.0


def _mode(code: str, groups: Iterable[_Group]) -> Mode:
    groups = list(groups)
    lines, opened = sum(g.lines for g in groups), [g for g in groups if _opened(g)]
    rows = [(_probability(g), g.failed) for g in opened for _ in range(g.lines)]
    failed = sum(g.lines for g in opened if g.failed)
    drawn = sum(p < 1 for p, _ in rows)
    return Mode(code, lines, len(rows), failed, drawn, estimate(rows, lines) if lines else None)


def _rule(code: str, groups: Iterable[_Group]) -> Rule:
    some = [g for g in groups if code in g.codes]
    inspected = sum(g.lines for g in some if g.failed or g.passed)
    failed = sum(g.lines for g in some if g.failed)
    hours = sum((Decimal(g.hours) for g in some), Decimal(0)).quantize(Decimal("0.1"))
    return Rule(code, sum(g.lines for g in some), inspected, failed, proportion(failed, inspected), hours)


def plain(found: Performance) -> dict[str, Any]:
    """As JSON: shares are fractions with a 95 % interval."""

    def share(one: Estimate | None) -> dict[str, float] | None:
        return None if one is None else {"rate": one.rate, "low": one.low, "high": one.high}

    def mode(one: Mode) -> dict[str, Any]:
        counts = {"lines": one.lines, "opened": one.opened, "failed": one.failed, "drawn": one.drawn}
        return {"mode": one.code} | counts | {"bad": share(one.bad)}

    return {
        "since": found.since,
        "waiting": found.waiting,
        "held": found.held,
        "all": mode(found.everything),
        "modes": [mode(one) for one in found.modes],
        "rules": [
            {
                "code": r.code,
                "lines": r.lines,
                "inspected": r.inspected,
                "failed": r.failed,
                "failing": share(r.share),
                "hours": r.hours,
            }
            for r in found.rules
        ],
    }
