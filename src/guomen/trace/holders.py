"""Who holds goods of a batch: the recall question, out of dispatches, receipts and sales."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from guomen.core.epcis import SOURCE_DEST_TYPE, bare_name
from guomen.core.gs1 import GS1Error, canonical, parse_digital_link, to_digital_link
from guomen.parties.models import Organisation
from guomen.trace.graph import Visit, climb, items_of
from guomen.trace.models import Event, EventItem
from guomen.trace.redaction import HIDDEN
from guomen.trace.rules import Holding, Move, holdings
from guomen.trace.things import key_of, names_in

MOST_ITEMS = 50_000
STEPS = {
    "shipping": "ship",
    "receiving": "receive",
    "accepting": "receive",
    "retail_selling": "sell",
    "dispensing": "sell",
    "destroying": "destroy",
}
PIECES = "C62"
"""UN/ECE Recommendation 20: one piece. Items and quantities without a unit count as pieces."""
_PARTY = "urn:guomen:party:"


@dataclass(frozen=True, slots=True)
class Holder:
    """A party with goods of the batch. ``organisation`` None: not registered here, ``name`` is then its identifier.

    role: holder (it said that it received) or addressee (goods were sent to it, no receipt is known). ``quantity`` in
    ``unit`` (UN/ECE Recommendation 20); None: unknown.
    """

    organisation: Organisation | None
    name: str
    role: str
    quantity: Decimal | None
    since: datetime
    unit: str = PIECES
    party: str = ""


def party_uri(organisation_id: object) -> str:
    """How events name a registered organisation as source or destination."""
    return f"{_PARTY}{organisation_id}"


def holders(gtin: str, batch: str) -> list[Holder]:
    """Who received goods of the batch and has not passed them all on, earliest first; in doubt somebody is listed.

    Counts shipping, receiving, accepting, retail_selling, dispensing and destroying; parties are CBV sources and
    destinations of type possessing_party, else who captured the event. Goods in cases and containers count by what was
    inside at that moment. Events declared an error do not count. A batch that cannot be a GS1 lot (AI 10: 1 to 20
    characters) has no events and so no holders. No authorisation: for capabilities above.
    """
    try:
        root = key_of(to_digital_link((("01", gtin.rjust(14, "0")), ("10", batch))))
    except GS1Error:
        return []
    keys = [root, *items_of(root, MOST_ITEMS)]
    visits = climb([Visit(k, (k,)) for k in keys]).visits
    inside: dict[uuid.UUID, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.depth > 0 and not (visit.key == root or root in visit.path[1:]):
            inside[visit.key].append(visit)
    events = _events({*keys, *inside})
    known = _Goods(root, frozenset(keys[1:]), inside)
    moves = [m for e in events if (m := _move(e, known)) is not None]
    return [_holder(h) for h in sorted(holdings(moves), key=lambda h: (h.since, h.party))]


@dataclass(frozen=True, slots=True)
class _Goods:
    batch: uuid.UUID
    items: frozenset[uuid.UUID]
    inside: Mapping[uuid.UUID, Sequence[Visit]]


def _events(keys: Iterable[uuid.UUID]) -> list[Event]:
    ids = EventItem.objects.filter(item__in=list(keys)).values_list("event_id", flat=True).distinct()
    events = list(Event.objects.filter(event_id__in=list(ids)))
    withdrawn = {e.uri for e in events if e.declares_error}
    return [e for e in events if e.uri not in withdrawn and e.biz_step in STEPS]


def _move(event: Event, goods: _Goods) -> Move | None:
    amounts = _amounts(event.body, event.happened_at, goods)
    if not amounts:
        return None
    step, captor = STEPS[event.biz_step], party_uri(event.organisation_id)
    source, destination = possessor(event.body, "source"), possessor(event.body, "destination")
    if step == "receive":
        destination = destination or captor
    else:
        source = source or captor
    if source == destination:
        return None
    return Move(event.happened_at, step, source, destination, amounts)


def possessor(body: Mapping[str, Any], end: str) -> str | None:
    """Who has the goods before (source) or after (destination) an event; None: it does not say, or it is hidden."""
    for entry in body.get(f"{end}List", ()):
        if bare_name(SOURCE_DEST_TYPE, entry.get("type", "")) == "possessing_party":
            if entry[end].startswith(HIDDEN):
                return None
            try:
                return canonical(entry[end])
            except GS1Error:
                return str(entry[end])
    return None


def _amounts(body: Mapping[str, Any], at: datetime, goods: _Goods) -> dict[str, Decimal | None]:
    """How much of the batch an event moves: by its quantities, else its items, else what its containers held then."""
    named = [q for q in body.get("quantityList", ()) if key_of(q["epcClass"]) == goods.batch]
    if named:
        return _sum((q.get("uom") or PIECES, q.get("quantity")) for q in named)
    keys = {key_of(uri) for uri in names_in(body)}
    items = keys & goods.items
    if items:
        return {PIECES: Decimal(len(items))}
    stays = {(v.path, v.quantity, v.uom): v for k in keys for v in goods.inside.get(k, ()) if v.since <= at <= v.until}
    counted = [v for v in stays.values() if v.path[0] == goods.batch]
    if counted:
        return _sum((v.uom or PIECES, v.quantity) for v in counted)
    pieces = {v.path[0] for v in stays.values()}
    return {PIECES: Decimal(len(pieces))} if pieces else {}


def _sum(parts: Iterable[tuple[str, Any]]) -> dict[str, Decimal | None]:
    total: dict[str, Decimal | None] = {}
    for unit, amount in parts:
        before = total.get(unit, Decimal(0))
        total[unit] = None if before is None or amount is None else before + Decimal(str(amount))
    return total


def _holder(holding: Holding) -> Holder:
    organisation = _organisation(holding.party)
    return Holder(
        organisation=organisation,
        name=str(organisation) if organisation else holding.party,
        role="holder" if holding.confirmed else "addressee",
        quantity=holding.quantity,
        since=holding.since,
        unit=holding.unit,
        party=holding.party,
    )


def _organisation(party: str) -> Organisation | None:
    """A registered organisation, by our URN or by a GLN that is its registration code."""
    if party.startswith(_PARTY):
        try:
            return Organisation.objects.filter(id=uuid.UUID(party.removeprefix(_PARTY))).first()
        except ValueError:
            return None
    try:
        gln = parse_digital_link(party, associations=False).key[1]
    except GS1Error:
        return None
    return Organisation.objects.filter(code=gln).first()
