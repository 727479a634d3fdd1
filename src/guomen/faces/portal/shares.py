"""Who sees whose events of the goods flow: what a firm shares, with whom, and what others share with it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import queries as catalogue
from guomen.faces.forms import acted, send_once
from guomen.faces.portal.views import TRADERS
from guomen.faces.trace.codes import gtins_in, path_of, read, spoken
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.trace import sharing
from guomen.trace.models import Share

_WRONG = W("This is no code that we can read. Scan it, or type it.", "无法识别此编码，请重新扫描或完整输入。")


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """What is shared and with whom; from here a thing or batch is shared, or a share is ended."""
    by = of_request(request)
    by.require(*TRADERS)
    problems, done = acted(request, lambda: _act(request, by))
    if done and not problems:
        return done
    shares = sharing.shares(by)
    products = dict(catalogue.products(gtins_in(s.about for s in shares if s.thing)))
    given = [_shown(s, s.taker, products) for s in shares if s.giver_id == by.organisation_id]
    context = {
        "given": [x for x in given if not x["ended"]],
        "got": [_shown(s, s.giver, products) for s in shares if s.taker_id == by.organisation_id and not s.revoked_at],
        "ended": [x for x in given if x["ended"]],
        "typed": {name: request.POST.get(name, "")[:2000] for name in ("thing", "with")},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/shares.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> str:
    """Do what the form asks for; the sentence that says so. Raises Invalid, Refused."""
    if "end" in request.POST:
        try:
            id = UUID(request.POST["end"])
        except ValueError:
            raise NotFound
        send_once(request, by, lambda: sharing.unshare(by, id))
        return _("No longer shared.")
    thing = read(request.POST.get("thing", ""))
    if thing is None:
        raise Invalid([Problem("thing", "unreadable-code", _WRONG)])
    with_code = request.POST.get("with", "").strip()[:100]
    send_once(request, by, lambda: sharing.share_thing(by, thing, with_code))
    return _("Shared.")


def _shown(share: Share, other: object, products: dict[str, object]) -> dict[str, Any]:
    return {
        "id": share.id,
        "title": spoken(share.about, products) if share.thing else _("Events chosen by a query"),
        "path": path_of(share.about) if share.thing else "",
        "query": "" if share.thing else share.about,
        "other": other,
        "since": share.created_at,
        "ended": share.revoked_at,
    }
