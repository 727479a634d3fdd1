"""Rule packs: versioned checklists, laboratory limits, product profiles, risk points and release-mode terms.

A pack is a folder of TOML under ``data/rulepack/<version>``; nothing in it is ever changed in place.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from guomen.kit.words import W

FOLDER = Path(__file__).parent / "data" / "rulepack"
CURRENT = "2026.1"
MODE_TEXTS = ("meaning", "enter", "accepts", "leaves", "basis")
"""What is said of each release mode, in words."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One step. ``kind`` is choice, measure, sample or photo; ``low`` and ``high`` are limits in ``unit``."""

    code: str
    question: W
    kind: str
    hint: W
    unit: str
    low: Decimal | None
    high: Decimal | None
    standard: str
    fail_reason: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """Steps for one kind of goods. ``version_hash`` is the SHA-256 of its canonical content, 16 hex digits."""

    code: str
    version_hash: str
    title: W
    items: tuple[ChecklistItem, ...]
    panel: str


@dataclass(frozen=True, slots=True)
class LabTest:
    """One analyte with its limit. ``low`` and ``high`` in ``unit``; None means no limit on that side."""

    analyte: str
    name: W
    unit: str
    limit_text: W
    low: Decimal | None
    high: Decimal | None
    standard: str
    method: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a product by its HS prefix. ``base`` are points 0 to 100, ``aql`` is in percent."""

    prefix: str
    base: int
    aql: str
    level: str
    sample_units: int
    panel: str
    traits: frozenset[str]
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mode:
    """One of the ten release modes. ``evidence`` says how sure its definition is: reconstructed, or unverified.

    ``texts``: meaning, enter, accepts, leaves and basis in words. ``valid_days``: how long a result counts that opens
    the mode. ``standing``: the importer must be admitted. ``suspends``: a refused line suspends the importer.
    ``minimum_kg``: net weight from which it applies. ``guarantee``: the document by which the firm guarantees
    conformity. ``duties``: what is owed after release, within ``due_days``.
    """

    code: str
    name: W
    evidence: str
    hold_point: str
    rate: Decimal
    max_score: int | None
    credit: frozenset[str]
    passes: int
    texts: Mapping[str, W]
    valid_days: int
    standing: bool
    suspends: bool
    minimum_kg: Decimal
    guarantee: str
    duties: tuple[str, ...]
    due_days: int


@dataclass(frozen=True, slots=True)
class RulePack:
    """A whole pack, read once."""

    version: str
    title: W
    source: str
    checklists: Mapping[str, Checklist]
    panels: Mapping[str, tuple[LabTest, ...]]
    profiles: Mapping[str, Profile]
    modes: Mapping[str, Mode]
    terms: Mapping[str, Any]
    """Terms of profiles.toml that are not profiles: quarantine, used, dangerous, wood, shelf."""
    risk: Mapping[str, Any]
    tags: Mapping[str, Any]
    """``copies``: when scans of a tag speak for copies of it."""

    def checklist(self, code: str) -> Checklist:
        """The checklist ``code``. Raises KeyError."""
        return self.checklists[code]

    def lab_panel(self, code: str) -> tuple[LabTest, ...]:
        """The tests of a panel; none for an empty code. Raises KeyError for an unknown one."""
        return self.panels[code] if code else ()

    def profile(self, hs_code: str) -> Profile:
        """The profile with the longest prefix of ``hs_code``."""
        return next(self.profiles[p] for n in range(len(hs_code), -1, -1) if (p := hs_code[:n]) in self.profiles)


def _limit(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _item(row: dict[str, str]) -> ChecklistItem:
    return ChecklistItem(
        row["code"],
        W(row["en"], row["zh"]),
        row["kind"],
        W(row["hint_en"], row["hint_zh"]),
        row.get("unit", ""),
        _limit(row.get("low", "")),
        _limit(row.get("high", "")),
        row["standard"],
        row["fail"],
    )


def _checklist(code: str, data: dict[str, Any]) -> Checklist:
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    return Checklist(code, digest, W(data["en"], data["zh"]), tuple(map(_item, data["items"])), data["panel"])


def _test(row: dict[str, str]) -> LabTest:
    limit = W(row["limit_en"], row["limit_zh"])
    low, high = _limit(row["low"]), _limit(row["high"])
    name = W(row["en"], row["zh"])
    return LabTest(row["analyte"], name, row["unit"], limit, low, high, row["standard"], row["method"])


def _profile(prefix: str, row: dict[str, Any]) -> Profile:
    known = row | {"prefix": prefix, "traits": frozenset(row["traits"]), "papers": tuple(row["papers"])}
    return Profile(**known)


def _mode(code: str, row: dict[str, Any]) -> Mode:
    return Mode(
        code,
        W(row["en"], row["zh"]),
        row["evidence"],
        row["hold_point"],
        Decimal(row["rate"]),
        row.get("max_score"),
        frozenset(row.get("credit", ())),
        row.get("passes", 0),
        {name: W(row[f"{name}_en"], row[f"{name}_zh"]) for name in MODE_TEXTS},
        row.get("valid_days", 0),
        row.get("standing", False),
        row.get("suspends", False),
        Decimal(row.get("minimum_kg", "0")),
        row.get("guarantee", ""),
        tuple(row.get("duties", ())),
        row.get("due_days", 0),
    )


@cache
def pack(version: str) -> RulePack:
    """The pack of this version. Raises FileNotFoundError when there is none."""

    def read(name: str) -> dict[str, Any]:
        return tomllib.loads((FOLDER / version / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)

    head, profiles = read("pack"), read("profiles")
    return RulePack(
        version=head["version"],
        title=W(head["title_en"], head["title_zh"]),
        source=head["source"],
        checklists={code: _checklist(code, data) for code, data in read("checklists").items()},
        panels={code: tuple(map(_test, data["tests"])) for code, data in read("panels").items()},
        profiles={prefix: _profile(prefix, row) for prefix, row in profiles["prefix"].items()},
        modes={code: _mode(code, row) for code, row in read("modes").items()},
        terms={name: value for name, value in profiles.items() if name not in ("prefix", "source")},
        risk=read("risk"),
        tags=read("tags"),
    )


def current() -> RulePack:
    """The pack that decides now."""
    return pack(CURRENT)
