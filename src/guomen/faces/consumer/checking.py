"""The page that checks what one has: number, text, file, picture of a code. No script, no account, no cookie."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guomen.certificates import checking, checks
from guomen.certificates.checks import Finding
from guomen.faces.consumer.as_json import plain
from guomen.faces.consumer.views import answered
from guomen.faces.findings import shown
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.tags.visitors import allow, sender_of

MOST_A_DAY = 2000
"""Checks from one network address in a day: a broker's office makes hundreds, a machine that guesses makes more."""


class TooManyChecksError(GuomenError):
    """The day's limit of this address is used up."""

    status = 429
    code = "too-many-checks"
    words = W(
        "Very many certificates were checked from this connection today. Please try again tomorrow.",
        "今天来自该网络的核查次数过多，请明天再试。",
    )


# As with reports: no cookie is read, and nothing is written but a count.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check a certificate that somebody holds. What is sent is read once and not kept."""
    if request.method != "POST":
        return page(request, "consumer/check.html")
    if not allow("certificate", sender_of(request), MOST_A_DAY):
        raise TooManyChecksError
    found = checking.check(_sent(request))
    if found.form == "number" and found.number and found.verdict != "invalid" and not _wants_json(request):
        return HttpResponseRedirect(f"{request.language_prefix}/certificates/{found.number}")  # type: ignore[attr-defined]
    return answered(request, "consumer/checked.html", shown(found), body(found), 200)


def _sent(request: HttpRequest) -> bytes:
    for name in ("file", "photo"):
        upload: UploadedFile | None = request.FILES.get(name)
        if upload is not None:
            # One byte more than fits says that it is too large, whatever the browser claims.
            return bytes(upload.read(checking.MAX_FILE + 1))
    return request.POST.get("text", "").strip().encode("utf-8", "replace")


def _wants_json(request: HttpRequest) -> bool:
    return "json" in request.headers.get("Accept", "")


def body(found: Finding) -> dict[str, Any]:
    """A finding as JSON, in both languages."""
    told = [
        {
            "name": c.name,
            "result": c.result,
            "code": c.code,
            "words": _filled(checks.SENTENCES[c.code], dict(c.values)),
        }
        for c in found.checks
    ]
    return dict(
        plain(
            found.said()
            | {
                "valid": found.verdict == "valid",
                "words": checks.VERDICTS[found.verdict],
                "ours": found.ours,
                "checks": told,
                "subject": found.subject or None,
                "checked_at": now(),
            }
        )
    )


def _filled(words: W, values: dict[str, str]) -> W:
    return W(words.en.format(**values), words.zh.format(**values)) if values else words
