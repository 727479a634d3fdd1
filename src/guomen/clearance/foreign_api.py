"""Certificates of other issuers on declared goods, over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Status
from ninja.files import UploadedFile

from guomen.certificates import checking
from guomen.certificates.checks import SENTENCES, VERDICTS, Finding
from guomen.certificates.models import ForeignCertificate
from guomen.clearance import foreign
from guomen.kit.words import say
from guomen.ledger.services import plain
from guomen.parties.api import SIGNED_IN, actor

router = Router(tags=["certificates"], auth=SIGNED_IN)


def shown(one: ForeignCertificate, found: Finding) -> dict[str, Any]:
    """A certificate of another issuer as JSON: what was checked, what was not, and what it says."""
    checks = [
        {"name": c.name, "result": c.result, "code": c.code, "text": say(SENTENCES[c.code], **dict(c.values))}
        for c in found.checks
    ]
    body = found.said() | {
        "id": str(one.id),
        "form": one.form,
        "sha256": one.digest,
        "size": one.size,
        "received_at": one.received_at,
        "verdict_at_receipt": one.verdict,
        "text": say(VERDICTS[found.verdict]),
        "checks": checks,
    }
    return dict(plain(body))


@router.get("/declarations/{number}/lines/{line}/certificates", summary="Certificates of other issuers on a line")
def attached(request: HttpRequest, number: str, line: int) -> Any:
    return [shown(one, found) for one, found in foreign.attached(actor(request), number, line)]


@router.post(
    "/declarations/{number}/lines/{line}/certificates",
    response={201: Any},
    summary="Attach a certificate of another issuer to a line",
)
def attach(request: HttpRequest, number: str, line: int, file: File[UploadedFile]) -> Any:
    """A credential (JOSE, COSE, SD-JWT), a CWT, an ePhyto (XML), a PDF. The same file again is the same row."""
    content = file.read(checking.MAX_FILE + 1)
    return Status(201, shown(*foreign.attach(actor(request), number, line, content, file.name or "")))


@router.get("/declarations/{number}/lines/{line}/certificates/{id}", summary="The file of a certificate, as it came")
def original(request: HttpRequest, number: str, line: int, id: UUID) -> HttpResponse:
    content = foreign.original(actor(request), number, line, id)
    headers = {"Content-Disposition": f'attachment; filename="certificate-{id.hex[-12:]}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
