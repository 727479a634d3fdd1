"""The declaration form: a task list of what is still needed, one section a page, saved as a draft at every step."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes
from guomen.clearance import queries, services
from guomen.faces.portal.sections import GOODS, HEADER_SECTIONS, Field, Section, belongs, read, write
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request
from guomen.parties.once import once

NEW: dict[str, Any] = {"direction": "I", "containers": [], "lines": [], "documents": []}


def _options(field: Field) -> list[tuple[str, W]]:
    rows = codes.table(field.table).options()
    if field.table in {"hs", "port", "trade_mode", "country"}:
        return [(code, W(f"{code} {w.en}", f"{code} {w.zh}")) for code, w in rows]
    return rows


def _take(request: HttpRequest, section: Section, data: dict[str, Any], prefix: str = "") -> None:
    """Copy one section's answers from the form into the draft."""
    for field in section.fields:
        name = prefix + field.name
        if field.kind == "codes":
            write(data, name, [v for v in request.POST.getlist(name) if v][:20])
            continue
        value = request.POST.get(name, "").strip()[:300]
        if field.kind == "number":
            value = value.replace(",", "").replace("，", "")
        if field.kind == "moment" and value and "+" not in value and not value.endswith("Z"):
            value += ":00+08:00"
        write(data, name, value)


def _show(
    request: HttpRequest, section: Section, draft: Any, problems: list[Problem], prefix: str = ""
) -> HttpResponse:
    fields = [
        (f, prefix + f.name, read(draft.data, prefix + f.name), _options(f) if f.table else []) for f in section.fields
    ]
    context = {
        "draft": draft,
        "section": section,
        "fields": fields,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/section.html", context, status=422 if problems else 200)


def _draft(by: Actor, id: Any) -> Any:
    by.require("declarant")
    return queries.draft(by, id)


@require_http_methods(["POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin a declaration: an empty draft of the declarant's organisation."""
    by = of_request(request)
    by.require("declarant")

    def make() -> dict[str, str]:
        return {"draft": str(services.save_draft(by, NEW | {"importer_code": by.organisation.code}).id)}

    answer, _new = once(by, request.POST.get("once"), b"draft", make)
    return redirect("portal-draft", draft=answer["draft"])


def tasks(request: HttpRequest, draft: Any) -> HttpResponse:
    """What we still need from you."""
    found = _draft(of_request(request), draft)
    problems = services.check(found.data)
    steps = []
    for section in HEADER_SECTIONS:
        begun = any(read(found.data, f.name) for f in section.fields if f.name != "importer_code")
        wrong = [p for p in problems if belongs(p, section)]
        steps.append((section, "done" if not wrong else "begun" if begun else "todo", len(wrong)))
    goods = [
        (i, line, len([p for p in problems if p.field.startswith(f"lines.{i}.")]))
        for i, line in enumerate(found.data.get("lines", []))
    ]
    kinds = codes.table("document_kind")
    papers = [(d, say(kinds.get(d["kind"]) or d["kind"])) for d in found.data.get("documents", [])]
    context = {
        "draft": found,
        "steps": steps,
        "goods": goods,
        "papers": papers,
        "ready": not problems,
        "left": len(problems),
    }
    return page(request, "portal/tasks.html", context)


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, draft: Any, key: str) -> HttpResponse:
    """One header section."""
    by = of_request(request)
    found = _draft(by, draft)
    chosen = next((s for s in HEADER_SECTIONS if s.key == key), None)
    if chosen is None:
        raise NotFound
    if request.method == "GET":
        return _show(request, chosen, found, [])
    data = dict(found.data)
    _take(request, chosen, data)
    found = services.save_draft(by, data, id=found.id)
    wrong = [p for p in services.check(data) if belongs(p, chosen)]
    return _show(request, chosen, found, wrong) if wrong else redirect("portal-draft", draft=found.id)


@require_http_methods(["GET", "POST"])
def goods(request: HttpRequest, draft: Any, index: int) -> HttpResponse:
    """One goods line; the line after the last begins a new one."""
    by = of_request(request)
    found = _draft(by, draft)
    if index > min(len(found.data.get("lines", [])), 199):
        raise NotFound
    prefix = f"lines.{index}."
    if request.method == "GET":
        return _show(request, GOODS, found, [], prefix)
    data = dict(found.data)
    _take(request, GOODS, data, prefix)
    found = services.save_draft(by, data, id=found.id)
    wrong = [p for p in services.check(data) if belongs(p, GOODS, prefix)]
    return _show(request, GOODS, found, wrong, prefix) if wrong else redirect("portal-draft", draft=found.id)


@require_http_methods(["POST"])
def remove_goods(request: HttpRequest, draft: Any, index: int) -> HttpResponse:
    by = of_request(request)
    found = _draft(by, draft)
    lines = list(found.data.get("lines", []))
    if index < len(lines):
        del lines[index]
        services.save_draft(by, dict(found.data) | {"lines": lines}, id=found.id)
    return redirect("portal-draft", draft=found.id)


@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, draft: Any) -> HttpResponse:
    """Attach a PDF."""
    by = of_request(request)
    found = _draft(by, draft)
    options = codes.table("document_kind").options()
    problems: list[Problem] = []
    if request.method == "POST":
        file = request.FILES.get("file")
        kind, number = request.POST.get("kind", ""), request.POST.get("number", "").strip()[:60]
        try:
            if file is None:
                words = W("Choose a PDF file.", "请选择 PDF 文件。")
                raise Invalid([Problem("file", "missing", words)])
            paper = services.attach(by, file.read(), file.name or "document.pdf", kind, number)
            others = [d for d in found.data.get("documents", []) if d["sha256"] != paper["sha256"]]
            services.save_draft(by, dict(found.data) | {"documents": [*others, paper]}, id=found.id)
            return redirect("portal-draft", draft=found.id)
        except Invalid as error:
            problems = error.problems
    context = {
        "draft": found,
        "options": options,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/documents.html", context, status=422 if problems else 200)


@require_http_methods(["POST"])
def send(request: HttpRequest, draft: Any) -> HttpResponse:
    """Lodge the declaration. Pressing twice lodges once."""
    by = of_request(request)
    body = json.dumps({"draft": str(draft)}).encode()

    def lodge() -> dict[str, str]:
        found = _draft(by, draft)
        return {"number": services.lodge(by, found.data, draft_id=found.id).number}

    key = request.POST.get("once")
    if not key:
        raise Refused(
            W("This form is too old. Go back and send it again.", "此表单已过期，请返回后重新提交。"), code="no-key"
        )
    answer, _new = once(by, key, body, lodge)
    messages.success(request, _("Declaration lodged. Every line has its decision below."))
    return redirect("portal-declaration", number=answer["number"])
