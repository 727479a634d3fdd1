"""Tables that people send: CSV or the first sheet of an XLSX workbook, as rows of text or of what the cells hold."""

import csv
import io
import zipfile
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from guomen.kit import workbook
from guomen.kit.errors import GuomenError
from guomen.kit.words import W

MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
"""Of everything in an XLSX, which is a ZIP: a small file can hold very much."""
SAY = {
    "not-a-table": W(
        "This is neither CSV in UTF-8, UTF-16 or GB 18030 nor an XLSX workbook.",
        "文件既非 UTF-8、UTF-16 或 GB 18030 编码的 CSV，也非 XLSX 工作簿。",
    ),
    "too-big": W("A file may have {max} rows and 8 MB.", "文件最多 {max} 行、8 MB。"),
    "empty": W("The file has no rows below its first.", "文件除首行外没有数据。"),
    "no-column": W("There is no column {name}.", "缺少列 {name}。"),
    "column-twice": W("The column {name} is there twice.", "列 {name} 重复。"),
    "unknown-column": W("No field is called {name}.", "没有名为 {name} 的字段。"),
}


class BadFileError(GuomenError):
    """The file as a whole cannot be read."""

    status = 422

    def __init__(self, code: str, words: W | None = None, **values: object) -> None:
        super().__init__(words or SAY[code], code=code, **values)


def letter(index: int) -> str:
    """The letter of a column counted from 0: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(
    content: bytes, known: Collection[str], needed: Collection[str], most: int
) -> tuple[dict[str, int], list[list[str]]]:
    """Columns by the names of the first row, and the rows below it as text; at most ``most``.

    ``known``: columns that there may be, ``needed``: those that must be. Raises BadFileError.
    """
    columns, rows = raw(content, known, needed, most)
    return columns, [[workbook.text(value) for value in row] for row in rows]


def raw(
    content: bytes, known: Collection[str], needed: Collection[str], most: int
) -> tuple[dict[str, int], list[list[Any]]]:
    """:func:`read` with what the cells of a workbook hold, as :func:`guomen.kit.workbook.rows` gives it."""
    if len(content) > MAX_BYTES:
        raise BadFileError("too-big", max=most)
    # Of eight million empty lines no more are looked at than are allowed.
    rows = list(islice(_workbook(content, most) if content[:4] == b"PK\x03\x04" else _csv(content), most + 2))
    if len(rows) > most + 1:
        raise BadFileError("too-big", max=most)
    if len(rows) < 2:
        raise BadFileError("empty")
    names = [str(name).strip() for name in rows[0]]
    while names and not names[-1]:
        names.pop()
    for i, name in enumerate(names):
        if name not in known:
            raise BadFileError("unknown-column", name=name[:60] or letter(i))
        if name in names[:i]:
            raise BadFileError("column-twice", name=name)
    columns = {name: i for i, name in enumerate(names)}
    for name in needed:
        if name not in columns:
            raise BadFileError("no-column", name=name)
    return columns, rows[1:]


def _decoded(content: bytes) -> str:
    """Text as table programs save it: UTF-8, or UTF-16 with its mark, or what they write in Chinese."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _csv(content: bytes) -> Iterator[list[Any]]:
    try:
        found = _decoded(content)
        if "\x00" in found:
            raise BadFileError("not-a-table")
        delimiter = max(",;\t", key=found.split("\n", 1)[0].count)
        yield from csv.reader(io.StringIO(found, newline=""), delimiter=delimiter)
    except (UnicodeDecodeError, csv.Error):
        raise BadFileError("not-a-table") from None


def _workbook(content: bytes, most: int) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                raise BadFileError("too-big", max=most)
        return workbook.rows(content, most + 2)
    except workbook.BadWorkbookError as error:
        raise BadFileError(error.code, max=most) from None
    except (zipfile.BadZipFile, ValueError, OSError):
        raise BadFileError("not-a-table") from None
