"""What people can see of bodies, reports, samples, evidence and standings; and what screening looks up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from guomen.adoption.models import AirSample, Body, Evidence, Report, Standing, Use
from guomen.adoption.rules import Found, standing
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation


def bodies() -> list[Body]:
    """The published list: every body that was ever on it, those in force first. Public."""
    rank = {"listed": 0, "suspended": 1, "delisted": 2}
    rows = Body.objects.select_related("organisation").order_by("organisation__name_en")
    return sorted(rows, key=lambda b: rank[b.state])


def body_of(organisation: Organisation | None) -> Body | None:
    """The entry of an organisation on the list."""
    return Body.objects.filter(organisation=organisation).first() if organisation else None


def _own(by: Actor, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    """All rows for officers, a firm's own for itself. Raises Forbidden for others."""
    if by.is_officer:
        return rows
    if by.organisation_id and by.has("declarant", "read"):
        return rows.filter(importer_id=by.organisation_id)
    raise Forbidden


def reports(by: Actor, limit: int = 200) -> list[Report]:
    """Announced and filed reports, newest first: all for officers, a firm's own, a body's own."""
    rows = Report.objects.select_related("body__organisation", "importer").order_by("-asked_at")
    if by.has("analyst") and by.organisation_id and not by.is_authority:
        return list(rows.filter(body__organisation_id=by.organisation_id)[:limit])
    return list(_own(by, rows)[:limit])


def report(by: Actor, number: str) -> Report:
    """One report. Raises NotFound, also for others'."""
    for one in reports(by, 10_000):
        if one.number == number:
            return one
    raise NotFound


def report_file(by: Actor, number: str) -> bytes:
    """The PDF of a report that the actor may see. Raises NotFound."""
    one = report(by, number)
    if not one.sha256:
        raise NotFound
    return blobs.get(one.sha256)


def air_samples(by: Actor, limit: int = 200) -> list[AirSample]:
    """Air samples, newest first: all for officers, a firm's own."""
    return list(_own(by, AirSample.objects.select_related("importer").order_by("-declared_at"))[:limit])


def evidence(by: Actor, limit: int = 200) -> list[Evidence]:
    """What counts or counted, newest first: all for officers, a firm's own."""
    rows = Evidence.objects.select_related("importer", "body__organisation").order_by("-opened_at")
    return list(_own(by, rows)[:limit])


def uses(rows: Iterable[Evidence]) -> dict[str, list[Use]]:
    """Number of a piece of evidence -> what was written off, newest first."""
    found: dict[str, list[Use]] = defaultdict(list)
    wanted = list(rows)
    lots = {e.lot for e in wanted}
    for use in Use.objects.filter(lot__in=lots, number__in={e.number for e in wanted}).order_by("-used_at"):
        found[use.number].append(use)
    return dict(found)


def standings(by: Actor) -> list[Standing]:
    """Who asked, is admitted or suspended: all for officers, a firm's own; what waits for an officer first."""
    rank = {"asked": 0, "suspended": 1, "admitted": 2, "ended": 3}
    rows = _own(by, Standing.objects.select_related("importer"))
    return sorted(rows, key=lambda s: (rank[s.state], -s.changed_at.timestamp()))


@dataclass(frozen=True, slots=True)
class Known:
    """What screening looked up for a batch of lines: evidence by lot, standings by importer and mode."""

    on: date
    found: dict[str, list[Found]]
    standing: Mapping[tuple[UUID, str], str]

    def take(self, lot: str, number: str, quantity: Decimal) -> None:
        """Lines that are screened together leave less of the same evidence for each other."""
        self.found[lot] = [replace(f, left=f.left - quantity) if f.number == number else f for f in self.found[lot]]


def known(lots: Iterable[str], importers: Iterable[UUID], *, lock: bool = False) -> Known:
    """Look evidence and standings up in two queries, however many lines; for screening, without authorisation.

    ``lock`` keeps others from writing off the same evidence until the caller's transaction ends.
    """
    wanted, firms, at = {lot for lot in lots if lot}, set(importers), now()
    found: dict[str, list[Found]] = defaultdict(list)
    if wanted:
        # Locked in the order in which everybody locks them; looked at in the order in which they run out.
        rows = Evidence.objects.select_related("body").filter(lot__in=wanted).order_by("lot", "number")
        for e in sorted(
            rows.select_for_update(of=("self",)) if lock else rows, key=lambda e: (e.valid_until, e.number)
        ):
            found[e.lot].append(found_of(e))
    standings = {
        (s.importer_id, s.mode): standing(s.state, s.valid_until, at.date())
        for s in Standing.objects.filter(importer_id__in=firms)
    }
    # At once means at once: an overdue report suspends before the clock has found it.
    overdue = Report.objects.filter(state="asked", due_at__lte=at, importer_id__in=firms)
    late = overdue.filter(late_at=None).values_list("importer_id", flat=True)
    return Known(at.date(), found, standings | dict.fromkeys(((i, "TESTED-ABROAD") for i in late), "suspended"))


def found_of(e: Evidence) -> Found:
    """A piece of evidence as the rules read it."""
    return Found(
        e.mode,
        e.number,
        str(e.importer_id),
        e.verdict,
        e.place,
        e.source,
        e.quantity,
        e.quantity - e.used,
        e.unit,
        e.tested_on,
        e.valid_until,
        e.ended_by,
        e.limited,
        e.body.state if e.body else "",
        e.body.valid_until if e.body else None,
    )


def open_balances() -> QuerySet[Evidence]:
    """Pre-inspection balances with something left."""
    return Evidence.objects.filter(mode="INSPECT-FIRST", ended_at=None, used__lt=F("quantity"))
