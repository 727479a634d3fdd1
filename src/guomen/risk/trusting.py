"""Whether scores still tell the truth, week by week, from our own outcomes. Reads only; the service keeps it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncWeek

from guomen.core.selection.drift import Trust
from guomen.risk.models import Outcome, Standing

WEEKS = 26


@dataclass(frozen=True, slots=True)
class Weighed:
    """Doubt from 0 to 1; failures expected and found of late; whether records should be shaken."""

    doubt: Decimal
    expected: Decimal
    found: int
    alarm: bool


def weigh(at: datetime, before: Standing | None) -> Weighed:
    """Hold what was said of lots that were opened for certain against what was found, until the last whole week."""
    this_week = (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    shaken = before.shaken_at if before else None
    since = this_week - timedelta(weeks=WEEKS)
    trust = Trust()
    if shaken and shaken >= since:
        # As after the alarm: it rests some weeks, and what came before no longer counts.
        since, trust = shaken, Trust().shaken()
    said = F("likelihood")
    rows = (
        Outcome.objects.filter(probability=1, concluded_at__gte=since, concluded_at__lt=this_week)
        .annotate(week=TruncWeek("concluded_at", tzinfo=this_week.tzinfo))
        .values("week")
        .annotate(
            expected=Sum("likelihood"), variance=Sum(said - said * said), found=Count("subject", filter=Q(failed=True))
        )
    )
    weeks = {row["week"]: row for row in rows}
    week = (since - timedelta(days=since.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    while week < this_week:
        row = weeks.get(week, {"expected": 0, "variance": 0, "found": 0})
        trust = trust.after_sums(float(row["expected"]), float(row["variance"]), row["found"])
        week += timedelta(weeks=1)
    return Weighed(Decimal(f"{trust.doubt:.3f}"), Decimal(f"{trust.expected:.3f}"), round(trust.found), trust.alarm)
