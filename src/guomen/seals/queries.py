"""What people can see of seals: a journey, the seals under way, the alarms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from guomen.core.codes import valid_container
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.seals.models import Seal, SealAlarm, SealCheck, SealReading
from guomen.seals.rules import STOP, Reading
from guomen.seals.services import seal_number


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm as people see it; words of ``code`` are in REASONS."""

    seal: str
    code: str
    since: datetime
    raised_at: datetime
    seen: dict[str, str]
    stops: bool


@dataclass(frozen=True, slots=True)
class CheckView:
    """A comparison at a gate."""

    at: datetime
    place: str
    container: str
    match: bool
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Journey:
    """One seal on one container, from sealing to removal. ``readings`` (oldest first) only for a single journey."""

    seal: str
    container: str
    seal_class: str
    organisation: Organisation
    state: str
    armed_at: datetime
    place: str
    photo: str
    disarmed_at: datetime | None
    disarmed_place: str
    heard_at: datetime | None
    lat: Decimal | None
    lon: Decimal | None
    sealed: bool
    counter: int | None
    battery_percent: int | None
    celsius: Decimal | None
    silent_hours: int | None
    """Whole hours since the last sign of life when that is longer than allowed; None otherwise."""
    alarms: tuple[AlarmView, ...]
    checks: tuple[CheckView, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def tone(self) -> str:
        """ok, wait or bad: for a chip or a point on a map."""
        if any(a.stops for a in self.alarms):
            return "bad"
        return "wait" if self.alarms or self.silent_hours is not None else "ok"

    @property
    def track(self) -> list[tuple[Decimal, Decimal]]:
        """Known positions (lat, lon), oldest first."""
        return [(r.lat, r.lon) for r in self.readings if r.lat is not None and r.lon is not None]


def journey(container_or_seal: str) -> Journey | None:
    """The journey of a seal, or the present (else newest) one of a container. No authorisation: for what is above."""
    number = seal_number(container_or_seal)
    row = Seal.objects.select_related("organisation").filter(number=number).first()
    if row is None and valid_container(number):
        row = (
            Seal.objects.select_related("organisation").filter(container=number).order_by("state", "-armed_at").first()
        )
    return _whole(row) if row else None


def journey_for(by: Actor, seal: str) -> Journey:
    """The journey of a seal for the authority or for who reports it. Raises NotFound for anybody else."""
    row = Seal.objects.select_related("organisation").filter(number=seal_number(seal)).first()
    if row is None or not (by.is_officer or row.organisation_id == by.organisation_id):
        raise NotFound
    return _whole(row)


def known(numbers: Iterable[str]) -> list[str]:
    """Those of ``numbers`` that are seals with a journey."""
    return list(
        Seal.objects.filter(number__in=[n for n in numbers if n]).order_by("number").values_list("number", flat=True)
    )


def under_way(by: Actor | None = None) -> list[Journey]:
    """Seals that are armed, the conspicuous ones first. ``by``: only one's own unless of the authority; None: all."""
    rows = Seal.objects.select_related("organisation").filter(state="armed")
    if by is not None and not by.is_officer:
        rows = rows.filter(organisation_id=by.organisation_id)
    seals = list(rows)
    alarms = _alarms([s.number for s in seals])
    rank = {"bad": 0, "wait": 1, "ok": 2}
    views = [_view(s, alarms.get(s.number, ())) for s in seals]
    return sorted(views, key=lambda j: (rank[j.tone], j.armed_at, j.seal))


def exceptions(by: Actor | None = None) -> list[Journey]:
    """Seals under way that raised an alarm or are silent, the worst first."""
    return [j for j in under_way(by) if j.tone != "ok"]


def _alarms(numbers: list[str]) -> dict[str, tuple[AlarmView, ...]]:
    found: dict[str, tuple[AlarmView, ...]] = {}
    for a in SealAlarm.objects.filter(seal__in=numbers).order_by("since", "code"):
        view = AlarmView(a.seal, a.code, a.since, a.raised_at, a.seen, a.code in STOP)
        found[a.seal] = (*found.get(a.seal, ()), view)
    return found


def _view(row: Seal, alarms: tuple[AlarmView, ...], **more: object) -> Journey:
    return Journey(
        seal=row.number,
        container=row.container,
        seal_class=row.seal_class,
        organisation=row.organisation,
        state=row.state,
        armed_at=row.armed_at,
        place=row.place,
        photo=row.photo,
        disarmed_at=row.disarmed_at,
        disarmed_place=row.disarmed_place,
        heard_at=row.heard_at,
        lat=row.lat,
        lon=row.lon,
        sealed=row.sealed,
        counter=row.counter,
        battery_percent=row.battery_percent,
        celsius=row.celsius,
        silent_hours=_silent_hours(row),
        alarms=alarms,
        **more,  # type: ignore[arg-type]
    )


def _silent_hours(row: Seal) -> int | None:
    if row.state != "armed":
        return None
    quiet = now() - max(row.heard_at or row.armed_at, row.armed_at)
    return int(quiet.total_seconds() // 3600) if quiet > timedelta(hours=row.silent_hours) else None


def _whole(row: Seal) -> Journey:
    checks = SealCheck.objects.filter(seal=row.number).order_by("at")
    readings = SealReading.objects.filter(seal=row.number).order_by("at", "counter")
    return _view(
        row,
        _alarms([row.number]).get(row.number, ()),
        checks=tuple(CheckView(c.at, c.place, c.container, c.match, c.reasons) for c in checks),
        readings=tuple(r.value for r in readings),
    )
