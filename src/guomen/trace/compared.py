"""Numbers and moments that events state, so that queries can ask for more and less: what is kept, and what is asked.

A row is an event, a field, and a value; values of one sensor report share the number of the report. Moments are kept
as seconds since 1970. Source: EPCIS 2.0 section 8.2.7.1, the parameters that begin with EQ, GT, GE, LT and LE.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from guomen.core import epcis
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W
from guomen.trace.facets import EXTENDED, extended, facet, flat, place_of, prefixes_of, qualified
from guomen.trace.models import EventValue

Row = tuple[int, int, Decimal]
"""Field, report, value."""
Key = tuple[str, ...]
_FINEST, _WIDE = Decimal(1).scaleb(-24), Context(prec=64)
_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SENSOR = {
    "value": "value", "minValue": "min_value", "maxValue": "max_value", "meanValue": "mean_value", "sDev": "s_dev",
    "percRank": "perc_rank", "percValue": "perc_value",
}  # fmt: skip
_SENSOR_TIMES = {"time": "time", "startTime": "start_time", "endTime": "end_time"}


def number(value: Any) -> Decimal | None:
    """A number that can be compared, also one that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        found = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    if not found.is_finite() or found.adjusted() >= 36:
        return None
    # What is finer than the column is cut here: the database would be sent all digits of 1e-99999999.
    return found if int(found.as_tuple().exponent) >= -24 else found.quantize(_FINEST, context=_WIDE)


