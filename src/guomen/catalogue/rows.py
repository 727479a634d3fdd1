"""A rule pack as rows: layer upon layer, from the files of its base to the changes that two people agreed on.

A row is named by its section and key (``profiles`` ``6111``, ``modes`` ``FEW-INSPECTED``). A newer layer replaces a row
while its own holds, so that a change for one month ends by itself. Nothing is ever changed in place.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from guomen.kit.words import W

FOLDER = Path(__file__).parent / "data" / "rulepack"
FILES = ("profiles", "requirements", "checklists", "panels", "modes", "risk", "watch", "goods", "tags")
ABOUT = ("source", "effective_from", "effective_to", "verified")
"""Columns of every row beside its own: where it comes from, from and to which day it holds, who verified it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``value`` None takes the row of the layers below away. Days are inclusive."""

    value: Mapping[str, Any] | None
    source: str
    effective_from: date
    effective_to: date | None = None
    verified: str = ""
    """Who verified a row of a file; empty where no authority has yet confirmed the project's default. A row of the
    tables was verified by who approved its version."""
    version: str = ""
    """The pack that it came with."""

    def holds(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


Sections = dict[str, dict[str, Row]]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one version sets."""

    version: str
    title: W
    source: str
    rows: Sections


def file_versions() -> list[str]:
    """The versions that come as files, the oldest first."""
    return sorted((p.name for p in FOLDER.iterdir() if (p / "pack.toml").is_file()), key=_number)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def root(version: str) -> str:
    """The file version below a version of the tables: 2026.2 of ``2026.2+1f0c9a77b2``."""
    return version.partition("+")[0]


@lru_cache(maxsize=128)
def layers(version: str) -> tuple[Layer, ...]:
    """The layers of a version, the lowest first. Raises KeyError when there is no such version."""
    if "+" in version:
        base, layer = _table_layer(version)
    else:
        base, layer = _file_layer(version)
    return (*(layers(base) if base else ()), layer)


def _table_layer(version: str) -> tuple[str, Layer]:
    from guomen.catalogue.models import Pack, PackRow

    pack = Pack.objects.filter(version=version).first()
    if pack is None:
        raise KeyError(version)
    found: Sections = {}
    for row in PackRow.objects.filter(version=version).order_by("section", "key"):
        found.setdefault(row.section, {})[row.key] = Row(
            row.value, row.source, row.effective_from, row.effective_to, "", version
        )
    return pack.base, Layer(version, W(pack.title_en, pack.title_zh), "", found)


def _file_layer(version: str) -> tuple[str, Layer]:
    folder = FOLDER / version
    if version not in file_versions():
        raise KeyError(version)
    head = _toml(folder / "pack.toml")
    found: Sections = {}
    for name in FILES:
        if (folder / f"{name}.toml").is_file():
            data = _toml(folder / f"{name}.toml")
            source = data.pop("source", head["source"])
            for section, key, value in _placed(name, data):
                row = {k: v for k, v in value.items() if k not in ABOUT}
                about = {k: value.get(k) for k in ABOUT}
                found.setdefault(section, {})[key] = Row(
                    row,
                    about["source"] or source,
                    about["effective_from"] or head["effective_from"],
                    about["effective_to"],
                    about["verified"] or "",
                    version,
                )
    return head.get("base", ""), Layer(version, W(head["title_en"], head["title_zh"]), head["source"], found)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _placed(name: str, data: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Section, key and value of each row of a file."""
    inner = {"profiles": ("prefix", "profiles", "terms"), "risk": ("country", "country", "risk")}
    within, section, rest = inner.get(name, ("", name, name))
    for key, value in data.items():
        if key == within:
            yield from ((section, k, v) for k, v in value.items())
        else:
            yield rest, key, value


def rows_on(version: str, day: date | None = None) -> Sections:
    """The rows of a version that hold on ``day``; without a day those of the newest layer, in force or not."""
    found: Sections = {}
    for layer in layers(version):
        for section, rows in layer.rows.items():
            for key, row in rows.items():
                if day is None or row.holds(day):
                    found.setdefault(section, {})[key] = row
    return {section: {k: r for k, r in rows.items() if r.value is not None} for section, rows in found.items()}


def flat(value: Any, name: str = "") -> dict[str, str]:
    """A row as fields with text: nested names joined by points, lists by commas; lists of rows by their position."""
    if isinstance(value, Mapping):
        return {k: v for key, inner in value.items() for k, v in flat(inner, f"{name}.{key}" if name else key).items()}
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping):
            named = [(str(one.get("code") or one.get("analyte") or n), one) for n, one in enumerate(value, 1)]
            return {k: v for key, one in named for k, v in flat(one, f"{name}.{key}" if name else key).items()}
        return {name: ", ".join(map(str, value))}
    if isinstance(value, bool):
        return {name: "yes" if value else "no"}
    return {name: "" if value is None else str(value)}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row: before and after, None where the row or field is not there."""

    section: str
    key: str
    field: str
    before: str | None
    after: str | None


def changes(before: Sections, after: Sections) -> list[Change]:
    """What differs from one pack to another, field by field."""
    found = []
    for section in sorted({*before, *after}):
        old, new = before.get(section, {}), after.get(section, {})
        for key in sorted({*old, *new}):
            a = old[key].value if key in old else {}
            found += row_changes(section, key, a, new[key].value if key in new else {})
    return found


def row_changes(section: str, key: str, before: Any, after: Any) -> list[Change]:
    """What differs between two values of one row, field by field; of a row that is not there the value is empty."""
    a, b = flat(before), flat(after)
    return [
        Change(section, key, name, a.get(name), b.get(name))
        for name in dict.fromkeys([*a, *b])
        if a.get(name) != b.get(name)
    ]


def name_of(base: str, rows: Iterable[Mapping[str, Any]], title: W) -> str:
    """The version of a change: the file version below, then 40 bits of SHA-256 of base, title and rows.

    The same change of the same base has the same name: nobody can change what a version says afterwards.
    """
    whole = json.dumps([base, title.en, title.zh, list(rows)], sort_keys=True, ensure_ascii=False, default=str)
    return f"{root(base)}+{hashlib.sha256(whole.encode()).hexdigest()[:10]}"
