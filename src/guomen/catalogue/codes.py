"""Versioned code tables: read from ``data/codes/*.toml``, shown in both languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from guomen.kit.words import W

FOLDER = Path(__file__).parent / "data" / "codes"


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table of codes with where it comes from and since when it holds."""

    name: str
    version: str
    source: str
    effective_from: date
    rows: Mapping[str, Mapping[str, Any]]
    words: Mapping[str, W]

    def __contains__(self, code: object) -> bool:
        return code in self.words

    def get(self, code: str) -> W | None:
        """What ``code`` means, or None when the table does not have it."""
        return self.words.get(code)

    def options(self) -> list[tuple[str, W]]:
        """All codes with their meaning, in the order of the file."""
        return list(self.words.items())

    def row(self, code: str) -> dict[str, Any]:
        """All columns of one code. Numbers with a point are Decimal. Raises KeyError for an unknown code."""
        return dict(self.rows[code])


@cache
def table(name: str) -> CodeTable:
    """The table ``name``. Raises KeyError when there is none."""
    path = FOLDER / f"{name}.toml"
    if not name.isidentifier() or not path.is_file():
        raise KeyError(name)
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    rows = {code: dict(zip(data["columns"], row, strict=True)) for code, row in data["codes"].items()}
    words = {code: W(row["en"], row["zh"]) for code, row in rows.items()}
    return CodeTable(name, data["version"], data["source"], data["effective_from"], rows, words)


def names() -> list[str]:
    """The names of all tables."""
    return sorted(p.stem for p in FOLDER.glob("*.toml"))
