"""Work against staff: what the inspections due will take, shift by shift, and whether the people on duty can do them.

Shifts begin at 0, 8 and 16 o'clock in the office's time zone. These, and the minutes of a kind of goods that was
inspected too seldom to know better, are house rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.db import connection
from django.utils import timezone

from guomen.catalogue import rulepack
from guomen.inspection.models import Order, Staffing
from guomen.kit.clock import now
from guomen.parties.actors import Actor

SHIFT = timedelta(hours=8)
BEGINNINGS = (0, 8, 16)
AHEAD = 4
"""Shifts that are shown: the present one, what is left of it, and the next three."""
AT_LEAST = 5
"""Inspections with a checklist in 90 days before their own median counts."""
TO_BEGIN, EACH_ITEM, EACH_UNIT, MOST_UNITS = 15, 2, 1, 60
"""Minutes where nothing is known yet: walking there and writing, each item of the checklist, each unit opened."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift. ``due``: hours of work that must end in it, ``late``: of that, hours already overdue; ``hours``: of
    the people on duty, what is left of them; ``short``: hours that cannot be done by its end, counted from now."""

    begins: datetime
    ends: datetime
    orders: int
    due: float
    late: float
    officers: int | None
    """None: nobody has said yet."""
    hours: float
    short: float

    @property
    def missing(self) -> int:
        """Officers that this shift would need in addition for nothing to be late at its end."""
        left = (self.ends - max(self.begins, now())) / timedelta(hours=1)
        return ceil(self.short / left) if self.short and left > 0 else 0


def staff(by: Actor, day: date) -> dict[int, int]:
    """Officers on duty by shift, as the newest statement up to that day says; a shift nobody spoke of is missing."""
    rows = Staffing.objects.filter(organisation_id=by.organisation_id, since__lte=day)
    newest = rows.order_by("shift", "-since").distinct("shift")
    return {row.shift: row.officers for row in newest}


def shifts(by: Actor) -> list[Shift]:
    """The present shift and the next three: the work due in each, the people on duty. For the control room."""
    by.require("controller")
    at = now()
    bounds = _bounds(at)
    minutes = minutes_by_checklist()
    work = [(order.due_at, minutes_of(order, minutes) / 60) for order in _open(bounds[-1][1])]
    duty = {day: staff(by, day) for day in {timezone.localtime(begins).date() for begins, _ in bounds}}
    found: list[Shift] = []
    needed = able = 0.0
    for number, (begins, ends) in enumerate(bounds):
        mine = [(due, hours) for due, hours in work if due < ends and (number == 0 or due >= begins)]
        local = timezone.localtime(begins)
        officers = duty[local.date()].get(local.hour)
        hours = (officers or 0) * ((ends - max(begins, at)) / timedelta(hours=1))
        due = sum(h for _, h in mine)
        needed, able = needed + due, able + hours
        late = sum(h for when, h in mine if when < at)
        found.append(Shift(begins, ends, len(mine), due, late, officers, hours, max(0.0, needed - able)))
    return found


def _bounds(at: datetime) -> list[tuple[datetime, datetime]]:
    local = timezone.localtime(at)
    begins = local.replace(hour=local.hour - local.hour % 8, minute=0, second=0, microsecond=0)
    return [(begins + n * SHIFT, begins + (n + 1) * SHIFT) for n in range(AHEAD)]


def _open(until: datetime) -> Iterable[Order]:
    wanted = ("id", "checklist", "open_units", "due_at", "rule_pack")
    return Order.objects.filter(state__in=["waiting", "taken"], due_at__lt=until).only(*wanted)


def minutes_by_checklist() -> dict[str, float]:
    """Minutes from taking a task to its end, the median of 90 days, of checklists that were used often enough."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT checklist, percentile_cont(0.5) WITHIN GROUP "
            "(ORDER BY extract(epoch FROM concluded_at - taken_at) / 60) FROM inspection_order "
            "WHERE concluded_at > %s AND taken_at IS NOT NULL GROUP BY checklist HAVING count(*) >= %s",
            [now() - timedelta(days=90), AT_LEAST],
        )
        return {checklist: float(minutes) for checklist, minutes in cursor.fetchall()}


def minutes_of(order: Order, known: Mapping[str, float]) -> float:
    """How long an inspection is expected to take, minutes: as long as others of its kind took, or by its steps."""
    if order.checklist in known:
        return known[order.checklist]
    items = len(rulepack.pack(order.rule_pack).checklist(order.checklist).items)
    return TO_BEGIN + EACH_ITEM * items + EACH_UNIT * min(order.open_units, MOST_UNITS)
