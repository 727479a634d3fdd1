"""Tags over HTTP: what a firm's system and a retailer's till need."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router, Schema

from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request
from guomen.tags import queries, services
from guomen.tags.models import Range
from guomen.tags.scans_api import router as scans_router

router = Router(tags=["tags"], auth=SIGNED_IN)


class OrderIn(Schema):
    gtin: str
    batch: str
    count: int
    subject: str
    produced_on: date | None = None
    expires_on: date | None = None


class SaleIn(Schema):
    gtin: str
    serial: str
    place: str = ""


def shown(one: Range) -> dict[str, Any]:
    """A range as JSON. ``active_since`` is null until the goods are released."""
    since = queries.active_since(one)
    return {
        "range": one.code,
        "gtin": one.gtin,
        "batch": one.batch,
        "count": one.count,
        "subject": one.subject,
        "produced_on": str(one.produced_on) if one.produced_on else None,
        "expires_on": str(one.expires_on) if one.expires_on else None,
        "ordered_at": one.ordered_at.isoformat(),
        "printed": one.printed,
        "active_since": since.isoformat() if since else None,
        "recall": queries.recall_in_force(one.gtin, one.batch) or None,
    }


@router.post("/tags/ranges", summary="Order item tags for a batch")
def order(request: HttpRequest, body: OrderIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.order(by, **body.dict())))[0]


@router.get("/tags/ranges", summary="Tag ranges of your organisation")
def ranges(request: HttpRequest) -> Any:
    return {"ranges": [shown(r) for r in queries.ranges(actor(request))]}


@router.post("/tags/ranges/{code}/labels.pdf", summary="A sheet of labels, at most 2,000 in one file")
def labels_pdf(request: HttpRequest, code: str, first: int = 0, count: int | None = None) -> HttpResponse:
    content = services.label_sheet(actor(request), code, first=first, count=count)
    return HttpResponse(content, content_type="application/pdf")


@router.post("/tags/ranges/{code}/labels.csv", summary="All codes of a range for a printer")
def labels_csv(request: HttpRequest, code: str) -> StreamingHttpResponse:
    lines = services.labels_csv(actor(request), code)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@router.post("/tags/sales", summary="Record the sale of one item")
def sell(request: HttpRequest, body: SaleIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        sale = services.sell(by, body.gtin, body.serial, body.place)
        return {"gtin": sale.gtin, "batch": sale.batch, "sold_at": sale.at.isoformat()}

    return once_request(request, by, do)[0]


# Scans and alarms: a room of its own.
router.add_router("", scans_router)
