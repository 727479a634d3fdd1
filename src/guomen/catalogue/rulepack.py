"""Rule packs: versioned checklists, laboratory limits, product profiles, requirements, risk points, release-mode terms.

A pack is a folder of TOML under ``data/rulepack/<version>``, or a change of one in the tables (``2026.2+1f0c9a77b2``);
nothing in it is ever changed in place. Read once per version and day, then kept.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.requirements import Goods, Index, Requirement, Watched, requirement, watched
from guomen.catalogue.rows import Sections, file_versions, layers, rows_on
from guomen.kit.words import W

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
    shows: tuple[str, ...] = ()
    """What was declared and is shown beside it: fields of the line, or codes of documents whose numbers are shown."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Steps for one kind of goods. ``version_hash`` is the SHA-256 of its canonical content, 16 hex digits."""

    code: str
    version_hash: str
    title: W
    items: tuple[ChecklistItem, ...]
    panel: str
    first: bool = False
    """Worked through before the others: nobody enters a container before its air was measured."""


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
    checklist: str = ""
    """Instead of the one that the code list names; empty where that one fits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pack asks for of certain goods. ``papers`` must be declared; ``requirements``: all rows, with sources."""

    profile: Profile
    papers: tuple[str, ...]
    traits: frozenset[str]
    letters: str
    checklist: str
    requirements: tuple[Requirement, ...]
    also: tuple[str, ...] = ()
    """Checklists that are worked through beside the goods' own."""
    port_checklist: str = ""
    """Of an export at the port where it leaves; empty: an officer only compares it with the record of origin."""


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

    @property
    def adopts(self) -> bool:
        """Whether a result from elsewhere stands for each lot: then no lots need pass here before draws begin."""
        return self.valid_days > 0 and self.rate < 1


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
    """Terms of profiles.toml that are not profiles: quarantine, used, dangerous, wood, shelf, outcomes."""
    risk: Mapping[str, Any]
    tags: Mapping[str, Any]
    """``copies``: when scans of a tag speak for copies of it."""
    requirements: tuple[Requirement, ...]
    watch: tuple[Watched, ...]
    goods: Mapping[str, Mapping[str, str]]
    """Letters and checklists of HS codes that differ from the code list."""
    rows: Sections
    index: Index = field(compare=False, repr=False)
    answers: dict[Goods, Asked] = field(default_factory=dict, compare=False, repr=False)
    memory: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What readers derive from the pack and want to keep as long as it."""

    def checklist(self, code: str) -> Checklist:
        """The checklist ``code``, or several worked through as one: ``C-TEX+C-WPM``. Raises KeyError."""
        if "+" not in code:
            return self.checklists[code]
        found = self.memory.get(code)
        if found is None:
            found = self.memory[code] = _joined(code, [self.checklists[one] for one in code.split("+")])
        return found

    def lab_panel(self, code: str) -> tuple[LabTest, ...]:
        """The tests of a panel; none for an empty code. Raises KeyError for an unknown one."""
        return self.panels[code] if code else ()

    def profile(self, hs_code: str) -> Profile:
        """The profile with the longest prefix of ``hs_code``."""
        return next(self.profiles[p] for n in range(len(hs_code), -1, -1) if (p := hs_code[:n]) in self.profiles)

    def asked(self, goods: Goods) -> Asked:
        """What these goods need; the same question is answered from memory."""
        found = self.answers.get(goods)
        if found is None:
            if len(self.answers) >= 20_000:
                self.answers.clear()
            found = self.answers[goods] = self._asked(goods)
        return found

    def _asked(self, goods: Goods) -> Asked:
        profile, rows = self.profile(goods.hs), self.index.covering(goods)
        listed = {**codes.table("hs").rows.get(goods.hs, {}), **self.goods.get(goods.hs, {})}
        papers = dict.fromkeys([*profile.papers, *(r.paper for r in rows if r.paper and r.demand == "lodge")])
        traits = profile.traits.union(*(r.traits for r in rows))
        checklists = [r.checklist for r in rows if r.checklist] or [profile.checklist or listed.get("checklist", "")]
        also = tuple(dict.fromkeys(r.also for r in rows if r.also and r.also != checklists[-1]))
        port = [r.port_checklist for r in rows if r.port_checklist] or [""]
        return Asked(profile, tuple(papers), traits, listed.get("letters", ""), checklists[-1], rows, also, port[-1])

    def watching(self, goods: Goods) -> list[Watched]:
        """The entries of watch lists that cover these goods."""
        return [w for w in self.watch if w.covers(goods)]


def _limit(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _item(row: dict[str, Any]) -> ChecklistItem:
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
        tuple(row.get("shows", ())),
    )


def _checklist(code: str, data: dict[str, Any]) -> Checklist:
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    return Checklist(
        code,
        digest,
        W(data["en"], data["zh"]),
        tuple(map(_item, data["items"])),
        data["panel"],
        data.get("first", False),
    )


def _joined(code: str, parts: Sequence[Checklist]) -> Checklist:
    """Checklists as one, each question once; another question under the same code takes its checklist's name before."""
    items: dict[str, ChecklistItem] = {}
    early: list[ChecklistItem] = []
    for part in parts:
        asked = {i.question.en for i in items.values()}
        for item in part.items:
            if item.question.en not in asked:
                name = item.code if item.code not in items else f"{part.code.removeprefix('C-')}-{item.code}"
                items[name] = replace(item, code=name)
                early += [items[name]] if part.first else []
    ordered = (*early, *(item for item in items.values() if item not in early))
    digest = hashlib.sha256("+".join(p.version_hash for p in parts).encode()).hexdigest()[:16]
    title = W(" + ".join(p.title.en for p in parts), "＋".join(p.title.zh for p in parts))
    return Checklist(code, digest, title, ordered, parts[0].panel)


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


parse = {
    "checklists": _checklist,
    "panels": lambda _code, data: tuple(map(_test, data["tests"])),
    "profiles": _profile,
    "modes": _mode,
}
"""How the rows of a section are read, by key and value."""


def build(version: str, sections: Sections) -> RulePack:
    """A pack from its rows. Raises KeyError, TypeError, ValueError or decimal errors on rows that are no pack."""
    values = {name: {key: row.value for key, row in rows.items()} for name, rows in sections.items()}
    needed = sections.get("requirements", {}).items()
    rows = tuple(requirement(code, row.value or {}, row.source, row.verified) for code, row in needed)
    newest = layers(version)[-1] if version else None
    return RulePack(
        version=version,
        title=newest.title if newest else W("", ""),
        source=newest.source if newest else "",
        checklists={code: _checklist(code, data) for code, data in values["checklists"].items()},
        panels={code: tuple(map(_test, data["tests"])) for code, data in values["panels"].items()},
        profiles={prefix: _profile(prefix, row) for prefix, row in values["profiles"].items()},
        modes={code: _mode(code, row) for code, row in values["modes"].items()},
        terms=values["terms"],
        risk=values["risk"] | {"country": values.get("country", {})},
        tags=values["tags"],
        requirements=rows,
        watch=tuple(watched(code, row) for code, row in values.get("watch", {}).items()),
        goods=values.get("goods", {}),
        rows=sections,
        index=Index(rows),
    )


@lru_cache(maxsize=64)
def pack(version: str, day: date | None = None) -> RulePack:
    """The pack of this version as it holds on ``day``, or with every row. Raises KeyError when there is none."""
    return build(version, rows_on(version, day))


def newest() -> RulePack:
    """The newest pack of the files: what an installation decides by until its people change it."""
    return pack(file_versions()[-1])
