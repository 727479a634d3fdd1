"""Say a change as an EPCIS event, so that the history of the goods shows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from guomen.core import epcis
from guomen.parties.actors import Actor
from guomen.tags.models import Range
from guomen.tags.rules.lifecycle import Change, Stretch
from guomen.tags.scheme import batch_uri
from guomen.trace.services import CAPTURING_KINDS, write
from guomen.trace.storing import Ready, ready

NAMESPACE = "urn:guomen:epcis:"
"""Of our own fields in events: ``guomen:range``, ``guomen:first``, ``guomen:last`` (indices counted from 0)."""
CONTEXT = {"guomen": NAMESPACE}
_PLACE = "https://unece.org/trade/uncefact/unlocode#"


def tell(by: Actor, change: Change, at: datetime, uris: Sequence[str], place: str = "") -> None:
    """Capture one event about single items, in the name of who made the change."""
    _capture(by, [_event(change, at, place, epcs=uris)])


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
    # The system itself and shoppers are no party of the chain of custody: their changes are in the ledger only.
    if by.organisation is not None and by.organisation.kind in CAPTURING_KINDS:
        write(by, events)
