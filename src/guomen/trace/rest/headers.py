"""The headers of the EPCIS 2.0 REST binding: what a client asks for, and what this repository announces.

Source: EPCIS 2.0 section 12 (REST bindings) and its OpenAPI 2.0.0.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from guomen import __version__
from guomen.core import epcis
from guomen.kit.errors import GuomenError
from guomen.kit.words import W
from guomen.trace.documents import XML_TYPES
from guomen.trace.facets import PREFIXES
from guomen.trace.services import MOST_EVENTS

Translation = Callable[[dict[str, Any]], dict[str, Any]]
LARGEST = 8 * 1024 * 1024
"""Bytes of one capture."""
VERSION = "2.0.0"
LENIENT = "handling=lenient"
ASYNC = "respond-async"
JSON_TYPES = frozenset({"application/json", "application/ld+json"})
EVENT_TYPES = ("application/ld+json", "application/json", "application/xml", "text/xml")
"""In which media types events are given; the first when the client does not mind."""
DELIVERED_TYPES = ("application/json", "application/ld+json", "application/xml", "text/xml")
"""In which media types events are sent to subscribers."""
_VERSIONS = frozenset({"2.0", "2.0.0", "2.0.1"})
_EPC, _CBV, _CBV_XML = "GS1-EPC-Format", "GS1-CBV-Format", "GS1-CBV-XML-Format"
_FORMATS = {_EPC: epcis.EPC_FORMATS, _CBV: epcis.CBV_FORMATS, _CBV_XML: epcis.CBV_FORMATS}
_UNTRANSLATED = "Never_Translates"

ANNOUNCED: Mapping[str, str] = {
    "GS1-EPCIS-Version": VERSION,
    "GS1-EPCIS-Min": VERSION,
    "GS1-EPCIS-Max": VERSION,
    "GS1-CBV-Version": VERSION,
    **dict.fromkeys(_FORMATS, _UNTRANSLATED),
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


class BadHeader(GuomenError):
    status = 400
    code = "bad-header"
    words = W("The header {header} cannot be {value}.", "请求头 {header} 的值不能是 {value}。")


_VERSION_WORDS = W(
    "This repository speaks EPCIS and CBV 2.0.0; {header} asks for {value}.",
    "本系统支持 EPCIS 与 CBV 2.0.0;{header} 要求的是 {value}。",
)


def negotiate(request: HttpRequest) -> None:
    """Refuse what we cannot do before anything is done. Raises NotAcceptable, BadHeader."""
    for header in ("GS1-EPCIS-Version", "GS1-CBV-Version"):
        value = request.headers.get(header)
        old_xml = request.method == "POST" and request.content_type in XML_TYPES and value in ("1.2", "1.2.0")
        if value and value not in _VERSIONS and not old_xml:
            raise NotAcceptable(_VERSION_WORDS, header=header, value=value)
    for standard in ("EPCIS", "CBV"):
        _range(request, f"GS1-{standard}-Min", 1)
        _range(request, f"GS1-{standard}-Max", -1)
    for header, known in _FORMATS.items():
        value = request.headers.get(header, "No_Preference")
        if value not in known:
            raise BadHeader(header=header, value=value)


def _range(request: HttpRequest, header: str, wrong: int) -> None:
    """wrong: how the client's limit must not compare with our version."""
    value = request.headers.get(header)
    if not value:
        return
    parts = value.split(".")
    if not all(p.isascii() and p.isdigit() and len(p) < 4 for p in parts) or len(parts) > 3:
        raise BadHeader(header=header, value=value)
    number = (*map(int, parts), 0, 0)[:3]
    if (number > (2, 0, 0)) - (number < (2, 0, 0)) == wrong:
        raise NotAcceptable(_VERSION_WORDS, header=header, value=value)


