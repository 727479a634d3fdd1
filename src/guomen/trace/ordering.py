"""Query results in the order of an extension field.

Such fields are in no index: what a query finds is sorted here, up to a bounded number of events. Only the field is read
of each, and whole events only for the page that is asked for. Source: EPCIS 2.0 section 8.2.7.1, ``orderBy``.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.trace.asked import Asked
from guomen.trace.compared import number, seconds
from guomen.trace.facets import prefixes_of, qualified
from guomen.trace.matching import TooComplex
from guomen.trace.models import Event, Exact
from guomen.trace.sight import bodies, parts
from guomen.trace.tokens import place_of, token_of

MOST_SORTED = 20_000
_LONGEST = 1000
"""Bytes of a text that count for its place."""
Key = tuple[int, Decimal | bytes]


def page(by: Actor, asked: Asked, *, per_page: int, after: str) -> tuple[list[dict[str, Any]], str]:
    """Bodies of one page and the token of the next, ordered by ``asked.field``; events without it come last.

    Pages hold still as those of :func:`guomen.trace.queries.select` do. Raises TooComplex when more than
    ``MOST_SORTED`` events match, NotFound for a token that is none or is of another query.
    """
    snapshot, start = _place(after, asked.fingerprint) if after else (now(), 0)
    found = [
        part.filter(recorded_at__lte=snapshot) for part in parts(Event.objects.filter(*asked.conditions), by, asked)
    ]
    keys = dict(islice(_keys(found, asked.field), MOST_SORTED + 1))
    if len(keys) > MOST_SORTED:
        raise TooComplex(most=MOST_SORTED)
    there = sorted(((key, id) for id, key in keys.items() if key is not None), reverse=asked.newest_first)
    lacking = sorted(id for id, key in keys.items() if key is None)
    ordered = [*(id for _, id in there), *lacking][: asked.limit]
    end = start + per_page
    following = token_of((snapshot, end, asked.fingerprint)) if end < len(ordered) else ""
    rows = Event.objects.defer("facets", "things").in_bulk(ordered[start:end])
    return bodies([rows[id] for id in ordered[start:end]], by), following


def _keys(found: list[QuerySet[Event]], field: str) -> Iterator[tuple[UUID, Key | None]]:
    """The place of each event by its field, a few thousand in memory at a time."""
    ending = f":{field.rpartition('#')[2]}"
    fields = RawSQL(
        "(SELECT jsonb_object_agg(key, value) FROM jsonb_each(trace_event.body) "
        "WHERE key = '@context' OR right(key, %s) = %s)",
        [len(ending), ending],
        output_field=JSONField(decoder=Exact),
    )
    for part in found:
        rows = part.annotate(fields=fields).values_list("event_id", "fields")
        for id, some in rows.iterator(chunk_size=2000):
            yield id, _key(some or {}, field)


def _key(body: Mapping[str, Any], field: str) -> Key | None:
    """Numbers before moments before texts, these by their bytes; None where the field is missing or no single value."""
    prefixes = prefixes_of(epcis.as_context(body.get("@context")))
    value = next((v for key, v in body.items() if ":" in key and qualified(key, prefixes) == field), None)
    if (amount := number(value)) is not None:
        return 0, amount
    if (moment := seconds(value)) is not None:
        return 1, moment
    return (2, value.encode()[:_LONGEST]) if isinstance(value, str) else None


def _place(token: str, fingerprint: str) -> tuple[datetime, int]:
    snapshot, start, of = place_of(token, tuple[datetime, int, str])
    if of != fingerprint or not 0 < start <= MOST_SORTED:
        raise NotFound
    return snapshot, start
