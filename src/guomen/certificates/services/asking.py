"""What firms do: ask for a certificate, and declare on their own word that goods conform."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.catalogue.queries import product
from guomen.certificates import kinds
from guomen.certificates.models import Asked, Certificate
from guomen.certificates.services.common import LINE, new_number, worded
from guomen.certificates.services.drafting import checked
from guomen.certificates.services.signing import complete
from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.queries import history
from guomen.ledger.services import append, plain
from guomen.parties.actors import Actor

OWN_WORD = "CD"
MAX_OPEN = 200


def is_own(by: Actor, subject: str) -> bool:
    """Whether goods are the firm's: a line or a declaration that it lodged or imports, or a product it registered."""
    if subject.startswith((LINE, Subject.declaration(""))):
        number = subject.split(":")[-1].split("/")[0]
        lodged = history(Subject.declaration(number), kinds=frozenset({"declaration.lodged"}))
        firm = str(by.organisation_id)
        return any(firm in (e.actor.get("organisation"), str(e.facts.get("importer"))) for e in lodged)
    try:
        gtin = dict(parse_digital_link(subject).ais).get("01", "")
    except GS1Error:
        return False
    known = product(gtin) if gtin else None
    return known is not None and known.organisation_id == by.organisation_id


def _firm(by: Actor, subject: str) -> None:
    by.require("declarant")
    if by.organisation is None:
        raise Forbidden
    if not is_own(by, subject):
        raise NotFound(W("We know of no such goods of yours.", "没有查到贵单位的该货物。"), code="not-found")


@transaction.atomic
def ask(by: Actor, kind: str, subject: str, note: str = "") -> Asked:
    """Ask the authority for a certificate about goods of one's own. Asking twice for the same changes nothing.

    Raises Forbidden, NotFound (not one's goods), Invalid (no such kind), Refused (too many open requests).
    """
    _firm(by, subject)
    if kind not in kinds.issued_by("authority"):
        raise Invalid([Problem("kind", "unknown-kind", W("Choose a kind of certificate.", "请选择证书种类。"))])
    mine = Asked.objects.filter(organisation=by.organisation, state="open")
    found = mine.filter(kind=kind, subject=subject).first()
    if found is not None:
        return found
    if mine.count() >= MAX_OPEN:
        words = W("{most} requests wait already.", "已有 {most} 项申请待处理。")
        raise Refused(words, code="too-many-requests", most=MAX_OPEN)
    asked = Asked.objects.create(kind=kind, subject=subject, organisation=by.organisation, note=note.strip()[:1000])
    append("certificate.asked", [subject], {"request": asked.id, "kind": kind}, by)
    return asked


@transaction.atomic
def decline(by: Actor, request: UUID | str, reason: str) -> Asked:
    """Say why no certificate is drafted. Raises Refused when the request was answered before."""
    by.require_officer(*kinds.ROLES["authority"]["draft"])
    said = worded(reason)
    asked = Asked.objects.select_for_update(of=("self",)).filter(id=request).first()
    if asked is None:
        raise NotFound
    if asked.state != "open":
        raise Refused(W("This request was answered before.", "该申请已处理。"), code="request-answered")
    asked.state, asked.reason, asked.answered_at = "declined", said, now()
    asked.save()
    append("certificate.declined", [asked.subject], {"request": asked.id, "kind": asked.kind}, by)
    return asked


@transaction.atomic
def declare(by: Actor, subject: str, facts: Mapping[str, Any], valid_days: int | None = None) -> Certificate:
    """Receive a firm's own declaration that goods conform. It is the firm's word: the platform's signature says that
    it was received, and when, and nothing about the goods.

    Raises Forbidden, NotFound (not one's goods), Invalid (facts wrong or missing).
    """
    _firm(by, subject)
    one = kinds.kind(OWN_WORD)
    days = one.days if valid_days is None else valid_days
    kept = checked(one, facts, days)
    lacking = [Problem(f.name, "required", W("This is needed.", "此项必填。")) for f in kinds.missing(one, kept)]
    if lacking:
        raise Invalid(lacking)
    assert by.organisation is not None
    certificate = Certificate.objects.create(
        number=new_number(OWN_WORD),
        kind=OWN_WORD,
        subject=subject,
        holder=by.organisation,
        facts=plain(kept),
        valid_days=days,
        drafted_by=by.person_id,
        office=by.organisation,
    )
    certificate.state = "signed"
    complete(by, certificate, "certificate.declared")
    return certificate
