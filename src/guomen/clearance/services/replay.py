"""Results from elsewhere as they stood when a line of the past was screened, for packs that are tried on history.

What the tried lines themselves took of a balance is not counted: each pack writes off anew, in the order of lodging. A
result counts from the moment it was there, so that no line meets what its own inspection found later.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from guomen.adoption.models import Evidence, Use
from guomen.adoption.queries import Known, found_of
from guomen.adoption.rules import Found


@dataclass(frozen=True, slots=True)
class Past:
    """What was found elsewhere of some lots, and what other lines than the tried ones took of it, and when."""

    today: Known
    rows: dict[str, list[tuple[Evidence, Found]]]
    uses: dict[tuple[str, str], list[Use]]

    def at(self, moment: datetime, taken: dict[tuple[str, str], Decimal]) -> Known:
        """What screening would have looked up at ``moment``, with what a pack that is tried has taken before."""
        found = {
            lot: [self._then(row, one, moment, taken) for row, one in rows if row.opened_at <= moment]
            for lot, rows in self.rows.items()
        }
        return replace(self.today, on=moment.date(), found=defaultdict(list, found))

    def _then(self, row: Evidence, one: Found, moment: datetime, taken: dict[tuple[str, str], Decimal]) -> Found:
        key = (row.lot, row.number)
        used = sum(
            (
                u.quantity
                for u in self.uses.get(key, ())
                if u.used_at <= moment and (u.returned_at is None or u.returned_at > moment)
            ),
            Decimal(0),
        )
        ended = one.ended_by if row.ended_at is not None and row.ended_at <= moment else ""
        return replace(one, left=row.quantity - used - taken.get(key, Decimal(0)), ended_by=ended)


def past(lots: Iterable[str], tried: Collection[str], today: Known) -> Past:
    """Look up what was found of ``lots``; ``tried``: numbers of the declarations whose own write-offs do not count."""
    wanted = {lot for lot in lots if lot}
    rows: dict[str, list[tuple[Evidence, Found]]] = defaultdict(list)
    for row in Evidence.objects.select_related("body").filter(lot__in=wanted).order_by("lot", "valid_until", "number"):
        rows[row.lot].append((row, found_of(row)))
    uses: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in Use.objects.filter(~Q(declaration__in=tried), lot__in=wanted):
        uses[use.lot, use.number].append(use)
    return Past(today, rows, uses)
