"""Label files on the traders' pages: asked for, watched while they are made, fetched."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from guomen.faces.forms import send_once
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.tags import files as tag_files
from guomen.tags import queries as tag_queries
from guomen.tags import services as tag_services
from guomen.tags.labels import FORMATS, SIZES, output
from guomen.tags.models import LabelJob, Range
from guomen.tags.words import FILE_FORMATS


def file_choices() -> list[tuple[str, W]]:
    """(value, words) of everything that can be made: each format in each size that it comes in."""
    found = []
    for name, made in FORMATS.items():
        words = FILE_FORMATS[name]
        if made.sizes == "none":
            found.append((name, words))
        found += [(f"{name} {code}", _sized(words, code)) for code, size in SIZES.items() if made.fits(size)]
    return found


def _sized(words: W, code: str) -> W:
    size = SIZES[code]
    if size.is_roll:
        return W(f"{words.en}, roll {code} mm", f"{words.zh}，卷标 {code} 毫米")
    paper = code.split("-")[0].title() if code.startswith("L") else "A4"
    return W(f"{words.en}, {paper}, {size.per_page} a page", f"{words.zh}，{paper}，每页 {size.per_page} 张")


def shown_jobs(by: Actor, one: Range) -> list[dict[str, Any]]:
    """Jobs of an order with what the page says of each."""
    words = dict(file_choices())
    return [
        {"job": job, "words": words[f"{job.format} {job.size}".strip()], "percent": job.done * 100 // job.count}
        for job in tag_files.jobs(by, one)
    ]


@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """The list of files alone, asked for again and again while some are being made."""
    by = of_request(request)
    by.require("declarant")
    one = tag_queries.range_by_code(by, code)
    return page(request, "portal/tag_files.html", {"range": one, "jobs": shown_jobs(by, one)})


@require_POST
def cancel(request: HttpRequest, job: UUID) -> HttpResponse:
    """Stop making files."""
    by = of_request(request)
    found: list[LabelJob] = []
    send_once(request, by, lambda: found.append(tag_services.cancel_labels(by, job)))
    return redirect("portal-tag-order", code=tag_files.job(by, job)[1].code)


@require_safe
def fetch(request: HttpRequest, job: UUID) -> StreamingHttpResponse:
    """All files of a job as one download."""
    found, one = tag_files.job(of_request(request), job)
    name, media_type, chunks = output.whole(found, tag_files.finished(found), tag_files.how_many(found), one)
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return StreamingHttpResponse(chunks, content_type=media_type, headers=headers)
