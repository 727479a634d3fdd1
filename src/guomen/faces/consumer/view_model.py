"""One item's page as values: composed from clearance, inspection, seals, trace, certificates, tags and warning."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.models import Product
from guomen.catalogue.queries import product
from guomen.certificates import queries as certificates
from guomen.certificates.models import Certificate
from guomen.certificates.titles import title as certificate_title
from guomen.clearance import queries as clearance
from guomen.clearance.models import Container, Declaration, Line
from guomen.faces.consumer import timeline, wording
from guomen.faces.consumer.lookup import path_of
from guomen.inspection import queries as inspection
from guomen.kit.clock import now
from guomen.kit.web import written_date
from guomen.kit.words import W, say
from guomen.ledger.models import Entry
from guomen.ledger.queries import Proof, history, prove
from guomen.tags import queries as tags
from guomen.tags import rules
from guomen.tags.scheme import batch_uri, grouped, item_uri
from guomen.tags.services import ScanView
from guomen.tags.words import REASONS
from guomen.warning.models import Recall
from guomen.warning.queries import recall_for


@dataclass(frozen=True, slots=True)
class Identity:
    """What to compare with the pack in the hand."""

    name: W | None
    maker: W | None
    gtin: str
    batch: str
    serial: str
    produced_on: date | None
    expires_on: date | None
    importer: W | None
    picture: str = ""
    """The path of the product's picture, or empty."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate with its present state."""

    certificate: Certificate
    title: W
    state: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that the page and the JSON say."""

    verdict: rules.Verdict
    title: W
    sentence: str
    advice: tuple[W, ...]
    identity: Identity
    scans: rules.Scans
    checks: list[dict[str, Any]]
    site: dict[str, Any] | None
    """The inspection on the spot: date, opened, population, conforming (count), looked (count), rows."""
    steps: list[timeline.Step]
    papers: list[Paper]
    recall: Recall | None
    entry: Entry | None
    """The decision that the verdict rests on."""
    proof: Proof | None
    sold: bool
    path: str
    at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Goods:
    """What clearance knows about the goods line behind an item."""

    line: Line | None = None
    declaration: Declaration | None = None
    boxes: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> W | None:
        return timeline.place_words(self.declaration.arrival_port) if self.declaration else None


def goods_of(subject: str) -> Goods:
    """The goods line that a subject names, with its containers."""
    line = clearance.line_by_subject(subject)
    if line is None:
        return Goods()
    boxes = Container.objects.filter(declaration=line.declaration).values_list("number", "seal")
    return Goods(line, clearance.declaration_of(line), tuple(boxes))


def answer(gtin: str, batch: str, serial: str, seen: ScanView) -> Answer:
    """Compose the answer for one item. ``batch`` is what the code says and may be empty; ``seen`` is this very scan."""
    found = seen.item
    true_batch = found.batch if found else batch
    goods = goods_of(found.range.subject) if found else Goods()
    recall = recall_for(gtin, true_batch) or (recall_for(gtin, batch) if batch else None)
    checks = inspection.checks_of(found.range.subject) if found else []
    site = _site(found.range.subject) if found else None
    facts = _facts(found, batch, goods, seen.scans, recalled=recall is not None, looked=bool(checks or site))
    verdict = rules.verdict(facts)
    entry = _deciding(verdict.state, found, recall)
    boxes, line = goods.boxes, goods.line
    about = (found.uri, found.batch_uri, found.range.subject) if found else ("", "", "")
    return Answer(
        verdict=verdict,
        title=wording.TITLES[verdict.state],
        sentence=sentence(verdict, goods, recall, seen.scans),
        advice=_advice(verdict.state, recall, known=found is not None),
        identity=_identity(gtin, true_batch, serial, found, goods),
        scans=seen.scans,
        checks=checks,
        site=site,
        steps=timeline.steps(*about, line.declaration if line else "", boxes) if found else [],
        papers=papers_of(*[a for a in about if a]),
        recall=recall,
        entry=entry,
        proof=prove(entry) if entry else None,
        sold=bool(found and found.sale),
        path=path_of(gtin, batch, serial),
    )


def _facts(
    found: tags.ItemFacts | None, batch: str, goods: Goods, scans: rules.Scans, *, recalled: bool, looked: bool
) -> rules.Facts:
    if found is None:
        return rules.Facts(code_exists=False, recalled=recalled)
    line = goods.line
    return rules.Facts(
        code_exists=True,
        recalled=recalled or bool(found.recall),
        batch_matches=not batch or batch == found.batch,
        goods_match=line is None or _same_goods(found, line),
        state=found.withdrawn,
        refused=line is not None and line.state == "refused",
        released=found.active,
        inspected=looked,
        alarms=rules.copy_signals(
            scans,
            found.sale.at if found.sale else None,
            tags.position(found.sale.place) if found.sale else None,
        ),
    )


def _same_goods(found: tags.ItemFacts, line: Line) -> bool:
    owner = found.range.organisation_id in {line.organisation_id, line.importer_id}
    return owner and line.gtin in {"", found.gtin} and line.batch in {"", found.batch}


def _site(subject: str) -> dict[str, Any] | None:
    rows = inspection.on_site_checks_of(subject)
    if not rows:
        return None
    return {
        "date": rows[-1]["date"],
        "opened": rows[-1]["opened"],
        "population": rows[-1]["population"],
        "looked": len(rows),
        "conforming": sum(1 for r in rows if r["within"]),
        "rows": [{"test": r["test"], "found": r["found"], "within": r["within"]} for r in rows],
    }


def sentence(verdict: rules.Verdict, goods: Goods, recall: Recall | None, scans: rules.Scans) -> str:
    """The one sentence under the verdict, in the reader's language."""
    first = verdict.reasons[0]
    if verdict.state == "stop":
        if recall is None:
            return say(wording.RECALLED_SHORT)
        return say(wording.RECALLED, date=written_date(recall.ordered_at), reason=say(recall.reason))
    if verdict.state == "inspected":
        when = written_date(goods.line.released_at) if goods.line else written_date(now())
        if goods.place:
            return say(wording.RELEASED_AT, place=say(goods.place), date=when)
        return say(wording.RELEASED_ON, date=when)
    if first in _COPIED:
        words = wording.OFTEN_IN_CITIES if scans.places > 1 else wording.OFTEN
        return say(words, times=scans.times, cities=scans.places, devices=scans.devices_in_all)
    return say(_SENTENCES.get(first) or REASONS[first])


