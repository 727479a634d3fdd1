"""Try a proposed rule pack on history: the same declarations screened by both packs, without effects."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, F, Q, QuerySet

from guomen.catalogue import services as catalogue
from guomen.catalogue.models import Pack, PackRow
from guomen.catalogue.packs import Packs, standing
from guomen.catalogue.rulepack import RulePack, pack
from guomen.clearance import known, rules
from guomen.clearance.models import Container, Decision, Declaration, Document, LicenceUse, Line
from guomen.clearance.services.replay import Past, past
from guomen.clearance.shadows import brief, opens
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
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

    Nothing happens to the lines. Both packs see each line's own draw and what is known today (records, measures, seals,
    standings), so that only the rows differ; results from elsewhere count as when a line was lodged, and each
    pack writes balances off anew. Rows that begin later count as if they held. What is not repeated is counted in
    ``left_out``. The result is kept beside the proposal. Raises NotFound, Forbidden.
    """
    by.require_officer("controller")
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
    consignments = sorted(consignments, key=lambda c: (c.declaration.lodged_at, c.declaration.number))
    looked_up = known.gather(consignments, at, Packs(live, proposed, Decimal(0), b""))
    numbers = [c.declaration.number for c in consignments]
    was = past((known.lot_of(line) for c in consignments for line in c.lines), numbers, looked_up.adopted)
    taken: dict[str, dict[tuple[str, str], Decimal]] = {live.version: {}, proposed.version: {}}
    outcomes = _outcomes(numbers)
    before, after = Workload(Counter()), Workload(Counter())
    moves: Counter[tuple[str, str]] = Counter()
    modes: Counter[tuple[str, str]] = Counter()
    examples: list[dict[str, Any]] = []
    lines = flips = differing = 0
    for c in consignments:
        for line in c.lines:
            ours, theirs = (_decided(line, c, looked_up, was, one, taken[one.version]) for one in (live, proposed))
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
        "left_out": _left_out(numbers),
        "examples": examples,
    }


def _left_out(numbers: Sequence[str]) -> dict[str, int]:
    """How many of the lines hang on what a simulation does not repeat.

    ``licences``: lines that take from a licence, whose balance is asked before rules are. ``selected``: lines inspected
    because their goods had been selected before. ``people``: lines that an officer or a gate decided in the end.
    """
    chosen = Decision.objects.filter(declaration__in=numbers)
    by_rules = chosen.filter(via="rules")
    again = [Q(reasons__contains=[{"code": code}]) for code in ("SELECTED-BEFORE", "DECLARED-BEFORE")]

    def lines(rows: QuerySet[Any]) -> int:
        return rows.values("declaration", "line").distinct().count()

    return {
        "licences": lines(LicenceUse.objects.filter(declaration__in=numbers, quantity__gt=0)),
        "selected": lines(by_rules.filter(again[0] | again[1])),
        "people": lines(chosen.filter(reasons__contains=[{"code": "OFFICER-DECISION"}])),
    }


def _decided(
    line: Line,
    c: known.Consignment,
    today: known.Known,
    was: Past,
    one: RulePack,
    taken: dict[tuple[str, str], Decimal],
) -> dict[str, Any]:
    """What a pack would have said of a line; what it writes off is added to ``taken``."""
    at = c.declaration.lodged_at
    found = known.assess(line, c, replace(today, at=at, adopted=was.at(at, taken)), one)
    decision = rules.decide(found.facts, seed_of(at.date()))
    if decision.proof:
        key = (known.lot_of(line), decision.proof)
        taken[key] = taken.get(key, Decimal(0)) + line.quantity
    return brief(decision, found.score.points)


def _outcomes(numbers: Iterable[str]) -> dict[tuple[str, int], bool]:
    """Lines whose goods somebody looked at: True where they were found bad."""
    rows = Decision.objects.filter(declaration__in=list(numbers), sequence__gt=1).order_by("sequence")
    found: dict[tuple[str, int], bool] = {}
    # The last word counts: another inspection may overturn the first.
    for declaration, line, reasons in rows.values_list("declaration", "line", "reasons"):
        codes = {r["code"] for r in reasons}
        if codes & _FAILED:
            found[declaration, line] = True
        elif codes & _PASSED:
            found[declaration, line] = False
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
