"""What anyone can look up in the catalogue."""

from collections.abc import Iterable

from guomen.catalogue.models import Product
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
