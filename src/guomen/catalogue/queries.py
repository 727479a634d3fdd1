"""What anyone can look up in the catalogue."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from guomen.catalogue.models import Link, Product
from guomen.core import resolver
from guomen.core.gs1 import valid_gtin
from guomen.kit import blobs
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor


def product(gtin: str) -> Product | None:
    """The registered product with this GTIN (8 to 14 digits), or None."""
    if not valid_gtin(gtin):
        return None
    return Product.objects.select_related("organisation").filter(gtin=gtin.zfill(14)).first()


def products(gtins: Iterable[str]) -> dict[str, Product]:
    """Registered products by 14-digit GTIN, in one query."""
    return {p.gtin: p for p in Product.objects.filter(gtin__in=set(gtins))}


def registered(by: Actor, limit: int = 500) -> list[Product]:
    """The products that the actor's organisation registered, newest first."""
    if by.organisation_id is None:
        return []
    return list(Product.objects.filter(organisation=by.organisation_id).order_by("-registered_at", "gtin")[:limit])


def picture(gtin: str) -> bytes:
    """The picture of a registered product, for anyone. Raises NotFound."""
    found = product(gtin)
    if found is None or not found.image:
        raise NotFound
    return blobs.get(found.image)


LINKS = (
    "SELECT l.anchor, l.type, l.href, l.title, l.languages, l.media_type, l.contexts, l.is_default, "
    "(SELECT k.name FROM catalogue_linkedkey k WHERE k.key = l.of_id) "
    "FROM catalogue_link l WHERE l.anchor = ANY(%s) ORDER BY l.id"
)
"""Links of many things by their anchors, the oldest first. The scan path asks it too, without Django."""


def link_of_row(row: Sequence[Any]) -> resolver.Link:
    """A row of :data:`LINKS` as the resolver knows links."""
    anchor, type_, href, title, languages, media_type, contexts, is_default, _name = row
    return resolver.Link(anchor, type_, href, title, tuple(languages), media_type, tuple(contexts), is_default)


def links_of(thing: resolver.Thing) -> tuple[list[resolver.Link], str]:
    """The links of a thing and of all that it belongs to, and what it is called; for anybody."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS, [list(thing.levels)])
        rows = cursor.fetchall()
    if rows:
        return [link_of_row(row) for row in rows], rows[0][-1]
    known = product(thing.gtin) if thing.gtin else None
    return [], " / ".join(dict.fromkeys((known.name_en, known.name_zh))) if known else ""


def managed(by: Actor, key: str = "", limit: int = 500) -> list[Link]:
    """The links of a key and of all below it, or of every key, for the firm that manages them."""
    if by.organisation_id is None or not by.has("declarant", "read"):
        return []
    found = Link.objects.filter(of__organisation=by.organisation_id).order_by("anchor", "id")
    return list((found.filter(of=key) if key else found)[:limit])


def managed_link(by: Actor, id: UUID) -> Link:
    """One link, for the firm that manages it. Raises NotFound."""
    found = Link.objects.filter(id=id, of__organisation=by.organisation_id).first()
    if found is None or not by.has("declarant", "read"):
        raise NotFound
    return found
