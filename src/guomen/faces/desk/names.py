"""Names for numbers: people by id, products by GTIN, codes by table."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.kit.clock import now
from guomen.kit.web import written_date, written_time
from guomen.kit.words import W, say
from guomen.parties.models import Person


def people(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """Names of colleagues, read from the table of persons: they never stand in the ledger."""
    return dict(Person.objects.filter(id__in={i for i in ids if i}).values_list("id", "name"))


def goods(gtins: Iterable[str]) -> dict[str, str]:
    """Product names in the reader's language; a product that nobody registered is called by its number."""
    wanted = set(gtins)
    known = products(wanted)
    return {g: say(W(known[g].name_en, known[g].name_zh)) if g in known else g for g in wanted}


def of(table: str, code: str) -> str:
    """What ``code`` of a table means, or the code itself."""
    return say(codes.table(table).get(code) or code)


def moment(at: datetime | None) -> str:
    """The time of day of something today, the date and time of anything else."""
    if at is None:
        return "—"
    zone = ZoneInfo(settings.TIME_ZONE)
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now().astimezone(zone).date() else written_time(at)


def day_and_time(at: datetime | None) -> tuple[str, str]:
    """Day (empty for today) and time of day of something within the next weeks: ("26 November", "14:20")."""
    if at is None:
        return "", "—"
    zone = ZoneInfo(settings.TIME_ZONE)
    local = at.astimezone(zone)
    if local.date() == now().astimezone(zone).date():
        return "", f"{local:%H:%M}"
    written = written_date(at)
    short = written.partition("年")[2] if "年" in written else written.rpartition(" ")[0]
    return short, f"{local:%H:%M}"


def clock(at: datetime) -> str:
    """The time of day to the second."""
    return f"{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M:%S}"
