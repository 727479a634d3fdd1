"""Requirements and watch lists of a rule pack: which goods a row is about, and what it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guomen.kit.words import W

KINDS = {
    "paper": W("Document", "单证"),
    "check": W("Check", "检查"),
    "limit": W("Limit", "限值"),
    "duty": W("Rule", "要求"),
}
DEMANDS = {
    "lodge": W("must be declared: without it the goods are held", "须随申报提交，缺少则暂扣"),
    "show": W("is shown at the inspection", "查验时出示"),
}


@dataclass(frozen=True, slots=True)
class Goods:
    """What is declared of a line, as far as rows ask for it."""

    hs: str
    ciq: str = ""
    attributes: frozenset[str] = frozenset()
    purpose: str = ""
    origin: str = ""
    maker: str = ""
    importer: str = ""
    gtin: str = ""
    direction: str = "I"
    """I import, E export."""
    trade_mode: str = ""
    packed: frozenset[str] = frozenset()
    """How they travel: wood (packaging of solid wood), container."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which goods: every part that is given must agree; HS by prefix, attributes: any of them, none of without;
    directions and trade modes: any of them, none of without_modes; packed: all of it.
    """

    hs: tuple[str, ...] = ()
    ciq: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    trade_modes: frozenset[str] = frozenset()
    without_modes: frozenset[str] = frozenset()
    packed: frozenset[str] = frozenset()

    def covers(self, goods: Goods) -> bool:
        """Whether these goods are meant."""
        return (
            (not self.hs or goods.hs.startswith(self.hs))
            and (not self.ciq or goods.ciq in self.ciq)
            and (not self.attributes or bool(self.attributes & goods.attributes))
            and not self.without & goods.attributes
            and (not self.purposes or goods.purpose in self.purposes)
            and (not self.origins or goods.origin in self.origins)
            and (not self.directions or goods.direction in self.directions)
            and (not self.trade_modes or goods.trade_mode in self.trade_modes)
            and goods.trade_mode not in self.without_modes
            and self.packed <= goods.packed
        )


SCOPE = (
    "hs",
    "ciq",
    "attributes",
    "without",
    "purposes",
    "origins",
    "directions",
    "trade_modes",
    "without_modes",
    "packed",
)
PACKED = frozenset({"wood", "container"})


def scope(row: Mapping[str, Any]) -> Scope:
    """The scope of a row of the pack."""
    sets = {name: frozenset(row.get(name, ())) for name in SCOPE[2:]}
    return Scope(tuple(row.get("hs", ())), tuple(row.get("ciq", ())), **sets)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A document, a check, a limit or a rule that holds for goods.

    ``paper``: a code of the document table; ``demand``: lodge or show. ``low`` and ``high`` are in ``unit``; None means
    no limit on that side. ``standard`` names standard and edition. These reach the screening: ``traits``, ``checklist``
    (of the goods), ``also`` (a further one, worked through in the same inspection), ``port_checklist`` (of an export at
    the port where it leaves).
    """

    code: str
    group: str
    kind: str
    words: W
    scope: Scope
    paper: str
    demand: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    standard: str
    traits: frozenset[str]
    checklist: str
    also: str
    port_checklist: str
    sure: str
    """How sure the value is: text (read in a source), recalled (to be checked before use)."""
    source: str
    verified: str

    @property
    def limit(self) -> W | None:
        """The limit in words."""
        if self.low is None and self.high is None:
            return None
        unit = f" {self.unit}" if self.unit not in ("", "1") else ""
        if self.low is None:
            return W(f"at most {self.high}{unit}", f"不超过 {self.high}{unit}")
        if self.high is None:
            return W(f"at least {self.low}{unit}", f"不低于 {self.low}{unit}")
        return W(f"{self.low} to {self.high}{unit}", f"{self.low} 至 {self.high}{unit}")


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def requirement(code: str, row: Mapping[str, Any], source: str, verified: str) -> Requirement:
    """A requirement from its row."""
    return Requirement(
        code,
        row["group"],
        row["kind"],
        W(row["en"], row["zh"]),
        scope(row),
        row.get("paper", ""),
        row.get("demand", "show"),
        row.get("unit", ""),
        _number(row.get("low", "")),
        _number(row.get("high", "")),
        row["standard"],
        frozenset(row.get("traits", ())),
        row.get("checklist", ""),
        row.get("also", ""),
        row.get("port_checklist", ""),
        row.get("sure", "recalled"),
        source,
        verified,
    )


@dataclass(frozen=True, slots=True)
class Watched:
    """A row of a watch list. ``effect``: hold, full (inspect) or lab; empty names mean any."""

    code: str
    words: W
    scope: Scope
    maker: str
    importer: str
    gtin: str
    effect: str

    def covers(self, goods: Goods) -> bool:
        """Whether these goods are watched. Makers compare without regard to case."""
        return (
            self.maker.casefold() in ("", goods.maker.casefold())
            and self.importer in ("", goods.importer)
            and self.gtin in ("", goods.gtin)
            and self.scope.covers(goods)
        )


def watched(code: str, row: Mapping[str, Any]) -> Watched:
    """A watch-list entry from its row."""
    names = (row.get("maker", ""), row.get("importer", ""), row.get("gtin", ""))
    return Watched(code, W(row["en"], row["zh"]), scope(row), *names, row["effect"])


class Index:
    """Requirements by the chapters that they name, so that a line looks at a few dozen of them only."""

    def __init__(self, rows: Sequence[Requirement]) -> None:
        self._anywhere = [r for r in rows if not r.scope.hs]
        self._chapters: dict[str, list[Requirement]] = {}
        for row in rows:
            for chapter in dict.fromkeys(prefix[:2] for prefix in row.scope.hs):
                self._chapters.setdefault(chapter, []).append(row)

    def covering(self, goods: Goods) -> tuple[Requirement, ...]:
        """The requirements that hold for these goods, in the order of the pack."""
        rows = [*self._chapters.get(goods.hs[:2], ()), *self._anywhere]
        return tuple(r for r in rows if r.scope.covers(goods))
