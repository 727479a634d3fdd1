"""A product's or batch's page as values, and what it shares with an item's: goods, names, certificates."""

from dataclasses import dataclass, field
from datetime import datetime

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
from guomen.kit.clock import now
from guomen.kit.words import W
from guomen.tags.scheme import batch_uri, item_uri
from guomen.warning.models import Recall
from guomen.warning.queries import recall_for


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate with its present state."""

    certificate: Certificate
    title: W
    state: str


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


def _advice(recall: Recall) -> tuple[W, ...]:
    return tuple(W(a["en"], a["zh"]) for a in recall.advice) or wording.ADVICE_RECALLED


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
        advice=_advice(recall) if recall else (),
        released=[(line, places[line.subject]) for line in released],
        papers=papers_of(*([batch_uri(gtin, batch)] if batch else []), *places),
        path=path_of(gtin, batch, ""),
    )


def uri_of(gtin: str, batch: str, serial: str) -> str:
    """The canonical name of what a page is about; empty for the product alone."""
    if serial:
        return item_uri(gtin, serial)
    return batch_uri(gtin, batch) if batch else ""
