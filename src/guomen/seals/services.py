"""What people and devices can do with electronic seals: apply, report, check, remove."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from guomen.core.codes import valid_container
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import SYSTEM, Actor
from guomen.seals import rules
from guomen.seals.models import Closed, Seal, SealAlarm, SealCheck, SealReading
from guomen.seals.readings import digest, digest_of_all, read_all
from guomen.seals.words import CLASSES

_SEAL = re.compile(r"[A-Z0-9]{4,30}")


@dataclass(frozen=True, slots=True)
class Verification:
    """A seal compared. ``match``: nothing demands that the container is opened; ``reasons`` may need explaining."""

    match: bool
    reasons: list[str]


def seal_number(text: str) -> str:
    """A seal's number as it is kept: capitals, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", text).upper()


def subjects(seal: str, container: str) -> list[str]:
    return [Subject.of("seal", seal), Subject.container(container)]


@transaction.atomic
def arm(
    by: Actor,
    *,
    seal: str,
    container: str,
    place: str,
    seal_class: str = "H",
    photo: str = "",
    at: datetime | None = None,
    counter: int | None = None,
    limits: rules.Limits | None = None,
) -> Seal:
    """Record that ``seal`` closes ``container`` since ``at`` (default: now): its journey starts.

    For carriers (a person, or a program with the scope "seal") and inspectors. The same again changes nothing.
    ``counter``: the seal's one-way counter when it was set. Raises Invalid for wrong numbers; Refused when the seal was
    used before (a seal is never used twice) or the container already carries one.
    """
    _may_operate(by)
    seal, container, at, limits = seal_number(seal), seal_number(container), at or now(), limits or rules.Limits()
    _check_arming(seal, container, place, seal_class, at)
    row, is_new = Seal.objects.get_or_create(
        number=seal,
        defaults={
            "container": container,
            "organisation": by.organisation,
            "seal_class": seal_class,
            "place": place,
            "photo": photo,
            "armed_at": at,
            "silent_hours": limits.silent_hours,
            "low_battery_percent": limits.low_battery_percent,
            "low_celsius": limits.low_celsius,
            "high_celsius": limits.high_celsius,
        },
    )
    if not is_new:
        return _same_again(row, by, container)
    _close(container, seal)
    facts = {"seal": seal, "container": container, "class": seal_class, "place": place, "photo": photo}
    append("seal.armed", subjects(seal, container), facts | {"counter": counter}, by, happened_at=at)
    if counter is not None:
        _store(row, [rules.Reading(at, sealed=True, counter=counter)])
        _derive(row, by)
    return row


def _may_operate(by: Actor) -> None:
    by.require("carrier", "inspector", "controller")
    # A token's scope is chosen by its own organisation: the kind of organisation is what the authority registered.
    if by.organisation is None or by.organisation.kind not in {"carrier", "authority"}:
        raise Forbidden


def _check_arming(seal: str, container: str, place: str, seal_class: str, at: datetime) -> None:
    problems = []
    if not _SEAL.fullmatch(seal):
        words = W("A seal number has 4 to 30 letters and digits.", "封志编号为 4 至 30 位字母和数字。")
        problems.append(Problem("seal", "seal-number", words))
    if not valid_container(container):
        words = W(
            "This is not a container number: check the letters and the last digit.",
            "集装箱号有误：请核对字母和末位校验码。",
        )
        problems.append(Problem("container", "container-number", words))
    if not place.strip() or len(place) > 100:
        problems.append(
            Problem("place", "place", W("Say where, in at most 100 characters.", "请填写地点，不超过 100 字。"))
        )
    if seal_class not in CLASSES:
        problems.append(Problem("seal_class", "seal-class", W("Choose H, S or I.", "请选择 H、S 或 I。")))
    if at.utcoffset() is None or at > now() + rules.CLOCK_DRIFT:
        words = W("The sealing cannot lie in the future.", "施封时间不能在未来。")
        problems.append(Problem("at", "in-the-future", words))
    if problems:
        raise Invalid(problems)


