"""Sampling plans: how many units to open or measure, and what that lets through."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.clearance import plans
from guomen.kit.chart import Curve
from guomen.kit.errors import Forbidden, Invalid
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import of_request


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """``?kind=`` one of plans.KINDS, and its fields; without fields a first example of the kind."""
    if not of_request(request).is_officer:
        raise Forbidden
    asked = request.GET.dict()
    kind = asked.get("kind", "")
    if kind not in plans.KINDS:
        kind = "single"
    found, problems = None, []
    try:
        found = plans.ask(kind, asked)
    except Invalid as error:
        problems = error.problems
    fields = []
    for name in plans.ASKED[kind]:
        one = plans.FIELDS[name]
        choices = [(code, say(w) if isinstance(w, W) else w) for code, w in one.choices.items()]
        fields.append((name, say(one.words), asked.get(name) or one.first, choices))
    context = {
        "kind": kind,
        "kinds": [(code, say(words)) for code, words in plans.KINDS.items()],
        "fields": fields,
        "found": found,
        "says": [(say(words), say(value)) for _code, words, value in found.says] if found else [],
        "source": say(found.source) if found else "",
        "note": say(found.note) if found and found.note else "",
        "chart": _chart(found) if found and found.curve else "",
        "table": [(f"{100 * q:.2g} %", f"{100 * p:.1f} %") for q, p in found.curve[:: plans.POINTS // 10]]
        if found
        else [],
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/sampling.html", context, status=422 if problems else 200)


def _chart(found: plans.Answer) -> Curve:
    label = _("Chance that a lot passes, by the share of bad units in it")
    below = _("bad units in the lot")
    if found.kind == "csp":
        label, below = _("Share of lots that pass unopened, by the share of bad lots"), _("bad lots")
    return Curve(found.curve, label, below, found.curve[-1][0])
