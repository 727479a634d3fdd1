"""Which identifiers a declared line states and lacks, and what its numbers say that an officer should look at."""

from collections.abc import Iterable, Mapping
from typing import Any

from guomen.catalogue import codes
from guomen.clearance import rules
from guomen.clearance.form.identifiers import DEVICE, NUMBERED, un_number
from guomen.clearance.models import Document, Line


def unstated(more: Mapping[str, Any]) -> frozenset[str]:
    """Names of identifiers that a line lacks. A packing group is not lacking where the UN entry has none."""
    un = un_number(more)
    row = codes.table("un_number").rows.get(un)
    needed = {"un_number": True, "packing_group": bool(un) and (row is None or bool(row["groups"]))}
    needed |= {"packing_specification": True, "vins": True}
    return frozenset(name for name, so in needed.items() if so and not more.get(name))


def unnumbered(papers: Iterable[Document]) -> tuple[str, ...]:
    """Kinds of papers that are looked up by number, where none of that kind has one."""
    found: dict[str, bool] = {}
    for paper in papers:
        if paper.kind in NUMBERED:
            found[paper.kind] = found.get(paper.kind, False) or bool(paper.number)
    return tuple(kind for kind, numbered in found.items() if not numbered)


def remarks(line: Line, papers: Iterable[Document], year: int) -> tuple[rules.Reason, ...]:
    """What the numbers of an import say that holds nothing."""
    if line.is_export:
        return ()
    said = rules.Identifiers(
        vins=tuple(line.more.get("vins", ())),
        maker=line.maker_registration,
        country=codes.table("country").rows[line.origin]["alpha3"],
        devices=tuple(paper.number for paper in papers if paper.kind == DEVICE),
        year=year,
    )
    return rules.remarks(said)
