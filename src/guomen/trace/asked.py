"""The parameters of the standard's simple event query, as conditions on indexed columns.

Source: EPCIS 2.0 section 8.2.7 (simple event query) and section 12 (REST bindings).
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from guomen.core import epcis
from guomen.core.gs1 import GS1Error
from guomen.kit.errors import GuomenError, Invalid, Problem
from guomen.kit.words import W
from guomen.trace.facets import PREFIXES, SENSOR_FIELDS, facet, qualified, scalars, typed, word
from guomen.trace.models import EventItem
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import key_of, name_of

Values = list[str]
MOST_VALUES = 500
"""In one parameter."""


class NotAnswered(GuomenError):
    """A parameter of the standard that this repository does not know yet."""

    status = 501
    code = "parameter-not-implemented"
    words = W("The query parameter {name} is not implemented.", "查询参数 {name} 尚未实现。")


@dataclass(frozen=True)
class Asked:
    """A query: conditions that all hold, the order, and how many events at most."""

    conditions: list[Q] = field(default_factory=list)
    order: str = "happened_at"
    newest_first: bool = False
    limit: int | None = None
    most: int | None = None
    """Refuse to answer when more events match."""
    fingerprint: str = ""
    is_open: bool = True
    """It asks for nothing that is hidden from a reader who sees an event redacted."""
    things: frozenset[UUID] = frozenset()
    """Keys of the things that it asks for."""


def has(*numbers: int) -> Q:
    """Events that carry one of these facets."""
    return Q(facets__overlap=list(numbers))


def wrong(name: str, en: str, zh: str) -> Invalid:
    return Invalid([Problem(name, "query-parameter", W(en, zh))])


def read(
    parameters: Mapping[str, Values], extensions: Mapping[str, str] | None = None, *more: Mapping[str, Values]
) -> Asked:
    """What ``parameters`` (name -> values) ask for; ``more``: further ones that must hold as well.

    ``extensions``: prefix -> namespace. Raises Invalid for a parameter or value that the standard does not have,
    NotAnswered for one that we do not have.
    """
    prefixes = {**PREFIXES, **(extensions or {})}
    all_of = [{name: _checked(name, values) for name, values in sorted(one.items())} for one in (parameters, *more)]
    conditions = [
        condition(name, values, prefixes) for one in all_of for name, values in one.items() if name not in _SETTINGS
    ]
    named = {name: values for one in all_of for name, values in one.items() if name in _SETTINGS}
    if "eventCountLimit" in named and "maxEventCount" in named:
        raise wrong(
            "maxEventCount", "Use eventCountLimit or maxEventCount.", "eventCountLimit 与 maxEventCount 二者取一。"
        )
    if "eventCountLimit" in named and "orderBy" not in named:
        raise wrong("eventCountLimit", "This needs orderBy.", "使用此参数须同时指定 orderBy。")
    order = _one_of(named, "orderBy", {"eventTime": "happened_at", "recordTime": "recorded_at"})
    direction = _one_of(named, "orderDirection", {"ASC": "", "DESC": "-"})
    return Asked(
        conditions,
        order or "happened_at",
        direction == "-" or (direction is None and order is not None),
        _count(named, "eventCountLimit"),
        _count(named, "maxEventCount"),
        hashlib.sha256(repr((all_of, sorted(prefixes.items()))).encode()).hexdigest()[:16],
        all(one.keys() <= _OPEN | _SETTINGS for one in all_of),
        frozenset(key_of(v) for one in all_of for name in one.keys() & _THINGS for v in one[name]),
    )


def narrowed(asked: Asked, name: str, value: str) -> Asked:
    """The same query with one more condition; the value may hold commas."""
    return replace(
        asked,
        conditions=[*asked.conditions, condition(name, [value])],
        is_open=asked.is_open and name in _OPEN,
        things=asked.things | ({key_of(value)} if name in _THINGS else set()),
    )


_SETTINGS = frozenset({"orderBy", "orderDirection", "eventCountLimit", "maxEventCount"})


def _checked(name: str, values: Values) -> Values:
    found = [value for value in values if value]
    if not found and not name.startswith("EXISTS_"):
        raise wrong(name, "This needs a value.", "此参数需要取值。")
    if len(found) > MOST_VALUES:
        raise wrong(name, f"At most {MOST_VALUES} values.", f"最多 {MOST_VALUES} 个取值。")
    return found


def _one_of(named: Mapping[str, Values], name: str, known: Mapping[str, str]) -> str | None:
    if name not in named:
        return None
    value = named[name][0]
    if value not in known:
        if name == "orderBy":
            raise NotAnswered(name=f"orderBy={value}")
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


def _name(name: str, uri: str) -> str:
    try:
        return name_of(uri)
    except GS1Error as error:
        words = W("This is not a right GS1 identifier: {why}.", "GS1 标识有误:{why}。")
        raise Invalid([Problem(name, error.code, words, (("why", str(error)),))])


_ROLES = {
    "epc": ("epc", "child"),
    "anyEPC": ("epc", "child", "input", "output", "parent"),
    "parentID": ("parent",),
    "inputEPC": ("input",),
    "outputEPC": ("output",),
}
_CLASS_ROLES = {
    "epcClass": ("epc", "child"),
    "anyEPCClass": ("epc", "child", "input", "output"),
    "inputEPCClass": ("input",),
    "outputEPCClass": ("output",),
}


def _match(what: str, values: Values) -> Q:
    """Events that name one of these items, in one of the roles; a class (``…Class``) only where classes stand."""
    name = f"MATCH_{what}"
    if any(value.startswith("urn:epc:idpat:") and not value.startswith("urn:epc:idpat:sgtin:") for value in values) or (
        any(value.startswith("urn:epc:idpat:") for value in values) and what in _ROLES
    ):
        raise NotAnswered(name=f"{name}=urn:epc:idpat:…")
    names = [_name(name, value) for value in values]
    classes = [
        facet("class", role, n) for n in names for role in _CLASS_ROLES.get(what, ("epc", "child", "input", "output"))
    ]
    if what in _CLASS_ROLES:
        return has(*classes)
    items = EventItem.objects.filter(item__in=[key_of(n) for n in names], role__in=_ROLES[what])
    return Q(event_id__in=items.values("event_id")) & ~has(*classes)


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
    "WD_readPoint": _facets("within readPoint"),
    "EQ_bizLocation": _facets("bizLocation"),
    "WD_bizLocation": _facets("within bizLocation"),
    "EQ_transformationID": lambda values: has(*(facet("transformationID", v) for v in values)),
    "EQ_correctiveEventID": lambda values: has(*(facet("correctiveEventID", v) for v in values)),
    "EQ_errorReason": _facets("errorReason"),
    "EXISTS_errorDeclaration": lambda values: Q() if values == ["false"] else Q(declares_error=True),
    "EQ_eventID": lambda values: Q(event_id__in=[f(v) for v in values for f in (event_id, error_id)]),
    **{f"MATCH_{what}": lambda values, what=what: _match(what, values) for what in (*_ROLES, *_CLASS_ROLES)},
    **{
        f"EQ_{name}": lambda values, name=name: has(*(facet("sensor", name, s) for v in values for s in scalars(v)))
        for name in SENSOR_FIELDS
    },
}
_THINGS = frozenset(f"MATCH_{what}" for what in (*_ROLES, *_CLASS_ROLES))
# What every reader of an event sees of it; other parameters find only events that the asker sees whole.
_FOR_ALL = """eventType EQ_action EQ_bizStep EQ_disposition EQ_persistentDisposition_set EQ_persistentDisposition_unset
EQ_readPoint WD_readPoint EQ_bizLocation WD_bizLocation EQ_eventID EXISTS_errorDeclaration EQ_errorReason
GE_eventTime LT_eventTime GE_recordTime LT_recordTime"""
_OPEN = _THINGS | frozenset(_FOR_ALL.split())
_TIMES = {"eventTime": "happened_at", "recordTime": "recorded_at"}
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_FREE = re.compile(r"(EQ|EXISTS)_(INNER_)?(ILMD_)?([^_].*[#:].+)")
# Families that the standard has and this repository does not; anything else is no parameter at all.
_LATER = re.compile(
    r"(GT|GE|LT|LE|EQ)_(quantity|errorDeclarationTime|INNER_|ILMD_|SENSOR|time|startTime|endTime|value|minValue|maxValue"
    r"|meanValue|sDev|percRank|percValue|component|coordinateReferenceSystem|INNER_SENSOR).*"
    r"|(GT|GE|LT|LE)_.*[#:].+|(HASATTR|EQATTR)_.+|EXISTS_(SENSOR|INNER_SENSOR).+"
)


def condition(name: str, values: Values, prefixes: Mapping[str, str] = PREFIXES) -> Q:
    """What one parameter with these values asks for. Raises Invalid, NotAnswered."""
    if name in _FIXED:
        _check(name, values)
        return _FIXED[name](values)
    comparison, _, what = name.partition("_")
    if comparison in ("GE", "LT") and what in _TIMES:
        return Q(**{f"{_TIMES[what]}__{'gte' if comparison == 'GE' else 'lt'}": _time(name, values)})
    if match := _TYPED.fullmatch(name):
        return has(*(facet(*typed(match[1], match[2], value)) for value in values))
    if _LATER.fullmatch(name) and not _FREE.fullmatch(name):
        raise NotAnswered(name=name)
    if match := _FREE.fullmatch(name):
        return _free(match, values, prefixes)
    raise wrong(name, "This is not a parameter of the simple event query.", "这不是简单事件查询的参数。")


def _free(match: re.Match[str], values: Values, prefixes: Mapping[str, str]) -> Q:
    where = (match[2] or "") + ("ILMD" if match[3] else "")
    key = qualified(match[4], prefixes)
    if match[1] == "EXISTS":
        return has(facet(where, key))
    return has(*(facet(where, key, written) for value in values for written in scalars(value)))


def _check(name: str, values: Values) -> None:
    known: dict[str, Any] = {"eventType": epcis.EVENT_TYPES, "EQ_action": ("ADD", "OBSERVE", "DELETE")}
    if name in known and not set(values) <= set(known[name]):
        raise wrong(name, "This is not a value of the standard.", "这不是标准中的取值。")
