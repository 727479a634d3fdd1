"""The headers of the EPCIS 2.0 REST binding: what a client asks for, and what this repository announces.

Source: EPCIS 2.0 section 12 (REST bindings) and its OpenAPI 2.0.0.
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from guomen import __version__
from guomen.kit.errors import GuomenError
from guomen.kit.words import W
from guomen.trace.facets import PREFIXES
from guomen.trace.services import MOST_EVENTS

LARGEST = 8 * 1024 * 1024
"""Bytes of one capture."""
VERSION = "2.0.0"
ASYNC = "respond-async"
JSON_TYPES = frozenset({"application/json", "application/ld+json"})
XML_TYPES = frozenset({"application/xml", "text/xml"})
_VERSIONS = frozenset({"2.0", "2.0.0"})
_EPC_FORMATS = {
    "No_Preference": True,
    "Never_Translates": True,
    "Always_GS1_Digital_Link": False,
    "Always_EPC_URN": False,
}
_CBV_FORMATS = {"No_Preference": True, "Never_Translates": True, "Always_Web_URI": False, "Always_URN": False}

ANNOUNCED: Mapping[str, str] = {
    "GS1-EPCIS-Version": VERSION,
    "GS1-EPCIS-Min": VERSION,
    "GS1-EPCIS-Max": VERSION,
    "GS1-CBV-Version": VERSION,
    "GS1-EPC-Format": "Never_Translates",
    "GS1-CBV-Format": "Never_Translates",
}
DISCOVERED: Mapping[str, str] = {
    "GS1-CBV-Min": VERSION,
    "GS1-CBV-Max": VERSION,
    "GS1-Extensions": ", ".join(f"{prefix}={namespace}" for prefix, namespace in PREFIXES.items()),
    "GS1-Vendor-Version": __version__,
}
"""Beside what is announced, on OPTIONS."""
CAPTURE_LIMITS: Mapping[str, str] = {
    "GS1-EPCIS-Capture-Limit": str(MOST_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(LARGEST),
    "GS1-Capture-Error-Behaviour": "all",
}
"""``all``: rollback and proceed."""


class NotAcceptable(GuomenError):
    status = 406
    code = "not-acceptable"


class NotImplementedHere(GuomenError):
    status = 501
    code = "not-implemented"


class BadHeader(GuomenError):
    status = 400
    code = "bad-header"
    words = W("The header {header} cannot be {value}.", "请求头 {header} 的值不能是 {value}。")


_VERSION_WORDS = W(
    "This repository speaks EPCIS and CBV 2.0.0; {header} asks for {value}.",
    "本系统支持 EPCIS 与 CBV 2.0.0;{header} 要求的是 {value}。",
)


def negotiate(request: HttpRequest) -> None:
    """Refuse what we cannot do before anything is done. Raises NotAcceptable, NotImplementedHere, BadHeader."""
    for header in ("GS1-EPCIS-Version", "GS1-CBV-Version"):
        value = request.headers.get(header)
        old_xml = request.method == "POST" and request.content_type in XML_TYPES and value in ("1.2", "1.2.0")
        if value and value not in _VERSIONS and not old_xml:
            raise NotAcceptable(_VERSION_WORDS, header=header, value=value)
    _range(request)
    for header, known in (("GS1-EPC-Format", _EPC_FORMATS), ("GS1-CBV-Format", _CBV_FORMATS)):
        value = request.headers.get(header, "No_Preference")
        if value not in known:
            raise BadHeader(header=header, value=value)
        if not known[value]:
            words = W(
                "Identifiers are given as they were captured; {header} {value} is not implemented.",
                "标识按采集时的原样提供;{header} {value} 尚未实现。",
            )
            raise NotImplementedHere(words, header=header, value=value)


def _range(request: HttpRequest) -> None:
    low, high = (request.headers.get(f"GS1-EPCIS-{end}") for end in ("Min", "Max"))
    for header, value, wrong in (("GS1-EPCIS-Min", low, 1), ("GS1-EPCIS-Max", high, -1)):
        if not value:
            continue
        parts = value.split(".")
        if not all(p.isascii() and p.isdigit() and len(p) < 4 for p in parts) or len(parts) > 3:
            raise BadHeader(header=header, value=value)
        number = (*map(int, parts), 0, 0)[:3]
        if (number > (2, 0, 0)) - (number < (2, 0, 0)) == wrong:
            raise NotAcceptable(_VERSION_WORDS, header=header, value=value)


def extensions(request: HttpRequest) -> dict[str, str]:
    """``GS1-Extensions: ex=https://example.com/,…``: what the prefixes in query parameters mean. Raises BadHeader."""
    found = {}
    for part in filter(None, request.headers.get("GS1-Extensions", "").split(",")):
        prefix, equals, namespace = part.strip().partition("=")
        if not (prefix and equals and namespace):
            raise BadHeader(header="GS1-Extensions", value=part)
        found[prefix] = namespace
    return found


def error_behaviour(request: HttpRequest) -> bool:
    """Whether to go on past wrong events (``GS1-Capture-Error-Behaviour: proceed``)."""
    value = request.headers.get("GS1-Capture-Error-Behaviour", "rollback")
    if value not in ("rollback", "proceed"):
        raise BadHeader(header="GS1-Capture-Error-Behaviour", value=value)
    return value == "proceed"


def prefers_async(request: HttpRequest) -> bool:
    """``Prefer: respond-async`` (RFC 7240), alone or among other preferences."""
    return any(part.partition(";")[0].strip().lower() == ASYNC for part in request.headers.get("Prefer", "").split(","))


def announce(response: HttpResponse) -> HttpResponse:
    """Put on what we speak, unless it says so already. What has no body has no type."""
    if not response.content:
        del response.headers["Content-Type"]
    for header, value in ANNOUNCED.items():
        response.headers.setdefault(header, value)
    return response


def accepts(request: HttpRequest, *media_types: str) -> None:
    """Raise NotAcceptable unless the client takes one of ``media_types``."""
    wanted = request.headers.get("Accept", "*/*").split(",")
    for entry in wanted:
        kind, _, weight = entry.strip().partition(";")
        if weight.replace(" ", "") in ("q=0", "q=0.0"):
            continue
        family = kind.strip().removesuffix("/*")
        if family == "*" or any(m == kind.strip() or m.startswith(f"{family}/") for m in media_types):
            return
    words = W("The answer is given as {types}.", "应答格式为 {types}。")
    raise NotAcceptable(words, types=", ".join(media_types))
