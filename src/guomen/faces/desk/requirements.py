"""What goods need: look a profile up by HS code or words. Documents, checks, limits, and where each stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.catalogue import codes, queries
from guomen.catalogue.packs import current
from guomen.catalogue.requirements import DEMANDS, KINDS, Goods
from guomen.faces.desk.numbers import reading
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import of_request

CHOICES = ("19", "21", "14", "31", "32", "33", "12", "13")
WAYS = {
    "import": W("Import", "进口"),
    "boxed": W("Import in a container", "集装箱进口"),
    "wood": W("Import in a container, wood packaging", "集装箱进口，木质包装"),
    "retail": W("Import, cross-border e-commerce", "跨境电商零售进口"),
    "export": W("Export", "出口"),
    "export-boxed": W("Export in a container", "集装箱出口"),
}
SENT: dict[str, tuple[str, str, frozenset[str]]] = {
    "import": ("I", "", frozenset()),
    "boxed": ("I", "", frozenset({"container"})),
    "wood": ("I", "", frozenset({"container", "wood"})),
    "retail": ("I", "1210", frozenset()),
    "export": ("E", "", frozenset()),
    "export-boxed": ("E", "", frozenset({"container"})),
}
"""Direction, trade mode and packing of each way of trade."""


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """``?q=`` words or digits, ``?hs=`` one code with ``attribute``, ``origin`` and ``way`` of trade; ``?number=`` a
    number or mark to read.
    """
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
        "way": asked.get("way", "") if asked.get("way", "") in WAYS else "import",
        "ways": list(WAYS.items()),
        "number": asked.get("number", "").strip()[:60],
        "number_words": reading(asked.get("number", "").strip()[:60]),
    }
    if context["hs"]:
        context |= _profile(by, hs, context["attribute"], context["origin"], context["way"])
    return page(request, "desk/requirements.html", context)


def _profile(by: Any, hs: str, attribute: str, origin: str, way: str) -> dict[str, Any]:
    direction, mode, packed = SENT[way]
    about = {"direction": direction, "trade_mode": mode, "packed": packed}
    version, found = queries.requirements(by, Goods(hs, "", frozenset({attribute or "19"}), "", origin, **about))
    pack, kinds = current(), codes.table("document_kind")
    named = {r.paper for r in found.requirements}
    plain = [(paper, kinds.get(paper) or paper) for paper in found.papers if paper not in named]
    names = [n for n in (found.checklist, *found.also, found.port_checklist) if n in pack.checklists]
    return {
        "name": codes.table("hs").get(hs),
        "version": version,
        "profile": found.profile,
        "letters": [(letter, _letters()[letter]) for letter in found.letters if letter in _letters()],
        "traits": [words for trait, words in _traits().items() if trait in found.traits],
        "plain": plain,
        "groups": [(KINDS[k], k, rows) for k in KINDS if (rows := [r for r in found.requirements if r.kind == k])],
        "demands": DEMANDS,
        "must": set(found.papers),
        "checklists": [pack.checklist(n) for n in names],
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
        "vehicle": _("each vehicle by its number"),
    }