def seconds(value: Any) -> Decimal | None:
    """A moment with a zone, as seconds since 1970."""
    if not isinstance(value, str) or len(value) < 20:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.utcoffset() is None:
        return None
    return Decimal((moment - _EPOCH) // timedelta(microseconds=1)) / 1_000_000


def rows_of(event: epcis.Event) -> set[Row]:
    """What of an event can be compared: nothing for one that names things only."""
    found: set[Row] = set()
    for name in ("quantity_list", "child_quantity_list", "input_quantity_list", "output_quantity_list"):
        for quantity in getattr(event, name, ()):
            if quantity.quantity is not None and (amount := number(quantity.quantity)) is not None:
                found |= {(facet("quantity"), 0, amount), (facet("quantity", quantity.uom or ""), 0, amount)}
    if event.error_declaration and (at := seconds(event.error_declaration.declaration_time)) is not None:
        found.add((facet("errorDeclarationTime"), 0, at))
    if event.sensor_element_list:
        found.update(_sensor_rows(event))
    prefixes: dict[str, str] | None = None
    for where, fields in extended(event):
        prefixes = prefixes_of(event.context) if prefixes is None else prefixes
        for term in flat(where, fields, prefixes):
            if len(term) == 2:
                continue
            place, name, value = term
            for kind, read in (("number", number), ("time", seconds)):
                if (comparable := read(value)) is not None:
                    found.add((facet(kind, place, name), 0, comparable))
    return found


def _sensor_rows(event: epcis.Event) -> Iterator[Row]:
    report = 0
    for element in event.sensor_element_list:
        for node in (element.sensor_metadata, *element.sensor_report):
            for name, attribute in _SENSOR_TIMES.items():
                if (at := seconds(getattr(node, attribute, None))) is not None:
                    yield facet("sensor", name), 0, at
        for one in element.sensor_report:
            report += 1
            for name, attribute in _SENSOR.items():
                value = number(getattr(one, attribute))
                if value is None:
                    continue
                unit = "" if name == "percRank" else one.uom or ""
                for kind in {"", one.type or ""}:
                    yield facet("sensor", name, unit, kind), min(report, 32_767), value


_COMPARISON = re.compile(
    r"(?P<how>EQ|GT|GE|LT|LE)_(?:"
    r"(?P<quantity>quantity)(?:_(?P<uom>[A-Z0-9]{2,4}))?"
    r"|(?P<error>errorDeclaration_?Time)"
    rf"|(?P<time>{'|'.join(_SENSOR_TIMES)})"
    rf"|(?P<sensor>{'|'.join(_SENSOR)})(?:_(?P<unit>[A-Z0-9]{{2,4}}))?"
    rf"|(?P<free>(?:INNER_)?(?:(?:{'|'.join(EXTENDED)})_)?)(?P<key>[^_].*[#:].+))"
)
_LOOKUPS = {"EQ": "in", "GT": "gt", "GE": "gte", "LT": "lt", "LE": "lte"}


def comparisons(named: Mapping[str, list[str]], prefixes: Mapping[str, str]) -> tuple[list[Q], set[str]]:
    """Conditions for those of the parameters that compare, and the names of these.

    Bounds of one field are met by one value: ``GE_quantity=5`` and ``LE_quantity=9`` find a quantity from 5 to 9. All
    sensor values are met by one report, which is also of an ``EQ_type`` that is asked for. Raises Invalid.
    """
    asked: dict[Key, Q] = defaultdict(Q)
    done = set()
    for name, values in named.items():
        match = _COMPARISON.fullmatch(name)
        if match is None or (match["key"] and match["how"] == "EQ"):
            continue
        done.add(name)
        key, operands = _operands(name, match, values, prefixes)
        lookup = _LOOKUPS[match["how"]]
        asked[key] &= Q(**{f"number__{lookup}": operands if lookup == "in" else operands[0]})
    sensors = {key: where for key, where in asked.items() if key[0] == "sensor" and len(key) == 3}
    found = [
        _stated(EventValue.objects.filter(where, field=facet(*key)))
        for key, where in asked.items()
        if key not in sensors
    ]
    if sensors:
        found.append(_in_one_report(sensors, named.get("EQ_type") or [""]))
        done.add("EQ_type")
    return found, done


def _operands(
    name: str, match: re.Match[str], values: list[str], prefixes: Mapping[str, str]
) -> tuple[Key, list[Decimal]]:
    if match["quantity"]:
        return ("quantity", match["uom"]) if match["uom"] else ("quantity",), [_number(name, v) for v in values]
    if match["error"]:
        return ("errorDeclarationTime",), [_seconds(name, v) for v in values]
    if match["time"]:
        return ("sensor", match["time"]), [_seconds(name, v) for v in values]
    if match["sensor"]:
        if (match["sensor"] == "percRank") == bool(match["unit"]):
            raise _wrong(name, "Say the unit after the name (not for percRank).", "请在名称后注明单位(percRank 除外)。")
        return ("sensor", match["sensor"], match["unit"] or ""), [_number(name, v) for v in values]
    key, where = qualified(match["key"], prefixes), place_of(match["free"])
    if all(number(v) is not None for v in values):
        return ("number", where, key), [_number(name, v) for v in values]
    return ("time", where, key), [_seconds(name, v) for v in values]


def _stated(rows: Any) -> Q:
    return Q(event_id__in=rows.values("event_id"))


def _in_one_report(asked: Mapping[Key, Q], kinds: list[str]) -> Q:
    (first, where), *others = asked.items()
    rows = EventValue.objects.filter(where, field__in=[facet(*first, kind) for kind in kinds])
    for key, condition in others:
        same = EventValue.objects.filter(
            condition,
            event_id=OuterRef("event_id"),
            report=OuterRef("report"),
            field__in=[facet(*key, kind) for kind in kinds],
        )
        rows = rows.filter(Exists(same))
    return _stated(rows)


def at_moment(where: str, key: str, values: list[str]) -> QuerySet[Any] | None:
    """Ids of events that state one of these moments in a field, however it is written; None when none is a moment."""
    moments = [at for value in values if (at := seconds(value)) is not None]
    if not moments:
        return None
    return EventValue.objects.filter(field=facet("time", where, key), number__in=moments).values("event_id")


def _number(name: str, text: str) -> Decimal:
    found = number(text)
    if found is None:
        raise _wrong(name, "This is a number below 10 to the power of 36.", "此处须为小于 10 的 36 次方的数字。")
    return found


def _seconds(name: str, text: str) -> Decimal:
    # A plus sign in a query means a space when it is not encoded.
    found = seconds(text.replace(" ", "+"))
    if found is None:
        raise _wrong(name, "This is a date and time with a zone.", "此处须为带时区的日期和时间。")
    return found


def _wrong(name: str, en: str, zh: str) -> Invalid:
    return Invalid([Problem(name, "query-parameter", W(en, zh))])
