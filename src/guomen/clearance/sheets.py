"""Files of declarations: CSV and XLSX, a row for each goods line, and what is wrong named by row and column.

Pure reading: no database. Columns are named as the fields of the API: header fields by their names, fields of goods
with ``goods.`` before them. Rows with the same value in ``declaration`` are one declaration; header fields stand in its
first row. Several containers, documents or codes stand in one cell, with ``;`` between.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, load_workbook

from guomen.clearance.form import HEADER, LINE
from guomen.kit.errors import GuomenError, Problem
from guomen.kit.words import W

MAX_DECLARATIONS = 1000
MAX_ROWS = 20_000
MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
"""Of everything in an XLSX, which is a ZIP: a small file can hold very much."""
GOODS = "goods."
KEY = "declaration"
LISTED = frozenset({"attributes", "special_business", "commitments", "vins"})
COLUMNS = (
    KEY,
    *HEADER,
    "containers",
    "documents",
    *(f"{GOODS}{name}" for name in LINE),
)
SAY = {
    "not-a-table": W(
        "This is neither CSV in UTF-8 nor an XLSX workbook.", "文件既非 UTF-8 编码的 CSV，也非 XLSX 工作簿。"
    ),
    "too-big": W("A file may have {max} rows and 8 MB.", "文件最多 {max} 行、8 MB。"),
    "too-many": W("A file may have {max} declarations.", "文件最多包含 {max} 份申报。"),
    "empty": W("The file has no rows below its first.", "文件除首行外没有数据。"),
    "no-column": W("There is no column {name}.", "缺少列 {name}。"),
    "unknown-column": W("No field is called {name}.", "没有名为 {name} 的字段。"),
    "no-key": W("Say in this column which declaration the row belongs to.", "请在此列填写该行所属的申报。"),
    "differs": W("This differs from the first row of the declaration.", "与该申报首行的内容不一致。"),
}


class BadFileError(GuomenError):
    """The file as a whole cannot be read."""

    status = 422

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(SAY[code], code=code, **values)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as people name it: row from 1, column as a letter, and the column's name."""

    row: int
    column: str
    name: str


@dataclass(slots=True)
class Sheet:
    """One declaration of a file: its key, the payload, and the row of each goods line."""

    key: str
    payload: dict[str, Any]
    rows: list[int]
    problems: list[tuple[Cell, Problem]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read."""

    columns: dict[str, int]
    sheets: list[Sheet]

    def cell(self, sheet: Sheet, path: str) -> Cell:
        """Where a problem of a payload stands: ``lines.2.hs_code`` is in the row of the third line."""
        first, *rest = path.split(".")
        row, name = sheet.rows[0], first
        if first == "lines" and rest and rest[0].isdigit() and int(rest[0]) < len(sheet.rows):
            row, name = sheet.rows[int(rest[0])], GOODS + (rest[1] if len(rest) > 1 else "name")
        at = self.columns.get(name)
        return Cell(row, letter(at) if at is not None else "", name)


def letter(index: int) -> str:
    """The letter of a column counted from 0: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(content: bytes) -> Table:
    """Read a file. Raises BadFileError where it is no table, or larger than it may be."""
    if len(content) > MAX_BYTES:
        raise BadFileError("too-big", max=MAX_ROWS)
    rows = list(_workbook(content) if content[:4] == b"PK\x03\x04" else _csv(content))
    if len(rows) > MAX_ROWS + 1:
        raise BadFileError("too-big", max=MAX_ROWS)
    if len(rows) < 2:
        raise BadFileError("empty")
    names = [name.strip() for name in rows[0]]
    while names and not names[-1]:
        names.pop()
    for name in names:
        if name not in COLUMNS:
            raise BadFileError("unknown-column", name=name[:60] or letter(names.index(name)))
    columns = {name: i for i, name in enumerate(names)}
    if KEY not in columns:
        raise BadFileError("no-column", name=KEY)
    return Table(columns, _sheets(rows[1:], columns))


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        if "\x00" in text:
            raise BadFileError("not-a-table")
        first = text.split("\n", 1)[0]
        yield from csv.reader(
            io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
        )
    except (UnicodeDecodeError, csv.Error):
        raise BadFileError("not-a-table") from None


def _workbook(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED:
                raise BadFileError("too-big", max=MAX_ROWS)
        book = load_workbook(io.BytesIO(content))
        for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MAX_ROWS + 2):
            yield [_text(value) for value in row]
    except (CalamineError, zipfile.BadZipFile, ValueError, IndexError, OSError):
        raise BadFileError("not-a-table") from None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # What a workbook shows as 12.5 it may keep as 12.500000000000002: fifteen digits are what it promises.
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _sheets(rows: Sequence[list[str]], columns: dict[str, int]) -> list[Sheet]:
    found: dict[str, Sheet] = {}
    for number, row in enumerate(rows, 2):
        values = {name: row[i].strip() if i < len(row) else "" for name, i in columns.items()}
        if not any(values.values()):
            continue
        key = values[KEY]
        if key not in found:
            if len(found) >= MAX_DECLARATIONS:
                raise BadFileError("too-many", max=MAX_DECLARATIONS)
            found[key] = Sheet(key, _header(values), [])
            if not key:
                found[key].problems.append(_wrong(number, columns, KEY, "no-key"))
        sheet = found[key]
        for name, value in values.items():
            if (
                sheet.rows
                and value
                and not name.startswith(GOODS)
                and name != KEY
                and value != sheet.payload["_"][name]
            ):
                sheet.problems.append(_wrong(number, columns, name, "differs"))
        sheet.rows.append(number)
        sheet.payload["lines"].append(
            {n.removeprefix(GOODS): _many(n, v) for n, v in values.items() if n.startswith(GOODS) and v}
        )
    for sheet in found.values():
        del sheet.payload["_"]
    if not found:
        raise BadFileError("empty")
    return list(found.values())


def _wrong(row: int, columns: dict[str, int], name: str, code: str) -> tuple[Cell, Problem]:
    return Cell(row, letter(columns[name]), name), Problem(name, code, SAY[code])


def _many(name: str, value: str) -> Any:
    if name.removeprefix(GOODS) not in LISTED:
        return value
    return [part.strip() for part in value.split(";") if part.strip()]


def _pairs(value: str, first: str, second: str) -> list[dict[str, str]]:
    """``MSKU1234565:SEAL1; TGHU7654320`` as rows of two fields."""
    parts = [part.partition(":") for part in value.split(";") if part.strip()]
    return [{first: a.strip(), second: b.strip()} for a, _colon, b in parts]


def _header(values: dict[str, str]) -> dict[str, Any]:
    header = {name: _many(name, values[name]) for name in HEADER if values.get(name)}
    lists = {
        "containers": _pairs(values.get("containers", ""), "number", "seal"),
        "documents": _pairs(values.get("documents", ""), "kind", "number"),
        "lines": [],
    }
    return header | lists | {"_": values}


def template() -> str:
    """The first row of a file, with every column."""
    out = io.StringIO()
    csv.writer(out).writerow(COLUMNS)
    return out.getvalue()
