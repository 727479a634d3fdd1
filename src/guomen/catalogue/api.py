"""The catalogue over HTTP: register products and their links, look up products and code tables."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from guomen.catalogue import codes, queries, services
from guomen.catalogue.models import Link, Product
from guomen.catalogue.rules import Target
from guomen.core.gs1 import GS1Error
from guomen.core.resolver import thing_of
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


class LinkIn(Schema):
    link_type: str
    href: str
    title: str
    languages: list[str] = []
    media_type: str = ""
    contexts: list[str] = []
    is_default: bool = False

    def target(self) -> Target:
        """What the link leads to."""
        return Target(
            self.link_type,
            self.href,
            self.title,
            tuple(self.languages),
            self.media_type,
            tuple(self.contexts),
            self.is_default,
        )


class NewLinkIn(LinkIn):
    thing: str


class ChangedLinkIn(LinkIn):
    version: int


def shown_link(link: Link) -> dict[str, Any]:
    """A link as JSON. ``thing``: the path of its Digital Link."""
    columns = ("href", "title", "languages", "media_type", "contexts", "is_default", "version")
    named = {"id": str(link.id), "thing": link.anchor.lstrip("/"), "link_type": f"gs1:{link.type}"}
    return named | {name: getattr(link, name) for name in columns}


@router.get("/links", summary="The organisation's own links, all or those of one key")
def links(request: HttpRequest, thing: str = "") -> Any:
    """``thing``: a GS1 Digital Link, or its path (``01/09506000134352``): of its key, with batches and items."""
    try:
        key = thing_of(thing[:1000]).key if thing else ""
    except GS1Error:
        raise NotFound
    return {"links": [shown_link(one) for one in queries.managed(actor(request), key)]}


@router.post("/links", response={201: Any, 200: Any}, summary="Add a link to a product, a batch or another thing")
def add_link(request: HttpRequest, body: NewLinkIn) -> Any:
    """201 with the link; 200 with the same answer when the Idempotency-Key was seen before."""
    by = actor(request)
    answer, is_new = once_request(request, by, lambda: shown_link(services.add_link(by, body.thing, body.target())))
    return Status(201 if is_new else 200, answer)


@router.get("/links/{id}", summary="A link")
def link(request: HttpRequest, id: UUID) -> Any:
    return shown_link(queries.managed_link(actor(request), id))


@router.put("/links/{id}", summary="Change a link")
def change_link(request: HttpRequest, id: UUID, body: ChangedLinkIn) -> Any:
    """``version``: the one that was read; 409 when somebody changed the link meanwhile."""
    by = actor(request)

    def do() -> dict[str, Any]:
        return shown_link(services.change_link(by, id, body.version, body.target()))

    return once_request(request, by, do)[0]


@router.delete("/links/{id}", response={204: None}, summary="Remove a link")
def remove_link(request: HttpRequest, id: UUID) -> Any:
    by = actor(request)
    once_request(request, by, lambda: services.remove_link(by, id))
    return Status(204, None)