def _close(container: str, seal: str) -> None:
    closed, is_new = Closed.objects.get_or_create(container=container, defaults={"seal": seal})
    if not is_new:
        words = W("This container already carries seal {seal}.", "该集装箱已施加封志 {seal}。")
        raise Refused(words, code="container-sealed", seal=closed.seal)


def _same_again(old: Seal, by: Actor, container: str) -> Seal:
    if old.container == container and old.organisation_id == by.organisation_id and old.state == "armed":
        return old
    raise Refused(
        W("This seal was already used. Every journey needs a new seal.", "该封志已使用过，每次行程须使用新封志。"),
        code="seal-used",
    )


@transaction.atomic
def report(by: Actor, seal: str, readings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Take in readings ``{at, lat, lon, sealed, counter, battery (%), temperature (°C)}`` of a seal of one's own.

    Any order, any number of times. Returns ``{"new": n, "alarms": [codes]}`` (the alarms that this report raised).
    Raises NotFound for somebody else's seal, Invalid naming each wrong field (then nothing is kept).
    """
    _may_operate(by)
    row = _own(by, seal)
    fresh = _store(row, read_all(readings, row.armed_at, now()))
    if not fresh:
        return {"new": 0, "alarms": []}
    newest = max(fresh, key=rules.order)
    facts = {
        "readings": len(fresh),
        "sha256": digest_of_all(fresh),
        "from": min(r.at for r in fresh),
        "to": newest.at,
        "sealed": all(r.sealed for r in fresh),
        "counter": newest.counter,
        "lat": newest.lat,
        "lon": newest.lon,
    }
    append("seal.reported", subjects(row.number, row.container), facts, by, happened_at=newest.at)
    return {"new": len(fresh), "alarms": _derive(row, by)}


def _own(by: Actor, seal: str) -> Seal:
    row = Seal.objects.select_for_update().filter(number=seal_number(seal)).first()
    if row is None or not (by.is_authority or row.organisation_id == by.organisation_id):
        raise NotFound
    return row


def _store(seal: Seal, readings: Sequence[rules.Reading]) -> list[rules.Reading]:
    by_key = {(r.at, digest(r)): r for r in readings}
    moments = {at for at, _ in by_key}
    known = {
        (at, bytes(d))
        for at, d in SealReading.objects.filter(seal=seal.number, at__in=moments).values_list("at", "digest")
    }
    fresh = {key: r for key, r in by_key.items() if key not in known}
    SealReading.objects.bulk_create(
        SealReading(
            seal=seal.number,
            at=at,
            digest=name,
            sealed=r.sealed,
            counter=r.counter,
            lat=r.lat,
            lon=r.lon,
            battery_percent=r.battery_percent,
            celsius=r.celsius,
        )
        for (at, name), r in fresh.items()
    )
    return list(fresh.values())


def _derive(seal: Seal, by: Actor) -> list[str]:
    """Bring the seal's newest values and its alarms up to date with all its readings; the codes of new alarms."""
    readings = sorted((row.value for row in SealReading.objects.filter(seal=seal.number)), key=rules.order)
    newest, placed = readings[-1], next((r for r in reversed(readings) if r.lat is not None), None)
    seal.heard_at, seal.sealed, seal.counter = newest.at, newest.sealed, newest.counter
    seal.battery_percent, seal.celsius = newest.battery_percent, newest.celsius
    seal.lat, seal.lon = (placed.lat, placed.lon) if placed else (None, None)
    seal.save()
    return _raise(seal, rules.alarms(readings, seal.limits, seal.disarmed_at), by)


def _raise(seal: Seal, alarms: Sequence[rules.Alarm], by: Actor) -> list[str]:
    known = {a.code: a for a in SealAlarm.objects.filter(seal=seal.number)}
    fresh = [a for a in alarms if a.code not in known]
    for alarm in alarms:
        old = known.get(alarm.code)
        if old and (alarm.since, dict(alarm.seen)) != (old.since, old.seen):
            SealAlarm.objects.filter(seal=seal.number, code=alarm.code).update(since=alarm.since, seen=dict(alarm.seen))
    SealAlarm.objects.bulk_create(
        SealAlarm(seal=seal.number, code=a.code, since=a.since, seen=dict(a.seen)) for a in fresh
    )
    about = subjects(seal.number, seal.container)
    drafts = [
        Draft(
            "seal.alarmed",
            about,
            {"reasons": [a.code], "since": a.since, "seen": dict(a.seen), "stops": a.stops, "rules": rules.VERSION},
        )
        for a in fresh
    ]
    append_many(drafts, by)
    return [a.code for a in fresh]


@transaction.atomic
def verify(
    by: Actor, *, seal: str, container: str, intact: bool, place: str, counter: int | None = None
) -> Verification:
    """Compare the seal that is presented on ``container`` with the records; for the authority and its gates.

    ``counter``: as read from the seal now, when a reader is at hand. Every check is recorded, also of unknown seals.
    """
    if not by.is_authority and by != SYSTEM:
        raise Forbidden
    number, box, at = seal_number(seal)[:30], seal_number(container)[:30], now()
    row = Seal.objects.select_for_update().filter(number=number).first()
    if row is not None and row.state == "armed":
        _judge_silence(row, at, by)
    active = Closed.objects.filter(container=box).first()
    alarms = SealAlarm.objects.filter(seal=number).values_list("code", flat=True) if row else ()
    found = rules.Found(
        container=row.container if row else None,
        active_seal=active.seal if active else None,
        armed=bool(row and row.state == "armed"),
        counter=row.counter if row else None,
        alarms=tuple(alarms),
    )
    reasons = list(rules.compare(number, box, intact, counter, found))
    match = not set(reasons) & rules.STOP
    SealCheck.objects.create(seal=number, container=box, place=place, at=at, match=match, reasons=reasons)
    facts = {
        "seal": number,
        "container": box,
        "place": place,
        "intact": intact,
        "counter": counter,
        "match": match,
        "reasons": reasons,
        "rules": rules.VERSION,
    }
    append("seal.verified", subjects(number, box), facts, by, happened_at=at)
    return Verification(match, reasons)


def _judge_silence(seal: Seal, until: datetime, by: Actor) -> list[str]:
    moments = SealReading.objects.filter(seal=seal.number).values_list("at", flat=True)
    alarm = rules.silence(seal.armed_at, moments, until, seal.limits)
    return _raise(seal, [alarm], by) if alarm else []


@transaction.atomic
def watch(by: Actor = SYSTEM) -> list[str]:
    """Raise the alarm of every seal under way that has been silent for too long; returns their numbers. Run hourly."""
    at, found = now(), []
    for seal in Seal.objects.select_for_update(skip_locked=True).filter(state="armed"):
        if _judge_silence(seal, at, by):
            found.append(seal.number)
    return found


@transaction.atomic
def disarm(by: Actor, seal: str, place: str) -> Seal:
    """Record that the authority removed the seal: the journey ends, the container is free. Twice changes nothing."""
    by.require("inspector", "controller")
    row = Seal.objects.select_for_update().filter(number=seal_number(seal)).first()
    if row is None or not by.is_authority:
        raise NotFound
    if row.state == "disarmed":
        return row
    row.state, row.disarmed_at, row.disarmed_place = "disarmed", now(), place
    row.save()
    Closed.objects.filter(container=row.container, seal=row.number).delete()
    facts = {"seal": row.number, "container": row.container, "place": place}
    append("seal.disarmed", subjects(row.number, row.container), facts, by, happened_at=row.disarmed_at)
    return row
