"""The parameters of a query as they are written in a URL or in JSON: name -> values, all of them text.

Source: EPCIS 2.0 section 12 (REST bindings), its OpenAPI and its query-schema.json.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

from guomen.core import epcis
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W

Parameters = dict[str, list[str]]
PAGING = frozenset({"perPage", "nextPageToken"})
MOST_PARAMETERS = 200
_FREE_TEXT = re.compile(r"(EQ|GT|GE|LT|LE)_(stringValue|.*[#:].+)|EQATTR_.+")
_URIS = re.compile(
    r"EQ_(eventID|correctiveEventID|transformationID|bizTransaction_.+|source_.+|destination_.+)|.*URI.*"
)
_NEXT_URI = re.compile(r",(?=[A-Za-z][A-Za-z0-9+.-]*:)")


def of_url(query_string: str) -> Parameters:
    """The parameters of a URL, which stand once with commas between their values or once for each value.

    A comma inside a value: of free text it is written ``%2C``, or the parameter stands more than once; in URIs only a
    comma before another URI separates.
    """
    parts = [part.partition("=") for part in query_string.split("&") if part]
    if len(parts) > MOST_PARAMETERS * 3:
        words = W("There are too many parameters.", "参数过多。")
        raise Invalid([Problem("", "query-parameter", words)])
    raw: Parameters = {}
    for name, _, value in parts:
        raw.setdefault(unquote_plus(name), []).append(value)
    return {name: _values(name, values) for name, values in raw.items() if name not in PAGING}


def _values(name: str, values: list[str]) -> list[str]:
    if _FREE_TEXT.fullmatch(name):
        separate = values if len(values) > 1 else values[0].split(",")
        return [unquote_plus(value) for value in separate]
    comma = _NEXT_URI if _URIS.fullmatch(name) else re.compile(",")
    return [part for value in values for part in comma.split(unquote_plus(value))]


def of_json(query: Any) -> tuple[Parameters, dict[str, str]]:
    """The parameters of a query object, and what the prefixes in their names mean (its ``@context``).

    Raises Invalid for what is no query object.
    """
    if not isinstance(query, Mapping) or len(query) > MOST_PARAMETERS:
        words = W("This must be an object with the parameters of a query.", "此处须为含查询参数的对象。")
        raise Invalid([Problem("query", "query-parameter", words)])
    found: Parameters = {}
    for name, value in query.items():
        if name != "@context":
            found[name] = [_text(name, one) for one in (value if isinstance(value, list) else [value])]
    prefixes = {}
    for part in epcis.as_context(query.get("@context")):
        if isinstance(part, Mapping):
            prefixes |= {k: v for k, v in part.items() if isinstance(v, str)}
    return found, prefixes


def _text(name: str, value: Any) -> str:
    if value is None and name.startswith("EXISTS_"):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, str):
        return value
    words = W(
        "This must be a text, a number, true or false, or a list of them.", "此处须为文本、数字、布尔值或其列表。"
    )
    raise Invalid([Problem(name, "query-parameter", words)])


def to_json(parameters: Parameters) -> dict[str, Any]:
    """The query object of parameters: one value for what compares or sets, a list for the rest."""
    single = re.compile(r"(GT|GE|LT|LE)_.+|orderBy|orderDirection|eventCountLimit|maxEventCount|EXISTS_.+")
    return {name: values[0] if single.fullmatch(name) and values else values for name, values in parameters.items()}
