"""Where goods have been: entries of the ledger and events of the firms, each with who states it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from guomen.catalogue.places import place as port
from guomen.faces.consumer import wording
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.models import Organisation
from guomen.trace import queries as trace
from guomen.trace.places import event_place
from guomen.trace.spoken import BIZ_STEPS

SHOWN = {
    "line.released": W("Released for sale", "准予放行"),
    "line.refused": W("Refused at the border", "不予放行"),
    "inspection.concluded": W("Inspected", "已检验"),
    "sample.drawn": W("Sample taken", "已取样"),
    "sample.reported": W("Laboratory report signed", "检测报告已签发"),
    "seal.armed": W("Container sealed", "集装箱施封"),
    "seal.alarmed": W("The seal raised an alarm on the way", "途中封志报警"),
    "declaration.lodged": W("Declared for import", "已申报进口"),
    "recall.ordered": W("Recall ordered", "已下达召回令"),
    "certificate.signed": W("Certificate signed", "证书已签发"),
    "certificate.suspended": W("Certificate suspended", "证书已暂停"),
    "certificate.resumed": W("Certificate valid again", "证书已恢复"),
    "certificate.replaced": W("Certificate replaced", "证书已换发"),
    "certificate.revoked": W("Certificate revoked", "证书已撤销"),
}
SEAL_WHOLE = W("Seal unbroken on arrival", "到达时封志完好")
SEAL_NOT_WHOLE = W("Seal did not pass the check", "封志核验未通过")
STEPS = {
    "commissioning": W("Made", "生产"),
    "creating_class_instance": W("Made", "生产"),
    "packing": W("Packed", "包装"),
    "loading": W("Loaded", "装载"),
    "departing": W("Departed", "启运"),
    "shipping": W("Shipped", "发货"),
    "transporting": W("On the way", "运输中"),
    "arriving": W("Arrived", "到达"),
    "receiving": W("Received", "收货"),
    "unloading": W("Unloaded", "卸货"),
    "storing": W("Stored", "入库"),
    "stocking": W("Put on the shelf", "上架"),
    "retail_selling": W("Sold", "售出"),
    "inspecting": W("Inspected by the firm", "企业自检"),
}
OF_LABELS = frozenset({"encoding", "commissioning", "decommissioning", "destroying", "accepting", "holding"})
"""Steps of the labels of an order, where an event names a part of it: no way of goods, and maybe not of this item."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. ``basis`` is authority, third-party, firm or system; ``signed`` by someone with a key."""

    title: W
    place: W | None
    at: datetime
    by: W
    basis: str
    signed: bool
    kind: str


def steps(item: str, batch: str, line: str, declaration: str, boxes: Sequence[tuple[str, str]]) -> list[Step]:
    """The way of an item, newest first. ``boxes``: containers with the seals declared for them."""
    about = [item, batch, line, Subject.declaration(declaration) if declaration else ""]
    about += [Subject.container(box) for box, _ in boxes]
    entries = _since_sealed(history(*[a for a in about if a], kinds=frozenset({*SHOWN, "seal.verified"})), boxes)
    entries = [e for e in entries if _is_about(e, line)]
    who = _organisations(entries)
    # Firms state most of their events about batches: the address that names both finds them too.
    whole = batch + item[item.index("/21/") :] if item and batch else item or batch
    found = [_of_entry(e, who) for e in entries] + _of_events(whole, [box for box, _ in boxes])
    return once_each(sorted(found, key=lambda s: s.at, reverse=True))


