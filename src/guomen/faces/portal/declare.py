"""The declaration form: a task list of what is still needed, one section a page, saved as a draft at every step."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes
from guomen.catalogue.packs import current
from guomen.catalogue.queries import registered
from guomen.clearance import queries, services
from guomen.faces import told
from guomen.faces.forms import answer_once, send_once
from guomen.faces.portal.sections import (
    AMENDS,
    GOODS,
    Field,
    Section,
    belongs,
    belongs_to_none,
    payload,
    prune,
    read,
    sections,
    write,
)
from guomen.faces.portal.wording import contents, named, valued
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request

LABELLED = W("{label}: {said}", "{label}：{said}")
NEW: dict[str, Any] = {"direction": "I", "containers": [], "lines": [], "documents": []}


def _options(field: Field) -> list[tuple[str, W]]:
    rows = codes.table(field.table).options()
    if field.table in {"port", "trade_mode", "country"}:
        return [(code, W(f"{code} {w.en}", f"{code} {w.zh}")) for code, w in rows]
    return rows


def _moment(value: str) -> str:
    """A local date and time of the form as a moment in the zone of the port; anything else as it was typed."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))).isoformat(timespec="minutes")


def _take(request: HttpRequest, section: Section, data: dict[str, Any], prefix: str = "") -> None:
    """Copy one section's answers from the form into the draft."""
    for field in section.fields:
        name = prefix + field.name
        if field.kind == "codes":
            write(data, name, [v for v in request.POST.getlist(name) if v][:20])
            continue
        value = request.POST.get(name, "").strip()[: 12_000 if field.kind == "list" else 300]
        if field.kind == "several":
            write(data, name, [part for part in re.split(r"[\s;,，；、]+", value) if part])
            continue
        if field.kind == "number":
            value = value.replace(",", "").replace("，", "")
        if field.kind == "moment":
            value = _moment(value)
        write(data, name, value)
    if not prefix:
        prune(data, section)


