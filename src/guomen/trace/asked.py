"""The parameters of the standard's simple event query, as conditions on indexed columns.

Source: EPCIS 2.0 section 8.2.7 (simple event query) and section 12 (REST bindings).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from guomen.core import epcis
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W
from guomen.trace import masterdata, matching
from guomen.trace.compared import at_moment, comparisons
from guomen.trace.facets import EXTENDED, PREFIXES, SENSOR_FIELDS, facet, place_of, qualified, scalars, typed, word
from guomen.trace.matching import CLASS_ROLES, ROLES, either, match, stands_for_many
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import key_of

Values = list[str]
MOST_VALUES = 500
"""In one parameter."""


@dataclass(frozen=True)
class Asked:
    """A query: conditions that all hold, the order, and how many events at most."""

    conditions: list[Q] = field(default_factory=list)
    order: str = "happened_at"
    field: str = ""
    """The extension field to order by instead, with its namespace."""
    newest_first: bool = False
    limit: int | None = None
    most: int | None = None
    """Refuse to answer when more events match."""
    fingerprint: str = ""
    is_open: bool = True
    """It asks for nothing that is hidden from a reader who sees an event redacted."""
    things: frozenset[UUID] = frozenset()
    """Keys of the things that it asks for."""
    reader: UUID | None = None
    """Whose master data tells what belongs to a place."""


def has(*numbers: int) -> Q:
    """Events that carry one of these facets."""
    return Q(facets__overlap=list(numbers))


def wrong(name: str, en: str, zh: str) -> Invalid:
    return Invalid([Problem(name, "query-parameter", W(en, zh))])


def read(
    parameters: Mapping[str, Values],
    extensions: Mapping[str, str] | None = None,
    *more: Mapping[str, Values],
    reader: UUID | None = None,
) -> Asked:
    """What ``parameters`` (name -> values) ask for; ``more``: further ones that must hold as well.

    ``extensions``: prefix -> namespace. ``reader``: the organisation whose master data counts. Raises Invalid for a
    parameter or value that the standard does not have, TooComplex.
    """
    prefixes = {**PREFIXES, **(extensions or {})}
    all_of = [{name: _checked(name, values) for name, values in sorted(one.items())} for one in (parameters, *more)]
    conditions = [q for one in all_of for q in conditions_of(one, prefixes, reader)]
    named = {name: values for one in all_of for name, values in one.items() if name in _SETTINGS}
    if "eventCountLimit" in named and "maxEventCount" in named:
        raise wrong(
            "maxEventCount", "Use eventCountLimit or maxEventCount.", "eventCountLimit 与 maxEventCount 二者取一。"
        )
    if "eventCountLimit" in named and "orderBy" not in named:
        raise wrong("eventCountLimit", "This needs orderBy.", "使用此参数须同时指定 orderBy。")
    order = _order(named, prefixes)
    direction = _one_of(named, "orderDirection", {"ASC": "", "DESC": "-"})
    return Asked(
        conditions,
        _TIMES.get(order, "happened_at"),
        order if "#" in order else "",
        direction == "-" or (direction is None and order != ""),
        _count(named, "eventCountLimit"),
        _count(named, "maxEventCount"),
        hashlib.sha256(repr((all_of, sorted(prefixes.items()))).encode()).hexdigest()[:16],
        all(_is_open(name, values) for one in all_of for name, values in one.items()) and "#" not in order,
        _things(all_of),
        reader,
    )


def narrowed(asked: Asked, name: str, value: str) -> Asked:
    """The same query with one more condition; the value may hold commas."""
    return replace(
        asked,
        conditions=[*asked.conditions, *conditions_of({name: [value]}, PREFIXES, asked.reader)],
        is_open=asked.is_open and _is_open(name, [value]),
        things=asked.things | _things([{name: [value]}]),
    )


def about(asked: Asked, uri: str) -> Asked:
    """The same query of events that name this item or class. Raises Invalid, TooComplex."""
    condition, many = matching.about(uri), stands_for_many("anyEPC", uri)
    return replace(
        asked,
        conditions=[*asked.conditions, condition],
        is_open=asked.is_open and not many,
        things=asked.things if many else asked.things | {key_of(uri)},
    )


def _is_open(name: str, values: Values) -> bool:
    return name in _OPEN | _SETTINGS and not any(_is_kind(name, value) for value in values)


def _is_kind(name: str, value: str) -> bool:
    return name in _THINGS and stands_for_many(name.removeprefix("MATCH_"), value)


def _things(all_of: Iterable[Mapping[str, Values]]) -> frozenset[UUID]:
    named = [(name, value) for one in all_of for name in one.keys() & _THINGS for value in one[name]]
    return frozenset(key_of(value) for name, value in named if not _is_kind(name, value))


_SETTINGS = frozenset({"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"})


def _checked(name: str, values: Values) -> Values:
    found = [value for value in values if value]
    if not found and not name.startswith("EXISTS_"):
        raise wrong(name, "This needs a value.", "此参数需要取值。")
    if len(found) > MOST_VALUES:
        raise wrong(name, f"At most {MOST_VALUES} values.", f"最多 {MOST_VALUES} 个取值。")
    return found


def _order(named: Mapping[str, Values], prefixes: Mapping[str, str]) -> str:
    """``eventTime``, ``recordTime``, an extension field as namespace#name, or nothing."""
    value = named.get("orderBy", [""])[0]
    if not value or value in _TIMES:
        return value
    if not re.fullmatch(r"[^_].*[#:].+", value):
        raise wrong(
            "orderBy",
            "This is eventTime, recordTime or an extension field.",
            "此处须为 eventTime、recordTime 或扩展字段。",
        )
    return qualified(value, prefixes)


