"""Change the rule pack: type rows or send a table, gather them, and propose them together."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from guomen.catalogue import queries, typed
from guomen.catalogue import services as catalogue
from guomen.catalogue.proposed import CLOSED, FIELDS, LASTING, SECTIONS
from guomen.catalogue.rows import Change, row_changes
from guomen.catalogue.rulepack import RulePack
from guomen.faces.forms import answer_once, send_once
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.tables import BadFileError
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request


@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, section: str) -> HttpResponse:
    """Change a row: ``?key=`` one that is there, or a new one. POST puts it into one's own proposal."""
    by = of_request(request)
    draft = queries.pack_draft(by)
    if section not in SECTIONS:
        raise NotFound
    there = catalogue.upon().rows.get(section, {})
    key = request.GET.get("key", "")[:60]
    like = typed.sample(section, there, key)
    is_new, simple = key not in there, typed.simple(section, like)
    post, problems = request.POST, []
    if request.method == "POST":
        try:
            send_once(request, by, lambda: catalogue.draft_rows(by, [_row(section, post, like, simple)]))
            messages.success(request, _("Gathered. Add more rows, or propose what you have."))
            return redirect("desk-proposal")
        except Invalid as error:
            problems = [_field(p, simple) for p in error.problems]
    standing = there.get(key)
    gathered = next((r for r in draft.rows if (r["section"], r["key"]) == (section, key)), None)
    value = (gathered["value"] if gathered else None) or ({} if is_new else like)
    texts = typed.shown(value) if simple else {}
    context = {
        "section": section,
        "title": SECTIONS[section],
        "key": post.get("key", key),
        "is_new": is_new,
        "simple": simple,
        "fields": [(f"f.{n}", say(FIELDS.get(n, n)), post.get(f"f.{n}", texts.get(n, ""))) for n in like]
        if simple
        else [],
        "raw": post.get("value", json.dumps(value, ensure_ascii=False, indent=2, default=str)),
        "source": post.get("source", gathered["source"] if gathered else standing.source if standing else ""),
        "post": post,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "can_go": not is_new and section not in (*CLOSED, "checklists", "panels"),
        "lasts": section in LASTING,
    }
    return page(request, "desk/rulepack_row.html", context, status=422 if problems else 200)


def _row(section: str, post: Any, like: Mapping[str, Any], simple: bool) -> dict[str, Any]:
    value: Any
    if post.get("remove") == "yes":
        value = None
    elif simple:
        value = typed.read_value(section, {n: post.get(f"f.{n}", "") for n in like}, like)
    else:
        try:
            value = json.loads(post.get("value", "")[:40_000])
        except ValueError:
            raise Invalid([Problem("rows.0.value", "not-json", typed.NOT_JSON)]) from None
    about = {name: post.get(name, "") for name in ("source", "effective_from", "effective_to")}
    return {"section": section, "key": post.get("key", "").strip(), "value": value} | about


def _field(problem: Problem, simple: bool) -> Problem:
    """Name the form's field that a problem is about."""
    name = problem.field.removeprefix("rows.0.")
    if simple and name.startswith("value."):
        name = f"f.{name.removeprefix('value.')}"
    elif name.startswith("value"):
        name = "f." if simple else "value"
    return Problem(name, problem.code, problem.words, problem.values)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest) -> HttpResponse:
    """One's own proposal: its rows, field by field. POST ``do``: file, drop, empty, propose."""
    by, post = of_request(request), request.POST
    draft = queries.pack_draft(by)
    problems: list[Problem] = []
    report: dict[str, Any] | None = None
    status = 200
    if request.method == "POST":
        try:
            answer, report = _act(request, by)
            if answer:
                return answer
        except Invalid as error:
            problems, status = error.problems, 422
        except BadFileError as error:
            problems, status = [error.about("file")], 422
        except Refused as error:
            messages.error(request, error.sentence())
        draft = queries.pack_draft(by)
    standing = catalogue.upon()
    told = {place: [] for place in ((r["section"], r["key"]) for r in draft.rows)}  # type: ignore[var-annotated]
    for p in problems:
        if place := catalogue.place_of(draft, p):
            told[place].append(str(p))
    wrong = report and any(line["does"] == "wrong" for line in report["rows"])
    context = {
        "rows": [
            (r, say(SECTIONS[r["section"]]), _changes(r, standing), told[r["section"], r["key"]]) for r in draft.rows
        ],
        "sections": [(code, say(words)) for code, words in SECTIONS.items()],
        "section": post.get("section", ""),
        "report": report,
        "does": {name: say(words) for name, words in DOES.items()},
        "post": post if post.get("do") == "propose" else {},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/proposal.html", context, status=422 if wrong else status)


DOES = {
    "add": W("New", "新增"),
    "change": W("Changed", "更改"),
    "end": W("Taken away", "删除"),
    "same": W("As it is", "不变"),
    "wrong": W("Wrong", "有误"),
}
"""What a row of a table does."""


def _act(request: HttpRequest, by: Actor) -> tuple[HttpResponse | None, dict[str, Any] | None]:
    """What a button does: where to go next, or the report of a file."""
    post = request.POST
    match post.get("do"):
        case "file":
            file = request.FILES.get("file")
            if file is None:
                words = W("Choose a CSV or XLSX file.", "请选择 CSV 或 XLSX 文件。")
                raise Invalid([Problem("file", "no-file", words)])
            content, section = file.read(), post.get("section", "")
            digest = hashlib.sha256(content).hexdigest()
            report = answer_once(request, by, lambda: catalogue.draft_file(by, section, content), digest)[0]
            if report["added"]:
                added = ngettext("%(num)d row was gathered.", "%(num)d rows were gathered.", report["added"])
                messages.success(request, added % {"num": report["added"]})
            return None, report
        case "drop":
            send_once(request, by, lambda: catalogue.undraft(by, post.get("section", ""), post.get("key", "")))
        case "empty":
            send_once(request, by, lambda: catalogue.undraft(by))
        case "propose":
            words = {name: post.get(name, "") for name in ("title_en", "title_zh", "why")}
            version = answer_once(request, by, lambda: catalogue.propose_draft(by, **words).version)[0]
            messages.success(request, _("Proposed. Simulate it on history; then somebody else approves it."))
            return redirect("desk-rulepack", version), None
        case _:
            raise NotFound
    return redirect("desk-proposal"), None


def _changes(one: Mapping[str, Any], standing: RulePack) -> list[tuple[str, Change]]:
    """A gathered row against the one that stands, field by field."""
    section, key = one["section"], one["key"]
    row = standing.rows.get(section, {}).get(key)
    found = row_changes(section, key, row.value if row else {}, one["value"] or {})
    return [(say(FIELDS.get(c.field, c.field)), c) for c in found]