_COPIED = {"TAG-MANY-DEVICES", "TAG-MANY-PLACES", "TAG-FAR-APART", "TAG-SCANNED-AFTER-SALE"}
_SENTENCES = {
    "TAG-NOT-SELECTED": wording.ON_PAPERS,
    "TAG-NOT-RELEASED": wording.AT_BORDER,
    "TAG-REFUSED": wording.REFUSED,
    "TAG-UNKNOWN-CODE": wording.NO_SUCH_CODE,
    "TAG-OTHER-BATCH": wording.OTHER_BATCH,
    "TAG-OTHER-GOODS": wording.OTHER_GOODS,
}


def _advice(state: str, recall: Recall | None, *, known: bool = True) -> tuple[W, ...]:
    if state == "stop" and recall is not None and recall.advice:
        return tuple(W(a["en"], a["zh"]) for a in recall.advice)
    if state == "doubt" and not known:
        return wording.ADVICE_UNKNOWN
    fixed = {"stop": wording.ADVICE_RECALLED, "doubt": wording.ADVICE_DOUBT, "in_progress": wording.ADVICE_WAIT}
    return fixed.get(state, ())


def _identity(gtin: str, batch: str, serial: str, found: tags.ItemFacts | None, goods: Goods) -> Identity:
    # A made-up code must not borrow a real product's name.
    line, known = goods.line, product(gtin) if found else None
    produced = found.range.produced_on if found else None
    expires = found.range.expires_on if found else None
    return Identity(
        name=name_of(known, line),
        maker=maker_of(known, line),
        gtin=gtin,
        batch=batch,
        serial=grouped(found.serial if found else serial),
        produced_on=produced or (line.produced_on if line else None),
        expires_on=expires or (line.expires_on if line else None),
        importer=W(line.importer.name_en, line.importer.name_zh) if line else None,
        picture=picture_of(known),
    )


