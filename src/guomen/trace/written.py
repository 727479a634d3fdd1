"""The parameters of a query as they are written in a URL or in JSON: name -> values, all of them text.

Source: EPCIS 2.0 section 12 (REST bindings), its OpenAPI and its query-schema.json.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

from guomen.core import epcis
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.words import W

Parameters = dict[str, list[str]]
PAGING = frozenset({"perPage", "nextPageToken"})
MOST_PARAMETERS = 200
LONGEST = 16 * 1024
"""Characters of a query string."""
_FREE_TEXT = re.compile(r"(EQ|GT|GE|LT|LE)_(stringValue|.*[#:].+)|(EQATTR|EQ_ATTR)_.+")
_URIS = re.compile(
    r"EQ_((correctiveE|e)ventID|transformationID|bizTransaction_.+|source_.+|destination_.+|.*(Data|Rules))"
)
_NEXT_URI = re.compile(r"\||,(?=[A-Za-z][A-Za-z0-9+.-]*:)")
_ANY = re.compile(r"[|,]")


class TooLong(Refused):
    status = 414
    code = "uri-too-long"
    words = W(
        "Keep a query as long as this under a name (POST /queries).", "如此长的查询请保存为命名查询(POST /queries)。"
    )


def of_url(query_string: str) -> Parameters:
    """The parameters of a URL. Several values of one stand between pipes or commas, or it stands once for each.

    A pipe or comma inside a value: the parameter stands more than once. A comma only: in free text it is written
    ``%2C``; in URIs only one before another URI separates. Raises TooLong, Invalid.
    """
    if len(query_string) > LONGEST:
        raise TooLong
    parts = [part.partition("=") for part in query_string.split("&") if part]
    if len(parts) > MOST_PARAMETERS * 3:
        raise _wrong("", W("There are too many parameters.", "参数过多。"))
    raw: Parameters = {}
    for name, _, value in parts:
        raw.setdefault(unquote_plus(name), []).append(value)
    return {name: _values(name, values) for name, values in raw.items() if name not in PAGING}


def _values(name: str, raw: list[str]) -> list[str]:
    values = [unquote_plus(value) for value in raw]
    free = _FREE_TEXT.fullmatch(name)
    if free and len(values) > 1:
        return values
    if free:
        return values[0].split("|") if "|" in values[0] else [unquote_plus(part) for part in raw[0].split(",")]
    if _URIS.fullmatch(name):
        return values if len(values) > 1 else _NEXT_URI.split(values[0])
    return [part for value in values for part in _ANY.split(value)]


def _wrong(name: str, words: W) -> Invalid:
    return Invalid([Problem(name, "query-parameter", words)])


def of_json(query: Any) -> tuple[Parameters, dict[str, str]]:
    """The parameters of a query object, and what the prefixes in their names mean (its ``@context``).

    Raises Invalid for what is no query object.
    """
    if not isinstance(query, Mapping) or len(query) > MOST_PARAMETERS:
        words = W("This must be an object with the parameters of a query.", "此处须为含查询参数的对象。")
        raise _wrong("query", words)
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
    raise _wrong(name, words)


def to_json(parameters: Parameters) -> dict[str, Any]:
    """The query object of parameters: one value for what compares or sets, a list for the rest."""
    single = re.compile(r"(GT|GE|LT|LE)_.+|orderBy|orderDirection|eventCountLimit|maxEventCount|EXISTS_.+")
    return {name: values[0] if single.fullmatch(name) and values else values for name, values in parameters.items()}
