"""Hold the scores against what was found; when they do not hold, let records count less."""

from django.db import connection, transaction

from guomen.kit.clock import now
from guomen.kit.ids import Subject
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM
from guomen.risk.models import Standing
from guomen.risk.queries import ALL
from guomen.risk.trusting import weigh

_SHAKE = """
UPDATE risk_tally SET recent_failed = recent_failed * %(lots)s / recent, recent = %(lots)s
WHERE recent > %(lots)s AND about <> %(all)s
"""
LOTS = 2
"""What each level is worth after an alarm, as in the simulated port (decision 54)."""


@transaction.atomic
def weigh_trust() -> Standing:
    """Bring the standing of the scores up to date; on an alarm shake all records. Twice changes nothing."""
    Standing.objects.get_or_create(name="trust")
    row = Standing.objects.select_for_update().get(name="trust")
    at = now()
    found = weigh(at, row)
    row.doubt, row.expected, row.found, row.weighed_at = found.doubt, found.expected, found.found, at
    if found.alarm:
        row.shaken_at = at
        row.doubt = weigh(at, row).doubt
        with connection.cursor() as cursor:
            cursor.execute(_SHAKE, {"lots": LOTS, "all": ALL})
            levels = cursor.rowcount
        facts = {"expected": found.expected, "found": found.found, "doubt": row.doubt, "levels": levels}
        append("records.shaken", [Subject.of("standing", "trust")], facts, SYSTEM)
    row.save()
    return row
