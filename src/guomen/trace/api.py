"""The history of a thing over HTTP."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema
from pydantic import Field

from guomen.core.gs1 import GS1Error
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.words import W
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request
from guomen.trace import chain, queries, sharing
from guomen.trace.models import Share
from guomen.trace.things import uri_of_path, wrong_name

router = Router(tags=["trace"], auth=SIGNED_IN)
NDJSON = "application/x-ndjson"
WIDEST_WHOLE = 10_000
"""Things of a step in an answer that is not streamed."""
_json = msgspec.json.Encoder(decimal_format="number")


def _answer(content: Any, media_type: str = "application/json") -> HttpResponse:
    return HttpResponse(_json.encode(content), content_type=media_type)


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
                return _share(sharing.share_thing(by, uri_of_path(body.thing), body.with_))
        except GS1Error as error:
            raise Invalid([wrong_name("thing", error)])
        return _share(sharing.share_query(by, body.query, body.with_))

    return once_request(request, by, do)[0]


@router.delete("/trace-shares/{id}", summary="Stop sharing")
def unshare(request: HttpRequest, id: UUID) -> HttpResponse:
    sharing.unshare(actor(request), id)
    return HttpResponse(status=204)


@router.get("/trace/{path:uri}", summary="The history of an item, a batch or a container; where it came from or went")
def history(
    request: HttpRequest,
    uri: str,
    direction: chain.Direction | None = None,
    depth: int = Query(chain.DEPTH, ge=1, le=chain.DEEPEST),
    breadth: int = Query(chain.BREADTH, ge=1, le=chain.WIDEST),
) -> Any:
    """``uri``: a GS1 Digital Link, its path alone (``01/…/21/…``), an EPC URN, or ``urn:guomen:container:…``.

    ``direction``: instead of the history, where the thing came from (upstream) or where it went (downstream), with at
    most ``depth`` steps and ``breadth`` things of a step. ``Accept: application/x-ndjson`` gives it line by line.
    """
    if direction:
        return _chain(request, uri_of_path(uri), direction, depth, breadth)
    try:
        found = queries.history(uri_of_path(uri), actor(request))
    except GS1Error as error:
        raise Invalid([wrong_name("uri", error)])
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


def _chain(request: HttpRequest, uri: str, direction: chain.Direction, depth: int, breadth: int) -> HttpResponseBase:
    by = actor(request)
    try:
        if not chain.is_known(uri, by):
            raise NotFound
    except GS1Error as error:
        raise Invalid([wrong_name("uri", error)])
    if NDJSON in request.headers.get("Accept", ""):
        return StreamingHttpResponse(_lines(chain.walk(uri, direction, by, depth=depth, breadth=breadth)), NDJSON)
    start, *parts = chain.walk(uri, direction, by, depth=depth, breadth=min(breadth, WIDEST_WHOLE))
    content = _part(start) | {"things": [], "moves": []}
    for part in parts:
        if isinstance(part, chain.End):
            content |= _part(part)
        else:
            content["things" if isinstance(part, chain.Found) else "moves"].append(_part(part))
    return _answer(content)


def _lines(parts: Iterable[chain.Part]) -> Iterator[bytes]:
    """JSON objects, one a line, each saying by its one key what it is; many lines are sent together."""
    # The first line at once: a walk over many things takes a second before it has names for them.
    rest, size = iter(parts), 1
    while some := list(islice(rest, size)):
        yield _json.encode_lines([{_NAMES[type(part)]: _part(part)} for part in some])
        size = 1000


_NAMES = {chain.Start: "start", chain.Found: "thing", chain.Move: "move", chain.End: "end"}


def _part(part: chain.Part) -> Any:
    """As JSON. A thing is encoded as it is: there may be a million of them."""
    match part:
        case chain.Found():
            return part
        case chain.Start():
            return {"uri": part.uri, "direction": part.direction, "depth": part.depth, "breadth": part.breadth}
        case chain.Move():
            return {
                "event": part.event,
                "at": part.at,
                "bizStep": part.step,
                "by": _party(chain.Party("", part.by)),
                "from": _party(part.giver),
                "to": _party(part.taker),
                "things": part.things,
                "withdrawn": part.withdrawn,
            }
    return {
        "thingsFound": part.things,
        "movesFound": part.moves,
        "hiddenTransformations": part.hidden,
        "truncated": part.truncated,
    }


def _party(party: chain.Party | None) -> dict[str, str] | None:
    if party is None:
        return None
    one = party.organisation
    return {"id": str(one.id), "name": str(one)} if one else {"name": party.uri}