def shown(found: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps as values for pages and JSON."""
    names = ("title", "place", "at", "by", "basis", "signed")
    return [{name: getattr(step, name) for name in names} for step in found]


def carriers(batch: str) -> list[str]:
    """What goods of a batch were in, as far as firms said so: news of these things belongs to their way."""
    return sorted({stay.inside for stay in trace.history(batch).stays})


def once_each(found: Iterable[Step]) -> list[Step]:
    """The same step stated again by the same one, with nothing between, is one step: the newest."""
    kept: list[Step] = []
    for step in found:
        if not kept or (step.title, step.place, step.by) != (kept[-1].title, kept[-1].place, kept[-1].by):
            kept.append(step)
    return kept


def _is_about(entry: Entry, line: str) -> bool:
    # What happened to the other lines of the same declaration is another item's way.
    lines = {s for s in entry.subjects if s.startswith("urn:guomen:line:")}
    return not lines or line in lines


def _since_sealed(entries: Sequence[Entry], boxes: Iterable[tuple[str, str]]) -> list[Entry]:
    # A container makes many journeys: only those under the seal of this declaration belong here.
    seals = {seal for _, seal in boxes}
    return [e for e in entries if not e.kind.startswith("seal.") or e.facts.get("seal") in seals]


def _organisations(entries: Iterable[Entry]) -> dict[str, Organisation]:
    ids = {UUID(e.actor["organisation"]) for e in entries if e.actor.get("organisation")}
    return {str(o.id): o for o in Organisation.objects.filter(id__in=ids)}


class Named(Protocol):
    """Who states something: an organisation, or the little of it that anybody may know."""

    @property
    def kind(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def name_zh(self) -> str: ...


def stated_by(one: Named | None, via: str = "") -> tuple[W, str, bool]:
    """Who states something, on what basis, and whether that counts as signed."""
    if one is None:
        return (wording.BY_SYSTEM, "system", True) if via == "system" else (wording.BY_UNKNOWN, "firm", False)
    words, basis, signed = {
        "authority": (wording.BY_AUTHORITY, "authority", True),
        "partner": (wording.BY_AUTHORITY, "authority", True),
        "laboratory": (wording.BY_THIRD_PARTY, "third-party", True),
        "carrier": (wording.BY_THIRD_PARTY, "third-party", True),
    }.get(one.kind, (wording.BY_FIRM, "firm", False))
    return W(words.en.format(name=one.name_en), words.zh.format(name=one.name_zh)), basis, signed


def place_words(text: Any) -> W | None:
    """A place as people read it: the name of a port for its code, both languages where the fact has them."""
    if isinstance(text, dict) and {"en", "zh"} <= set(text):
        return W(text["en"], text["zh"])
    if not text:
        return None
    try:
        return port(str(text)).name
    except KeyError:
        return W(str(text), str(text))


def _of_entry(entry: Entry, who: dict[str, Organisation]) -> Step:
    by, basis, signed = stated_by(who.get(entry.actor.get("organisation", "")), entry.actor.get("via", ""))
    if entry.kind == "line.released" and basis == "firm":
        # The declarant's own request set the release going; the rules of the authority decided.
        by, basis, signed = wording.BY_SYSTEM, "system", True
    title = SHOWN.get(entry.kind) or (SEAL_WHOLE if entry.facts.get("match") else SEAL_NOT_WHOLE)
    return Step(title, place_words(entry.facts.get("place")), entry.happened_at, by, basis, signed, entry.kind)


def _of_events(uri: str, boxes: Sequence[str]) -> list[Step]:
    if not uri:
        return []
    # The goods of a line that came in one container were in it, even where only their batch was scanned.
    only = Subject.container(boxes[0]) if len(boxes) == 1 else None
    found = []
    for event in trace.history(uri).events:
        if event.withdrawn or not (event.certain or event.via[-1] == only):
            continue
        name = event.biz_step.rsplit("BizStep-")[-1].rsplit(":")[-1]
        if name in OF_LABELS and "guomen:range" in event.body:
            continue
        by, basis, signed = stated_by(event.organisation)
        title = STEPS.get(name) or BIZ_STEPS.get(name) or W("Moved", "流转")
        found.append(Step(title, event_place(event.body), event.at, by, basis, signed, "event"))
    return found
