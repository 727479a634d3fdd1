"""What anyone can look up in the catalogue."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from guomen.catalogue import codes
from guomen.catalogue.models import Link, Pack, PackDraft, PackRow, Product
from guomen.catalogue.packs import current
from guomen.catalogue.requirements import Goods
from guomen.catalogue.rows import Change, changes, rows_on
from guomen.catalogue.rulepack import Asked
from guomen.core import resolver
from guomen.core.gs1 import valid_gtin
from guomen.kit import blobs
from guomen.kit.errors import Forbidden, NotFound
from guomen.kit.words import W
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


def packs(by: Actor, limit: int = 100) -> list[Pack]:
    """The changes of the rule pack, newest first, for controllers."""
    by.require_officer("controller")
    return list(Pack.objects.order_by("-proposed_at", "version")[:limit])


def pack_of(by: Actor, version: str) -> tuple[Pack, list[Change]]:
    """One change with what it changes of its base, field by field. Raises NotFound."""
    by.require_officer("controller")
    found = Pack.objects.filter(version=version).first()
    if found is None:
        raise NotFound
    return found, changes(rows_on(found.base), rows_on(version))


def pack_draft(by: Actor) -> PackDraft:
    """The rows that a controller has gathered for a proposal; an unsaved one without rows where there are none."""
    by.require_officer("controller")
    return PackDraft.objects.filter(person=by.person_id).first() or PackDraft(person=by.person_id)


def rows_of_packs(by: Actor, version: str) -> list[PackRow]:
    """The rows of a change with their sources and days."""
    by.require_officer("controller")
    return list(PackRow.objects.filter(version=version).order_by("section", "key"))


def requirements(by: Actor, goods: Goods) -> tuple[str, Asked]:
    """What the standing pack asks of goods, with its version; for officers."""
    if not by.is_officer:
        raise Forbidden
    pack = current()
    return pack.version, pack.asked(goods)


def find_codes(by: Actor, words: str, limit: int = 40) -> list[tuple[str, W]]:
    """HS codes whose number begins with, or whose name holds, what was typed; or whose requirements speak of it."""
    if not by.is_officer:
        raise Forbidden
    text, table = words.strip().casefold(), codes.table("hs")
    if not text:
        return []
    if text.isdecimal():
        return [(code, name) for code, name in table.options() if code.startswith(text)][:limit]
    named = {c: n for c, n in table.options() if text in n.en.casefold() or text in n.zh}
    prefixes = tuple(
        prefix
        for r in current().requirements
        if text in f"{r.group} {r.words.en} {r.words.zh} {r.standard}".casefold()
        for prefix in r.scope.hs
    )
    more = {c: n for c, n in table.options() if prefixes and c.startswith(prefixes)}
    return list((named | more).items())[:limit]
