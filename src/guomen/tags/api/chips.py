"""Chips of a range: registered, looked at, written by an encoding house."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Form, Schema
from ninja.files import UploadedFile

from guomen.kit.words import say
from guomen.parties.api import actor
from guomen.tags import encoding, services
from guomen.tags.api.router import router
from guomen.tags.models import ChipFile, EncodingHouse
from guomen.tags.services import chip_files
from guomen.tags.services.chips import Report, Row
from guomen.tags.words import CHIP_ROWS

_PAGE = 1000


class ProvisioningIn(Schema):
    """``first`` as numbered on lists, from 1. ``lrp``: the chips run in LRP mode. ``kind``: ntag424 or ntag424tt."""

    first: int = 1
    count: int | None = None
    lrp: bool = False
    kind: str = "ntag424"


class HouseIn(Schema):
    """``house``: registration code of the organisation."""

    house: str


class ApprovalIn(Schema):
    """``key``: the house's public key as JWK or PEM."""

    house: str
    key: str


class WithdrawalIn(Schema):
    reason: str


def told(report: Report) -> dict[str, Any]:
    rows = [{"line": r.line, "uid": r.uid, "code": r.code, "detail": say(CHIP_ROWS[r.code])} for r in report.rows]
    return {
        "registered": report.registered,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "rows": rows,
        "rows_left_out": report.refused - len(rows),
    }


def _house(found: EncodingHouse) -> dict[str, Any]:
    named = found.organisation
    return {
        "house": named.code,
        "name": {"en": named.name_en, "zh": named.name_zh},
        "key": found.thumbprint,
        "since": found.since.isoformat(),
    }


def attached(lines: Any, name: str, media_type: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return StreamingHttpResponse(lines, content_type=media_type, headers=headers)


@router.get("/tags/ranges/{code}/chips", summary="Chips of a range, in the order of its items")
def chips(request: HttpRequest, code: str, after: int = 0, limit: int = _PAGE) -> Any:
    """``after``: the number of the last item of the page before."""
    one = encoding.range_of(actor(request), code)
    found = encoding.chips_of(one, max(0, after) - 1, max(1, min(limit, _PAGE)))
    house = encoding.house_of(one)
    rows = [
        {
            "number": chip.index + 1,
            "serial": serial,
            "uid": bytes(chip.uid).hex().upper(),
            "kind": chip.kind,
            "taps": chip.counter if chip.counter >= 0 else None,
        }
        for chip, serial in found
    ]
    return {"counts": encoding.counts(one), "house": house.code if house else None, "chips": rows}


@router.post("/tags/ranges/{code}/chips", summary="Register which chip is on which item (CSV: uid, serial, kind)")
def register(request: HttpRequest, code: str, file: File[UploadedFile], kind: Form[str] = "ntag424") -> Any:
    """A large file is kept for the worker: 202 with its ``job``, which ``/tags/chip-files/{job}`` tells of."""
    found = chip_files.take(actor(request), code, file.read(), kind)
    return told(found) if isinstance(found, Report) else JsonResponse(_file(found), status=202)


def _file(found: ChipFile) -> dict[str, Any]:
    report = Report(found.registered, found.unchanged, found.refused, [Row(*row) for row in found.rows])
    return {"job": str(found.id), "state": found.state, "percent": found.done * 100 // found.size} | told(report)


@router.get("/tags/chip-files/{uuid:job}", summary="How far a large file of chips is registered")
def chip_file(request: HttpRequest, job: UUID) -> Any:
    return _file(chip_files.file_of(actor(request), job))


@router.post("/tags/ranges/{code}/chips/provisioning.csv", summary="What to write into the chips: addresses, no keys")
def provisioning(request: HttpRequest, code: str, body: ProvisioningIn) -> StreamingHttpResponse:
    asked = {"count": body.count, "lrp": body.lrp, "kind": body.kind}
    lines = services.provisioning(actor(request), code, first=body.first - 1, **asked)
    return attached(lines, f"chips-{code}.csv", "text/csv; charset=utf-8")


@router.post(
    "/tags/ranges/{code}/chips/keys.jwe", summary="Keys of registered chips, wrapped to the encoding house's key"
)
def keys(request: HttpRequest, code: str) -> StreamingHttpResponse:
    lines = services.export_chip_keys(actor(request), code)
    return attached(lines, f"chip-keys-{code}.jwe", "text/plain; charset=us-ascii")


@router.put("/tags/ranges/{code}/encoding-house", summary="Name the encoding house that writes the chips of a range")
def name_house(request: HttpRequest, code: str, body: HouseIn) -> Any:
    return {"house": services.name_house(actor(request), code, body.house).code}


@router.get("/tags/encoding-houses", summary="Approved encoding houses")
def houses(request: HttpRequest) -> Any:
    actor(request).require("declarant", "tags", "controller")
    return {"houses": [_house(found) for found in encoding.houses()]}


@router.post("/tags/encoding-houses", summary="Approve an encoding house with its public key (controllers)")
def approve_house(request: HttpRequest, body: ApprovalIn) -> Any:
    return _house(services.approve_house(actor(request), body.house, body.key))


@router.post("/tags/encoding-houses/{house}/withdraw", summary="Give an encoding house no more keys (controllers)")
def withdraw_house(request: HttpRequest, house: str, body: WithdrawalIn) -> Any:
    services.withdraw_house(actor(request), house, body.reason)
    return {"house": house}
