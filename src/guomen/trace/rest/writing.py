"""How events are given: in the media type, identifiers and words that the client asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from guomen.core import epcis
from guomen.trace.documents import XML_TYPES, content_type, encode, event_document, query_document
from guomen.trace.rest.headers import EVENT_TYPES, accepts, announce, translated

_VARY = ("Accept", "GS1-EPC-Format", "GS1-CBV-Format", "GS1-CBV-XML-Format")


def answer_query(request: HttpRequest, bodies: list[dict[str, Any]], name: str = "SimpleEventQuery") -> HttpResponse:
    """Events as an EPCISQueryDocument in JSON-LD or XML. Raises NotAcceptable."""
    media_type = accepts(request, *EVENT_TYPES)
    spelled, said = translated(request, media_type)
    document = query_document([spelled(body) for body in bodies], name)
    return _answer(document, media_type, said)


def answer_event(request: HttpRequest, body: dict[str, Any], status: int = 200) -> HttpResponse:
    """One event: the JSON-LD object, or an XML EPCISDocument with nothing else in it. Raises NotAcceptable."""
    media_type = accepts(request, *EVENT_TYPES)
    spelled, said = translated(request, media_type)
    event = spelled(body)
    if media_type in XML_TYPES:
        document = event_document(event)
    else:
        prefixes = [part for part in epcis.as_context(event.get("@context")) if isinstance(part, dict)]
        document = event | {"@context": [epcis.CONTEXT, *prefixes]}
    return _answer(document, media_type, said, status)


def spell_values(request: HttpRequest, field: str, values: list[str]) -> tuple[list[str], dict[str, str]]:
    """The values of a field of events in the spelling that the client asks for, and the headers that say so."""
    spelled, said = translated(request, EVENT_TYPES[0])
    if field in ("readPoint", "bizLocation"):
        return [spelled({field: {"id": value}})[field]["id"] for value in values], said
    name = field if field in ("bizStep", "disposition") else "parentID"
    return [spelled({name: value})[name] for value in values], said


def _answer(document: dict[str, Any], media_type: str, said: dict[str, str], status: int = 200) -> HttpResponse:
    response = HttpResponse(
        encode(document, media_type), status=status, content_type=content_type(media_type), headers=said
    )
    patch_vary_headers(response, _VARY)
    return announce(response)
