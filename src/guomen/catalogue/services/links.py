"""Links of things: what the resolver leads to. Only the firm that registered a product manages the links of it."""

from typing import Any
from urllib.parse import urlparse
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from guomen.catalogue import codes, rules
from guomen.catalogue.models import Link, LinkedKey, Product
from guomen.catalogue.rules import Target
from guomen.core.gs1 import GS1_BASE, GS1Error
from guomen.core.resolver import Thing, thing_of
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

MOST_OF_ONE_THING = 100
_NOT_YOURS = W(
    "Only the firm that registered this product or place manages its links.",
    "仅登记该产品或地点的企业可管理其链接。",
)


@transaction.atomic
def add_link(by: Actor, thing: str, target: Target) -> Link:
    """Add a link to a thing, named by its Digital Link or the path of it (``01/09506000134352/10/A``).

    A product must be registered by the actor's organisation; any other key belongs to whoever links it first.
    Raises Invalid naming the fields, Forbidden when it is another's, Refused when there are too many.
    """
    by.require("declarant")
    named = _named(thing)
    target = _checked(target, named)
    of = _of(by, named)
    if Link.objects.filter(anchor=named.anchor).count() >= MOST_OF_ONE_THING:
        words = W("A thing has at most 100 links.", "每个对象最多 100 个链接。")
        raise Refused(words, code="too-many-links")
    replaced = _clear_default(named.anchor) if target.is_default else None
    link = Link.objects.create(of=of, anchor=named.anchor, **_columns(target))
    _tell("link.added", link, by, replaced)
    return link


@transaction.atomic
def change_link(by: Actor, id: UUID, version: int, target: Target) -> Link:
    """Change where a link leads and what is said of it. ``version``: the one that was read.

    Raises NotFound, Forbidden, Invalid, and Refused when somebody changed it meanwhile. No change, no entry.
    """
    link = _locked(by, id)
    target = _checked(target, thing_of(link.anchor))
    if link.version != version:
        raise _changed()
    columns = _columns(target)
    if all(getattr(link, name) == value for name, value in columns.items()):
        return link
    replaced = _clear_default(link.anchor) if target.is_default and not link.is_default else None
    for name, value in columns.items():
        setattr(link, name, value)
    link.version, link.changed_at = version + 1, now()
    link.save()
    _tell("link.changed", link, by, replaced)
    return link


@transaction.atomic
def remove_link(by: Actor, id: UUID) -> None:
    """Remove a link. A key other than a product's without links belongs to nobody. Raises NotFound, Forbidden."""
    link = _locked(by, id)
    _tell("link.removed", link, by, None)
    link.delete()
    if not link.of.links.exists():
        link.of.delete()


def _named(thing: str) -> Thing:
    try:
        return thing_of(thing.strip()[:1000])
    except GS1Error as error:
        words = W("This is not a right GS1 Digital Link: {why}.", "GS1 数字链接有误：{why}。")
        raise Invalid([Problem("thing", error.code, words, (("why", W(str(error), error.zh)),))])


def _checked(target: Target, thing: Thing) -> Target:
    target = rules.tidy(target)
    tables = {name: codes.table(name) for name in ("link_type", "media_type", "country")}
    host = urlparse(settings.GUOMEN.origin).hostname or ""
    found = rules.problems(target, [ai for ai, _ in thing.path[1:]], tables, host)
    if found:
        raise Invalid([Problem(*one) for one in found])
    return target


def _of(by: Actor, thing: Thing) -> LinkedKey:
    """The key of a thing, locked, when it is the actor's to link."""
    ai, value = thing.path[0]
    owner, name = by.organisation_id, ""
    if ai in ("01", "8006"):
        product = Product.objects.filter(gtin=value[:14]).first()
        if product is None:
            raise Refused(W("Register the product first.", "请先登记该产品。"), code="product-unknown")
        owner = product.organisation_id
        name = " / ".join(dict.fromkeys((product.name_en, product.name_zh)))
    if owner != by.organisation_id:
        raise Forbidden(_NOT_YOURS)
    # The key may go between the two: its last link was removed at that moment. Then it is made anew.
    for _ in range(3):
        LinkedKey.objects.get_or_create(key=thing.key, defaults={"organisation": by.organisation, "name": name})
        if found := _owned(by, thing.key):
            return found
    raise _changed()


def _owned(by: Actor, key: str) -> LinkedKey | None:
    found = LinkedKey.objects.select_for_update().filter(key=key).first()
    if found and found.organisation_id != by.organisation_id:
        raise Forbidden(_NOT_YOURS)
    return found


def _changed() -> Refused:
    words = W("Somebody changed this link meanwhile. Look at it again.", "该链接已被他人修改，请重新查看。")
    return Refused(words, code="changed-meanwhile")


def _locked(by: Actor, id: UUID) -> Link:
    by.require("declarant")
    link = Link.objects.filter(id=id).first()
    if link is None:
        raise NotFound
    # The key first, as adding does: two who change links of one key wait for each other and never block each other.
    of = _owned(by, link.of_id)
    link = Link.objects.select_for_update().filter(id=id).first()
    if link is None or of is None:
        raise NotFound
    link.of = of
    return link


def _clear_default(anchor: str) -> UUID | None:
    """Take the default from the link that has it; returns which."""
    others = Link.objects.filter(anchor=anchor, is_default=True)
    replaced = others.values_list("id", flat=True).first()
    others.update(is_default=False, version=F("version") + 1, changed_at=now())
    return replaced


def _columns(target: Target) -> dict[str, Any]:
    return {
        "type": target.type,
        "href": target.href,
        "title": target.title,
        "languages": list(target.languages),
        "media_type": target.media_type,
        "contexts": list(target.contexts),
        "is_default": target.is_default,
    }


def _tell(kind: str, link: Link, by: Actor, replaced: UUID | None) -> None:
    shown = ("id", "version", "type", "href", "title", "languages", "media_type", "contexts", "is_default")
    facts = {name: getattr(link, name) for name in shown}
    if replaced:
        facts["instead_of"] = replaced
    append(kind, [GS1_BASE + link.anchor], facts, by)
