"""Say a change as an EPCIS event, so that the history of the goods shows it.

Whoever made the change says it. What the system itself and shoppers do is said by the authority whose system this is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from guomen.core import epcis
from guomen.parties.actors import SYSTEM, Actor
from guomen.parties.models import Organisation
from guomen.tags.models import Range
from guomen.tags.rules.lifecycle import Change, Stretch
from guomen.tags.scheme import batch_uri
from guomen.trace.services import CAPTURING_KINDS, write
from guomen.trace.storing import Ready, ready

NAMESPACE = "urn:guomen:epcis:"
"""Of our own fields in events: ``guomen:range``, ``guomen:first``, ``guomen:last`` (indices counted from 0)."""
CONTEXT = {"guomen": NAMESPACE}
_PLACE = "https://unece.org/trade/uncefact/unlocode#"


def tell(by: Actor, change: Change, at: datetime, uris: Sequence[str], place: str = "", state: str = "") -> None:
    """Capture one event about single items. ``state``: our own word for what the vocabulary has none for."""
    own = {"extensions": {"guomen:state": state}, "context": [CONTEXT]} if state else {}
    _capture(by, [_event(change, at, place, epcs=uris, **own)])


def tell_stretches(
    by: Actor, change: Change, at: datetime, stretches: Sequence[tuple[Range, Stretch]], place: str = ""
) -> None:
    """Capture an event for each stretch: a quantity of its batch, with range and indices in our own fields."""
    _capture(by, [_of_stretch(change, at, place, one, stretch) for one, stretch in stretches])


def tell_quantity(by: Actor, change: Change, at: datetime, one: Range, quantity: int) -> None:
    """Capture one event about so many items of a range, nobody says which."""
    goods = [(batch_uri(one.gtin, one.batch), quantity, None)]
    named = {"guomen:range": one.code}
    _capture(by, [_event(change, at, "", classes=goods, extensions=named, context=[CONTEXT])])


def _of_stretch(change: Change, at: datetime, place: str, one: Range, stretch: Stretch) -> Ready:
    numbers = {"guomen:range": one.code, "guomen:first": stretch.first, "guomen:last": stretch.last}
    goods = [(batch_uri(one.gtin, one.batch), stretch.size, None)]
    return _event(change, at, place, classes=goods, extensions=numbers, context=[CONTEXT])


def _event(change: Change, at: datetime, place: str, **about: Any) -> Ready:
    # CBV 2.0 has "recalled" as a lasting mark, which a later disposition does not take away.
    said: Mapping[str, Any] = {"disposition": change.disposition or None}
    if change.disposition == "recalled":
        said = {"persistent_set": ["recalled"]}
    made = epcis.object_event(
        at, change.action, biz_step=change.step or None, read_point=_PLACE + place if place else None, **said, **about
    )
    return ready(epcis.event_to_dict(made), made)


def _capture(by: Actor, events: Sequence[Ready]) -> None:
    captor = by if by.organisation is not None else _authority()
    if captor is not None and captor.organisation is not None and captor.organisation.kind in CAPTURING_KINDS:
        write(captor, events)


def _authority() -> Actor | None:
    """The authority whose system this is: the one that was registered first. None before there is any."""
    found = Organisation.objects.filter(kind="authority").order_by("created_at", "id").first()
    return Actor(SYSTEM.via, found) if found else None
