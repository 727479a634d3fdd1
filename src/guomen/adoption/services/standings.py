"""Who is admitted to a mode, who is suspended from it, and why."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.adoption.models import Standing
from guomen.adoption.reading import sentence
from guomen.adoption.services.guards import firm, importer
from guomen.catalogue import packs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.parties.models import Organisation


def _asked_for(mode: str) -> str:
    one = packs.current().modes.get(mode)
    if one is None or not (one.standing or one.guarantee):
        words = W("Nobody need be admitted to this mode.", "该模式无需准入。")
        raise Invalid([Problem("mode", "unknown-code", words)])
    return mode


def _row(firm: Organisation, mode: str) -> Standing:
    Standing.objects.bulk_create([Standing(importer=firm, mode=mode, state="ended")], ignore_conflicts=True)
    return Standing.objects.select_for_update(of=("self",)).get(importer=firm, mode=mode)


def _become(by: Actor, row: Standing, state: str, kind: str, facts: dict[str, Any]) -> Standing:
    row.state, row.changed_at = state, now()
    row.save()
    append(kind, [Subject.of("party", row.importer_id)], {"mode": row.mode} | facts, by)
    return row


@transaction.atomic
def ask_standing(by: Actor, mode: str, guarantee: str) -> Standing:
    """Ask to be admitted to a mode, on a guarantee in the firm's own words. Raises Refused while it is suspended."""
    own, words = importer(by), sentence("guarantee", guarantee)
    row = _row(own, _asked_for(mode))
    if row.state == "suspended":
        raise Refused(W("Your firm is suspended from this mode.", "贵企业已被暂停适用该模式。"), code="suspended")
    if row.state in ("asked", "admitted") and row.guarantee == words:
        return row
    row.guarantee, row.valid_until = words, None
    return _become(by, row, "asked", "standing.asked", {})


@transaction.atomic
def admit(by: Actor, importer_code: str, mode: str, valid_until: date) -> Standing:
    """Admit a firm that asked, or lift its suspension, until a day. Controllers. Raises NotFound, Refused, Invalid."""
    by.require_officer("controller")
    found = firm("importer", importer_code)
    row = Standing.objects.select_for_update(of=("self",)).filter(importer=found, mode=mode[:24]).first()
    if row is None:
        raise NotFound
    if row.state == "ended":
        raise Refused(W("This firm did not ask.", "该企业未提出申请。"), code="not-asked")
    if valid_until <= now().date():
        raise Invalid([Problem("valid_until", "in-the-past", W("Choose a day to come.", "请选择今后的日期。"))])
    if row.state == "admitted" and row.valid_until == valid_until:
        return row
    row.valid_until, row.reasons = valid_until, []
    if not row.guarantee:
        # A suspension from a mode that needs no admission: lifting it leaves nothing behind.
        return _become(by, row, "ended", "standing.lifted", {})
    return _become(by, row, "admitted", "standing.admitted", {"valid_until": valid_until})


@transaction.atomic
def suspend(by: Actor, importer_id: UUID, mode: str, code: str, **values: str) -> Standing:
    """Suspend a firm from a mode at once: by the rules, or by a controller. Suspended already, it stays so."""
    if by != SYSTEM:
        by.require_officer("controller")
    if mode not in packs.current().modes:
        raise NotFound
    row = _row(Organisation.objects.get(id=importer_id), mode)
    if row.state == "suspended":
        return row
    row.reasons = [{"code": code, "values": values}]
    return _become(by, row, "suspended", "standing.suspended", {"reasons": row.reasons})


@transaction.atomic
def lift(by: Actor, importer_id: UUID, line: str) -> list[str]:
    """Lift the suspensions that followed from one line's refusal alone, for it was overturned; returns the modes."""
    if by != SYSTEM:
        by.require_officer("controller")
    rows = Standing.objects.select_for_update(of=("self",)).filter(importer_id=importer_id, state="suspended")
    lifted = []
    for row in rows.order_by("mode"):
        if [(r["code"], r["values"].get("line")) for r in row.reasons] != [("LINE-REFUSED", line)]:
            continue
        row.reasons = []
        until = row.valid_until
        back = "admitted" if row.guarantee and until is not None and until >= now().date() else "ended"
        _become(by, row, back, "standing.lifted", {"line": line})
        lifted.append(row.mode)
    return lifted


@transaction.atomic
def end_standing(by: Actor, mode: str) -> Standing:
    """A firm gives up its admission. Raises NotFound, Forbidden while it is suspended: that ends no suspension."""
    row = Standing.objects.select_for_update(of=("self",)).filter(importer=importer(by), mode=mode[:24]).first()
    if row is None:
        raise NotFound
    if row.state == "suspended":
        raise Forbidden
    return row if row.state == "ended" else _become(by, row, "ended", "standing.ended", {})