def picture_of(known: Product | None) -> str:
    """Where the picture of a registered product is, or nothing."""
    return f"/products/{known.gtin}/picture" if known and known.image else ""


def name_of(known: Product | None, line: Line | None) -> W | None:
    """The product's name: registered, else as declared."""
    if known:
        return W(known.name_en, known.name_zh)
    return W(line.name, line.name) if line else None


def maker_of(known: Product | None, line: Line | None) -> W | None:
    """Maker and country, as registered, else as declared."""
    name = known.maker_name if known else line.maker_name if line else ""
    code = known.maker_country if known else line.origin if line else ""
    country = codes.table("country").get(code)
    if not name:
        return None
    return W(f"{name}, {country.en}", f"{name}（{country.zh}）") if country else W(name, name)


def papers_of(*subjects: str) -> list[Paper]:
    """Signed certificates about any of ``subjects`` with their present state."""
    found = []
    for one in certificates.of_subject(*subjects) if subjects else []:
        checked = certificates.verify(one.jws)
        found.append(Paper(one, certificate_title(one.kind), checked.state))
    return found


_DECIDING = {
    "inspected": {"line.released"},
    "not_selected": {"line.released"},
    "in_progress": {"line.refused"},
    "stop": {"recall.ordered", "tags.recalled"},
    "doubt": {"line.released"},
}


def _deciding(state: str, found: tags.ItemFacts | None, recall: Recall | None) -> Entry | None:
    about = [found.range.subject, found.batch_uri] if found else []
    if recall is not None and state == "stop":
        about = [f"urn:guomen:recall:{recall.number}"]
    entries = history(*about, kinds=frozenset(_DECIDING[state])) if about else []
    return entries[-1] if entries else None


@dataclass(frozen=True, slots=True)
class ClassAnswer:
    """What a code without a serial number can say: about a product or a batch, never about one item."""

    known: Product | None
    name: W | None
    maker: W | None
    gtin: str
    batch: str
    recall: Recall | None
    advice: tuple[W, ...]
    released: list[tuple[Line, W | None]]
    papers: list[Paper]
    path: str
    at: datetime = field(default_factory=now)

    @property
    def exists(self) -> bool:
        return bool(self.known or self.released or self.recall)


def class_answer(gtin: str, batch: str) -> ClassAnswer:
    """Compose the answer for a product, or for one batch of it."""
    known = product(gtin)
    released = clearance.released_batch(gtin, batch) if batch else []
    recall = recall_for(gtin, batch)
    places = {line.subject: goods_of(line.subject).place for line in released}
    first = released[0] if released else None
    return ClassAnswer(
        known=known,
        name=name_of(known, first),
        maker=maker_of(known, first),
        gtin=gtin,
        batch=batch,
        recall=recall,
        advice=_advice("stop", recall) if recall else (),
        released=[(line, places[line.subject]) for line in released],
        papers=papers_of(*([batch_uri(gtin, batch)] if batch else []), *places),
        path=path_of(gtin, batch, ""),
    )


def uri_of(gtin: str, batch: str, serial: str) -> str:
    """The canonical name of what a page is about; empty for the product alone."""
    if serial:
        return item_uri(gtin, serial)
    return batch_uri(gtin, batch) if batch else ""
