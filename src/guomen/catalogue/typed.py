"""Rows of the rule pack as people type them: each field as text in a form, or a table of a section as CSV or XLSX.

A file has a row for each row that changes: ``key``, ``remove`` (yes takes it away), ``source``, ``effective_from``,
``effective_to`` and a column for each field; rows with more inside (checklists, panels) stand in ``value`` as JSON.
A column that is left out stays as it is. Rows that say what the pack says already are passed over.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guomen.catalogue import proposed
from guomen.catalogue.requirements import SCOPE
from guomen.catalogue.rows import Row, flat
from guomen.catalogue.rulepack import RulePack
from guomen.kit import tables
from guomen.kit.errors import Problem
from guomen.kit.words import W

MORE: dict[str, dict[str, Any]] = {
    "requirements": {"paper": "", "demand": "", "unit": "", "low": "", "high": "", "traits": []}
    | {"checklist": "", "also": "", "port_checklist": ""}
    | {key: [] for key in SCOPE},
    "watch": {"en": "", "zh": "", "effect": "", "maker": "", "importer": "", "gtin": ""} | {key: [] for key in SCOPE},
    "profiles": {"checklist": ""},
    "goods": {"letters": "", "checklist": ""},
}
"""Fields that a row may have beside those of its neighbours; left out where they are empty."""
ABOUT = ("key", "remove", "source", "effective_from", "effective_to")
NOT_JSON = W("This is not readable JSON.", "无法解析此 JSON。")
YES_OR_EMPTY = W("Write yes, or leave it empty.", "请填写 yes 或留空。")


def sample(section: str, rows: Mapping[str, Row], key: str = "") -> dict[str, Any]:
    """What the fields of a row are, with values of the row itself or of one like it: how text is read by."""
    like = rows.get(key) or next(iter(rows.values()), None)
    found = dict(like.value or {}) if like else {}
    return found | {n: v for n, v in MORE.get(section, {}).items() if n not in found}


def simple(section: str, value: Mapping[str, Any]) -> bool:
    """Whether each field can be typed by itself."""
    return section != "country" and all(
        not isinstance(v, Mapping) and not (isinstance(v, list) and v and isinstance(v[0], Mapping))
        for v in value.values()
    )


def shown(value: Mapping[str, Any]) -> dict[str, str]:
    """Each field as it is typed: lists joined by commas."""
    return {n: ", ".join(map(str, v)) if isinstance(v, list) else flat(v, n)[n] for n, v in value.items()}


def read_field(text: str, like: Any) -> Any:
    """A field out of its text, of the kind of ``like``; what does not fit stays text and is refused later."""
    text = text.strip()
    if isinstance(like, bool):
        return text.lower() in ("yes", "true")
    if isinstance(like, int):
        return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 10 else text
    if isinstance(like, list):
        return [part.strip() for part in text.replace("，", ",").replace(";", ",").split(",") if part.strip()]
    return text


def read_value(section: str, texts: Mapping[str, str], like: Mapping[str, Any]) -> dict[str, Any]:
    """A row out of the texts of its fields; optional ones that are empty are left out."""
    found = {n: read_field(text, like[n]) for n, text in texts.items() if n in like}
    return {n: v for n, v in found.items() if v not in ("", []) or n not in MORE.get(section, {})}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a cell: row from 1, the column's letter and name, the sentence."""

    row: int
    column: str
    name: str
    problem: Problem


@dataclass(slots=True)
class Sheet:
    """A file as it was read: ``rows`` to propose, what each does, and what is wrong."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    does: list[tuple[int, str, str]] = field(default_factory=list)
    """Row, key, and add, change, end or same."""
    wrong: list[Wrong] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON: a line for each row of the file, and every problem at its cell."""
        said = {row: [] for row, _key, _does in self.does} | {w.row: [] for w in self.wrong}  # type: ignore[var-annotated]
        for w in self.wrong:
            code, detail = w.problem.code, str(w.problem)
            said[w.row].append({"column": w.column, "name": w.name, "code": code, "detail": detail})
        does = {row: (key, what) for row, key, what in self.does}
        return {
            "rows": [
                {
                    "row": row,
                    "key": does.get(row, ("", ""))[0],
                    "does": "wrong" if bad else does[row][1],
                    "problems": bad,
                }
                for row, bad in sorted(said.items())
            ]
        }


