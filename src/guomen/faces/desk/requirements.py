"""What goods need: look a profile up by HS code or words. Documents, checks, limits, and where each stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.catalogue import codes, queries
from guomen.catalogue.requirements import DEMANDS, KINDS, Goods
from guomen.catalogue.rulepack import current
from guomen.core.codes import valid_vin, vin_check_character
from guomen.kit.web import page
from guomen.parties.actors import of_request

CHOICES = ("19", "21", "14", "31", "32", "33", "12", "13")
TRAITS = ("cold", "dangerous", "infant", "prohibited", "radiation", "short-life")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """``?q=`` words or digits, ``?hs=`` one code with ``attributes`` and ``origin``; ``?vin=`` a number to check."""
    by, asked = of_request(request), request.GET
    words, hs = asked.get("q", "").strip()[:60], asked.get("hs", "").strip()[:10]
    found = queries.find_codes(by, words)
    if not hs and len(found) == 1:
        hs = found[0][0]
    table = codes.table("hs")
    attribute = asked.get("attribute", "")
    context: dict[str, Any] = {
        "q": words,
        "hs": hs if hs in table else "",
        "found": found,
        "attribute": attribute if attribute in CHOICES else "",
        "choices": [(c, codes.table("goods_attribute").get(c)) for c in CHOICES],
        "origins": [(c, w) for c, w in codes.table("country").options()],
        "origin": asked.get("origin", "")[:2],
        "vin": asked.get("vin", "").strip().upper()[:17],
        "vin_words": _vin(asked.get("vin", "").strip().upper()[:17]),
    }
    if context["hs"]:
        context |= _profile(by, hs, context["attribute"], context["origin"])
    return page(request, "desk/requirements.html", context)


def _profile(by: Any, hs: str, attribute: str, origin: str) -> dict[str, Any]:
    version, found = queries.requirements(by, Goods(hs, "", frozenset({attribute or "19"}), "", origin))
    pack, kinds = current(), codes.table("document_kind")
    named = {r.paper for r in found.requirements}
    plain = [(paper, kinds.get(paper) or paper) for paper in found.papers if paper not in named]
    checklist = pack.checklists.get(found.checklist)
    return {
        "name": codes.table("hs").get(hs),
        "version": version,
        "profile": found.profile,
        "letters": [(letter, _letters()[letter]) for letter in found.letters if letter in _letters()],
        "traits": [_traits()[t] for t in TRAITS if t in found.traits],
        "plain": plain,
        "groups": [(KINDS[k], k, rows) for k in KINDS if (rows := [r for r in found.requirements if r.kind == k])],
        "demands": DEMANDS,
        "must": set(found.papers),
        "checklist": checklist,
        "panel": pack.lab_panel(found.profile.panel),
    }


def _letters() -> dict[str, str]:
    return {
        "M": _("import inspection"),
        "P": _("animal and plant quarantine"),
        "R": _("food hygiene"),
        "L": _("CCC at the port"),
    }


def _traits() -> dict[str, str]:
    return {
        "cold": _("cold chain"),
        "dangerous": _("dangerous goods"),
        "infant": _("for infants: always inspected first"),
        "prohibited": _("may not be imported"),
        "radiation": _("surveyed for radiation"),
        "short-life": _("short shelf life"),
    }


def _vin(vin: str) -> str:
    """What a vehicle identification number says of itself."""
    if not vin:
        return ""
    try:
        due = vin_check_character(vin)
    except ValueError:
        return _("This is no VIN: 17 digits and capitals, without I, O and Q.")
    if valid_vin(vin):
        return _("The check character fits.")
    words = _("The check character should be %(due)s. Vehicles built for Europe need none: then the filing decides.")
    return words % {"due": due}
