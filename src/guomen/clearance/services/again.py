"""Goods that were selected before: whoever declares them again, differently or in parts has no second draw.

The same goods are those of the same transport (bill or container) and heading (four digits), for the same trader or by
the same declarant, within :data:`LATELY`. Orders of single buyers share all this by nature and are left out.
Only what chance selected is remembered: what a rule selects it selects again, unless its facts have changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from guomen.clearance.form.asks import asks
from guomen.clearance.known import Consignment
from guomen.clearance.models import Container, Decision, Declaration, Line, Unseen
from guomen.clearance.rules import Reason
from guomen.clearance.rules.changes import Standing

LATELY = timedelta(days=60)
"""So long a selection that nobody followed up is remembered. House rule."""
SELECTED = Reason("SELECTED-BEFORE", {})
"""Why goods are inspected that a former declaration had selected."""
BY_CHANCE = ("DRAWN", "SELECTED-BEFORE", "DECLARED-BEFORE")
"""Reasons of lines that a draw selected, now or in a version before."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier version said of a line: with which probability it was opened, and why it stays selected."""

    chance: Decimal = Decimal(0)
    reason: Reason | None = None

    def either(self, chance: Decimal) -> Decimal:
        """The probability that this version or an earlier one opens the line: each is drawn by itself."""
        return (1 - (1 - self.chance) * (1 - chance)).quantize(Decimal("0.000001"))


def earlier(declaration: Declaration, before: Sequence[Standing]) -> dict[int, Earlier]:
    """What the standing version of a declaration said of each of its lines, by number."""
    rows = Decision.objects.filter(declaration=declaration.number, via="rules").order_by("sequence")
    said = {d.line: Decimal(d.facts.get("probability") or 0) for d in rows}
    return {s.line: Earlier(said.get(s.line, Decimal(0)), SELECTED if s.selected else None) for s in before}


def _keys(d: Declaration, boxes: Iterable[str], headings: Iterable[str]) -> set[str]:
    """Transport and heading of goods, hashed."""
    ways = [f"bill {d.bill_number.strip().upper()}", *(f"box {number}" for number in boxes)]
    return {
        hashlib.blake2b(f"{d.direction} {way} {heading}".encode(), digest_size=16).hexdigest()
        for way in ways
        for heading in headings
    }


def remember(found: Declaration, before: Sequence[Standing]) -> None:
    """Keep which goods of a completed declaration were selected and not looked at, before it changes or ends."""
    selected = {s.line for s in before if s.selected}
    drawn = [
        x for x in found.line_list if x.number in selected and {r["code"] for r in x.reasons}.intersection(BY_CHANCE)
    ]
    headings = {x.hs_code[:4] for x in drawn}
    if not headings or asks(found.trade_mode).retail:
        return
    kept = [
        Unseen(key=key, declaration=found.number, importer_code=found.importer_code, declarant=found.organisation_id)
        for key in _keys(found, [c.number for c in found.container_list], headings)
    ]
    Unseen.objects.bulk_create(kept, ignore_conflicts=True)


@dataclass(slots=True)
class Again:
    """Goods that a draw selected and nobody has looked at: by key the declaration, its trader and its declarant."""

    found: dict[str, list[tuple[str, str, object]]]

    def reason(self, c: Consignment, line: Line) -> Reason | None:
        """Why a line is inspected whose goods another declaration had selected; None where none had."""
        if not self.found:
            return None
        d = c.declaration
        for key in sorted(_keys(d, [box.number for box in c.containers], [line.hs_code[:4]])):
            for number, importer_code, declarant in self.found.get(key, ()):
                ours = importer_code == d.importer_code or declarant == d.organisation_id
                if ours and number != d.number and not asks(d.trade_mode).retail:
                    return Reason("DECLARED-BEFORE", {"declaration": number})
        return None

    def drew(self, c: Consignment, line: Line) -> None:
        """A draw selected a line: the same goods further on in the batch are inspected as well."""
        d = c.declaration
        for key in _keys(d, [box.number for box in c.containers], [line.hs_code[:4]]):
            self.found.setdefault(key, []).append((d.number, d.importer_code, d.organisation_id))


def selected_before(consignments: Sequence[Consignment], at: datetime) -> Again:
    """Look up which of these goods another declaration had selected."""
    wanted = {
        key
        for c in consignments
        for key in _keys(c.declaration, [b.number for b in c.containers], {line.hs_code[:4] for line in c.lines})
    }
    own = {c.declaration.number for c in consignments}
    again = Again({})
    gone = Unseen.objects.filter(key__in=wanted, at__gte=at - LATELY).exclude(declaration__in=own)
    for u in gone.order_by("at", "declaration"):
        again.found.setdefault(u.key, []).append((u.declaration, u.importer_code, u.declarant))
    for key, *who in _standing(consignments, own, at):
        again.found.setdefault(key, []).append((who[0], who[1], who[2]))
    return again


def _standing(consignments: Sequence[Consignment], own: set[str], at: datetime) -> list[tuple[str, str, str, object]]:
    """Keys of goods of standing declarations that are still to be looked at."""
    boxes = {box.number for c in consignments for box in c.containers}
    of: dict[str, list[str]] = defaultdict(list)
    for number, box in Container.objects.filter(number__in=boxes).values_list("declaration", "number"):
        of[number].append(box)
    bills = {c.declaration.bill_number for c in consignments}
    like = Q(bill_number__in=bills) | Q(number__in=of.keys())
    rows = Declaration.objects.filter(like, state="lodged", lodged_at__gte=at - LATELY).exclude(number__in=own)
    heads = {d.number: d for d in rows}
    if not heads:
        return []
    lines: Mapping[str, set[str]] = defaultdict(set)
    waiting = Line.objects.filter(declaration__in=heads, state__in=("to_inspect", "held"))
    for number, hs, reasons in waiting.values_list("declaration", "hs_code", "reasons"):
        if {r["code"] for r in reasons}.intersection(BY_CHANCE):
            lines[number].add(hs[:4])
    return [
        (key, number, heads[number].importer_code, heads[number].organisation_id)
        for number, headings in sorted(lines.items())
        for key in _keys(heads[number], of.get(number, ()), headings)
    ]
