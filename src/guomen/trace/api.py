"""The history of a thing over HTTP."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from guomen.core.gs1 import GS1Error
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.words import W
from guomen.parties.api import SIGNED_IN, actor
from guomen.trace import queries

router = Router(tags=["trace"], auth=SIGNED_IN)
_json = msgspec.json.Encoder(decimal_format="number")


def _answer(content: Any, media_type: str = "application/json") -> HttpResponse:
    return HttpResponse(_json.encode(content), content_type=media_type)


def _wrong_uri(field: str, error: GS1Error) -> Problem:
    words = W("This is not a right GS1 identifier: {why}.", "GS1 标识有误:{why}。")
    return Problem(field, error.code, words, (("why", str(error)),))


@router.get("/trace/{path:uri}", summary="The history of an item, a batch or a container")
def history(request: HttpRequest, uri: str) -> Any:
    """``uri``: a GS1 Digital Link, its path alone (``01/…/21/…``), an EPC URN, or ``urn:guomen:container:…``."""
    try:
        found = queries.history(_whole(uri), actor(request))
    except GS1Error as error:
        raise Invalid([_wrong_uri("uri", error)])
    if not found.events:
        raise NotFound
    return _answer(
        {
            "uri": found.uri,
            "batch": found.batch,
            "truncated": found.truncated,
            "stays": [
                {"thing": s.thing, "inside": s.inside, "since": s.since, "until": s.until, "certain": s.certain}
                for s in found.stays
            ],
            "events": [
                {
                    "id": e.id,
                    "at": e.at,
                    "bizStep": e.biz_step,
                    "by": {"id": str(e.organisation.id), "name": str(e.organisation)},
                    "via": e.via,
                    "certain": e.certain,
                    "withdrawn": e.withdrawn,
                    "event": e.body,
                }
                for e in found.events
            ],
        }
    )


def _whole(uri: str) -> str:
    if uri[:1].isdigit():
        return f"https://id.gs1.org/{uri}"
    scheme, separator, rest = uri.partition(":/")
    # Proxies merge the two slashes of a URI inside a path.
    return f"{scheme}://{rest.lstrip('/')}" if separator else uri
