"""The catalogue over HTTP: register products, look up products and code tables."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from guomen.catalogue import codes, queries, services
from guomen.catalogue.models import Product
from guomen.kit.errors import NotFound
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request

router = Router(tags=["catalogue"], auth=SIGNED_IN)


class ProductIn(Schema):
    gtin: str
    name_en: str
    name_zh: str
    hs_code: str
    maker_name: str
    maker_country: str
    brand: str = ""
    description_en: str = ""
    description_zh: str = ""


def shown(product: Product) -> dict[str, Any]:
    """A product as JSON."""
    return {name: getattr(product, name) for name in services.FIELDS}


@router.post("/products", summary="Register a product under its GTIN")
def register(request: HttpRequest, body: ProductIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        return shown(services.register_product(by, **body.dict()))

    return once_request(request, by, do)[0]


@router.get("/products/{gtin}", summary="A registered product")
def product(request: HttpRequest, gtin: str) -> Any:
    found = queries.product(gtin)
    if found is None:
        raise NotFound
    return shown(found)


@router.get("/codes/{name}", summary="A code table with its version and source")
def table(request: HttpRequest, name: str) -> Any:
    try:
        found = codes.table(name)
    except KeyError:
        raise NotFound from None
    head = {"name": name, "version": found.version, "source": found.source, "effective_from": found.effective_from}
    return head | {"codes": {code: {"en": w.en, "zh": w.zh} for code, w in found.options()}}
