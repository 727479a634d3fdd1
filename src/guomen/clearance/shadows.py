"""What the pack that is tried would have decided, kept only where it differs from the one that counted."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from guomen.catalogue.models import Pack
from guomen.clearance.models import Decision, Line, Shadow
from guomen.clearance.rules import LineDecision
from guomen.parties.actors import Actor


def brief(d: LineDecision, score: int) -> dict[str, Any]:
    """A decision as far as two packs are compared."""
    return {
        "state": d.state,
        "mode": d.mode,
        "level": d.level,
        "score": score,
        "checklist": d.checklist,
        "open_units": d.open_units,
        "sample_units": d.sample_units,
        "reasons": [r.plain() for r in d.reasons],
    }


def difference(
    line: Line, at: datetime, counted: str, other: str, ours: dict[str, Any], theirs: dict[str, Any]
) -> Shadow | None:
    """The row to keep, or None where both packs say the same."""
    if ours == theirs:
        return None
    return Shadow(
        declaration=line.declaration,
        line=line.number,
        counted=counted,
        other=other,
        ours=ours,
        theirs=theirs,
        flips=opens(ours) != opens(theirs) or ours["state"] != theirs["state"],
        decided_at=at,
    )


def opens(one: dict[str, Any]) -> bool:
    """Whether goods decided so are opened, now or when a hold is lifted."""
    return one["open_units"] > 0


@dataclass(frozen=True, slots=True)
class Report:
    """How a pack that is tried compares so far: lines decided, by it in earnest, differing, flipped, and examples."""

    since: datetime
    lines: int
    counted: int
    differing: int
    flips: int
    moves: list[tuple[str, str, int]]
    newest: list[Shadow]


def report(by: Actor, version: str) -> Report | None:
    """The comparison of a version since its shadow period began; None where it has none. Controllers only."""
    by.require_officer("controller")
    since = Pack.objects.filter(version=version).values_list("shadow_since", flat=True).first()
    if since is None:
        return None
    decided = Decision.objects.filter(sequence=1, decided_at__gte=since)
    rows = Shadow.objects.filter(Q(other=version) | Q(counted=version), decided_at__gte=since)
    moves: Counter[tuple[str, str]] = Counter()
    pairs = rows.filter(flips=True).values_list("other", "ours__state", "theirs__state").annotate(n=Count("*"))
    for other, ours, theirs, n in pairs:
        moves[(ours, theirs) if other == version else (theirs, ours)] += n
    return Report(
        since,
        decided.count(),
        decided.filter(rule_pack=version).count(),
        rows.count(),
        sum(moves.values()),
        [(a, b, n) for (a, b), n in moves.most_common()],
        list(rows.filter(flips=True).order_by("-decided_at", "declaration", "line")[:20]),
    )
