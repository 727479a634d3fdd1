"""Names for numbers: people by id, products by GTIN, codes by table."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.kit.clock import now
from guomen.kit.web import written_date, written_time
from guomen.kit.words import W, say
from guomen.parties.models import Person
from guomen.seals.queries import Journey

SHORT = {
    "SEAL-OPENED": W("Opened", "被开启"),
    "SEAL-COUNTER-BACK": W("Counter went back", "计数倒退"),
    "SEAL-COUNTER-CHANGED": W("Counter changed", "计数变化"),
    "SEAL-CONTRADICTION": W("Contradiction", "读数矛盾"),
    "SEAL-SILENT": W("Was silent", "曾静默"),
    "SEAL-BATTERY-LOW": W("Battery low", "电量低"),
    "SEAL-TEMPERATURE": W("Temperature", "温度异常"),
    "SEAL-NOT-INTACT": W("Broken", "破损"),
}


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
    """Date and time, "today" for the day that it is."""
    if at is None:
        return "—"
    zone = ZoneInfo(settings.TIME_ZONE)
    local = at.astimezone(zone)
    if local.date() == now().astimezone(zone).date():
        return _("today, %(time)s") % {"time": f"{local:%H:%M}"}
    return written_time(at)


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


def exception(journey: Journey) -> str:
    """The worst that is wrong with a seal, in a word or two."""
    alarms = journey.alarms
    worst = next((a for a in alarms if a.stops), alarms[0] if alarms else None)
    if worst is None or (worst.code == "SEAL-SILENT" and journey.silent_hours is not None):
        return _("Silent %(hours)s h") % {"hours": journey.silent_hours or 0}
    return say(SHORT.get(worst.code, W("Alarm", "报警")))


def position(lat: Decimal, lon: Decimal) -> str:
    """A place on the globe as people write it: 6.0 N 76.0 E."""
    values = {
        "lat": f"{abs(lat):.1f}",
        "ns": _("N") if lat >= 0 else _("S"),
        "lon": f"{abs(lon):.1f}",
        "ew": _("E") if lon >= 0 else _("W"),
    }
    return _("%(lat)s %(ns)s %(lon)s %(ew)s") % values


def clock(at: datetime) -> str:
    """The time of day to the second."""
    return f"{at.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M:%S}"
