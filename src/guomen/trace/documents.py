"""Events on their way out, as the standard's document."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from guomen.core import epcis
from guomen.kit.clock import now

XML_TYPES = frozenset({"application/xml", "text/xml"})
_json = msgspec.json.Encoder(decimal_format="number")


def encode(document: dict[str, Any], media_type: str) -> bytes:
    """A document as XML or JSON, whichever the media type is of, in UTF-8 and with exact numbers."""
    return epcis.document_to_xml(document) if media_type in XML_TYPES else _json.encode(document)


def content_type(media_type: str) -> str:
    """The media type as a header says it: XML that is text would be taken for ASCII without its charset."""
    return f"{media_type}; charset=utf-8" if media_type == "text/xml" else media_type


def query_document(
    bodies: Sequence[dict[str, Any]],
    name: str = "SimpleEventQuery",
    *,
    subscription: str = "",
    id: uuid.UUID | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """An EPCISQueryDocument: what the query ``name`` found; ``id`` names the document, ``at`` is when it was made.

    Events with a context of their own keep it: the same prefix may mean two things in two of them.
    """
    named = {"id": f"urn:uuid:{id}"} if id else {}
    of = {"subscriptionID": subscription} if subscription else {}
    return {
        "@context": [epcis.CONTEXT],
        **named,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": (at or now()).isoformat(timespec="milliseconds"),
        "epcisBody": {"queryResults": {**of, "queryName": name, "resultsBody": {"eventList": list(bodies)}}},
    }


def event_document(body: dict[str, Any]) -> dict[str, Any]:
    """An EPCISDocument with one event in it."""
    return {
        "@context": [epcis.CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now().isoformat(timespec="milliseconds"),
        "epcisBody": {"eventList": [body]},
    }