def columns(section: str, pack: RulePack) -> list[str]:
    """The columns of a section's table."""
    rows = pack.rows.get(section, {})
    if not all(simple(section, row.value or {}) for row in rows.values()) or section == "country":
        return [*ABOUT, "value"]
    names = dict.fromkeys(n for row in rows.values() for n in (row.value or {}))
    return [*ABOUT, *(names | dict.fromkeys(MORE.get(section, {})))]


def table(section: str, pack: RulePack) -> str:
    """A section as it stands, as CSV. Raises KeyError for one that people do not change."""
    if section not in proposed.SECTIONS:
        raise KeyError(section)
    out, names = io.StringIO(), columns(section, pack)
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    for key, row in sorted(pack.rows.get(section, {}).items()):
        value = row.value or {}
        said = shown(value) if "value" not in names else {"value": json.dumps(value, ensure_ascii=False, default=str)}
        until = row.effective_to.isoformat() if row.effective_to else ""
        writer.writerow({"key": key, "source": row.source, "effective_to": until} | said)
    return out.getvalue()


def read(section: str, content: bytes, pack: RulePack, today: date) -> Sheet:
    """Read a file of one section upon ``pack``, and try each row by itself. Raises BadFileError, KeyError."""
    if section not in proposed.SECTIONS:
        raise KeyError(section)
    names = columns(section, pack)
    places, lines = tables.read(content, names, ("key",), proposed.MAX_ROWS)
    found = Sheet()
    for number, line in enumerate(lines, 2):
        cells = {name: line[i].strip() if i < len(line) else "" for name, i in places.items()}
        if any(cells.values()):
            _line(found, number, section, cells, places, pack, today)
    return found


def _line(
    found: Sheet,
    number: int,
    section: str,
    cells: Mapping[str, str],
    places: Mapping[str, int],
    pack: RulePack,
    today: date,
) -> None:
    def say(name: str, problem: Problem) -> None:
        at = places.get(name, places["key"])
        found.wrong.append(Wrong(number, tables.letter(at), name, problem))

    key, there = cells["key"], pack.rows.get(section, {})
    if cells.get("remove", "") not in ("", "yes"):
        say("remove", Problem("remove", "unknown-code", YES_OR_EMPTY))
        return
    value: Any = None
    if cells.get("remove") != "yes":
        like = sample(section, there, key)
        value = dict(there[key].value or {}) if key in there else {}
        if "value" in places:
            try:
                value = json.loads(cells["value"]) if cells["value"] else value
            except ValueError:
                say("value", Problem("value", "not-json", NOT_JSON))
                return
        else:
            texts = shown(value) | {n: text for n, text in cells.items() if n not in ABOUT}
            value = read_value(section, texts, like)
    if key in there and value is not None and _same(value, there[key], cells):
        found.does.append((number, key, "same"))
        return
    source = cells.get("source") or (there[key].source if key in there and "source" not in cells else "")
    about = {"source": source, **{n: cells.get(n, "") for n in ("effective_from", "effective_to")}}
    row = {"section": section, "key": key, "value": value} | about
    _good, problems = proposed.read_row("row", row, pack, today)
    for one in problems:
        name = one.field.removeprefix("row.")
        say(name.removeprefix("value.").partition(".")[0], Problem(name, one.code, one.words, one.values))
    if key in {one["key"] for one in found.rows}:
        say("key", proposed.problem("key", "twice"))
    found.rows.append(row)
    found.does.append((number, key, "end" if value is None else "change" if key in there else "add"))


def _same(value: Mapping[str, Any], row: Row, cells: Mapping[str, str]) -> bool:
    """Whether a line says what stands: an unchanged row of a table that was downloaded."""
    plain = json.loads(json.dumps(row.value or {}, default=str))
    until = row.effective_to.isoformat() if row.effective_to else ""
    return value == plain and not cells.get("effective_from") and cells.get("effective_to", until) == until
