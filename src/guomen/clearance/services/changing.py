"""Amend a lodged declaration: a new version takes the place of the old one, which stays readable, and is screened."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from guomen.adoption.services import give_back, hold
from guomen.clearance import known
from guomen.clearance.form import Form, read
from guomen.clearance.models import Container, Decision, Declaration, Document, Draft, Former, Line, RetailOrder
from guomen.clearance.rules.changes import Standing, against_change
from guomen.clearance.services import again, licences, retail
from guomen.clearance.services.again import SELECTED, Earlier
from guomen.clearance.services.lodging import check_documents, check_importers, raise_problems
from guomen.clearance.services.papers import declarant
from guomen.clearance.services.rows import content_hash, payload_of, rows, store_parts
from guomen.clearance.services.screening import lodged_entry, screen, settle
from guomen.clearance.words import DECLARATION_STATES, WHY_NOT
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags import services as tags
from guomen.tags.models import Range
from guomen.tags.rules.lifecycle import NOT_MADE

GOODS = ("gtin", "hs_code", "ciq_code", "origin", "maker_name", "maker_registration", "batch", "attributes", "name")
"""What makes goods other goods: where one of them changes after a selection, the line is inspected."""


def owned(by: Actor, number: str) -> Declaration:
    """A declaration that the actor's firm lodged and that still stands, locked. Raises NotFound, Refused."""
    found = Declaration.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None or found.organisation_id != declarant(by).id:
        raise NotFound
    return standing_one(found)


def standing_one(found: Declaration) -> Declaration:
    """The declaration, unless others stand for it or it was withdrawn. Raises Refused."""
    if found.state != "lodged":
        raise Refused(WHY_NOT["not-lodged"], code="not-lodged", state=DECLARATION_STATES[found.state])
    return found


def completed(declaration: Declaration) -> Declaration:
    """With its lines (locked), containers and documents."""
    number = declaration.number
    declaration.line_list = list(Line.objects.select_for_update().filter(declaration=number).order_by("number"))
    declaration.container_list = list(Container.objects.filter(declaration=number).order_by("number"))
    declaration.document_list = list(Document.objects.filter(declaration=number).order_by("position"))
    return declaration


def standings(declaration: Declaration, *, lock: bool = True) -> list[Standing]:
    """Where each line stands. ``lock``: its inspection order is locked, nobody takes it meanwhile."""
    orders = Order.objects.select_for_update() if lock else Order.objects.all()
    orders = orders.filter(declaration=declaration.number).exclude(state="cancelled")
    newest: dict[int, str] = {o.line: o.state for o in orders.order_by("number")}
    officers: dict[int, bool] = {}
    for line, person in (
        Decision.objects.filter(declaration=declaration.number).order_by("sequence").values_list("line", "person")
    ):
        officers[line] = person is not None
    return [
        Standing(
            line=x.number,
            state=x.state,
            level=x.level,
            order=newest.get(x.number, ""),
            by_officer=officers.get(x.number, False),
            arrived=declaration.arrived_at is not None,
        )
        for x in declaration.line_list
    ]


def ensure(found: Sequence[Standing], against: Callable[[Standing], str]) -> None:
    """Raise Refused naming the first line that something stands against, and what."""
    for s in found:
        if code := against(s):
            raise Refused(WHY_NOT[code], code=code, line=s.line)


def ensure_kept(form: Form, found: Sequence[Standing]) -> None:
    """Raise Refused where a selected line is left out of the next version: that would be withdrawing it."""
    for s in found:
        if s.selected and s.line > len(form.lines):
            raise Refused(WHY_NOT["selected"], code="selected", line=s.line)


def ensure_untagged(declaration: Declaration) -> None:
    """Raise Refused where item tags were ordered for a line: they name its product and batch."""
    subjects = {x.subject: x.number for x in declaration.line_list}
    tagged = Range.objects.filter(subject__in=subjects).exclude(state__in=NOT_MADE).values_list("subject", flat=True)
    if one := tagged.first():
        raise Refused(WHY_NOT["tags-ordered"], code="tags-ordered", line=subjects[one])


