"""A laboratory's own certificates: reports on its samples, written, reviewed and signed by three persons."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.certificates import kinds, paper, queries, rules, services
from guomen.certificates.models import Certificate
from guomen.certificates.titles import title
from guomen.certificates.words import REVOKE_CODES, SUSPEND_CODES
from guomen.clearance.queries import line_by_subject
from guomen.faces import fact_forms
from guomen.faces.certificate_life import TONES, act
from guomen.faces.forms import acted, answer_once, send_once
from guomen.faces.told import state
from guomen.inspection.models import Sample
from guomen.inspection.queries import checks_of
from guomen.inspection.queries import sample as sample_of
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.parties.models import Organisation, Person

KIND = "LR"
ASKED = ("accreditation", "standard", "produced_on", "maker", "batch")
"""What the sample does not say. All else comes from it, and is not typed again."""


def _analyst(request: HttpRequest) -> Actor:
    by = of_request(request)
    by.require("analyst")
    return by


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Reports that wait, and those that were signed."""
    by = _analyst(request)
    context = {
        "organisation": by.organisation,
        "waiting": [_row(c) for c in queries.own_waiting(by, "laboratory")],
        "signed": [_row(c) for c in queries.own_signed(by, "laboratory")],
    }
    return page(request, "laboratory/reports.html", context)


def _row(one: Certificate) -> dict[str, Any]:
    present = queries.state(one)
    chip, tone = state("certificate", present), TONES.get(present, "bad")
    return {"one": one, "goods": one.facts.get("goods", ""), "chip": chip, "tone": tone}


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """Draft the report on a sample whose results are signed. There is one: a second visit leads to it."""
    by = _analyst(request)
    found = sample_of(by, number)
    made = queries.report_on(by, found.number)
    if made is not None:
        return redirect("laboratory-certificate", made.number)
    if found.state != "reported" or not found.verdict:
        raise NotFound(W("Sign the results of this sample first.", "请先签发该样品的检测结果。"))
    facts = facts_of(found)
    one, problems = kinds.kind(KIND), list[Problem]()
    if request.method == "POST":
        typed = _typed(one, request)
        try:

            def do() -> str:
                return services.draft(
                    by, kind=KIND, subject=found.subject, holder=_holder(found), facts=facts | typed
                ).number

            number = str(answer_once(request, by, do)[0])
            messages.success(request, _("Drafted. A colleague reviews it, a third one signs it."))
            return redirect("laboratory-certificate", number)
        except Invalid as error:
            problems, facts = error.problems, facts | typed
    return _form(request, facts, problems, found.number)


def facts_of(found: Sample) -> dict[str, Any]:
    """What a signed sample says, as the facts of a report."""
    rows = [row for row in checks_of(found.subject) if row["sample"] == found.number]
    names = ("test", "found", "limit", "within", "standard")
    return {
        "goods": found.goods,
        "sample": found.number,
        "received_on": found.received_at,
        "tested_on": found.reported_at,
        "tests": [{name: row[name] for name in names if row[name] not in (None, "")} for row in rows],
    }


def _holder(found: Sample) -> Organisation:
    """The importer whose goods they are; where no line is known, the office that sent the sample."""
    line = line_by_subject(found.subject)
    if line is not None:
        return line.importer
    return Person.objects.select_related("organisation").get(id=found.drawn_by).organisation


def _typed(one: kinds.Kind, request: HttpRequest) -> dict[str, Any]:
    return {name: value for name, value in fact_forms.sent(one, request.POST).items() if name in ASKED}


def _form(request: HttpRequest, facts: dict[str, Any], problems: list[Problem], sample: str) -> HttpResponse:
    one = kinds.kind(KIND)
    kept = kinds.read(one, facts)[0]
    context = {
        "one": one,
        "title": title(KIND),
        "sample": sample,
        "given": facts,
        "sections": [(words, [f for f in rows if f.name in ASKED]) for words, rows in fact_forms.sections(one)],
        "shown": paper.sections(KIND, {name: value for name, value in kept.items() if name not in ASKED}),
        "tests": _tests(kept),
        "rows_of": fact_forms.rows_of,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "laboratory/report_form.html", context, status=422 if problems else 200)


def _tests(facts: dict[str, Any]) -> list[dict[str, Any]]:
    site, laboratory = paper.checks(facts)
    return [*site, *laboratory]


def _own(by: Actor, number: str) -> Certificate:
    """One report of the analyst's own house. Raises NotFound."""
    found = queries.certificate(number, by)
    if found.kind != KIND or found.office_id != by.organisation_id:
        raise NotFound
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Correct what was typed in a draft. What the sample says stays as it is."""
    by = _analyst(request)
    found, one, problems = _own(by, number), kinds.kind(KIND), list[Problem]()
    if rules.after("change", found.state) is None:
        return redirect("laboratory-certificate", number)
    facts = dict(found.facts)
    if request.method == "POST":
        facts = {name: value for name, value in facts.items() if name not in ASKED} | _typed(one, request)
        try:
            send_once(request, by, lambda: services.change(by, number, facts))
            messages.success(request, _("Drafted. A colleague reviews it, a third one signs it."))
            return redirect("laboratory-certificate", number)
        except Invalid as error:
            problems = error.problems
        except Refused as error:
            messages.error(request, error.sentence())
            return redirect("laboratory-certificate", number)
    return _form(request, facts, problems, str(found.facts.get("sample", "")))


def _act(request: HttpRequest, by: Actor, number: str) -> str:
    """Do what the pressed button says; returns the sentence to show."""
    sentences = {
        "review": _("Reviewed. A third colleague signs it."),
        "send-back": _("Sent back to the drafter."),
        "sign": _("Signed. The report can be checked by anyone now."),
        "suspend": _("Suspended. Everybody who checks it sees that."),
        "resume": _("The report is valid again."),
        "revoke": _("Revoked, for good."),
    }
    return act(request, by, number, sentences)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One report. POST ``do``: review, send-back, sign, suspend, resume, revoke."""
    by = _analyst(request)
    _own(by, number)
    try:
        problems, answer = acted(request, lambda: _act(request, by, number))
    except Forbidden as error:
        messages.error(request, error.sentence())
        problems, answer = [], redirect(request.path)
    if answer:
        return answer
    found = _own(by, number)
    present = queries.state(found)
    posts = (
        (_("Drafted by"), found.drafted_by),
        (_("Reviewed by"), found.reviewed_by),
        (_("Signed by"), found.signed_by),
    )
    who = {p.id: p.name for p in Person.objects.filter(id__in=[id for _label, id in posts if id])}
    context = {
        "one": found,
        "title": title(KIND),
        "state": present,
        "chip": state("certificate", present),
        "tone": TONES.get(present, "bad"),
        "sections": paper.sections(KIND, found.facts),
        "tests": _tests(found.facts),
        "persons": [(label, who.get(id, "")) for label, id in posts if id],
        "moves": {move for move in rules.MOVES if rules.after(move, found.state)},
        "own": by.person_id == found.drafted_by,
        "reviewer": by.person_id == found.reviewed_by,
        "suspend_codes": list(SUSPEND_CODES.items()),
        "revoke_codes": list(REVOKE_CODES.items()),
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "sent": request.POST,
    }
    return page(request, "laboratory/report.html", context, status=422 if problems else 200)
