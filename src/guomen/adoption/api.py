"""Bodies, reports, air samples, evidence and standings over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from guomen.adoption import queries, services
from guomen.adoption.models import AirSample, Body, Evidence, Report, Standing
from guomen.adoption.reading import Reader
from guomen.adoption.services.reports import MAX_BYTES
from guomen.kit.errors import GuomenError
from guomen.kit.words import W
from guomen.parties.api import SIGNED_IN, actor, sent_object, shown
from guomen.parties.once import once_request

router = Router(tags=["adoption"], auth=SIGNED_IN)
LOT = ("gtin", "hs_code", "maker_name", "batch", "goods", "quantity", "unit")


class Reason(Schema):
    reason: str


def body(one: Body) -> dict[str, Any]:
    """A body on the published list as JSON."""
    names = ("id", "kind", "state", "reason", "licence", "scope", "valid_from", "valid_until", "checked", "disagreed")
    return shown(one, *names, code=one.organisation.code, name=W(one.organisation.name_en, one.organisation.name_zh))


def report(one: Report) -> dict[str, Any]:
    names = (
        "number",
        "state",
        "verdict",
        "standards",
        "tested_on",
        "due_at",
        "notice",
        "late_at",
        "filed_at",
        "sha256",
    )
    return shown(one, *names, *LOT, body=one.body_id)


def sample(one: AirSample) -> dict[str, Any]:
    return shown(one, "number", "state", "origin", "waybill", "arrives_on", "panel", "sample", *LOT)


def evidence(one: Evidence) -> dict[str, Any]:
    names = ("number", "mode", "verdict", "place", "source", "tested_on", "valid_until", "used", "ended_at", "ended_by")
    return shown(one, *names, *LOT, left=one.left if one.limited else None)


def standing(one: Standing) -> dict[str, Any]:
    return shown(one, "mode", "state", "guarantee", "valid_until", "reasons", "changed_at", importer=one.importer.code)


@router.get("/inspection-bodies", auth=None, summary="The published list of inspection bodies")
def bodies(request: HttpRequest) -> Any:
    """With scope, validity and state; how often our own inspections agreed."""
    return {"bodies": [body(b) for b in queries.bodies()]}


@router.post("/inspection-bodies", response={201: Any, 200: Any}, summary="Put a body on the list, or change its entry")
def list_body(request: HttpRequest) -> Any:
    by, sent = actor(request), sent_object(request)
    answer, is_new = once_request(request, by, lambda: body(services.list_body(by, sent)))
    return Status(201 if is_new else 200, answer)


@router.post("/inspection-bodies/{body_id}/{change}", summary="Suspend, restore or delist a body")
def change_body(request: HttpRequest, body_id: UUID, change: str, said: Reason) -> Any:
    by = actor(request)
    do = {"suspend": services.suspend_body, "restore": services.restore_body, "delist": services.delist_body}.get(
        change
    )
    if do is None:
        by.require("controller")
        raise GuomenError(
            W("Say suspend, restore or delist.", "请填写 suspend、restore 或 delist。"), code="unknown-change"
        )
    return once_request(request, by, lambda: body(do(by, body_id, said.reason)))[0]


@router.get("/reports", summary="Announced and filed reports that you may see")
def reports(request: HttpRequest) -> Any:
    return {"reports": [report(r) for r in queries.reports(actor(request))]}


@router.post("/reports", response={201: Any, 200: Any}, summary="Announce a test of one's own lot by a listed body")
def ask_report(request: HttpRequest) -> Any:
    by, sent = actor(request), sent_object(request)
    answer, is_new = once_request(request, by, lambda: report(services.ask_report(by, sent)))
    return Status(201 if is_new else 200, answer)


@router.post("/reports/{report_number}/delay", summary="Say before it is due that a report comes later")
def delay(request: HttpRequest, report_number: str) -> Any:
    by, sent = actor(request), sent_object(request)
    do = lambda: report(services.notify_late(by, report_number, str(sent.get("reason") or ""), sent.get("due_at")))  # noqa: E731
    return once_request(request, by, do)[0]


@router.post("/reports/{report_number}/result", summary="The body files its result with the PDF of its report")
def file_report(
    request: HttpRequest,
    report_number: str,
    file: File[UploadedFile],
    verdict: Form[str] = "",
    tested_on: Form[str] = "",
    standards: Form[str] = "",
) -> Any:
    """Filing again changes nothing."""
    sent = {"verdict": verdict, "tested_on": tested_on, "standards": standards}
    content = file.read(MAX_BYTES + 1)
    return report(services.file_report(actor(request), report_number, sent, content))


@router.get("/reports/{report_number}/file", summary="The PDF of a report")
def report_file(request: HttpRequest, report_number: str) -> HttpResponse:
    content = queries.report_file(actor(request), report_number)
    headers = {"Content-Disposition": f'attachment; filename="{report_number[:14]}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@router.post("/reports/{report_number}/void", summary="Declare a report void")
def void(request: HttpRequest, report_number: str, said: Reason) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: report(services.void_report(by, report_number, said.reason)))[0]


@router.get("/air-samples", summary="Air samples that you may see")
def air_samples(request: HttpRequest) -> Any:
    return {"air_samples": [sample(s) for s in queries.air_samples(actor(request))]}


@router.post("/air-samples", response={201: Any, 200: Any}, summary="Declare a sample that flies ahead of its lot")
def declare_air_sample(request: HttpRequest) -> Any:
    by, sent = actor(request), sent_object(request)
    answer, is_new = once_request(request, by, lambda: sample(services.declare_air_sample(by, sent)))
    return Status(201 if is_new else 200, answer)


@router.post("/air-samples/{air_sample}/forward", summary="Seal an air sample and send it to a laboratory")
def forward(request: HttpRequest, air_sample: str) -> Any:
    by, sent = actor(request), sent_object(request)
    return once_request(request, by, lambda: sample(services.forward_air_sample(by, air_sample, sent)))[0]


@router.get("/evidence", summary="Results that count or counted for lots, and what is left of them")
def all_evidence(request: HttpRequest) -> Any:
    return {"evidence": [evidence(e) for e in queries.evidence(actor(request))]}


@router.get("/standings", summary="Who asked, is admitted to or suspended from release modes")
def standings(request: HttpRequest) -> Any:
    return {"standings": [standing(s) for s in queries.standings(actor(request))]}


class Asked(Schema):
    mode: str
    guarantee: str


class Admitted(Schema):
    importer: str
    mode: str
    valid_until: str


@router.post("/standings", response={201: Any, 200: Any}, summary="Ask to be admitted to a release mode")
def ask_standing(request: HttpRequest, said: Asked) -> Any:
    by = actor(request)
    answer, is_new = once_request(request, by, lambda: standing(services.ask_standing(by, said.mode, said.guarantee)))
    return Status(201 if is_new else 200, answer)


@router.post("/standings/admit", summary="Admit a firm to a release mode, or lift its suspension")
def admit(request: HttpRequest, said: Admitted) -> Any:
    by = actor(request)
    by.require("controller")
    reader = Reader({"valid_until": said.valid_until})
    day = reader.day("valid_until")
    reader.done()
    assert day is not None
    return once_request(request, by, lambda: standing(services.admit(by, said.importer, said.mode, day)))[0]
