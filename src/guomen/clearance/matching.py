"""What else speaks of the declared goods: seals, certificates, earlier lots, other declarations; scored and explained.

For officers. Whole identifiers find it; what only resembles is shown as a suggestion and decides nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from guomen.certificates import queries as certificates
from guomen.certificates.models import Certificate, ForeignCertificate
from guomen.clearance import queries
from guomen.clearance.models import Container, Declaration, Line
from guomen.clearance.rules.matching import Match, Traits, compare, number
from guomen.core import ephyto
from guomen.kit import blobs
from guomen.parties.actors import Actor
from guomen.seals import queries as seals

LATELY, EARLIER = timedelta(days=60), timedelta(days=365)
"""How far back other declarations of the same transport, and earlier lots of a batch, are looked for. House rules."""
MOST = 200
OF_TRADE = {"101001", "101002", "101004", "101005", "101039"}
"""Contract, invoice, packing list, bill of lading, authorisation: papers between firms, which no issuer confirms."""
KILOGRAMS = {
    "KGM": Decimal(1),
    "GRM": Decimal("0.001"),
    "TNE": Decimal(1000),
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "t": Decimal(1000),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that speaks of goods. ``kind``: seal, certificate, foreign, lot or transport.

    ``of``: the line that it was made for or attached to; 0 where it speaks of the whole consignment; None: to be found.
    """

    kind: str
    name: str
    says: Traits
    at: datetime | None = None
    state: str = ""
    declaration: str = ""
    line: int = 0
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of evidence with the lines that it fits best (all of the declaration where it names none)."""

    evidence: Evidence
    lines: tuple[int, ...]
    match: Match


@dataclass(frozen=True, slots=True)
class Matches:
    """Everything found, the surest first; and papers that are only stated: kind and number that nothing here knows."""

    found: tuple[Found, ...]
    unconfirmed: tuple[tuple[str, str], ...]


def of(by: Actor, declaration: str) -> Matches:
    """What else speaks of a declaration's goods. For officers. Raises Forbidden, NotFound."""
    by.require(*queries.OFFICERS)
    one = queries.declaration(by, declaration)
    sides = _sides(one)
    found = [
        _best(evidence, sides)
        for evidence in (*_seals(one), *_ours(one), *_foreign(one), *_lots(one), *_transport(one))
    ]
    known = {n for f in found if f.evidence.kind in ("certificate", "foreign") for n in f.evidence.says.numbers}
    unconfirmed = [
        (d.kind, d.number)
        for d in one.document_list
        if d.number and d.kind not in OF_TRADE and number(d.number) not in known
    ]
    shown = [f for f in found if f.match.suggested or f.evidence.kind != "lot"]
    ranked = sorted(shown, key=lambda f: (-f.match.certain, -f.match.score, f.evidence.kind, f.evidence.name))
    return Matches(tuple(ranked), tuple(unconfirmed))


def _sides(one: Declaration) -> dict[tuple[int, ...], Traits]:
    """What is declared: of each line, of lines of one kind of goods together, and of all of them."""
    together: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in one.line_list:
        together[line.hs_code[:6], line.origin].append(line)
    groups = [[line] for line in one.line_list] + [g for g in together.values() if len(g) > 1] + [list(one.line_list)]
    return {tuple(line.number for line in group): _declared(one, group) for group in groups}


def _declared(one: Declaration, lines: Sequence[Line]) -> Traits:
    def shared(name: str) -> str:
        values = {getattr(line, name) for line in lines}
        return values.pop() if len(values) == 1 else ""

    unit = shared("unit")
    return Traits(
        numbers=frozenset(number(d.number) for d in one.document_list if d.number),
        containers=frozenset(c.number for c in one.container_list),
        seals=frozenset(number(c.seal) for c in one.container_list if c.seal),
        bills=frozenset({number(one.bill_number)}),
        gtin=shared("gtin"),
        batch=shared("batch"),
        hs=frozenset(line.hs_code for line in lines),
        origins=frozenset(line.origin for line in lines),
        names=frozenset(n for line in lines for n in (line.maker_name, one.consignor_name) if n),
        net_kg=sum((line.net_weight_kg for line in lines), Decimal(0)),
        quantity=sum((line.quantity for line in lines), Decimal(0)) if unit else None,
        unit=unit,
    )


def _best(evidence: Evidence, sides: dict[tuple[int, ...], Traits]) -> Found:
    """The lines that evidence fits best: the highest score, then the fewest lines."""
    matched = {lines: compare(declared, evidence.says) for lines, declared in sides.items()}
    if evidence.of is not None:
        every = max(matched, key=len)
        matched = {x: m for x, m in matched.items() if (x == every if evidence.of == 0 else evidence.of in x)}
        if evidence.of:
            matched = {x: replace(m, certain=True) for x, m in matched.items()}
    lines = max(matched, key=lambda x: (matched[x].certain, matched[x].score, matched[x].compared, -len(x)))
    return Found(evidence, lines, matched[lines])