def said(reason: str) -> tuple[str, dict[str, str]]:
    """A reason in words, and what the ledger keeps of it: a salted commitment. Raises Invalid without words."""
    words = reason.strip()[:2000]
    if not words:
        raise Invalid([Problem("reason", "missing", W("Say why, in a sentence.", "请用一句话说明理由。"))])
    salt = secrets.token_hex(16)
    return words, {"reason": hashlib.sha256(f"{salt}{words}".encode()).hexdigest()}


@transaction.atomic
def amend(by: Actor, number: str, payload: Any, reason: str, draft_id: UUID | str | None = None) -> Declaration:
    """Put a new version in the place of a declaration and screen it again. The same content again is nothing.

    Refused once an officer has begun, or goods were sampled, refused, passed, or released and have arrived. What was
    selected stays selected, and so does what is changed after a selection. Raises Invalid, NotFound, Refused.
    """
    found = completed(owned(by, number))
    words, told_reason = said(reason)
    orders = retail.carried([number])
    form = read(retail.named(payload, orders))
    if form.header.get("direction") not in (None, "", found.direction):
        form.wrong("direction", "direction-stays")
    before = payload_of(found)
    digest_before = content_hash(read(before))
    if not form.problems and content_hash(form) == digest_before and not retail.other_buyers(form, orders):
        return found
    now_standing = standings(found)
    ensure(now_standing, against_change)
    ensure_untagged(found)
    ensure_kept(form, now_standing)
    at, organisation = now(), found.organisation
    importers = check_importers([form])
    check_documents(organisation, [form])
    raise_problems([form])
    again.remember(found, now_standing)
    licences.lock(number, form)
    returned = _clear(by, found, before)
    licences.check([form], importers, organisation)
    raise_problems([form])
    whole = rows(by, organisation, form, number, at, importers.get(form.header["importer_code"], organisation))
    d = whole.declaration
    d.version, d.lodged_at, d.arrived_at = found.version + 1, found.lodged_at, found.arrived_at
    retail.spend([form], [whole], orders)
    taken = licences.take([form], [whole])
    raise_problems([form])
    hold(known.lot_of(line) for line in (*found.line_list, *whole.lines))
    give_back(by, number, {line.number: line.subject for line in found.line_list})
    Former.objects.create(
        declaration=number,
        version=found.version,
        content=before,
        content_sha256=digest_before,
        ended_at=at,
        person=by.person_id,
        reason=words,
    )
    screened = screen([whole], at, _earlier(found, whole, now_standing))
    d.save(force_update=True)
    store_parts([whole])
    decided = Decision.objects.filter(declaration=number).values("line").annotate(n=Count("sequence"))
    counts = {f"urn:guomen:line:{number}/{row['line']}": row["n"] for row in decided}
    entry = lodged_entry("declaration.amended", whole, content_hash(form), before=digest_before, **told_reason)
    settle(by, [whole], screened, [entry, *returned, *taken], at, counts)
    if draft_id is not None:
        Draft.objects.filter(id=draft_id, organisation=organisation).delete()
    d.line_list = list(whole.lines)
    return d


def _clear(by: Actor, found: Declaration, before: dict[str, Any]) -> list[Any]:
    """Take away what the old version left: its rows, waiting orders, valid tags, what it used of licences."""
    number = found.number
    inspection.cancel_orders(by, [x.subject for x in found.line_list], "AMENDED")
    release_back(found, "AMENDED")
    retail.give_back(number)
    entries = licences.give_back(number)
    for model in (Line, Container, Document, RetailOrder):
        model.objects.filter(declaration=number).delete()
    return entries


def release_back(found: Declaration, why: str) -> None:
    """Tags of released lines are no longer valid."""
    for line in found.line_list:
        if line.state == "released" and line.gtin and line.batch:
            tags.deactivate(SYSTEM, subject=line.subject, reason=why)


def _earlier(found: Declaration, whole: known.Consignment, before: Sequence[Standing]) -> dict[str, Earlier]:
    """What the version before said of each line. Changed while others were selected, a line is opened for certain."""
    said, selected = again.earlier(found, before), {s.line for s in before if s.selected}
    old = {x.number: [getattr(x, name) for name in GOODS] for x in found.line_list}
    return {
        line.subject: Earlier(Decimal(1), SELECTED)
        if selected - {line.number} and old.get(line.number) != [getattr(line, name) for name in GOODS]
        else said.get(line.number, Earlier())
        for line in whole.lines
    }
