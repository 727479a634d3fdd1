"""The decision of the resolver: from what is asked and what is known to the answer. One function, for every door.

GS1-Conformant Resolver 1.2.0. Our own page of a product, batch or item is answered in place (the standard allows
content without a redirect) and stands in the list of links under an address that leads to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guomen.core.gs1 import AIS, AIPair
from guomen.core.resolver.asking import LINKSET_TYPE, VOCABULARY, Asked, Thing
from guomen.core.resolver.negotiation import language_quality, media_quality

CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"
OUR_TYPES = ("verificationService", "recallStatus")
"""What only our own page may claim to be: a firm must not be able to answer for whether its goods are right."""
HISTORY_TITLE = "History / 追溯"
CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Expose-Headers", "Link, Location, Vary"),
)
_VARY = (("Vary", "Accept, Accept-Language"), ("Cache-Control", "no-store"))


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a thing. `anchor`: the path of its Digital Link; `type`: a name of the vocabulary without prefix."""

    anchor: str
    type: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media_type: str = ""
    contexts: tuple[str, ...] = ()
    is_default: bool = False
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a thing: links of all its levels, what it is called, whether a recall of it is in force."""

    links: tuple[Link, ...] = ()
    name: str = ""
    is_recalled: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `in_place`: our page of the thing, with these headers. A status of 400 or more has no body here: each
    door says it in its own words."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    in_place: bool = False
    choices: tuple[Link, ...] = ()


def options() -> Answer:
    """What may be asked, for a browser that wants to know before it asks."""
    return Answer(204, (*CORS, ("Access-Control-Max-Age", "86400"), ("Allow", "GET, HEAD, OPTIONS")))


def decide(asked: Asked, known: Known, root: str, page_title: str) -> Answer:
    """The answer to a request at the resolver `root`. `page_title`: what our own page is called in the list."""
    firms = [link for link in known.links if link.type not in OUR_TYPES]
    ours = _ours(asked.thing, firms, root, page_title)
    defaults = _defaults(asked.thing, known.is_recalled, firms, ours)
    if asked.wants_linkset:
        return _listed(asked.thing, known, [*firms, *ours], defaults, root)
    if asked.link_type is None:
        return Answer(404)
    if not asked.link_type:
        return _to(_of_variants(asked, defaults), asked, root)
    for level in asked.thing.levels:
        found = [link for link in (*firms, *ours) if link.anchor == level and link.type == asked.link_type]
        if found:
            best = _best(asked, found)
            return _to(best[0], asked, root) if len(best) == 1 else _several(asked, known, best, root)
    return Answer(404)


def offered(asked: Asked, known: Known) -> list[Link]:
    """For a page: of each kind of link the nearest one that fits the reader best, where the reader can open it."""
    found: dict[str, list[Link]] = {}
    for level in asked.thing.levels:
        here = [link for link in known.links if link.anchor == level and media_quality(link.media_type, asked.accept)]
        for kind in dict.fromkeys(link.type for link in here):
            found.setdefault(kind, [link for link in here if link.type == kind])
    return [_best(asked, links)[0] for links in found.values()]


def _ours(thing: Thing, firms: Sequence[Link], root: str, title: str) -> list[Link]:
    """Our own links, first the one that is the default where no firm's is.

    Our page of a GTIN, its batch or its item, under each type that it may stand for; the history of any other thing.
    Where a firm has a link of the same kind, anywhere above, only the firm's counts.
    """
    taken = {link.type for link in firms}
    links = []
    if thing.gtin:
        shown = tuple(pair for pair in thing.path if pair[0] in ("01", "10", "21"))
        anchor = thing.levels[thing.steps.index(shown)]
        for name in ("pip", *OUR_TYPES):
            href = f"{root}{anchor}?linkType=gs1:{name}"
            links.append(Link(anchor, name, href, title, ("en", "zh"), "text/html", in_place=True))
    history = f"{root}/trace{thing.anchor}"
    links.append(Link(thing.anchor, "traceability", history, HISTORY_TITLE, ("en", "zh"), "text/html"))
    return [link for link in links if link.type not in taken]


def _defaults(thing: Thing, is_recalled: bool, firms: Sequence[Link], ours: Sequence[Link]) -> list[Link]:
    """The default link and after it its variants: links of the same type of the same thing. Empty: there is none.

    One item, and goods under recall, always lead to our page: no firm can hide what it says.
    """
    if not (thing.is_unit or is_recalled):
        for level in thing.levels:
            here = [link for link in firms if link.anchor == level]
            # Where no page of ours can stand in, the oldest link does until its firm chooses.
            chosen = next((link for link in here if link.is_default), here[0] if here and not thing.gtin else None)
            if chosen:
                others = [link for link in here if link.type == chosen.type and link is not chosen]
                return [chosen, *others]
    return list(ours[:1])


def _of_variants(asked: Asked, defaults: list[Link]) -> Link | None:
    """The one variant that the request decides for, else the default itself."""
    best = _best(asked, defaults) if len(defaults) > 1 else defaults
    return best[0] if len(best) == 1 else next(iter(defaults), None)


def _best(asked: Asked, links: list[Link]) -> list[Link]:
    """Those that fit the request best and equally well: by context, then language, then media type.

    What the client cannot read at all goes first, and a firm's own choice decides what is still open.
    """
    scores: tuple[Callable[[Link], int], ...] = (
        lambda link: media_quality(link.media_type, asked.accept) > 0,
        lambda link: 2 * (asked.context in link.contexts) if asked.context and link.contexts else not link.contexts,
        lambda link: language_quality(link.languages, asked.languages),
        lambda link: media_quality(link.media_type, asked.accept),
        lambda link: link.is_default,
    )
    for score in scores:
        if len(links) < 2:
            break
        best = max(score(link) for link in links)
        links = [link for link in links if score(link) == best]
    return links


def linkset_link(thing: Thing, root: str) -> str:
    """The value of a Link header that leads to the list of links of a thing."""
    return f'<{root}{thing.anchor}?linkType=linkset>; rel="linkset"; type="{LINKSET_TYPE}"; title="Links"'


def _to(link: Link | None, asked: Asked, root: str) -> Answer:
    if link is None:
        return Answer(404)
    headers = (*CORS, *_VARY, ("Link", linkset_link(asked.thing, root)))
    if link.in_place:
        return Answer(200, headers, in_place=True)
    return Answer(307, (*headers, ("Location", _passing_on(link.href, asked.query))))


def _passing_on(href: str, query: str) -> str:
    """The target with the request's query, as it came, behind its own."""
    if not query:
        return href
    address, hash_sign, fragment = href.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{query}{hash_sign}{fragment}"


