"""Query results in the order of an extension field.

Such fields are in no index: what a query finds is sorted here, up to a bounded number of events. Source: EPCIS 2.0
section 8.2.7.1, ``orderBy``.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.trace.asked import Asked
from guomen.trace.compared import number, seconds
from guomen.trace.facets import prefixes_of, qualified
from guomen.trace.matching import TooComplex
from guomen.trace.models import Event
from guomen.trace.sight import bodies, parts
from guomen.trace.tokens import place_of, token_of

MOST_SORTED = 2000
Key = tuple[int, Decimal | bytes]


def page(by: Actor, asked: Asked, *, per_page: int, after: str) -> tuple[list[dict[str, Any]], str]:
    """Bodies of one page and the token of the next, ordered by ``asked.field``; events without it come last.

    Pages hold still as those of :func:`guomen.trace.queries.select` do. Raises TooComplex when more than
    ``MOST_SORTED`` events match, NotFound for a token that is none or is of another query.
    """
    snapshot, start = _place(after, asked.fingerprint) if after else (now(), 0)
    found = parts(Event.objects.filter(*asked.conditions), by, asked)
    rows = [
        row
        for part in found
        for row in part.filter(recorded_at__lte=snapshot).defer("facets", "things")[: MOST_SORTED + 1]
    ]
    if len(rows) > MOST_SORTED:
        raise TooComplex(most=MOST_SORTED)
    keys = {row.event_id: _key(row.body, asked.field) for row in rows}
    there = [row for row in rows if keys[row.event_id] is not None]
    there.sort(key=lambda row: (keys[row.event_id], row.event_id), reverse=asked.newest_first)
    lacking = sorted((row for row in rows if keys[row.event_id] is None), key=lambda row: row.event_id)
    ordered = [*there, *lacking][: asked.limit]
    end = start + per_page
    following = token_of((snapshot, end, asked.fingerprint)) if end < len(ordered) else ""
    return bodies(ordered[start:end], by), following


def _key(body: Mapping[str, Any], field: str) -> Key | None:
    """Numbers before moments before texts, these by their bytes; None where the field is missing or no single value."""
    prefixes = prefixes_of(epcis.as_context(body.get("@context")))
    value = next((v for key, v in body.items() if ":" in key and qualified(key, prefixes) == field), None)
    if (amount := number(value)) is not None:
        return 0, amount
    if (moment := seconds(value)) is not None:
        return 1, moment
    return (2, value.encode()) if isinstance(value, str) else None


def _place(token: str, fingerprint: str) -> tuple[datetime, int]:
    snapshot, start, of = place_of(token, tuple[datetime, int, str])
    if of != fingerprint or not 0 < start <= MOST_SORTED:
        raise NotFound
    return snapshot, start
