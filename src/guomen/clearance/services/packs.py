"""Try a proposed rule pack on history: the same declarations screened by both packs, without effects."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, F

from guomen.catalogue import services as catalogue
from guomen.catalogue.models import Pack, PackRow
from guomen.catalogue.packs import Packs, standing
from guomen.catalogue.rulepack import RulePack, pack
from guomen.clearance import known, rules
from guomen.clearance.models import Container, Decision, Declaration, Document, Line
from guomen.clearance.shadows import brief, opens
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.parties.actors import Actor
from guomen.risk.services import seed_of

DAYS, MOST_DAYS, MOST_LINES = 90, 3660, 2000
EXAMPLES = 50
_FAILED = frozenset({"INSPECTION-FAILED", "LABORATORY-FAILED"})
_PASSED = frozenset({"INSPECTION-PASSED", "LABORATORY-PASSED"})


@dataclass(slots=True)
class Workload:
    """What one pack would have done: lines by state, lines opened, units, samples; bad lines it would have let pass.

    ``missed``: lines of which an inspection found that they were bad. ``expected``: bad lines to be expected among all
    that it lets pass: those, and for lines that nobody inspected what the selector says is their likelihood.
    """

    states: Counter[str]
    opened: int = 0
    units: int = 0
    samples: int = 0
    missed: int = 0
    expected: Decimal = Decimal(0)

    def add(self, one: Mapping[str, Any], outcome: bool | None, rate: Decimal) -> None:
        """Count a decision; ``outcome``: True where the goods were found bad, None where nobody looked."""
        self.states[one["state"]] += 1
        self.samples += one["sample_units"]
        if opens(one):
            self.opened += 1
            self.units += one["open_units"]
        elif one["state"] != "held":
            self.missed += bool(outcome)
            self.expected += rate if outcome is None else Decimal(int(outcome))

    def plain(self, hours: Decimal | None) -> dict[str, Any]:
        """As JSON. ``hours``: what one inspection took on average, None where none was concluded."""
        return {
            "states": dict(self.states),
            "opened": self.opened,
            "units": self.units,
            "samples": self.samples,
            "hours": None if hours is None else str((hours * self.opened).quantize(Decimal("0.1"))),
            "missed": self.missed,
            "expected": str(self.expected.quantize(Decimal("0.1"))),
        }


def simulate_pack(by: Actor, version: str, days: int = DAYS, most: int = MOST_LINES) -> Pack:
    """Screen the newest lodged lines (of ``days``, at most ``most``) by the pack that stands and by ``version``.

    Nothing happens to the lines. Both packs see what is known today (records, measures) and each line's own draw, so
    that only the rows differ; rows that begin later count as if they held. The result is kept beside the proposal.
    Raises NotFound, Forbidden.
    """
    if not (by.is_authority and by.has("controller")):
        raise Forbidden
    found = Pack.objects.filter(version=version).first()
    if found is None:
        raise NotFound
    at = now()
    begins = PackRow.objects.filter(version=version).values_list("effective_from", flat=True)
    day = max([at.date(), *begins])
    live, proposed = pack(standing().live, day), pack(version, day)
    since = at - timedelta(days=min(max(1, days), MOST_DAYS))
    consignments = _history(since, min(max(1, most), MOST_LINES))
    result = {"since": since.isoformat(), "at": at.isoformat()} | compare(consignments, live, proposed, at)
    return catalogue.keep_simulation(by, version, result, at)


def _history(since: datetime, most: int) -> list[known.Consignment]:
    """The newest declarations whose lines are no more than ``most``, with everything that belongs to them."""
    heads = Declaration.objects.filter(lodged_at__gte=since).select_related("importer", "organisation")
    heads = {d.number: d for d in heads.order_by("-lodged_at")[:most]}
    lines: dict[str, list[Line]] = {}
    for line in Line.objects.filter(declaration__in=heads.keys()).order_by("-lodged_at", "declaration", "number"):
        lines.setdefault(line.declaration, []).append(line)
    chosen, count = [], 0
    for number in heads:
        count += len(lines.get(number, ()))
        if count > most and chosen:
            break
        chosen.append(number)
    boxes, papers = _grouped(Container, chosen), _grouped(Document, chosen)
    found = []
    for number in chosen:
        head = heads[number]
        credit = head.importer.credit_class if head.importer.code == head.importer_code else "B"
        whole = (lines.get(number, []), boxes.get(number, []), papers.get(number, []))
        found.append(known.Consignment(head, *whole, credit))
    return found


def _grouped(model: Any, numbers: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in model.objects.filter(declaration__in=numbers).order_by("pk"):
        found.setdefault(row.declaration, []).append(row)
    return found


def compare(
    consignments: Sequence[known.Consignment], live: RulePack, proposed: RulePack, at: datetime
) -> dict[str, Any]:
    """What two packs would do with the same lines: workload of each, lines that flip, bad lines let pass."""
    looked_up = known.gather(consignments, at, Packs(live, proposed, Decimal(0), b""))
    outcomes = _outcomes(c.declaration.number for c in consignments)
    before, after = Workload(Counter()), Workload(Counter())
    moves: Counter[tuple[str, str]] = Counter()
    modes: Counter[tuple[str, str]] = Counter()
    examples: list[dict[str, Any]] = []
    lines = flips = differing = 0
    for c in consignments:
        then = replace(looked_up, at=c.declaration.lodged_at)
        seed = seed_of(c.declaration.lodged_at.date())
        for line in c.lines:
            ours, theirs = (_decided(line, c, then, one, seed) for one in (live, proposed))
            outcome = outcomes.get((line.declaration, line.number))
            rate = looked_up.judged[live.version][line.subject].likelihood
            before.add(ours, outcome, rate)
            after.add(theirs, outcome, rate)
            lines += 1
            differing += ours != theirs
            if ours["mode"] != theirs["mode"]:
                modes[ours["mode"], theirs["mode"]] += 1
            if ours["state"] != theirs["state"] or opens(ours) != opens(theirs):
                flips += 1
                moves[ours["state"], theirs["state"]] += 1
                if len(examples) < EXAMPLES:
                    examples.append(_example(line, ours, theirs, outcome))
    hours = _hours_each(at)
    return {
        "declarations": len(consignments),
        "lines": lines,
        "differing": differing,
        "flips": flips,
        "moves": [{"from": a, "to": b, "lines": n} for (a, b), n in moves.most_common()],
        "modes": [{"from": a, "to": b, "lines": n} for (a, b), n in modes.most_common()],
        "before": before.plain(hours),
        "after": after.plain(hours),
        "missed": after.missed - before.missed,
        "examples": examples,
    }


def _decided(line: Line, c: known.Consignment, then: known.Known, one: RulePack, seed: bytes) -> dict[str, Any]:
    found = known.assess(line, c, then, one)
    return brief(rules.decide(found.facts, seed), found.score.points)


def _outcomes(numbers: Iterable[str]) -> dict[tuple[str, int], bool]:
    """Lines whose goods somebody looked at: True where they were found bad."""
    rows = Decision.objects.filter(declaration__in=list(numbers), sequence__gt=1)
    found: dict[tuple[str, int], bool] = {}
    for declaration, line, reasons in rows.values_list("declaration", "line", "reasons"):
        codes = {r["code"] for r in reasons}
        if codes & _FAILED:
            found[declaration, line] = True
        elif codes & _PASSED:
            found.setdefault((declaration, line), False)
    return found


def _example(line: Line, ours: dict[str, Any], theirs: dict[str, Any], outcome: bool | None) -> dict[str, Any]:
    named = {"declaration": line.declaration, "line": line.number, "goods": line.name, "hs": line.hs_code}
    kept = ("state", "mode", "score", "open_units", "reasons")
    return named | {
        "before": {name: ours[name] for name in kept},
        "after": {name: theirs[name] for name in kept},
        "bad": outcome,
    }


def _hours_each(at: datetime) -> Decimal | None:
    done = Order.objects.filter(concluded_at__gte=at - timedelta(days=365), taken_at__isnull=False)
    mean = done.aggregate(mean=Avg(F("concluded_at") - F("taken_at")))["mean"]
    return None if mean is None else Decimal(mean // timedelta(seconds=1)) / 3600
