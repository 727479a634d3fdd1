"""What the rules achieve, for the control room: which to keep, which to retire, and how much slips through."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.catalogue import packs
from guomen.clearance import performance as clearance
from guomen.core.selection import Estimate
from guomen.faces.desk import names
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import of_request

CHOICES = (30, 90, 365)
RULES = {
    "ALERT-IN-FORCE": W("A measure in force", "现行措施"),
    "DRAWN": W("Drawn at random", "随机抽取"),
    "HIGH-SCORE": W("High risk score", "风险评分高"),
    "INFANT-GOODS": W("Goods for infants", "婴幼儿用品"),
    "LOW-CREDIT": W("Low credit class of the importer", "进口企业信用等级低"),
    "NEW-PAIR": W("First import from this maker", "首次进口该企业货物"),
    "NOT-YET-TRUSTED": W("Too few lots passed so far", "连续合格批次不足"),
    "QUARANTINE-ALWAYS": W("Quarantine, never waived", "检疫（不予豁免）"),
    "RADIATION-ALWAYS": W("Radiation survey on arrival", "到货放射性检测"),
    "SHORT-LIFE": W("Short shelf life", "保质期短"),
    "USED-GOODS-CHECK": W("Used equipment", "旧机电产品"),
    "WOOD-PACKAGING-CHECK": W("Wood packaging", "木质包装"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as words, and as an interval on a scale from 0 to 100 (of ``top``)."""

    words: str
    interval: str
    at: float
    left: float
    width: float


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The page. ``?days=``: 30, 90 or 365."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in CHOICES else clearance.DAYS
    found = clearance.performance(of_request(request), days)
    modes = [found.everything, *found.modes] if found.everything.lines else []
    groups = [*modes, *found.origins, *found.products]
    shares = [r.share for r in found.rules if r.share] + [g.bad for g in groups if g.bad]
    top = max((s.high for s in shares), default=1.0) or 1.0
    context = {
        "found": found,
        "days": days,
        "choices": CHOICES,
        "rules": [(say(RULES[r.code]), r, _bar(r.share, top)) for r in found.rules],
        "modes": [(_mode(m.code), m, _bar(m.bad, top)) for m in modes],
        "origins": [(names.of("country", g.code), g, _bar(g.bad, top)) for g in found.origins],
        "products": [(f"{g.code} {names.of('hs', g.code)}", g, _bar(g.bad, top)) for g in found.products],
        "top": _percent(top),
        "opened": _percent(found.everything.opened / found.everything.lines) if found.everything.lines else "",
        "bad": _bar(found.everything.bad, top),
    }
    return page(request, "desk/performance.html", context)


def _mode(code: str) -> str:
    known = packs.current().modes.get(code)
    return say(known.name) if known else code or _("All modes")


def _bar(share: Estimate | None, top: float) -> Bar | None:
    if share is None:
        return None
    interval = _("all of them opened")
    if share.low < share.high:
        interval = _("%(low)s to %(high)s") % {"low": _percent(share.low), "high": _percent(share.high)}
    left, at, right = (round(100 * value / top, 1) for value in (share.low, share.rate, share.high))
    return Bar(_percent(share.rate), interval, at, left, max(0.5, right - left))


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"
