"""Files and XML messages of declarations in, receipts out, over HTTP."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guomen.clearance import messages, receipts, services, sheets
from guomen.parties.api import SIGNED_IN, actor
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


@router.get("/declaration-receipts", summary="Receipts of your firm's declarations, in the order of the ledger")
def all_receipts(request: HttpRequest, after: int = -1, declaration: str = "") -> Any:
    """``after``: the position of the last receipt that you have. XML with ``Accept: application/xml``."""
    found = receipts.since(actor(request), after, declaration)
    if XML in request.headers.get("Accept", ""):
        return HttpResponse(messages.receipts(found), content_type=XML)
    return {"receipts": found}
