"""Certificates of other issuers on one goods line: for its declarant, and for officers."""

import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.certificates import checking
from guomen.certificates.checks import FORMS
from guomen.clearance import foreign
from guomen.faces.findings import shown
from guomen.faces.forms import acted, send_once
from guomen.faces.told import goods
from guomen.kit.errors import Invalid, Problem
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, declaration: str, line: int) -> HttpResponse:
    """What is attached to a line, each checked now. POST attaches a file or a pasted text."""
    by = of_request(request)
    row = foreign.line_of(by, declaration, line)
    problems, answer = acted(request, lambda: _attach(request, by, declaration, line))
    if answer:
        return answer
    context = {
        "line": row,
        "name": goods([row])[row.subject],
        "rows": [_row(one, found) for one, found in foreign.attached(by, declaration, line)],
        "may_attach": by.has("declarant"),
        "is_officer": by.is_authority,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "foreign/line.html", context, status=422 if problems else 200)


def _row(one: Any, found: Any) -> dict[str, Any]:
    return shown(found) | {"one": one, "form": FORMS.get(one.form, FORMS["unknown"])}


def _attach(request: HttpRequest, by: Actor, declaration: str, line: int) -> str:
    upload = request.FILES.get("file")
    text = request.POST.get("text", "").strip()
    if upload is None and not text:
        words = W("Choose a file, or paste the text of a certificate.", "请选择文件，或粘贴证书文本。")
        raise Invalid([Problem("file", "required", words)])
    content = bytes(upload.read(checking.MAX_FILE + 1)) if upload is not None else text.encode("utf-8", "replace")
    name = (upload.name or "") if upload is not None else ""
    send_once(
        request,
        by,
        lambda: foreign.attach(by, declaration, line, content, name),
        hashlib.sha256(content).hexdigest(),
    )
    return _("The certificate is attached.")


@require_safe
def original(request: HttpRequest, declaration: str, line: int, certificate: UUID) -> HttpResponse:
    """The file as it came. Never shown by us: it is saved, and no browser guesses what it is."""
    content = foreign.original(of_request(request), declaration, line, certificate)
    headers = {"Content-Disposition": f'attachment; filename="certificate-{certificate.hex[-12:]}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
