"""Where the codes of a firm's product lead: its links, those of its batches, and what a scan does."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes, queries, services
from guomen.catalogue.models import Link, Product
from guomen.catalogue.rules import Target
from guomen.core.resolver import OUR_TYPES, ask, thing_of
from guomen.faces.edge.known import decided, known
from guomen.faces.forms import send_once
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request

PREVIEWED = 20
"""Batches for which the page says what a scan does."""
_LANGUAGES = (("en", W("in English", "英文")), ("zh-CN", W("in Chinese", "中文")))
_SEPARATORS = re.compile(r"[\s,，、;；]+")


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest, gtin: str) -> HttpResponse:
    """The links of a product and its batches; from here one is made the default, or removed."""
    by, product = _mine(request, gtin)
    if request.method == "POST":
        return _act(request, by, product)
    links = queries.managed(by, f"/01/{product.gtin}")
    anchors = list(dict.fromkeys(link.anchor for link in links))
    context = {
        "product": product,
        "things": [(_called(anchor), [_shown(x) for x in links if x.anchor == anchor]) for anchor in anchors],
        "scans": [(_called(anchor), _scan(anchor)) for anchor in _previewed(product, anchors)],
    }
    return page(request, "portal/links.html", context)


def _mine(request: HttpRequest, gtin: str) -> tuple[Actor, Product]:
    by = of_request(request)
    by.require("declarant")
    product = queries.product(gtin)
    if product is None or product.organisation_id != by.organisation_id:
        raise NotFound
    return by, product


def _link(by: Actor, product: Product, id: UUID) -> Link:
    link = queries.managed_link(by, id)
    if link.of_id != f"/01/{product.gtin}":
        raise NotFound
    return link


def _act(request: HttpRequest, by: Actor, product: Product) -> HttpResponse:
    try:
        id = UUID(request.POST.get("link", ""))
    except ValueError:
        raise NotFound
    link = _link(by, product, id)
    try:
        if request.POST.get("do") == "remove":
            send_once(request, by, lambda: services.remove_link(by, link.id))
            messages.success(request, _("Link removed."))
        else:
            send_once(request, by, lambda: services.change_link(by, link.id, link.version, _of(link, is_default=True)))
            messages.success(request, _("Codes now lead to this link."))
    except Refused as error:
        messages.error(request, error.sentence())
    return redirect("portal-links", product.gtin)


def _of(link: Link, is_default: bool) -> Target:
    languages, contexts = tuple(link.languages), tuple(link.contexts)
    return Target(link.type, link.href, link.title, languages, link.media_type, contexts, is_default)


def _called(anchor: str) -> str:
    """The thing of an anchor in words."""
    thing = thing_of(anchor)
    batch, serial = thing.get("10"), thing.get("21")
    if serial:
        return _("Item %(serial)s") % {"serial": serial}
    if batch:
        return _("Batch %(batch)s") % {"batch": batch}
    return _("Every code of the product") if len(thing.path) == 1 else anchor


def _shown(link: Link) -> dict[str, Any]:
    media, countries = codes.table("media_type"), codes.table("country")
    more = [
        *link.languages,
        say(media.get(link.media_type) or ""),
        *(say(countries.get(c) or c) for c in link.contexts),
    ]
    kind = say(codes.table("link_type").get(link.type) or link.type)
    return {"link": link, "kind": kind, "more": [x for x in more if x], "may_lead": not thing_of(link.anchor).is_unit}


def _previewed(product: Product, anchors: Sequence[str]) -> list[str]:
    key = f"/01/{product.gtin}"
    batches = [anchor for anchor in anchors if anchor != key and not thing_of(anchor).is_unit]
    return [key, *batches[:PREVIEWED]]


def _scan(anchor: str) -> list[tuple[str, str]]:
    """Where a phone is led, by language when that matters. An empty address is our own page."""
    found = []
    for language, words in _LANGUAGES:
        asked = ask(anchor, "", "text/html,*/*;q=0.8", language)
        answer = decided(asked, known(asked.thing))
        found.append((say(words), dict(answer.headers).get("Location", "")))
    return [("", found[0][1])] if found[0][1] == found[1][1] else found


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, gtin: str, link: UUID | None = None) -> HttpResponse:
    """Add a link, or change one."""
    by, product = _mine(request, gtin)
    old = _link(by, product, link) if link else None
    given = _given(request) if request.method == "POST" else _known(old)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            send_once(request, by, lambda: _save(by, product, old, given))
            messages.success(request, _("Link saved."))
            return redirect("portal-links", product.gtin)
        except Invalid as error:
            problems, status = [_field(p) for p in error.problems], error.status
        except Refused as error:
            problems, status = [Problem("link_type", error.code, error.words)], error.status
    kinds = [(code, words) for code, words in codes.table("link_type").options() if code not in OUR_TYPES]
    context = {
        "product": product,
        "old": old,
        "about": _called(old.anchor) if old else "",
        "may_lead": old is None or not thing_of(old.anchor).is_unit,
        "given": given,
        "kinds": kinds,
        "media_types": codes.table("media_type").options(),
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/link.html", context, status=status)


def _given(request: HttpRequest) -> dict[str, str]:
    names = ("batch", "link_type", "href", "title", "languages", "media_type", "contexts", "is_default", "version")
    return {name: request.POST.get(name, "").strip()[:3000] for name in names}


def _known(link: Link | None) -> dict[str, str]:
    if link is None:
        return dict.fromkeys(("batch", "link_type", "href", "title", "languages", "media_type", "contexts"), "") | {
            "is_default": "",
            "version": "0",
        }
    return {
        "batch": "",
        "link_type": link.type,
        "href": link.href,
        "title": link.title,
        "languages": ", ".join(link.languages),
        "media_type": link.media_type,
        "contexts": ", ".join(link.contexts),
        "is_default": "1" if link.is_default else "",
        "version": str(link.version),
    }


def _save(by: Actor, product: Product, old: Link | None, given: dict[str, str]) -> None:
    languages, contexts = (tuple(_SEPARATORS.split(given[name])) for name in ("languages", "contexts"))
    target = Target(
        given["link_type"],
        given["href"],
        given["title"],
        languages,
        given["media_type"],
        contexts,
        given["is_default"] == "1",
    )
    if old:
        version = given["version"]
        services.change_link(by, old.id, int(version) if version.isascii() and version.isdigit() else 0, target)
    else:
        batch = f"/10/{quote(given['batch'], safe='')}" if given["batch"] else ""
        services.add_link(by, f"01/{product.gtin}{batch}", target)


def _field(problem: Problem) -> Problem:
    """The problem at the field of the form: of a thing only the batch is typed here."""
    return Problem("batch", problem.code, problem.words, problem.values) if problem.field == "thing" else problem
