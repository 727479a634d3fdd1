"""The published list of inspection bodies, and the desk's page about bodies, admissions, samples and balances."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.adoption import queries, services
from guomen.adoption.reading import Reader
from guomen.adoption.words import BODY_KINDS
from guomen.catalogue import codes
from guomen.catalogue.packs import current
from guomen.catalogue.units import amount
from guomen.faces.forms import acted, send_once
from guomen.faces.release.desk import officer
from guomen.faces.told import country, sentence, state
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

LISTED = ("organisation", "kind", "licence", "scope", "valid_from", "valid_until")
SEALED = ("laboratory", "quantity", "unit", "seal_number")


@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """Whose results are adopted, for which goods, until when. Public."""
    context = {"bodies": queries.bodies(), "kinds": BODY_KINDS, "words": state, "country": country}
    return page(request, "release/bodies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """All that waits for an officer, then what counts now. POST ``do``: see :func:`_act`."""
    by = officer(request, "controller", "inspector")
    problems, answer = acted(request, lambda: _act(request, by))
    if answer:
        return answer
    at = request.POST.get("at", "")
    fields = {p.field: f"{p.field}{at}" for p in problems}
    for p in problems:
        object.__setattr__(p, "field", fields[p.field])
    evidence = queries.evidence(by, 50)
    context: dict[str, Any] = {
        "bodies": queries.bodies(),
        "kinds": BODY_KINDS,
        "standings": queries.standings(by),
        "samples": queries.air_samples(by, 50),
        "reports": queries.reports(by, 50),
        "evidence": evidence,
        "uses": queries.uses(evidence),
        "laboratories": [(o.code, str(o)) for o in Organisation.objects.filter(kind="laboratory").order_by("name_en")],
        "units": list(codes.table("unit").options()),
        "modes": current().modes,
        "words": state,
        "country": country,
        "sentence": sentence,
        "amount": amount,
        "may_admit": by.has("controller"),
        "may_seal": by.has("inspector"),
        "typed": request.POST,
        "at": at,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "release/evidence.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> str:
    post, do = request.POST, request.POST.get("do", "")
    changes: dict[str, tuple[Callable[..., Any], str]] = {
        "suspend": (services.suspend_body, _("The body is suspended.")),
        "restore": (services.restore_body, _("The body is on the list again.")),
        "delist": (services.delist_body, _("The body is off the list, and its results count no more.")),
    }
    if do in changes:
        change, said = changes[do]
        body = next((b for b in queries.bodies() if str(b.id) == post.get("body")), None)
        if body is None:
            raise NotFound
        send_once(request, by, lambda: change(by, body.id, post.get("reason", "")))
        return said
    match do:
        case "list":
            sent = {name: post.get(name, "") for name in LISTED}
            send_once(request, by, lambda: services.list_body(by, sent))
            return _("The body is on the list.")
        case "admit":
            reader = Reader({"valid_until": post.get("valid_until")})
            day = reader.day("valid_until")
            reader.done()
            send_once(request, by, lambda: services.admit(by, post.get("importer", ""), post.get("mode", ""), day))
            return _("The firm is admitted.")
        case "forward":
            sent = {name: post.get(name, "") for name in SEALED}
            send_once(request, by, lambda: services.forward_air_sample(by, post.get("sample", ""), sent))
            return _("The sample is on its way to the laboratory.")
        case "void":
            send_once(request, by, lambda: services.void_report(by, post.get("report", ""), post.get("reason", "")))
            return _("The report counts no more.")
    raise NotFound
