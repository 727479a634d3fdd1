"""Products over HTTP."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from guomen.catalogue import queries, services
from guomen.catalogue.models import Product
from guomen.core.gs1 import gtin14, valid_gtin
from guomen.kit.errors import NotFound
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once

router = Router(tags=["products"], auth=SIGNED_IN)


class ProductIn(Schema):
    gtin: str
    name_en: str
    name_zh: str
    brand: str = ""
    hs_code: str
    maker_name: str
    maker_country: str
    description_en: str = ""
    description_zh: str = ""


def _shown(product: Product) -> dict[str, str]:
    return {name: getattr(product, name) for name in services.FIELDS}


@router.post("/products", summary="Register a product")
def register(request: HttpRequest, body: ProductIn) -> Any:
    by = actor(request)
    key = request.headers.get("Idempotency-Key")
    return once(by, key, request.body, lambda: _shown(services.register_product(by, **body.dict())))[0]


@router.get("/products/{gtin}", summary="A registered product")
def product(request: HttpRequest, gtin: str) -> Any:
    found = queries.product(gtin14(gtin)) if valid_gtin(gtin) else None
    if found is None:
        raise NotFound
    return _shown(found)
