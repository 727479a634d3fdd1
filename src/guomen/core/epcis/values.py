"""Readers for single values: each takes what stood in the document and gives what the model holds.

A reader that objects adds a problem and returns None; the caller goes on, so that a sender sees everything at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from guomen.core.epcis.errors import Problems
from guomen.core.epcis.vocabulary import Vocabulary
from guomen.core.gs1 import GS1Error, canonical, known_items
from guomen.core.memory import remembered

Reader = Callable[[Any, str, Problems], Any]

# RFC 3986 scheme and something after it, no blanks: what EPCIS calls a URI.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_FINER = re.compile(r"(\.\d{6})\d+")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_OFFSET = re.compile(r"[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00")
_UOM = re.compile(r"[A-Z0-9]{2,3}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_NOT_GS1 = ("NOT_A_DIGITAL_LINK", "NOT_AN_EPC")


def text(value: Any, path: str, problems: Problems) -> str | None:
    if isinstance(value, str) and value:
        return value
    problems.add(path, "must be a text", value)
    return None


def _shaped(pattern: re.Pattern[str], rule: str) -> Reader:
    def read(value: Any, path: str, problems: Problems) -> str | None:
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        problems.add(path, rule, value)
        return None

    return read


uri = _shaped(_URI, "must be a URI")
offset = _shaped(_OFFSET, "must be an offset from UTC such as +08:00, up to 14:00")
uom = _shaped(_UOM, "must be a unit code of UN/ECE Recommendation 20, two or three characters")
hex_binary = _shaped(_HEX, "must be hexadecimal digits")


def timestamp(value: Any, path: str, problems: Problems) -> str | None:
    """A date and time with its zone (xsd:dateTimeStamp), kept as written."""
    if isinstance(value, str) and _TIMESTAMP.fullmatch(value):
        try:
            # Python reads six decimals of a second; the standard allows more.
            moment = datetime.fromisoformat(_FINER.sub(r"\1", value))
            # A moment that is in no year from 1 to 9999 of UTC can be neither hashed nor read back.
            moment.astimezone(UTC) + timedelta(seconds=1)
        except (ValueError, OverflowError):
            pass
        else:
            return value
    problems.add(path, "must be a date and time with a zone, such as 2026-01-31T08:00:00+08:00", value)
    return None


def identifier(value: Any, path: str, problems: Problems) -> str | None:
    """A URI; when it is a GS1 key (Digital Link or EPC URN), a right one."""
    if uri(value, path, problems) is None:
        return None
    broken = _broken_key(value) if problems.check_keys else None
    if broken:
        why = (f"{broken.code}: {broken}", f"{broken.code}: {broken.zh}")
        problems.add(path, "must be a right GS1 key ({why})", value, why=why)
        return None
    return str(value)


@remembered
def _broken_key(uri: str) -> GS1Error | None:
    """What is wrong with a URI that looks like a GS1 key; None when nothing is, or when it is another kind of URI."""
    try:
        canonical(uri)
    except GS1Error as error:
        # Without what leads to it: it is remembered.
        return None if error.code in _NOT_GS1 else error.shifted(0)
    return None


def identifiers(value: Any, path: str, problems: Problems) -> tuple[Any, ...]:
    """A list of identifiers. Nearly always all are right: only then is the place of each one not worked out."""
    if isinstance(value, list) and problems.check_keys:
        try:
            # Where one is a URI, those that only have another serial are, too.
            if known_items(value) and _URI.fullmatch(value[0]):
                return tuple(value)
            # What is its own canonical name is a URI.
            odd = [entry for entry in value if canonical(entry) != entry]
            if all(map(_URI.fullmatch, odd)):
                return tuple(value)
        except (GS1Error, TypeError, AttributeError):
            pass
    return tuple(_identifiers(value, path, problems))


def number(value: Any, path: str, problems: Problems) -> Decimal | None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        if reasonable(value):
            return value if isinstance(value, Decimal) else Decimal(repr(value))
        problems.add(path, "must be a number of ordinary size", str(type(value).__name__))
    else:
        problems.add(path, "must be a number", value)
    return None


def reasonable(value: int | float | Decimal) -> bool:
    """Finite and within what a double can hold. Larger ones cost memory and time to no purpose."""
    if isinstance(value, int):
        return value.bit_length() <= 1000
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return number.is_finite() and -320 <= number.adjusted() <= 300 and len(number.as_tuple().digits) <= 60


MAX_DEPTH = 32


def extension(value: Any, path: str, problems: Problems) -> Any:
    """Anything, but not nested deeper than MAX_DEPTH, not of too many values and with numbers of ordinary size."""
    level = [value]
    for _ in range(MAX_DEPTH):
        problems.count_values(len(level), path)
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, int | float | Decimal) and not reasonable(item):
                problems.add(path, "must hold numbers of ordinary size", type(item).__name__)
                return None
        if not below:
            return value
        level = below
    problems.add(path, "must not be nested deeper than {most} levels", type(value).__name__, most=MAX_DEPTH)
    return None


def boolean(value: Any, path: str, problems: Problems) -> bool | None:
    if isinstance(value, bool):
        return value
    problems.add(path, "must be true or false", value)
    return None


def action(value: Any, path: str, problems: Problems) -> str | None:
    if value in ("ADD", "OBSERVE", "DELETE"):
        return str(value)
    problems.add(path, "must be ADD, OBSERVE or DELETE", value)
    return None


def member(vocabulary: Vocabulary) -> Reader:
    """A bare name of the vocabulary, its web URI, or a URI of one's own; not the old URN spelling."""

    def read(value: Any, path: str, problems: Problems) -> str | None:
        if isinstance(value, str) and not value.startswith("urn:epcglobal:cbv:"):
            bare = value.removeprefix(vocabulary.web)
            if bare in vocabulary.names or (bare == value and _URI.fullmatch(value)):
                return value
        problems.add(path, "must be a standard name of CBV 2.0 or a URI of your own vocabulary", value)
        return None

    return read


def name_or_uri(value: Any, path: str, problems: Problems) -> str | None:
    """A bare word of a vocabulary that grows (GS1 measurement types, alarms) or a URI."""
    if isinstance(value, str) and (_URI.fullmatch(value) or re.fullmatch(r"[\w-]+", value)):
        return value
    problems.add(path, "must be a name of the GS1 Web Vocabulary or a URI", value)
    return None


def list_of(item: Reader) -> Reader:
    def read(value: Any, path: str, problems: Problems) -> tuple[Any, ...]:
        if not isinstance(value, list):
            problems.add(path, "must be a list", value)
            return ()
        return tuple(item(entry, f"{path}/{index}", problems) for index, entry in enumerate(value))

    return read


_identifiers = list_of(identifier)


def one_or_list_of(item: Reader) -> Reader:
    many = list_of(item)

    def read(value: Any, path: str, problems: Problems) -> tuple[Any, ...]:
        return many(value, path, problems) if isinstance(value, list) else (item(value, path, problems),)

    return read


def mapping(value: Any, path: str, problems: Problems) -> dict[str, Any]:
    if isinstance(value, dict):
        return dict(extension(value, path, problems) or {})
    problems.add(path, "must be an object", value)
    return {}
