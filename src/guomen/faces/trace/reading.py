"""Events as people read them: each with who states what, when and where, and what else it says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guomen.core import epcis
from guomen.faces.trace.codes import spoken
from guomen.kit.web import number, written_time
from guomen.kit.words import W, say
from guomen.parties.models import Organisation
from guomen.trace.custody import registered, sources, takers
from guomen.trace.holders import party_uri
from guomen.trace.places import event_place, place_uris
from guomen.trace.queries import HistoryEvent
from guomen.trace.redaction import HIDDEN, MARK
from guomen.trace.spoken import (
    BIZ_STEPS,
    DISPOSITIONS,
    ERROR_REASONS,
    EVENT_TYPES,
    MASTER_DATA,
    MEASUREMENTS,
    UNITS,
)
from guomen.trace.things import names_in

_MOST_THINGS = 12
Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of the timeline. ``tone``: class of its mark: alarm where something is wrong with the goods."""

    title: str
    state: str
    at: datetime
    by: str
    place: str
    inside: str
    tone: str
    certain: bool
    withdrawn: bool
    redacted: bool
    rows: tuple[Row, ...]
    id: str


_BAD = {"recalled", "damaged", "destroyed", "expired", "stolen", "non_conformant", "no_pedigree_match", "disposed"}


def moment(event: HistoryEvent, products: Mapping[str, object], parties: Mapping[str, str]) -> Moment:
    """``products``: GTIN -> what its name is; ``parties``: of :func:`parties_of`."""
    body = event.body
    disposition = epcis.bare_name(epcis.DISPOSITION, event.disposition)
    way = [spoken(uri, products) for uri in event.via[1:]]
    return Moment(
        title=title(body, event.biz_step, event.type),
        state=_word(DISPOSITIONS, disposition),
        at=event.at,
        by=str(event.organisation),
        place=_place(body),
        inside=" › ".join(way),
        tone="alarm" if disposition in _BAD and not event.withdrawn else "signed" if event.certain else "",
        certain=event.certain,
        withdrawn=event.withdrawn,
        redacted=event.redacted,
        rows=tuple(_rows(body, products, parties)),
        id=event.id,
    )


def title(body: Mapping[str, Any], step: str, type: str) -> str:
    """What happened, by its business step, else by what kind of event it is."""
    bare = epcis.bare_name(epcis.BIZ_STEP, step)
    if bare:
        return _word(BIZ_STEPS, bare)
    if type == "AggregationEvent":
        return {"ADD": _("Put into a container"), "DELETE": _("Taken out of a container")}.get(
            body.get("action", ""), _("Seen in a container")
        )
    return say(EVENT_TYPES[type])


def _word(words: Mapping[str, W], value: str) -> str:
    return say(words[value]) if value in words else value.rstrip("/").rpartition("/")[2] or value


def _place(body: Mapping[str, Any]) -> str:
    known = event_place(body)
    return say(known) if known else next(place_uris(body), "").removeprefix("https://id.gs1.org/")


def _rows(body: Mapping[str, Any], products: Mapping[str, object], parties: Mapping[str, str]) -> Iterator[Row]:
    yield from _things(body, products)
    yield from _parties(body, parties)
    for one in body.get("bizTransactionList", ()):
        kind = epcis.bare_name(epcis.BIZ_TRANSACTION_TYPE, one.get("type", ""))
        yield _("Document"), f"{kind} {_shown(one['bizTransaction'])}".strip()
    yield from _states(body)
    yield from _measured(body)
    for one in _listed(body.get("certificationInfo", ())):
        yield _("Certification"), str(one)
    for key, value in body.get("ilmd", {}).items():
        name = key.rpartition(":")[2]
        yield _word(MASTER_DATA, name), _flat(value)
    for key, value in body.items():
        if ":" in key and key not in ("@context", MARK):
            yield key.rpartition(":")[2], _flat(value)
    yield from _error(body)


