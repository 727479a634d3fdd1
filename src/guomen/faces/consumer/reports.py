"""Reports from the public: a problem with a product, or that somebody was hurt or became ill. No account, no cookie."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue import codes
from guomen.catalogue.queries import product
from guomen.core.gs1 import valid_gtin
from guomen.faces.consumer import view_model, visitor
from guomen.faces.consumer.lookup import path_of
from guomen.faces.forms import answer_once
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError, Invalid, NotFound, Problem
from guomen.kit.ids import uuid7
from guomen.kit.pictures import without_metadata
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import PUBLIC
from guomen.tags.visitors import allow, sender_of
from guomen.warning.services import report
from guomen.warning.words import SEVERITIES

KINDS = {"problem": "complaint", "injury": "injury"}
MOST_A_DAY = 50
"""Reports from one network address in a day: many households may share one, a machine sends more."""
MAX_PHOTO = 8 * 1024 * 1024
MAX_TEXT = 4000
QUICKEST = timedelta(seconds=2)
"""Nobody reads the form and writes a report in less time; machines do."""
OLDEST = timedelta(days=2)


class TooManyReportsError(GuomenError):
    """The day's limit of this address is used up."""

    status = 429
    code = "too-many-reports"
    words = W(
        "Many reports came from this connection today. Please try again tomorrow, or call 12315.",
        "今天来自该网络的报告较多，请明天再试，或拨打 12315。",
    )


def _written_by_hand(request: HttpRequest) -> bool:
    """Whether the form was opened a while before it was sent: its key holds the moment when the page was made."""
    try:
        key = UUID(request.POST.get("once", ""))
    except ValueError:
        return False
    opened = datetime.fromtimestamp((key.int >> 80) / 1000, UTC) if key.version == 7 else None
    return opened is not None and QUICKEST <= now() - opened <= OLDEST


def _photo(sent: UploadedFile | None, problems: list[Problem]) -> bytes:
    if sent is None:
        return b""
    if (sent.size or 0) > MAX_PHOTO:
        words = W("Send a photo of at most 8 MB.", "照片不得超过 8 MB。")
        problems.append(Problem("photo", "too-large", words))
        return b""
    try:
        # What a phone writes into its photos, place and owner among it, is nobody's business here.
        return without_metadata(sent.read())
    except ValueError:
        words = W("Send a whole JPEG, PNG or WebP photo.", "请上传完整的 JPEG、PNG 或 WebP 格式照片。")
        problems.append(Problem("photo", "not-a-photo", words))
        return b""


def _fields(request: HttpRequest, kind: str) -> tuple[dict[str, object], bytes]:
    """What the form says, and the photo. Raises Invalid naming each field."""
    problems: list[Problem] = []
    text, when = request.POST.get("text", "").strip(), request.POST.get("when", "").strip()
    if not text:
        problems.append(Problem("text", "missing", W("Tell us what happened.", "请说明发生了什么。")))
    if len(text) > MAX_TEXT:
        words = W("Use at most {max} characters.", "不超过 {max} 字。")
        problems.append(Problem("text", "too-long", words, (("max", MAX_TEXT),)))
    try:
        day = date.fromisoformat(when) if when else None
    except ValueError:
        day = date.max
    if day and day > now().date() + timedelta(days=1):
        problems.append(
            Problem("when", "bad-date", W("Give a date that is not in the future.", "请填写不晚于今天的日期。"))
        )
    hazard = request.POST.get("hazard", "")
    if hazard not in codes.table("hazard"):
        problems.append(Problem("hazard", "unknown", W("Choose what the danger is.", "请选择危险类型。")))
    severity = request.POST.get("severity", "")
    if kind == "injury" and severity not in {"1", "2", "3", "4"}:
        problems.append(Problem("severity", "missing", W("Choose how bad it was.", "请选择严重程度。")))
    photo = _photo(request.FILES.get("photo"), problems)
    if problems:
        raise Invalid(problems)
    told = f"{when}: {text}" if when else text
    values = {"text": told, "hazard": hazard, "severity": int(severity) if kind == "injury" else 0}
    return values | {"contact": request.POST.get("contact", "").strip()[:200]}, photo


# Nobody is signed in by these forms and no cookie is read: there is nothing that a foreign page could misuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, kind: str, gtin: str, batch: str = "", serial: str = "") -> HttpResponse:
    """The report form, and its receipt."""
    if kind not in KINDS or not valid_gtin(gtin):
        raise NotFound
    gtin, problems, status = gtin.zfill(14), [], 200
    if request.method == "POST":
        try:
            return _file(request, kind, gtin, batch, serial)
        except Invalid as error:
            problems, status = error.problems, 422
        except TooManyReportsError as error:
            problems, status = [Problem("text", error.code, error.words)], error.status
    known = product(gtin)
    context = {
        "kind": kind,
        "name": view_model.name_of(known, None),
        "gtin": gtin,
        "batch": batch,
        "back": path_of(gtin, batch, serial),
        "here": request.path_info,
        "hazards": codes.table("hazard").options(),
        "severities": sorted(SEVERITIES.items()),
        "values": {name: request.POST.get(name, "") for name in ("text", "when", "hazard", "severity", "contact")},
        "problems": problems,
        "wrong": {p.field: str(p) for p in problems},
        "today": now().date().isoformat(),
        # Who only corrects a field need not take their time again.
        "once": request.POST.get("once", "") if _written_by_hand(request) else str(uuid7()),
    }
    return page(request, "consumer/report.html", context, status=status)


def _file(request: HttpRequest, kind: str, gtin: str, batch: str, serial: str) -> HttpResponse:
    thanks = f"{request.language_prefix}/report/thanks/{kind}"  # type: ignore[attr-defined]
    if request.POST.get("website"):
        # A machine filled the field that people do not see: it gets its thanks, and nothing is kept.
        return HttpResponseRedirect(thanks)
    values, photo = _fields(request, kind)
    if not _written_by_hand(request):
        words = W("Please read your report once more and send it again.", "请再核对一遍您填写的内容，然后重新提交。")
        raise Invalid([Problem("text", "too-quick", words)])
    sender = sender_of(request)
    if not allow("report", sender, MOST_A_DAY):
        raise TooManyReportsError
    about = view_model.uri_of(gtin, batch, serial)

    def do() -> str:
        signal = report(
            PUBLIC,
            source=KINDS[kind],
            gtin=gtin,
            batch=batch,
            item=about if serial else "",
            reporter_hash=sender.hex(),
            place=visitor.place_of(request),
            photo=blobs.put(photo) if photo else "",
            **values,  # type: ignore[arg-type]
        )
        return str(signal.id)

    number, _new = answer_once(request, PUBLIC, do, hashlib.sha256(photo).hexdigest())
    return HttpResponseRedirect(f"{thanks}/{number}")


@require_safe
def thanks(request: HttpRequest, kind: str, number: UUID | None = None) -> HttpResponse:
    """Thanks, the reference number, and what to do now."""
    if kind not in KINDS:
        raise NotFound
    short = number.hex[-8:].upper() if number else ""
    reference = f"{short[:4]} {short[4:]}" if short else _("none")
    return page(request, "consumer/thanks.html", {"kind": kind, "reference": reference})