def formats(request: HttpRequest, media_type: str) -> dict[str, str]:
    """By header, in which formats identifiers and words are wanted. ``GS1-CBV-XML-Format`` counts for XML only."""
    cbv = request.headers.get(_CBV, "No_Preference")
    if media_type in XML_TYPES:
        cbv = request.headers.get(_CBV_XML, cbv)
    return {_EPC: request.headers.get(_EPC, "No_Preference"), _CBV: cbv}


def translated(request: HttpRequest, media_type: str) -> tuple[Translation, dict[str, str]]:
    """How to spell each event for this client, and the headers that say so."""
    wanted = formats(request, media_type)
    said = {header: _UNTRANSLATED if value == "No_Preference" else value for header, value in wanted.items()}
    return lambda event: epcis.translate(event, wanted[_EPC], wanted[_CBV]), said | {_CBV_XML: said[_CBV]}


def extensions(request: HttpRequest) -> dict[str, str]:
    """What the prefixes in query parameters mean: prefix -> namespace. Raises BadHeader.

    ``GS1-Extensions: ex=https://example.com/,…``; also ``ex,https://example.com/,…`` and a JSON object, which are the
    other two ways of OpenAPI to write an object in a header.
    """
    text = request.headers.get("GS1-Extensions", "").strip()
    if text.startswith("{"):
        try:
            return msgspec.json.decode(text, type=dict[str, str])
        except msgspec.DecodeError:
            raise BadHeader(header="GS1-Extensions", value=text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts and "=" not in parts[0]:
        parts = [f"{prefix}={namespace}" for prefix, namespace in zip(parts[::2], [*parts[1::2], ""], strict=False)]
    found = {}
    for part in parts:
        prefix, _, namespace = part.partition("=")
        if not (prefix and namespace):
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
    return any(part.partition(";")[0].strip().lower() == ASYNC for part in _preferences(request))


def prefers_lenience(request: HttpRequest) -> bool:
    """``Prefer: handling=lenient`` (RFC 7240): put right what can be put right, and say what."""
    wanted = (part.partition(";")[0].replace(" ", "").replace('"', "") for part in _preferences(request))
    return any(part.lower() == LENIENT for part in wanted)


def _preferences(request: HttpRequest) -> list[str]:
    return request.headers.get("Prefer", "").split(",")


def announce(response: HttpResponse) -> HttpResponse:
    """Put on what we speak, unless it says so already. What has no body has no type."""
    if not response.content:
        del response.headers["Content-Type"]
    for header, value in ANNOUNCED.items():
        response.headers.setdefault(header, value)
    return response


_RANGE = re.compile(r"\s*([^\s;/]+)/([^\s;]+)\s*(?:;.*)?")
_SAYS_WEIGHT = re.compile(r";\s*q\s*=", re.I)
_WEIGHT = re.compile(r";\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.I)


def _ranges(header: str) -> dict[str, float]:
    """Media ranges and their weights (RFC 9110 section 12.5.1); what cannot be read counts for nothing."""
    found = {}
    for entry in header[:2000].split(","):
        match = _RANGE.fullmatch(entry)
        if match:
            weight = _WEIGHT.search(entry)
            wrong = weight is None and _SAYS_WEIGHT.search(entry)
            found[f"{match[1]}/{match[2]}".lower()] = 0.0 if wrong else float(weight[1]) if weight else 1.0
    return found


def accepts(request: HttpRequest, *media_types: str) -> str:
    """The one of ``media_types`` that the client likes best, ours first among equals. Raises NotAcceptable."""
    ranges = _ranges(request.headers.get("Accept") or "*/*")

    def weight(media_type: str) -> float:
        family = media_type.partition("/")[0]
        for named in (media_type, f"{family}/*", "*/*"):
            if named in ranges:
                return ranges[named]
        return 0.0

    best = max(media_types, key=weight)
    if weight(best) > 0:
        return best
    words = W("The answer is given as {types}.", "应答格式为 {types}。")
    raise NotAcceptable(words, types=", ".join(media_types))
