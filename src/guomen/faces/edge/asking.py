"""What a request to the scan path says: which code, in which language and form, from whom."""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from guomen.core.gs1 import GS1Error as GS1Error
from guomen.core.resolver import Asked, ask, weights
from guomen.faces.edge.judging import Code
from guomen.faces.edge.limits import network_of
from guomen.kit.language import COOKIE
from guomen.tags import passes, visitors

_PREFIXES = ("/en/", "/zh/")
_CHINESE, _ENGLISH = (f"{COOKIE}={name}".encode() for name in ("zh", "en"))
_USUAL = re.compile(r"/01/([0-9]{14})(?:/10/([A-Za-z0-9._-]{1,20}))?/21/([0-9A-Za-z]{20})")
_SHORT = re.compile(r"/([0-9A-Za-z]{16})")
_PLACE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_PASS = passes.HEADER.lower().encode()
_PASS_COOKIE = re.compile(rb"(?:^|; *)%b=([a-z0-9.]{1,%d})(?:;|$)" % (passes.COOKIE.encode(), passes.MOST_CHARACTERS))
LONGEST = 2000
"""Bytes of path and query; no code needs more."""
LONGEST_HEADER = visitors.LONGEST
"""Characters of a header that are read: some of it is remembered."""


class Request(NamedTuple):
    """One request as it came. ``path``: percent-encoded, without the language's ``prefix``, which may be empty.

    A tuple, as all that is made for every look: it costs a third of a frozen dataclass.
    """

    method: str
    prefix: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    peer: str
    is_behind_proxy: bool = False
    """Whether the proxy in front of us is trusted to say who and where the visitor is."""

    def header(self, name: bytes) -> str:
        """What a header says, as far as that is read."""
        return self.headers.get(name, b"")[:LONGEST_HEADER].decode("latin-1")

    @property
    def address(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def language(self) -> str:
        """en or zh: by the address, then by what was once chosen, then by what the browser prefers."""
        if self.prefix:
            return self.prefix[1:]
        cookie = self.headers.get(b"cookie")
        if cookie and _CHINESE in cookie:
            return "zh"
        return "en" if cookie and _ENGLISH in cookie else preferred(self.header(b"accept-language"))

    @property
    def wants_json(self) -> bool:
        accept = self.headers.get(b"accept", b"")
        return b"json" in accept and b"text/html" not in accept

    @property
    def is_look(self) -> bool:
        """Whether somebody looks: not a program that asks for the head, nor a browser that loads ahead of time."""
        if self.method != "GET":
            return False
        early = self.headers.get(b"sec-purpose", b"") + self.headers.get(b"purpose", b"")
        return b"prefetch" not in early

    @property
    def is_tap(self) -> bool:
        """Whether the path is that of chips, which name no item in it."""
        return self.path == "/t"

    @property
    def is_of_item(self) -> bool:
        """Whether the path may be one item's."""
        return "/21/" in self.path or bool(short_of(self))

    @property
    def has_credentials(self) -> bool:
        """Whether somebody at work may be asking: only Django can know."""
        session = f"{settings.SESSION_COOKIE_NAME}=".encode()
        return b"authorization" in self.headers or session in self.headers.get(b"cookie", b"")

    @property
    def work_pass(self) -> str:
        """The pass of somebody at work, unchecked, or empty."""
        if sent := self.headers.get(_PASS):
            return sent.decode("latin-1")
        found = _PASS_COOKIE.search(self.headers.get(b"cookie", b""))
        return found[1].decode("latin-1") if found else ""

    @property
    def visitor(self) -> str:
        """The network address of the visitor; behind a trusted proxy the last one that it added."""
        if self.is_behind_proxy:
            # Whole: what the proxy added stands at the end, behind whatever the visitor sent.
            forwarded = self.headers.get(b"x-forwarded-for", b"").rpartition(b",")[2].strip()
            if forwarded:
                return visitors.without_port(forwarded[:LONGEST_HEADER].decode("latin-1"))
        return self.peer

    @property
    def network(self) -> str:
        return network_of(self.visitor)

    @property
    def place(self) -> str:
        """UN/LOCODE of the visitor's city from a trusted proxy, or empty."""
        found = self.header(b"x-visitor-place") if self.is_behind_proxy else ""
        return found if _PLACE.fullmatch(found) else ""


NOTHING = Request("GET", "", "/", "", {}, "")


@lru_cache(4096)
def preferred(accept_language: str) -> str:
    """The better of our two languages; English where neither is named."""
    for name, quality in sorted(weights(accept_language), key=lambda one: -one[1]):
        if quality and name[:2] in ("zh", "en"):
            return name[:2]
    return "en"


def read(scope: MutableMapping[str, Any]) -> Request | None:
    """An ASGI request; None for one that is too long to be a code."""
    raw, query = bytes(scope["raw_path"]).partition(b"?")[0], scope["query_string"]
    if len(raw) + len(query) > LONGEST:
        return None
    path, prefix = raw.decode("latin-1"), ""
    if path.startswith(_PREFIXES):
        prefix, path = path[:3], path[3:]
    peer = scope["client"][0] if scope.get("client") else ""
    is_behind_proxy = settings.GUOMEN.trust_proxy
    return Request(
        scope["method"], prefix, path, query.decode("latin-1"), dict(scope["headers"]), peer, is_behind_proxy
    )


def item_of(request: Request) -> Code | None:
    """The item whose page is asked for; None when something else is. Raises GS1Error for a code that breaks rules."""
    if not request.query:
        usual = _USUAL.fullmatch(request.path)
        if usual:
            return Code(usual[1], usual[2] or "", usual[3])
    return code_of(asked(request))


def short_of(request: Request) -> str:
    """The short code that is asked for, or empty."""
    found = _SHORT.fullmatch(request.path)
    return found[1] if found else ""


def asked(request: Request) -> Asked:
    """The request as the resolver reads it. Raises GS1Error."""
    accept, languages = request.header(b"accept"), request.prefix[1:] or request.header(b"accept-language")
    return ask(request.path, request.query, accept, languages)


def code_of(one: Asked) -> Code | None:
    thing = one.thing
    if not one.is_for_our_page or not thing.get("21"):
        return None
    return Code(thing.gtin, thing.get("10"), thing.get("21"))
