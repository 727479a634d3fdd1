"""Retailers that a firm names: they may have files with which their devices check its goods without a network."""

from uuid import UUID

from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.tags.models import Dealer

MAX_DEALERS = 10_000
"""Of one firm."""


def suppliers_of(retailer: UUID) -> set[UUID]:
    """The firms that named a retailer."""
    return set(Dealer.objects.filter(retailer=retailer).values_list("organisation", flat=True))


def dealers(by: Actor) -> list[Dealer]:
    """The retailers that the actor's firm named, the newest first."""
    by.require("declarant", "tags")
    found = Dealer.objects.filter(organisation=by.organisation_id).select_related("retailer")
    return list(found.order_by("-since", "retailer"))


def suppliers(by: Actor) -> list[Organisation]:
    """The firms that named the actor's organisation."""
    return list(Organisation.objects.filter(id__in=suppliers_of(by.organisation_id)) if by.organisation_id else [])


@transaction.atomic
def name_dealer(by: Actor, code: str) -> Organisation:
    """Let a retailer check the firm's goods without a network; by its registration code. Twice is once.

    Declarants and programs with the scope ``tags``. Raises Invalid for a code that is no retailer's.
    """
    by.require("declarant", "tags")
    found = Organisation.objects.filter(code=code.strip()[:40], kind__in=["retailer", "trader"]).first()
    if found is None or found.id == by.organisation_id:
        words = W("No other firm has this registration code.", "没有其他企业使用该登记代码。")
        raise Invalid([Problem("code", "unknown-firm", words)])
    if Dealer.objects.filter(organisation=by.organisation_id).count() >= MAX_DEALERS:
        words = W("A firm names at most {max} retailers.", "一家企业最多登记 {max} 家零售商。")
        raise Invalid([Problem("code", "too-many", words, (("max", MAX_DEALERS),))])
    _, is_new = Dealer.objects.get_or_create(
        organisation_id=by.organisation_id, retailer=found, defaults={"since": now()}
    )
    if is_new:
        append("dealer.named", [_subject(by.organisation_id), _subject(found.id)], {}, by)
    return found


@transaction.atomic
def drop_dealer(by: Actor, code: str) -> None:
    """Give a retailer no more files of the firm's goods; those that it has run out by themselves. Raises NotFound."""
    by.require("declarant", "tags")
    found = Organisation.objects.filter(code=code[:40]).first()
    gone = Dealer.objects.filter(organisation=by.organisation_id, retailer=found).delete()[0] if found else 0
    if found is None or not gone:
        raise NotFound
    append("dealer.dropped", [_subject(by.organisation_id), _subject(found.id)], {}, by)


def _subject(organisation: UUID | None) -> str:
    return Subject.of("party", organisation)