def _show(
    request: HttpRequest, section: Section, draft: Any, problems: list[Problem], prefix: str = "", status: int = 200
) -> HttpResponse:
    fields = [
        (f, prefix + f.name, _shown(f, read(draft.data, prefix + f.name)), _options(f) if f.table else [])
        for f in section.fields
    ]
    index = int(prefix.split(".")[1]) if prefix else -1
    context = {
        "draft": draft,
        "section": section,
        "fields": fields,
        "meaning": {
            name: say(codes.table(f.table).get(value) or "") for f, name, value, _o in fields if f.kind == "typed"
        },
        "nearest": {name: nearest(f.table, value) for f, name, value, _o in fields if f.kind == "typed"},
        "products": registered(of_request(request)) if prefix else [],
        "index": index,
        "is_new": index >= len(draft.data.get("lines", [])),
        "problems": _labelled(problems, section, prefix),
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/section.html", context, status=status)


def _shown(field: Field, value: Any) -> Any:
    return "; ".join(map(str, value)) if field.kind == "several" and isinstance(value, list) else value


def _labelled(problems: list[Problem], section: Section, prefix: str) -> list[Problem]:
    """Problems in the order of the questions, each saying which: in the summary they stand away from their fields."""
    labels = {prefix + f.name: named(f.name) if "." in f.name else say(f.label) for f in section.fields}
    places = list(labels)
    return [
        Problem(p.field, p.code, LABELLED, (("label", labels[p.field]), ("said", str(p)))) if p.field in labels else p
        for p in sorted(problems, key=lambda p: places.index(p.field) if p.field in labels else len(places))
    ]


def nearest(table: str, typed: str, most: int = 6) -> list[tuple[str, W]]:
    """Codes that somebody may have meant who typed the first digits, or a word of the name, in place of a code."""
    text = typed.strip().casefold()
    if len(text) < 2 or text in codes.table(table):
        return []
    rows = codes.table(table).options()
    return [(c, w) for c, w in rows if c.startswith(text) or text in w.en.casefold() or text in w.zh][:most]


def _begun(data: dict[str, Any], section: Section, prefix: str = "") -> bool:
    """Whether somebody saved answers here before: then what is wrong is named as soon as the page opens."""
    given = {f.name for f in section.fields} - {"importer_code", "departure_country"}
    return any(read(data, prefix + name) for name in given)


def _draft(by: Actor, id: Any) -> Any:
    by.require("declarant")
    return queries.draft(by, id)


@require_http_methods(["POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin a declaration: an empty draft of the declarant's organisation."""
    by = of_request(request)
    by.require("declarant")

    direction = "E" if request.POST.get("direction") == "E" else "I"

    def make() -> dict[str, str]:
        begun = NEW | {"direction": direction, "importer_code": by.organisation.code}
        if direction == "E":
            begun |= {"departure_country": "CN"}
        return {"draft": str(services.save_draft(by, begun).id)}

    answer, _new = answer_once(request, by, make)
    return redirect("portal-draft", draft=answer["draft"])


def tasks(request: HttpRequest, draft: Any) -> HttpResponse:
    """What we still need from you."""
    return _tasks(request, _draft(of_request(request), draft), [])


def _tasks(request: HttpRequest, found: Any, refused: list[Problem]) -> HttpResponse:
    by = of_request(request)
    declared = payload(found.data)
    problems = services.check(declared, by, found.data.get(AMENDS, ""))
    steps, shown = [], sections(found.data)
    for section in shown:
        wrong = [p for p in problems if belongs(p, section)]
        state = "done" if not wrong else "begun" if _begun(found.data, section) else "todo"
        steps.append((section, state, len(wrong)))
    goods = [
        (i, line.get("name", ""), len([p for p in problems if p.field.startswith(f"lines.{i}.")]))
        for i, line in enumerate(found.data.get("lines", []))
    ]
    kinds = codes.table("document_kind")
    papers = [
        (
            d,
            say(kinds.get(d["kind"]) or d["kind"]),
            " ".join(valued(f"documents.{i}.{n}", d[n]) for n in ("quantity", "unit") if d.get(n)),
            [p for p in problems if p.field.startswith(f"documents.{i}.")],
        )
        for i, d in enumerate(found.data.get("documents", []))
    ]
    context = {
        "draft": found,
        "contents": contents(declared) if not problems else [],
        "lacking": [] if problems else _lacking(by, declared),
        "steps": steps,
        "goods": goods,
        "papers": papers,
        "ready": not problems,
        "left": len(problems),
        "amends": found.data.get(AMENDS, ""),
        "export": found.data.get("direction") == "E",
        "reason": request.POST.get("reason", ""),
        "problems": [*refused, *(p for p in problems if belongs_to_none(p, shown))],
        "problem_map": {p.field: str(p) for p in refused},
    }
    return page(request, "portal/tasks.html", context, status=422 if refused else 200)


def _lacking(by: Actor, declared: dict[str, Any]) -> list[dict[str, Any]]:
    """What the goods would be held for want of: a sentence, the lines, and the kind of paper where it is one."""
    found: dict[str, dict[str, Any]] = {}
    for line, reason in services.foresee(by, declared):
        used = current().terms["used"]["papers"][0] if reason.code == "PRE-SHIPMENT-CERTIFICATE-MISSING" else ""
        said = told.sentence(reason.plain())
        one = found.setdefault(said, {"said": said, "lines": [], "paper": reason.values.get("paper", used)})
        one["lines"].append(line)
    return list(found.values())


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, draft: Any, key: str) -> HttpResponse:
    """One header section."""
    by = of_request(request)
    found = _draft(by, draft)
    chosen = next((s for s in sections(found.data) if s.key == key), None)
    if chosen is None:
        raise NotFound
    return _ask(request, by, found, chosen, "")


def _ask(request: HttpRequest, by: Actor, draft: Any, section: Section, prefix: str) -> HttpResponse:
    """Show a section; when it was sent, keep what was entered, right or wrong, and name what is wrong."""
    sent = request.method == "POST"
    if sent:
        draft = services.change_draft(by, draft.id, lambda data: _take(request, section, data, prefix))
    shown = sent or _begun(draft.data, section, prefix)
    if not prefix:
        # What was answered may ask more: a container's row, or what another kind of trade wants.
        section = next((s for s in sections(draft.data) if s.key == section.key), section)
    problems = services.check(payload(draft.data), by, draft.data.get(AMENDS, "")) if shown else []
    wrong = [p for p in problems if belongs(p, section, prefix)]
    if sent and not wrong:
        if request.POST.get("another"):
            return redirect(_next_row(draft, section, prefix))
        return redirect("portal-draft", draft=draft.id)
    return _show(request, section, draft, wrong, prefix, 422 if sent else 200)


def _next_row(draft: Any, section: Section, prefix: str) -> str:
    """Where the next goods line, container or order is entered."""
    if prefix:
        return reverse("portal-goods", args=[draft.id, len(draft.data["lines"])])
    row = f"{section.rows_of}.{len(draft.data.get(section.rows_of) or ())}.{section.rows[0].name}"
    return f"{reverse('portal-section', args=[draft.id, section.key])}#{row}"


@require_http_methods(["GET", "POST"])
def goods(request: HttpRequest, draft: Any, index: int) -> HttpResponse:
    """One goods line; the line after the last begins a new one."""
    by = of_request(request)
    found = _draft(by, draft)
    if index > min(len(found.data.get("lines", [])), 199):
        raise NotFound
    prefix = f"lines.{index}."
    return _ask(request, by, found, GOODS, prefix)


@require_http_methods(["POST"])
def remove_goods(request: HttpRequest, draft: Any, index: int) -> HttpResponse:
    """Take a goods line out of the draft."""
    return _remove(request, draft, "lines", index)


@require_http_methods(["POST"])
def remove_document(request: HttpRequest, draft: Any, index: int) -> HttpResponse:
    """Take a document out of the draft."""
    return _remove(request, draft, "documents", index)


def _remove(request: HttpRequest, draft: Any, name: str, index: int) -> HttpResponse:
    by = of_request(request)
    found = _draft(by, draft)

    def remove(data: dict[str, Any]) -> None:
        rows = data.get(name, [])
        if index >= len(rows):
            raise NotFound
        del rows[index]

    # Pressing twice must not take the next row with it.
    send_once(request, by, lambda: services.change_draft(by, found.id, remove))
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
        use = {n: v for n in ("line", "quantity", "unit") if (v := request.POST.get(n, "").strip()[:40])}
        try:
            content, name = (file.read(), file.name or "document.pdf") if file else (b"", "")
            paper = services.attach(by, content, name, kind, number)

            def add(data: dict[str, Any]) -> None:
                others = [d for d in data.get("documents", []) if d.get("sha256") != paper["sha256"]]
                data["documents"] = [*others, paper | use]

            services.change_draft(by, found.id, add)
            return redirect("portal-draft", draft=found.id)
        except Invalid as error:
            problems = error.problems
    sent = request.POST if request.method == "POST" else request.GET
    context = {
        "draft": found,
        "options": options,
        "units": codes.table("unit").options(),
        "given": {name: sent.get(name, "") for name in ("kind", "number", "line", "quantity", "unit")},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/documents.html", context, status=422 if problems else 200)


@require_http_methods(["POST"])
def send(request: HttpRequest, draft: Any) -> HttpResponse:
    """Lodge the declaration. Pressing twice lodges once."""
    by = of_request(request)

    def lodge() -> dict[str, str]:
        found = _draft(by, draft)
        if amended := found.data.get(AMENDS):
            reason = request.POST.get("reason", "")
            return {"number": services.amend(by, amended, payload(found.data), reason, draft_id=found.id).number}
        return {"number": services.lodge(by, payload(found.data), draft_id=found.id).number}

    if not request.POST.get("once"):
        raise Refused(
            W("This form is too old. Go back and send it again.", "此表单已过期，请返回后重新提交。"), code="no-key"
        )
    try:
        answer, _new = answer_once(request, by, lodge)
    except Invalid as error:
        return _tasks(request, _draft(by, draft), error.problems)
    except Refused as error:
        return _tasks(request, _draft(by, draft), [error.about("send")])
    messages.success(request, _("Declaration lodged. Every line has its decision below."))
    return redirect("portal-declaration", number=answer["number"])


@require_http_methods(["POST"])
def discard(request: HttpRequest, draft: Any) -> HttpResponse:
    """Throw a draft away. Pressing twice is once."""
    by = of_request(request)
    send_once(request, by, lambda: services.discard_draft(by, draft))
    messages.success(request, _("The draft is gone."))
    return redirect("portal")
