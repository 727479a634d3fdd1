"""Certificates on the desk: what waits for a review or a signature, and one certificate with its life."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.certificates import kinds, paper, queries, rules
from guomen.certificates.models import Certificate
from guomen.certificates.titles import title
from guomen.certificates.words import REVOKE_CODES, SUSPEND_CODES
from guomen.faces.certificate_life import TONES, act
from guomen.faces.desk import names
from guomen.faces.forms import acted
from guomen.faces.told import state, told
from guomen.kit.ids import Subject
from guomen.kit.web import page
from guomen.kit.words import say
from guomen.ledger.queries import history
from guomen.parties.actors import Actor, of_request


def _officer(request: HttpRequest) -> Actor:
    by = of_request(request)
    by.require("controller", "certifier")
    return by


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, by what it waits for, oldest first, and what was signed lately."""
    by = _officer(request)
    waiting = queries.waiting(by)
    groups = [
        (_("To review"), [_row(c) for c in waiting if c.state == "draft"]),
        (_("To sign"), [_row(c) for c in waiting if c.state == "reviewed"]),
        (_("Sent back to the drafter"), [_row(c) for c in waiting if c.state == "returned"]),
    ]
    asked = [(one, title(one.kind)) for one in queries.asked(by)]
    context = {"groups": groups, "asked": asked, "signed": [_row(c) for c in queries.signed_lately()]}
    return page(request, "desk/certificates.html", context)


def _row(one: Certificate) -> dict[str, Any]:
    goods = one.facts.get("goods")
    present = queries.state(one)
    return {
        "one": one,
        "title": title(one.kind),
        "goods": say(goods) if goods else "",
        "chip": state("certificate", present),
        "tone": TONES.get(present, "bad"),
    }


def _act(request: HttpRequest, by: Actor, number: str) -> str:
    """Do what the pressed button says; returns the sentence to show."""
    sentences = {
        "review": _("Reviewed. The certificate waits for the signature of a third officer."),
        "send-back": _("Sent back to the drafter."),
        "sign": _("Signed. The certificate can be checked by anyone now."),
        "suspend": _("Suspended. Everybody who checks it sees that."),
        "resume": _("The certificate is valid again."),
        "revoke": _("Revoked, for good."),
    }
    return act(request, by, number, sentences)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate. POST ``do``: review, send-back, sign, suspend, resume, revoke."""
    by = _officer(request)
    queries.certificate(number, by)
    problems, answer = acted(request, lambda: _act(request, by, number))
    if answer:
        return answer
    found = queries.certificate(number, by)
    context = _context(by, found) | {
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "sent": request.POST,
    }
    return page(request, "desk/certificate.html", context, status=422 if problems else 200)


def _context(by: Actor, one: Certificate) -> dict[str, Any]:
    present = queries.state(one)
    site, tests = paper.checks(one.facts)
    persons = names.people([one.drafted_by, one.reviewed_by, one.signed_by])
    return {
        "one": one,
        "title": title(one.kind),
        "state": present,
        "chip": state("certificate", present),
        "tone": TONES.get(present, "bad"),
        "sections": paper.sections(one.kind, one.facts),
        "checks": [*site, *tests],
        "persons": [
            (label, persons.get(person) or _("by the rules"))
            for label, person, at in (
                (_("Drafted by"), one.drafted_by, one.drafted_at),
                (_("Reviewed by"), one.reviewed_by, one.reviewed_at),
                (_("Signature by"), one.signed_by, one.signed_at),
            )
            if at
        ],
        "facts": told(history(Subject.of("certificate", one.number))),
        "replaceable": one.kind in kinds.issued_by("authority"),
        "left": queries.packages_left(one),
        "write_offs": queries.write_offs(one.number),
        "moves": {move for move in rules.MOVES if rules.after(move, one.state)},
        "own": by.person_id == one.drafted_by,
        "may_sign": by.has("certifier"),
        "suspend_codes": list(SUSPEND_CODES.items()),
        "revoke_codes": list(REVOKE_CODES.items()),
    }
