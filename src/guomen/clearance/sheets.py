"""Files of declarations: CSV and XLSX, a row for each goods line, and what is wrong named by row and column.

Pure reading: no database. Columns are named as the fields of the API: header fields by their names, fields of goods
with ``goods.`` before them. Rows with the same value in ``declaration`` are one declaration; header fields stand in its
first row. Several containers, documents, orders or codes stand in one cell, with ``;`` between. What a workbook does to
values on the way is in :mod:`guomen.clearance.cells`.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from guomen.clearance import cells
from guomen.clearance.form import HEADER, LINE, LISTED
from guomen.kit import tables
from guomen.kit.errors import Problem
from guomen.kit.tables import BadFileError, letter
from guomen.kit.words import W

MAX_DECLARATIONS = 1000
MAX_ROWS = 20_000
GOODS = "goods."
KEY = "declaration"
ROWS: Mapping[str, tuple[str, ...]] = {
    "containers": ("number", "seal"),
    "documents": ("kind", "number", "line", "quantity", "unit"),
    "orders": ("number", "parcel", "buyer", "units", "value_cny", "line_numbers"),
    "certificates_wanted": ("kind", "originals", "copies"),
    "qualifications": ("kind", "number"),
    "users": ("name", "contact"),
}
"""Columns whose cells hold rows, with ``;`` between them and ``:`` between their fields: ``MSKU1234565:SEAL1; …``."""
COLUMNS = (KEY, *HEADER, *ROWS, *(f"{GOODS}{name}" for name in LINE))
SAY = {
    "digits-lost": W(
        "The table program has cut this number after 15 digits. Format the cell as text and enter it again.",
        "表格软件只保留 15 位数字，号码已不完整。请将单元格设为文本格式后重新填写。",
    ),
    "cell-error": W("The formula of this cell gives an error, or nothing.", "该单元格的公式计算出错或没有结果。"),
    "too-many": W("A file may have {max} declarations.", "文件最多包含 {max} 份申报。"),
    "no-key": W("Say in this column which declaration the row belongs to.", "请在此列填写该行所属的申报。"),
    "differs": W("This differs from the first row of the declaration.", "与该申报首行的内容不一致。"),
}


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


def read(content: bytes, zone: tzinfo = UTC) -> Table:
    """Read a file. Raises BadFileError where it is no table, or larger than it may be.

    ``zone``: that of times which say none, as no cell of a workbook does.
    """
    columns, rows = tables.raw(content, COLUMNS, (KEY,), MAX_ROWS)
    return Table(columns, _sheets(rows, columns, zone))


def _sheets(rows: Sequence[list[Any]], columns: dict[str, int], zone: tzinfo) -> list[Sheet]:
    found: dict[str, Sheet] = {}
    for number, row in enumerate(rows, 2):
        wrong: dict[str, str] = {}
        values = {}
        for name, i in columns.items():
            try:
                values[name] = cells.text(name, row[i], zone) if i < len(row) else ""
            except cells.CellError as error:
                values[name], wrong[name] = "", error.code
        if not any(values.values()):
            continue
        key = values[KEY]
        if key not in found:
            if len(found) >= MAX_DECLARATIONS:
                raise BadFileError("too-many", SAY["too-many"], max=MAX_DECLARATIONS)
            found[key] = Sheet(key, _header(values), [])
            if not key:
                found[key].problems.append(_wrong(number, columns, KEY, "no-key"))
        sheet = found[key]
        sheet.problems += [_wrong(number, columns, name, code) for name, code in wrong.items()]
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
        raise BadFileError("empty", tables.SAY["empty"])
    return list(found.values())


def _wrong(row: int, columns: dict[str, int], name: str, code: str) -> tuple[Cell, Problem]:
    return Cell(row, letter(columns[name]), name), Problem(name, code, SAY[code])


def _many(name: str, value: str) -> Any:
    if name.removeprefix(GOODS) not in LISTED:
        return value
    return [part.strip() for part in value.replace("；", ";").split(";") if part.strip()]


def _rows(name: str, value: str) -> list[dict[str, Any]]:
    """``MSKU1234565:SEAL1; TGHU7654320`` as rows of fields."""
    rows = []
    for text in value.replace("；", ";").replace("：", ":").split(";"):
        parts = [part.strip() for part in text.split(":")]
        row: dict[str, Any] = {n: part for n, part in zip(ROWS[name], parts, strict=False) if part}
        if len(parts) > len(ROWS[name]):
            # The form names it, at this column.
            row[":".join(ROWS[name])] = text.strip()
        if "line_numbers" in row:
            row["line_numbers"] = row["line_numbers"].replace(",", " ").split()
        if row:
            rows.append(row)
    return rows


def _header(values: dict[str, str]) -> dict[str, Any]:
    header = {name: _many(name, values[name]) for name in HEADER if values.get(name)}
    lists = {name: rows for name in ROWS if (rows := _rows(name, values.get(name, "")))}
    return {"containers": [], "documents": []} | header | lists | {"lines": [], "_": values}


def template() -> str:
    """The first row of a file, with every column."""
    out = io.StringIO()
    csv.writer(out).writerow(COLUMNS)
    return out.getvalue()