def _one_of(named: Mapping[str, Values], name: str, known: Mapping[str, str]) -> str | None:
    if name not in named:
        return None
    value = named[name][0]
    if value not in known:
        raise wrong(name, "This is ASC or DESC.", "此处须为 ASC 或 DESC。")
    return known[value]


def _count(named: Mapping[str, Values], name: str) -> int | None:
    if name not in named:
        return None
    text = named[name][0]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 10**8):
        raise wrong(name, "This must be a number from 1.", "此处须为不小于 1 的数字。")
    return int(text)


def _time(name: str, values: Values) -> datetime:
    try:
        # A plus sign in a query means a space when it is not encoded.
        moment = datetime.fromisoformat(values[0].replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise wrong(name, "This is a date and time with a zone.", "此处须为带时区的日期和时间。")
    return moment


def _facets(*words: str) -> Callable[[Values], Q]:
    return lambda values: has(*(facet(*words, word(words[-1], value)) for value in values))


_FIXED: dict[str, Callable[[Values], Q]] = {
    "eventType": _facets("eventType"),
    "EQ_action": _facets("action"),
    "EQ_bizStep": _facets("bizStep"),
    "EQ_disposition": _facets("disposition"),
    "EQ_persistentDisposition_set": _facets("set"),
    "EQ_persistentDisposition_unset": _facets("unset"),
    "EQ_readPoint": _facets("readPoint"),
    "EQ_bizLocation": _facets("bizLocation"),
    "EQ_transformationID": lambda values: has(*(facet("transformationID", v) for v in values)),
    "EQ_correctiveEventID": lambda values: has(*(facet("correctiveEventID", v) for v in values)),
    "EQ_errorReason": _facets("errorReason"),
    "EXISTS_errorDeclaration": lambda values: Q(declares_error=True),
    "EXISTS_sensorElementList": lambda values: has(facet("sensorElementList")),
    "EQ_eventID": lambda values: Q(event_id__in=[f(v) for v in values for f in (event_id, error_id)]),
    **{
        f"EQ_{name}": lambda values, name=name: has(*(facet("sensor", name, s) for v in values for s in scalars(v)))
        for name in SENSOR_FIELDS
    },
}
_THINGS = frozenset(f"MATCH_{what}" for what in (*ROLES, *CLASS_ROLES))
# What every reader of an event sees of it; other parameters find only events that the asker sees whole.
_FOR_ALL = """eventType EQ_action EQ_bizStep EQ_disposition EQ_persistentDisposition_set EQ_persistentDisposition_unset
EQ_readPoint WD_readPoint EQ_bizLocation WD_bizLocation EQ_eventID EXISTS_errorDeclaration EQ_errorReason
GE_eventTime LT_eventTime GE_recordTime LT_recordTime"""
_OPEN = _THINGS | frozenset(_FOR_ALL.split())
_TIMES = {"eventTime": "happened_at", "recordTime": "recorded_at"}
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_FREE = re.compile(rf"(EQ|EXISTS)_((?:INNER_)?(?:(?:{'|'.join(EXTENDED)})_)?)([^_].*[#:].+)")


def conditions_of(named: Mapping[str, Values], prefixes: Mapping[str, str], reader: UUID | None) -> list[Q]:
    """What these parameters ask for, each or some together. Raises Invalid, TooComplex."""
    found, done = comparisons(named, prefixes)
    rest = {name: values for name, values in named.items() if name not in done | _SETTINGS}
    return found + [_condition(name, values, prefixes, reader) for name, values in rest.items()]


def _condition(name: str, values: Values, prefixes: Mapping[str, str], reader: UUID | None) -> Q:
    if name.startswith("EXISTS_") and values == ["false"]:
        return Q()
    if name in _FIXED:
        _check(name, values)
        return _FIXED[name](values)
    comparison, _, what = name.partition("_")
    if name in _THINGS:
        return match(what, values)
    if comparison == "WD" and what in ("readPoint", "bizLocation"):
        places = masterdata.within((word(what, value) for value in values), reader)
        return has(*(facet(f"within {what}", place) for place in places))
    if comparison in ("GE", "LT") and what in _TIMES:
        return Q(**{f"{_TIMES[what]}__{'gte' if comparison == 'GE' else 'lt'}": _time(name, values)})
    if typed_by := _TYPED.fullmatch(name):
        return has(*(facet(*typed(typed_by[1], typed_by[2], value)) for value in values))
    attribute = masterdata.condition(name, values, prefixes, reader)
    if attribute is not None:
        return attribute
    if free := _FREE.fullmatch(name):
        return _free(free, values, prefixes)
    raise wrong(name, "This is not a parameter of the simple event query.", "这不是简单事件查询的参数。")


def _free(match: re.Match[str], values: Values, prefixes: Mapping[str, str]) -> Q:
    where, key = place_of(match[2]), qualified(match[3], prefixes)
    if match[1] == "EXISTS":
        return has(facet(where, key))
    same = [facet(where, key, written) for value in values for written in scalars(value)]
    moments = at_moment(where, key, values)
    return has(*same) if moments is None else either(same, moments)


def _check(name: str, values: Values) -> None:
    known: dict[str, Any] = {"eventType": epcis.EVENT_TYPES, "EQ_action": ("ADD", "OBSERVE", "DELETE")}
    if name in known and not set(values) <= set(known[name]):
        raise wrong(name, "This is not a value of the standard.", "这不是标准中的取值。")
