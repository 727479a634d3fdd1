"""The history of a thing over HTTP."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from guomen.core.gs1 import GS1Error
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.words import W
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request
from guomen.trace import queries, sharing
from guomen.trace.models import Share

router = Router(tags=["trace"], auth=SIGNED_IN)
_json = msgspec.json.Encoder(decimal_format="number")


def _answer(content: Any, media_type: str = "application/json") -> HttpResponse:
    return HttpResponse(_json.encode(content), content_type=media_type)


def _wrong_uri(field: str, error: GS1Error) -> Problem:
    words = W("This is not a right GS1 identifier: {why}.", "GS1 标识有误:{why}。")
    return Problem(field, error.code, words, (("why", str(error)),))


class ShareIn(Schema):
    with_: str = Field(alias="with")
    """Registration code of the organisation that may read the events."""
    thing: str = ""
    query: dict[str, list[str]] = {}


def _share(share: Share) -> dict[str, Any]:
    return {
        "id": str(share.id),
        "by": share.giver.code,
        "with": share.taker.code,
        "about": share.about,
        "since": share.created_at.isoformat(),
        "revoked": share.revoked_at.isoformat() if share.revoked_at else None,
    }


@router.get("/trace-shares", summary="What your organisation shares and what is shared with it")
def shares(request: HttpRequest) -> Any:
    return _answer([_share(s) for s in sharing.shares(actor(request))])


@router.post("/trace-shares", summary="Show another organisation your events")
def share(request: HttpRequest, body: ShareIn) -> Any:
    """``thing``: a thing or batch, whose future events are shared too. ``query``: events that it finds now."""
    by = actor(request)

    def do() -> dict[str, Any]:
        if bool(body.thing) == bool(body.query):
            words = W("Give a thing or a query.", "请给出物品或查询条件二者之一。")
            raise Invalid([Problem("thing", "thing-or-query", words)])
        try:
            if body.thing:
                return _share(sharing.share_thing(by, _whole(body.thing), body.with_))
        except GS1Error as error:
            raise Invalid([_wrong_uri("thing", error)])
        return _share(sharing.share_query(by, body.query, body.with_))

    return once_request(request, by, do)[0]


@router.delete("/trace-shares/{id}", summary="Stop sharing")
def unshare(request: HttpRequest, id: UUID) -> HttpResponse:
    sharing.unshare(actor(request), id)
    return HttpResponse(status=204)


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
                    "redacted": e.redacted,
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
