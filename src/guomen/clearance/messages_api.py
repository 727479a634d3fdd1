"""Files and XML messages of declarations in, receipts out, over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from guomen.clearance import messages, receipts, schema, services, sheets
from guomen.kit.errors import NotFound
from guomen.parties.api import SIGNED_IN, actor, sent_object, shown
from guomen.parties.once import once_request

router = Router(tags=["clearance"], auth=SIGNED_IN)
XML = "application/xml"
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE_DOCS = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": BINARY,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": BINARY,
        },
    }
}
MESSAGE_DOCS = {"requestBody": {"required": True, "content": {XML: BINARY}}}


@router.post("/declaration-files", summary="Lodge a CSV or XLSX file of declarations", openapi_extra=FILE_DOCS)
def lodge_file(request: HttpRequest, each: bool = False) -> Any:
    """All or none; with ``each=true`` every declaration that is right. The report names rows and columns."""
    by = actor(request)
    return once_request(request, by, lambda: services.lodge_file(by, request.body, whole=not each))[0]


@router.get("/declaration-files/template", summary="The first row of such a file, with every column")
def template(request: HttpRequest) -> HttpResponse:
    actor(request)
    headers = {"Content-Disposition": 'attachment; filename="declarations.csv"'}
    return HttpResponse(sheets.template(), content_type="text/csv; charset=utf-8", headers=headers)


@router.post("/declaration-messages", summary="Send a message: lodge, amend or withdraw", openapi_extra=MESSAGE_DOCS)
def receive(request: HttpRequest) -> HttpResponse:
    """Applied once by its id, in the order of versions. The answer is a receipt: waiting, applied or refused."""
    by = actor(request)
    row = services.receive(by, request.body)
    return HttpResponse(messages.receipts([receipts.of_message(by, row)]), content_type=XML)


@router.get("/declaration-messages/schema.xsd", auth=None, summary="The XML Schema of messages and receipts")
def message_schema(request: HttpRequest) -> HttpResponse:
    """What a message may look like; receipts in XML follow it as well."""
    return HttpResponse(schema.xsd(), content_type=XML)


@router.get("/declaration-receipts", summary="Receipts of your firm's declarations, in the order of the ledger")
def all_receipts(request: HttpRequest, after: int = -1, declaration: str = "") -> Any:
    """``after``: the position of the last receipt that you have. XML with ``Accept: application/xml``."""
    found = receipts.since(actor(request), after, declaration)
    if XML in request.headers.get("Accept", ""):
        return HttpResponse(messages.receipts(found), content_type=XML)
    return {"receipts": found}


def subscription(one: receipts.Pushed) -> dict[str, Any]:
    """A subscription as JSON; its secret is shown nowhere."""
    row, trouble = one.subscription, one.subscription.trouble_said()
    state = {"waiting": one.waiting, "failures": row.failures, "error": str(trouble) if trouble else None}
    times = shown(row, "succeeded_at", "failed_at", next_try_at=row.next_try_at if row.failures else None)
    deliveries = [shown(d, "delivery", "count", "upto", "received_at", "receipt") for d in one.deliveries]
    return shown(row, "id", "dest", "format", "position", "created_at") | state | times | {"deliveries": deliveries}


@router.get("/receipt-subscriptions", summary="Addresses that your receipts are sent to")
def subscriptions(request: HttpRequest) -> Any:
    return {"subscriptions": [subscription(one) for one in receipts.subscriptions(actor(request))]}


@router.post("/receipt-subscriptions", response={201: Any, 200: Any}, summary="Have your receipts sent to an address")
def subscribe(request: HttpRequest) -> Any:
    """Body: dest, secret, format (json, xml), after (a position; without it from now on)."""
    by, sent = actor(request), sent_object(request)

    def do() -> dict[str, Any]:
        made = services.subscribe_receipts(by, sent)
        return shown(made, "id", "dest", "format", "position", "created_at")

    answer, is_new = once_request(request, by, do)
    return Status(201 if is_new else 200, answer)


@router.get("/receipt-subscriptions/{subscription_id}", summary="How the receipts to an address go")
def one_subscription(request: HttpRequest, subscription_id: UUID) -> Any:
    found = receipts.subscriptions(actor(request), subscription_id)
    if not found:
        raise NotFound
    return subscription(found[0])


@router.delete("/receipt-subscriptions/{subscription_id}", response={204: None}, summary="Send no more receipts there")
def unsubscribe(request: HttpRequest, subscription_id: UUID) -> Any:
    by = actor(request)
    once_request(request, by, lambda: services.unsubscribe_receipts(by, subscription_id))
    return Status(204, None)
