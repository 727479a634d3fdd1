"""What anyone can look up in the catalogue."""

from collections.abc import Iterable

from guomen.catalogue.models import Product
from guomen.core.gs1 import valid_gtin


def product(gtin: str) -> Product | None:
    """The registered product with this GTIN (8 to 14 digits), or None."""
    if not valid_gtin(gtin):
        return None
    return Product.objects.select_related("organisation").filter(gtin=gtin.zfill(14)).first()


def products(gtins: Iterable[str]) -> dict[str, Product]:
    """Registered products by 14-digit GTIN, in one query."""
    return {p.gtin: p for p in Product.objects.filter(gtin__in=set(gtins))}
