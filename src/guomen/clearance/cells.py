"""What cells of tables hold, as text that the form reads: undoing what table programs do to codes, dates and numbers.

Pure: no database. Nothing is guessed: a code that lost its leading zeros is put right only where one code can be meant,
and digits that are gone are named.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from typing import Any

from guomen.catalogue import codes
from guomen.clearance.form import HEADER, LINE, reader, values
from guomen.kit import workbook

_READERS: Mapping[str, tuple[Callable[..., Any], Mapping[str, Any]]] = {
    **{name: reader(spec) for name, spec in HEADER.items()},
    **{f"goods.{name}": reader(spec) for name, spec in LINE.items()},
}
_MOST_DIGITS = 10**15
"""A workbook keeps numbers as binary fractions of 64 bits (IEEE 754): beyond 15 digits others come back."""
_EPOCH = date(1899, 12, 30)
_SERIALS = range(18_000, 92_000)
"""Days since the epoch of workbooks (ECMA-376 part 1, 18.17.4.1) from 1949 to 2151."""
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d{2,}", re.IGNORECASE)
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|GETTING_DATA|SPILL!|CALC!)")
_YES = {
    "true": "true",
    "yes": "true",
    "y": "true",
    "是": "true",
    "false": "false",
    "no": "false",
    "n": "false",
    "否": "false",
}


class CellError(Exception):
    """A cell that says nothing which can be used; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def text(name: str, value: Any, zone: tzinfo) -> str:
    """The text of a cell of the column ``name``. Raises CellError: digits-lost or cell-error."""
    read, given = _READERS.get(name, (None, {}))
    counts = read in (values.amount, values.whole)
    if isinstance(value, float) and read is values.day and value.is_integer() and int(value) in _SERIALS:
        return (_EPOCH + timedelta(days=int(value))).isoformat()
    if isinstance(value, float) and abs(value) >= _MOST_DIGITS and not counts:
        raise CellError("digits-lost")
    found = workbook.text(value).strip()
    if _ERROR.fullmatch(found):
        raise CellError("cell-error")
    if not counts and _SCIENTIFIC.fullmatch(found):
        raise CellError("digits-lost")
    if read in (values.amount, values.whole):
        tidy = unicodedata.normalize("NFKC", found)
        return tidy.replace(",", "") if _GROUPED.fullmatch(tidy) else tidy
    if read is values.flag:
        return _YES.get(found.lower(), found)
    if read is values.day:
        return _day(found)
    if read is values.moment:
        return _moment(found, zone)
    if read is values.code:
        return _code(found, given["table"])
    if read is values.many_codes:
        return ";".join(_code(one.strip(), given["table"]) for one in found.replace("；", ";").split(";"))
    if name == "goods.ciq_code" and found.isascii() and found.isdigit():
        return found.zfill(3)
    return found


def _day(found: str) -> str:
    """A date as people and table programs write it, as the form reads it."""
    if match := _DATE.fullmatch(found) or _COMPACT.fullmatch(found):
        year, month, day = match.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    return found


def _moment(found: str, zone: tzinfo) -> str:
    """Date and time; without a zone in that of the port, as in the form."""
    day, apart, rest = found.replace("T", " ").partition(" ")
    tidy = f"{_day(day)}T{rest.strip()}" if apart else found
    try:
        moment = datetime.fromisoformat(tidy)
    except ValueError:
        return found
    return tidy if moment.tzinfo or not apart else moment.replace(tzinfo=zone).isoformat()


@cache
def _lengths(table: str) -> frozenset[int]:
    return frozenset(len(code) for code, _words in codes.table(table).options())


def _code(found: str, table: str) -> str:
    """A code whose leading zeros a table program took away, where it can only be that one."""
    known = codes.table(table)
    if found in known or not (found.isascii() and found.isdigit()):
        return found
    longer = [padded for length in _lengths(table) if (padded := found.zfill(length)) in known]
    return longer[0] if len(longer) == 1 else found
