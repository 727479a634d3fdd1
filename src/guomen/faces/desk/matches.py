"""What else speaks of the declared goods: each piece of evidence with its score and every difference in words."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.certificates.checks import VERDICTS
from guomen.certificates.words import STATES as CERTIFICATE_STATES
from guomen.clearance import matching
from guomen.clearance.rules.matching import Said
from guomen.clearance.words import EVIDENCE, MATCHES
from guomen.faces.desk import names
from guomen.faces.told import state
from guomen.kit.web import page
from guomen.kit.words import say
from guomen.parties.actors import of_request


@dataclass(frozen=True, slots=True)
class Row:
    """A piece of evidence for the page. ``agrees``, ``differs``: short texts; ``chip`` with its tone."""

    kind: str
    name: str
    href: str
    lines: str
    score: int
    chip: tuple[str, str]
    state: str
    agrees: list[str]
    differs: list[str]


@require_safe
def desk(request: HttpRequest, number: str) -> HttpResponse:
    """The page, for officers."""
    by = of_request(request)
    by.require("controller", "certifier")
    found = matching.of(by, number)
    context = {
        "number": number,
        "rows": [_row(one) for one in found.found],
        "unconfirmed": [(names.of("document_kind", kind), stated) for kind, stated in found.unconfirmed],
    }
    return page(request, "desk/matches.html", context)


def _row(one: matching.Found) -> Row:
    differs = [_difference(s) for s in one.match.differences]
    if one.match.certain or (one.match.suggested and not differs):
        chip = (_("It fits"), "ok") if not differs else (_("It fits, with differences"), "wait")
    elif one.match.suggested:
        chip = (_("Probably"), "wait")
    elif one.match.compared:
        chip = (_("Does not fit"), "bad")
    else:
        chip = (_("Says nothing to compare"), "")
    lines = ", ".join(map(str, one.lines))
    agrees = [say(MATCHES[s.code]) for s in one.match.said if s.agrees]
    evidence = one.evidence
    return Row(
        say(EVIDENCE[evidence.kind]),
        evidence.name,
        _door(evidence),
        lines,
        one.match.score,
        chip,
        _state(evidence),
        agrees,
        differs,
    )


def _difference(said: Said) -> str:
    values = {"what": say(MATCHES[said.code]), "declared": said.values["declared"], "found": said.values["found"]}
    text = _("%(what)s: declared %(declared)s, here %(found)s") % values
    if "percent" in said.values:
        text += " " + _("(%(percent)s %% apart)") % {"percent": said.values["percent"]}
    return text


def _door(evidence: matching.Evidence) -> str:
    if evidence.kind == "seal":
        return reverse("desk-seal", args=[evidence.name])
    if evidence.kind == "certificate":
        return reverse("desk-certificate", args=[evidence.name])
    if evidence.kind == "foreign":
        return reverse("foreign", args=[evidence.declaration, evidence.line])
    if evidence.kind == "lot":
        return reverse("desk-line", args=[evidence.declaration, evidence.line])
    return reverse("desk-declaration", args=[evidence.name])


def _state(evidence: matching.Evidence) -> str:
    if evidence.kind == "foreign":
        return say(VERDICTS[evidence.state])
    if evidence.kind == "certificate":
        return say(CERTIFICATE_STATES[f"certificate.{evidence.state}"])
    if evidence.kind == "lot":
        return state("line", evidence.state)
    if evidence.kind == "seal":
        return {"ok": _("nothing wrong"), "wait": _("needs a look"), "bad": _("alarm")}[evidence.state]
    return ""
