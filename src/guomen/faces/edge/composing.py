"""What the public may know of a range of tags, put together from clearance, inspection, seals, trace and certificates.

One composition for every item of the range; what is an item's own (serial, state, sale, scans) is added when it is
looked at. Facts are plain JSON with words in both languages.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from guomen.catalogue.queries import product
from guomen.clearance.models import Line
from guomen.core.gs1 import to_digital_link
from guomen.faces.consumer import timeline
from guomen.faces.consumer.as_json import papers_shown, plain, recall_shown
from guomen.faces.consumer.view_model import Goods, Paper, goods_of, maker_of, name_of, papers_of, picture_of
from guomen.inspection import queries as inspection
from guomen.kit.clock import now
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.queries import history, prove
from guomen.ledger.services import subject_key
from guomen.tags.keys import retired_at
from guomen.tags.models import Activation, Range
from guomen.tags.scheme import batch_uri
from guomen.warning.models import Recall

DECISIONS = frozenset({"line.released", "line.refused"})


class Lot(NamedTuple):
    """What the facts of a range depend on. A consignment has many ranges that agree in it: they are composed once."""

    subject: str
    gtin: str
    batch: str
    organisation_id: UUID
    produced_on: date | None
    expires_on: date | None
    key_version: int
    state: str
    markets: tuple[str, ...]
    has_inner_codes: bool

    @classmethod
    def of(cls, one: Range, *, has_inner_codes: bool) -> "Lot":
        same = [getattr(one, name) for name in cls._fields[:-2]]
        return cls(*same, tuple(one.markets), has_inner_codes)


@dataclass(frozen=True, slots=True)
class Composed:
    """Facts of a range, the certificates behind them, when they change by the clock alone, and what they are about."""

    values: dict[str, Any]
    papers: list[Paper]
    until: datetime | None
    about: list[str]
    """Subjects whose news may change the facts, beside the range itself."""

    @property
    def facts(self) -> dict[str, Any]:
        return dict(plain(self.values))


def compose(one: Lot) -> Composed:
    """The public facts of ranges, as they are now."""
    goods = goods_of(one.subject)
    line, activation = goods.line, Activation.objects.filter(subject=one.subject).first()
    batch = batch_uri(one.gtin, one.batch)
    checks, site = inspection.checks_of(one.subject), site_of(one.subject)
    papers = papers_of(batch, one.subject)
    facts = {
        "gtin": one.gtin,
        "batch": one.batch,
        "state": one.state,
        "markets": one.markets,
        "goods": str(subject_key(one.subject)),
        "since": activation.since if activation else None,
        "ended": bool(activation and activation.ended_at),
        "activation_at": activation.changed_at if activation else None,
        "refused": line is not None and line.state == "refused",
        "goods_match": line is None or same_goods(one, line),
        "keys_retired": retired_at(one.key_version) is not None,
        "looked": bool(checks or site),
        "claims": one.has_inner_codes,
        "released_at": line.released_at if line else None,
        "place": goods.place,
        "product": identity(one, goods),
        "checks": checks,
        "inspection": site,
        "timeline": timeline.shown(
            timeline.steps("", batch, one.subject, line.declaration if line else "", goods.boxes)
        ),
        "certificates": papers_shown(papers),
        "proofs": proofs(batch, one.subject),
    }
    ends = [p.certificate.valid_until for p in papers if p.certificate.valid_until]
    until = min((end for end in ends if end > now()), default=None)
    about = [one.subject, batch, product_uri(one.gtin), *timeline.carriers(batch)]
    if line:
        about += [Subject.declaration(line.declaration), *(Subject.container(box) for box, _seal in goods.boxes)]
    return Composed(facts, papers, until, about)


def product_uri(gtin: str) -> str:
    return to_digital_link((("01", gtin),))


def identity(one: Lot, goods: Goods) -> dict[str, Any]:
    """What to compare with the pack in the hand."""
    line, known = goods.line, product(one.gtin)
    return {
        "gtin": one.gtin,
        "name": name_of(known, line),
        "maker": maker_of(known, line),
        "importer": W(line.importer.name_en, line.importer.name_zh) if line else None,
        "batch": one.batch,
        "produced_on": one.produced_on or (line.produced_on if line else None),
        "expires_on": one.expires_on or (line.expires_on if line else None),
        "picture": picture_of(known) or None,
    }


def same_goods(one: Lot, line: Line) -> bool:
    """Whether the tags were ordered by who declared the goods, and for these goods."""
    owner = one.organisation_id in {line.organisation_id, line.importer_id}
    return owner and line.gtin in {"", one.gtin} and line.batch in {"", one.batch}


def site_of(subject: str) -> dict[str, Any] | None:
    """The inspection on the spot: date, opened, population, conforming (count), looked (count), rows."""
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


def proofs(*subjects: str) -> dict[str, dict[str, Any]]:
    """Where the newest decision of each kind stands in the public log, by its kind."""
    return {entry.kind: proof_of(entry) for entry in history(*subjects, kinds=DECISIONS)}


def proof_of(entry: Any) -> dict[str, Any]:
    """An entry and, once it has one, its place in the log."""
    found = prove(entry)
    place = {"position": found.position, "size": found.size, "root": found.root} if found else {}
    return {"entry": str(entry.id)} | place


def compose_recall(one: Recall) -> dict[str, Any]:
    """The public facts of a recall, with its place in the log."""
    entries = history(f"urn:guomen:recall:{one.number}", kinds=frozenset({"recall.ordered"}))
    return dict(plain((recall_shown(one) or {}) | {"proof": proof_of(entries[-1]) if entries else None}))