def _seals(one: Declaration) -> Iterator[Evidence]:
    for box in one.container_list:
        if (journey := seals.journey(box.number)) is not None:
            says = Traits(containers=frozenset({journey.container}), seals=frozenset({number(journey.seal)}))
            yield Evidence("seal", journey.seal, says, journey.armed_at, journey.tone, of=0)


def _ours(one: Declaration) -> Iterator[Evidence]:
    """Our own certificates: on these lines, and those that the declaration names by number."""
    named = Certificate.objects.filter(number__in=[d.number.strip().upper() for d in one.document_list if d.number])
    rows = {c.number: c for c in (*certificates.of_subject(*(x.subject for x in one.line_list)), *named)}
    of_line = {x.subject: x.number for x in one.line_list}
    for found in rows.values():
        about = of_line.get(found.subject)
        yield Evidence(
            "certificate", found.number, _stated(found), found.signed_at, certificates.state(found), of=about
        )


def _stated(found: Certificate) -> Traits:
    facts = found.facts
    return Traits(
        numbers=frozenset({number(found.number)}),
        batch=_text(facts.get("batch")),
        net_kg=_kilograms(facts.get("net_weight")),
        origins=frozenset({facts["origin"]["code"]} if isinstance(facts.get("origin"), dict) else ()),
    )


def _text(value: Any) -> str:
    return str(value.get("en", "")) if isinstance(value, dict) else str(value or "")


def _kilograms(value: Any) -> Decimal | None:
    if not isinstance(value, dict) or value.get("unit") not in KILOGRAMS:
        return None
    return Decimal(str(value["value"])) * KILOGRAMS[value["unit"]]


def _foreign(one: Declaration) -> Iterator[Evidence]:
    """Certificates of others that are attached to a line; of an ePhyto also what goods it speaks of."""
    of_line = {line.subject: line.number for line in one.line_list}
    rows = ForeignCertificate.objects.filter(subject__in=of_line).order_by("received_at", "id")[:MOST]
    for row in rows:
        says, name = Traits(), row.filename or row.digest[:12]
        if row.form == "xml":
            says, name = _phyto(ephyto.read(blobs.get(row.digest)))
        line = of_line[row.subject]
        yield Evidence("foreign", name, says, row.received_at, row.verdict, one.number, line, of=line)


def _phyto(paper: ephyto.PhytoCertificate) -> tuple[Traits, str]:
    weights = [
        _kilograms({"value": item.net.value, "unit": item.net.unit}) if item.net else None for item in paper.items
    ]
    says = Traits(
        numbers=frozenset({number(paper.number)}),
        hs=frozenset(item.hs_code.replace(".", "") for item in paper.items if item.hs_code),
        origins=frozenset(item.origin for item in paper.items),
        names=frozenset({paper.exporter.name}),
        net_kg=sum((w for w in weights if w is not None), Decimal(0)) if all(w is not None for w in weights) else None,
    )
    return says, paper.number


def _lots(one: Declaration) -> Iterator[Evidence]:
    """Earlier lines of the same batch of the same product or maker, with what became of them."""
    wanted = Q()
    for line in one.line_list:
        if line.batch:
            # Without a product's number, of this importer only: a batch number alone says little.
            own = Q(importer=line.importer_id, hs_code=line.hs_code, maker_name=line.maker_name)
            wanted |= (Q(gtin=line.gtin) if line.gtin else own) & Q(batch=line.batch)
    if not wanted:
        return
    earlier = Line.objects.filter(wanted, lodged_at__gte=one.lodged_at - EARLIER).exclude(declaration=one.number)
    for line in earlier.order_by("-lodged_at")[:MOST]:
        says = Traits(
            gtin=line.gtin,
            batch=line.batch,
            hs=frozenset({line.hs_code}),
            origins=frozenset({line.origin}),
            names=frozenset({line.maker_name}),
        )
        name = f"{line.declaration}/{line.number}"
        yield Evidence("lot", name, says, line.decided_at, line.state, line.declaration, line.number)


def _transport(one: Declaration) -> Iterator[Evidence]:
    """Other declarations of the same bill of lading or container: lots that were split, or goods declared twice."""
    boxes = [c.number for c in one.container_list]
    shared = Container.objects.filter(number__in=boxes).exclude(declaration=one.number).values("declaration")
    lately = (one.lodged_at - LATELY, one.lodged_at + LATELY)
    near = Declaration.objects.filter(lodged_at__range=lately).exclude(number=one.number)
    # Two questions, each with an index of its own.
    others = {d.number: d for d in near.filter(importer=one.importer_id, bill_number=one.bill_number)[:MOST]}
    others |= {d.number: d for d in near.filter(number__in=shared)[:MOST]}
    of_other = _boxes(others.values())
    for other in others.values():
        says = Traits(bills=frozenset({number(other.bill_number)}), containers=frozenset(of_other[other.number]))
        yield Evidence("transport", other.number, says, other.lodged_at, "", other.number, of=0)


def _boxes(declarations: Iterable[Declaration]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {d.number: [] for d in declarations}
    for box in Container.objects.filter(declaration__in=found):
        found[box.declaration].append(box.number)
    return found