def _things(body: Mapping[str, Any], products: Mapping[str, object]) -> Iterator[Row]:
    amounts = {
        q["epcClass"]: f"{number(q['quantity'])} {_unit(q.get('uom'))}".strip()
        for key in ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
        for q in body.get(key, ())
        if "quantity" in q
    }
    for label, keys in (
        (_("In"), ("parentID",)),
        (_("What"), ("epcList", "quantityList", "childEPCs", "childQuantityList")),
        (_("Made from"), ("inputEPCList", "inputQuantityList")),
        (_("Made into"), ("outputEPCList", "outputQuantityList")),
    ):
        uris = list(names_in({key: body[key] for key in keys if key in body}))
        words = [
            f"{amounts[u]} · {spoken(u, products)}" if u in amounts else spoken(u, products)
            for u in uris[:_MOST_THINGS]
        ]
        if len(uris) > _MOST_THINGS:
            words.append(_("and %(number)s more") % {"number": number(len(uris) - _MOST_THINGS)})
        if words:
            yield label, "; ".join(words)


def _parties(body: Mapping[str, Any], parties: Mapping[str, str]) -> Iterator[Row]:
    for field, end, words in (
        (
            "sourceList",
            "source",
            {"owning_party": _("Sold by"), "possessing_party": _("Handed over by"), "location": _("From")},
        ),
        (
            "destinationList",
            "destination",
            {"owning_party": _("Sold to"), "possessing_party": _("Handed over to"), "location": _("To")},
        ),
    ):
        for one in body.get(field, ()):
            kind = epcis.bare_name(epcis.SOURCE_DEST_TYPE, one["type"])
            yield words.get(kind, kind), parties.get(one[end]) or _shown(one[end])


def parties_of(bodies: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of registered organisations behind the sources and destinations of events, in two reads for all."""
    found = registered(
        {uri for body in bodies for uri in (*sources(body), *takers(body)) if not uri.startswith(HIDDEN)}
    )
    organisations = Organisation.objects.in_bulk(set(found.values()))
    return {uri: str(organisations[id]) for uri, id in found.items()}


def _shown(value: str) -> str:
    return (
        _("hidden from you")
        if value.startswith(HIDDEN)
        else value.removeprefix(party_uri("")).rpartition("/")[2] or value
    )


def _states(body: Mapping[str, Any]) -> Iterator[Row]:
    lasting = body.get("persistentDisposition", {})
    for field, label in (("set", _("From now on")), ("unset", _("No longer"))):
        words = [_word(DISPOSITIONS, epcis.bare_name(epcis.DISPOSITION, d)) for d in lasting.get(field, ())]
        if words:
            yield label, ", ".join(words)


def _measured(body: Mapping[str, Any]) -> Iterator[Row]:
    for element in body.get("sensorElementList", ()):
        for report in element.get("sensorReport", ()):
            name = _word(MEASUREMENTS, str(report.get("type", "")).rpartition(":")[2].rpartition("/")[2])
            unit = _unit(report.get("uom"))
            found = [
                f"{label}{_flat(report[key])} {unit}".strip()
                for key, label in (
                    ("value", ""),
                    ("minValue", _("lowest ")),
                    ("meanValue", _("mean ")),
                    ("maxValue", _("highest ")),
                    ("stringValue", ""),
                    ("booleanValue", ""),
                    ("hexBinaryValue", ""),
                    ("uriValue", ""),
                )
                if key in report
            ]
            if report.get("exception"):
                found.append(_("alarm: %(what)s") % {"what": report["exception"]})
            yield name or _("Reading"), ", ".join(found) or "—"


def _unit(code: Any) -> str:
    return UNITS.get(str(code or ""), str(code or ""))


def _error(body: Mapping[str, Any]) -> Iterator[Row]:
    error = body.get("errorDeclaration")
    if error:
        reason = epcis.bare_name(epcis.ERROR_REASON, error.get("reason", ""))
        at = written_time(datetime.fromisoformat(error["declarationTime"]))
        yield _("Declared an error"), f"{at} · {_word(ERROR_REASONS, reason)}".rstrip(" ·")
        for uri in error.get("correctiveEventIDs", ()):
            yield _("Corrected by"), uri


def _flat(value: Any) -> str:
    """A value of an extension in one line."""
    if value == HIDDEN:
        return _("hidden from you")
    if isinstance(value, Mapping):
        return ", ".join(f"{k.rpartition(':')[2]}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_flat, value))
    return str(value)[:300]


def _listed(value: Any) -> Sequence[Any]:
    return [value] if isinstance(value, str) else value
