"""Label files: asked for, watched, fetched."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Schema, Status

from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.tags import files, services
from guomen.tags.api.router import router
from guomen.tags.labels import output
from guomen.tags.models import LabelJob


class LabelsIn(Schema):
    """``first`` as numbered on lists, from 1. ``size``: of sheets and rolls for pdf and svg, of rolls for zpl.

    tiny-pdf and tiny-svg carry the short codes and come in sizes of their own.
    """

    format: str
    size: str = ""
    dpi: int = 203
    first: int = 1
    count: int | None = None


def shown(job: LabelJob) -> dict[str, Any]:
    base = f"/api/tags/labels/{job.id}"
    return {
        "id": str(job.id),
        "format": job.format,
        "size": job.size,
        "dpi": job.dpi,
        "first": job.first + 1,
        "count": job.count,
        "done": job.done,
        "state": job.state,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "files": files.how_many(job),
        "download": f"{base}/file" if job.state == "done" else None,
    }


@router.post("/tags/ranges/{code}/labels", response={202: Any}, summary="Ask for labels as files")
def order_labels(request: HttpRequest, code: str, body: LabelsIn) -> Any:
    by = actor(request)
    more = body.dict() | {"first": body.first - 1}
    return Status(202, once_request(request, by, lambda: shown(services.order_labels(by, code, **more)))[0])


@router.get("/tags/labels/{uuid:job}", summary="How far label files are")
def label_job(request: HttpRequest, job: UUID) -> Any:
    return shown(files.job(actor(request), job)[0])


@router.post("/tags/labels/{uuid:job}/cancel", summary="Stop making label files")
def cancel_labels(request: HttpRequest, job: UUID) -> Any:
    return shown(services.cancel_labels(actor(request), job))


@router.get("/tags/labels/{uuid:job}/file", summary="All label files as one")
def label_file(request: HttpRequest, job: UUID) -> StreamingHttpResponse:
    found, one = files.job(actor(request), job)
    name, media_type, chunks = output.whole(found, files.finished(found), files.how_many(found), one)
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return StreamingHttpResponse(chunks, content_type=media_type, headers=headers)


@router.get("/tags/labels/{uuid:job}/files/{int:number}", summary="One of several label files")
def label_part(request: HttpRequest, job: UUID, number: int) -> HttpResponse:
    found, one = files.job(actor(request), job)
    part = files.part(found, number)
    name = output.part_name(found, part, one)
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(output.content(found, part), content_type=output.media_type(found), headers=headers)
