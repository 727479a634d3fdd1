"""What the rules achieve: how often each one's choice was right, what that cost, and how many lots are bad in all."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from guomen.core.selection import Estimate, Sums, of_sums, proportion
from guomen.kit.clock import now
from guomen.parties.actors import Actor

CHOOSING = (
    "ALERT-IN-FORCE", "DRAWN", "HIGH-SCORE", "INFANT-GOODS", "LOW-CREDIT", "NEW-PAIR", "NOT-YET-TRUSTED",
    "QUARANTINE-ALWAYS", "RADIATION-ALWAYS", "SHORT-LIFE", "USED-GOODS-CHECK", "WOOD-PACKAGING-CHECK",
)  # fmt: skip
"""Reasons for which goods are opened: the rules whose worth is measured."""
DAYS, MOST_DAYS = 90, 3660
MOST_GROUPS = 20


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
class Group:
    """Lines of one release mode, origin or product (code "": all) that were let pass or whose outcome is known.

    ``opened``, ``failed`` of them; ``drawn``: opened by chance; ``never``: those that no draw could meet, because their
    mode neither opens nor draws. ``bad``: the estimated share of bad lines among all others, also those that nobody
    opened, or has opened yet (by inverse probabilities, with a 95 % interval); None where nothing was opened. Without
    any drawn it is only the least that there are.
    """

    code: str
    lines: int
    opened: int
    failed: int
    drawn: int
    never: int
    bad: Estimate | None


@dataclass(frozen=True, slots=True)
class Performance:
    """Lines screened since ``since``. ``waiting``: chosen, without an outcome yet; ``held``: on screening.

    ``origins`` and ``products`` (headings): those with most failures, at most :data:`MOST_GROUPS`.
    """

    since: datetime
    waiting: int
    held: int
    everything: Group
    modes: list[Group]
    origins: list[Group]
    products: list[Group]
    rules: list[Rule]


_LINES = """
WITH chosen AS (
    -- What an amendment had screened again counts as it was screened last.
    SELECT DISTINCT ON (declaration, line) declaration, line, mode, state, level,
        facts ->> 'probability' AS probability,
        ARRAY(SELECT DISTINCT r ->> 'code' FROM jsonb_array_elements(reasons) r) AS codes
    FROM clearance_decision WHERE (sequence = 1 OR facts ? 'drawn_at') AND decided_at >= %(since)s
    ORDER BY declaration, line, sequence DESC
), ended AS (
    -- The last word counts: another inspection may overturn the first.
    SELECT DISTINCT ON (declaration, line) declaration, line, bad AS failed
    FROM (
        SELECT declaration, line, sequence,
            reasons @> '[{"code": "INSPECTION-FAILED"}]' OR reasons @> '[{"code": "LABORATORY-FAILED"}]' AS bad,
            reasons @> '[{"code": "INSPECTION-PASSED"}]' OR reasons @> '[{"code": "LABORATORY-PASSED"}]'
                OR reasons @> '[{"code": "FAST-NEGATIVE"}]'
                OR reasons @> '[{"code": "IDENTITY-CONFIRMED"}]' AS good
        FROM clearance_decision WHERE sequence > 1 AND decided_at >= %(since)s
    ) AS said WHERE bad OR good ORDER BY declaration, line, sequence DESC
), worked AS (
    SELECT declaration, line, sum(extract(epoch FROM concluded_at - taken_at)) / 3600 AS hours
    FROM inspection_order WHERE created_at >= %(since)s AND taken_at IS NOT NULL AND concluded_at IS NOT NULL
    GROUP BY declaration, line
), joined AS (
    SELECT chosen.mode, chosen.state, codes, l.origin, l.hs_code AS hs, coalesce(hours, 0) AS hours,
        coalesce(learned.failed, ended.failed, false) AS failed,
        coalesce(learned.failed, ended.failed) IS NOT NULL AS ended,
        -- Whether it is the right goods says little of what they are like.
        coalesce(learned.failed, ended.failed) IS NOT NULL
            AND (coalesce(learned.failed, ended.failed) OR chosen.level <> 'identity') AS concluded,
        chosen.state = 'to_inspect' AND chosen.level <> 'identity' AS picked,
        coalesce(chosen.probability, '1')::numeric AS p
    FROM chosen LEFT JOIN ended USING (declaration, line) LEFT JOIN worked USING (declaration, line)
    -- Also of goods that were held after a good inspection, or released before it: no decision says how it ended.
    LEFT JOIN risk_outcome learned ON learned.subject = 'urn:guomen:line:' || chosen.declaration || '/' || chosen.line
    LEFT JOIN clearance_line l ON l.declaration = chosen.declaration AND l.number = chosen.line
    -- Of what was withdrawn nobody will ever know.
    WHERE l.state IS DISTINCT FROM 'withdrawn'
), lines AS (
    SELECT *, state = 'to_inspect' AND NOT ended AS waits,
        -- Held goods are known once somebody has looked; it was opened for certain, whatever its draw had said.
        CASE WHEN state = 'held' THEN concluded ELSE state <> 'to_inspect' OR ended END AS known,
        concluded AND (state = 'held' OR (picked AND p IN (0, 1))) AS certain,
        concluded AND picked AND p > 0 AND p < 1 AS drawn,
        -- No draw could ever meet it.
        NOT picked AND state <> 'held' AND p = 0 AS never
    FROM joined
)
"""
_GROUPS = """
SELECT grouping(mode, origin, hs), coalesce(mode, origin, hs, ''),
    count(*) FILTER (WHERE waits), count(*) FILTER (WHERE state = 'held' AND NOT known),
    count(*) FILTER (WHERE known), count(*) FILTER (WHERE known AND concluded),
    count(*) FILTER (WHERE known AND failed), count(*) FILTER (WHERE known AND never),
    count(*) FILTER (WHERE known AND certain), count(*) FILTER (WHERE known AND certain AND failed),
    count(*) FILTER (WHERE known AND drawn),
    coalesce(sum(1 / p) FILTER (WHERE known AND drawn), 0),
    coalesce(sum(1 / (p * p)) FILTER (WHERE known AND drawn), 0),
    coalesce(sum(1 / p) FILTER (WHERE known AND drawn AND failed), 0),
    count(*) FILTER (WHERE waits AND picked AND p IN (0, 1)),
    coalesce(sum(1 / p) FILTER (WHERE waits AND picked AND p > 0 AND p < 1), 0)