def _several(asked: Asked, known: Known, links: list[Link], root: str) -> Answer:
    step = asked.thing.steps[asked.thing.levels.index(links[0].anchor)]
    body = {"linkset": [_entry(step, known, links, root)]}
    headers = (*CORS, *_VARY, ("Link", linkset_link(asked.thing, root)), ("Content-Type", LINKSET_TYPE))
    return Answer(300, headers, _json(body), choices=tuple(links))


def _listed(thing: Thing, known: Known, links: Sequence[Link], defaults: Sequence[Link], root: str) -> Answer:
    """All links of the thing and of what it belongs to (RFC 9264), one of them the default."""
    if thing.gtin and not (known.links or known.name):
        return Answer(404)
    entries = []
    for step, anchor in zip(thing.steps, thing.levels, strict=True):
        here = [link for link in links if link.anchor == anchor]
        if here:
            entry = _entry(step, known, here, root)
            if defaults and defaults[0].anchor == anchor:
                entry |= _default_entries(defaults)
            entries.append(entry)
    context = f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    headers = (*CORS, *_VARY, ("Link", context), ("Content-Type", LINKSET_TYPE))
    return Answer(200, headers, _json({"linkset": entries}))


def _default_entries(defaults: Sequence[Link]) -> dict[str, Any]:
    first = replace(defaults[0], languages=(), media_type="", contexts=())
    found = {f"{VOCABULARY}defaultLink": [_target(first)]}
    if len(defaults) > 1:
        found[f"{VOCABULARY}defaultLinkMulti"] = [_target(link) for link in defaults]
    return found


def _entry(step: tuple[AIPair, ...], known: Known, links: Sequence[Link], root: str) -> dict[str, Any]:
    """One thing of the list with its links, what it is in words: its name, or its key, and its qualifiers."""
    (key, value), *qualifiers = step
    words = [known.name or f"{AIS[key].title} {value}", *(f"{AIS[ai].title} {text}" for ai, text in qualifiers)]
    entry: dict[str, Any] = {"anchor": root + links[0].anchor, "itemDescription": ", ".join(words)}
    for link in links:
        entry.setdefault(VOCABULARY + link.type, []).append(_target(link))
    return entry


def _target(link: Link) -> dict[str, Any]:
    found: dict[str, Any] = {"href": link.href, "title": link.title}
    if link.media_type:
        found["type"] = link.media_type
    if link.languages:
        found["hreflang"] = list(link.languages)
    if link.contexts:
        found["context"] = list(link.contexts)
    return found


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