FROM lines GROUP BY GROUPING SETS ((), (mode), (origin), (hs))
"""
_RULES = """
SELECT code, count(*), count(*) FILTER (WHERE concluded), count(*) FILTER (WHERE failed), sum(hours)
FROM lines CROSS JOIN unnest(codes) AS code WHERE state <> 'held' AND code = ANY(%(codes)s) GROUP BY code
"""
_ALL, _MODE, _ORIGIN, _PRODUCT = 0b111, 0b011, 0b101, 0b110
"""Which of mode, origin and product a row is not grouped by."""


def performance(by: Actor, days: int = DAYS) -> Performance:
    """What became of the lines that were screened in the last ``days`` (1 to 3,660), for the control room."""
    by.require_officer("controller")
    asked = {"since": now() - timedelta(days=min(max(1, days), MOST_DAYS)), "codes": list(CHOOSING)}
    groups: dict[int, list[Group]] = defaultdict(list)
    waiting = held = 0
    with connection.cursor() as cursor:
        cursor.execute(_LINES + _GROUPS, asked)
        for by_what, code, waits, holds, *counts in cursor.fetchall():
            if by_what == _ALL:
                waiting, held = waits, holds
            if (by_what == _ALL or code) and (counts[0] or by_what == _ALL):
                groups[by_what].append(_group(code, waits, *counts))
        cursor.execute(_LINES + _RULES, asked)
        rules = [
            Rule(code, lines, inspected, failed, proportion(failed, inspected), Decimal(hours).quantize(Decimal("0.1")))
            for code, lines, inspected, failed, hours in cursor.fetchall()
        ]

    def most(what: int) -> list[Group]:
        return sorted(groups[what], key=lambda g: (-g.failed, -g.opened, -g.lines, g.code))[:MOST_GROUPS]

    return Performance(
        asked["since"],
        waiting,
        held,
        groups[_ALL][0],
        sorted(groups[_MODE], key=lambda g: g.code),
        most(_ORIGIN),
        most(_PRODUCT),
        sorted(rules, key=lambda r: (-r.failed, r.code)),
    )


def _group(
    code: str,
    waiting: int,
    lines: int,
    opened: int,
    failed: int,
    never: int,
    certain: int,
    certain_bad: int,
    drawn: int,
    stands_for: Decimal,
    squares: Decimal,
    bad: Decimal,
    certain_waiting: int,
    waiting_for: Decimal,
) -> Group:
    # Lines that were looked at for another reason than their draw say nothing of the others: they stay among those that
    # the drawn ones stand for. But what they showed is there: the share is never below it.
    chance = (float(stands_for), float(squares), float(bad), certain_waiting, float(waiting_for))
    sums, every = Sums(certain, certain_bad, drawn, *chance), lines + waiting - never
    found, least = of_sums(sums, every) if every > 0 else None, failed / (lines + waiting) if lines else 0.0
    if found is None and opened:
        found = Estimate(least, least, 1.0, opened)
    elif found is not None and found.low < least:
        found = replace(found, low=least, rate=max(least, found.rate), high=max(least, found.high))
    return Group(code, lines, opened, failed, drawn, never, found)


def plain(found: Performance) -> dict[str, Any]:
    """As JSON: shares are fractions with a 95 % interval."""

    def share(one: Estimate | None) -> dict[str, float] | None:
        return None if one is None else {"rate": one.rate, "low": one.low, "high": one.high}

    def group(one: Group, what: str) -> dict[str, Any]:
        counts = {
            "lines": one.lines,
            "opened": one.opened,
            "failed": one.failed,
            "drawn": one.drawn,
            "never": one.never,
        }
        return {what: one.code} | counts | {"bad": share(one.bad)}

    return {
        "since": found.since,
        "waiting": found.waiting,
        "held": found.held,
        "all": group(found.everything, "mode"),
        "modes": [group(one, "mode") for one in found.modes],
        "origins": [group(one, "origin") for one in found.origins],
        "products": [group(one, "hs_code") for one in found.products],
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
