"""Lodge declarations and screen every line, in one transaction; one declaration or thousands take the same path."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from guomen.adoption.services import Taken, use_evidence
from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.clearance import known, rules
from guomen.clearance.form import SAY, Form, read
from guomen.clearance.models import Container, Decision, Declaration, Document, Draft, Line, Shadow, Upload
from guomen.clearance.services.papers import declarant
from guomen.clearance.shadows import brief, difference
from guomen.core.codes import valid_uscc
from guomen.core.gs1 import to_digital_link
from guomen.inspection import services as inspection
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.kit.ids import Subject
from guomen.kit.sql import insert_rows
from guomen.kit.words import W
from guomen.ledger.services import Draft as Entry
from guomen.ledger.services import append_many, plain
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.risk.services import committed_seed
from guomen.tags import services as tags

CUSTOMS = "2248"
"""The customs district in whose name numbers are given: Yangshan."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A line with its decision and the facts under it."""

    line: Line
    decision: rules.LineDecision
    facts: Mapping[str, Any]
    pack: str
    """The version of the rule pack that counted."""
    shadow: Shadow | None = None
    """What the pack that is tried beside it would have decided, where that differs."""


def check(payload: Any) -> list[Problem]:
    """Everything wrong with a payload, each problem at its field; nothing is stored."""
    form = read(payload)
    _check_importers([form])
    return form.problems


def lodge(by: Actor, payload: Any, draft_id: UUID | str | None = None) -> Declaration:
    """Lodge one declaration and screen its lines; a draft that it came from is removed. Raises Invalid, Forbidden."""
    if draft_id is None:
        return lodge_many(by, [payload])[0]
    with transaction.atomic():
        declaration = lodge_many(by, [payload])[0]
        Draft.objects.filter(id=draft_id, organisation=by.organisation).delete()
    return declaration


@transaction.atomic
def lodge_many(by: Actor, payloads: Sequence[Any]) -> list[Declaration]:
    """Lodge a batch, all or nothing; every declaration has its ``line_list``.

    Problems of payload 3 are at fields ``3.lines.0.gtin`` when there are several.
    """
    organisation = declarant(by)
    forms = [read(payload) for payload in payloads]
    importers = _check_importers(forms)
    _check_documents(organisation, forms)
    _raise_problems(forms)
    at = now()
    numbers = _numbers(len(forms), at)
    consignments = [
        _rows(by, form, number, at, importers.get(form.header["importer_code"], organisation))
        for form, number in zip(forms, numbers, strict=True)
    ]
    screened = screen(consignments, at)
    _store(consignments)
    _decide(by, screened, at)
    use_evidence(by, _taken(screened))
    append_many(list(_entries(forms, consignments, screened)), by)
    _order_inspections(by, consignments, screened)
    _activate_tags(by, screened, at)
    for c in consignments:
        c.declaration.line_list = list(c.lines)
    return [c.declaration for c in consignments]


def _raise_problems(forms: Sequence[Form]) -> None:
    several = len(forms) > 1
    problems = [
        Problem(f"{i}.{p.field}" if several else p.field, p.code, p.words, p.values)
        for i, form in enumerate(forms)
        for p in form.problems
    ]
    if problems:
        raise Invalid(problems)


def _check_importers(forms: Sequence[Form]) -> dict[str, Organisation]:
    wanted = {f.header.get("importer_code") for f in forms} - {"", None}
    found = {o.code: o for o in Organisation.objects.filter(code__in=wanted)}
    for form in forms:
        code = form.header.get("importer_code")
        if code and code not in found and not valid_uscc(code):
            form.wrong("importer_code", "unknown-importer")
    return found


def _check_documents(organisation: Organisation, forms: Sequence[Form]) -> None:
    wanted = {d["sha256"] for f in forms for d in f.documents if d.get("sha256")}
    if not wanted:
        return
    found = Upload.objects.filter(organisation=organisation, sha256__in=wanted)
    names = dict(found.values_list("sha256", "filename"))
    for form in forms:
        for i, d in enumerate(form.documents):
            if d.get("sha256") and d["sha256"] not in names:
                form.problems.append(Problem(f"documents.{i}.sha256", "unknown-document", SAY["unknown-document"]))
            elif d.get("sha256"):
                d["filename"] = names[d["sha256"]]


def _numbers(count: int, at: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('clearance_number') FROM generate_series(1, %s)", [count])
        return [f"{CUSTOMS}{at.year:04d}1{row[0]:09d}" for row in cursor.fetchall()]


def _rows(by: Actor, form: Form, number: str, at: datetime, importer: Organisation) -> known.Consignment:
    assert by.organisation is not None
    owners = {"organisation": by.organisation, "importer": importer}
    declaration = Declaration(number=number, person=by.person_id, lodged_at=at, **owners, **form.header)
    header = {k: form.header[k] for k in ("departure_country", "arrives_at")}
    lines = [
        Line(declaration=number, number=i, lodged_at=at, decided_at=at, **owners, **header, **values)
        for i, values in enumerate(form.lines, 1)
    ]
    containers = [Container(declaration=number, **c) for c in form.containers]
    documents = [Document(declaration=number, position=i, **d) for i, d in enumerate(form.documents, 1)]
    registered = importer.code == form.header["importer_code"]
    return known.Consignment(declaration, lines, containers, documents, importer.credit_class if registered else "B")


def screen(consignments: Sequence[known.Consignment], at: datetime) -> list[Screened]:
    """Decide about every line by the rules; changes the rows in memory only."""
    seed = committed_seed(at.date())
    looked_up = known.gather(consignments, at, lock=True)
    found = []
    packs = looked_up.packs
    for c in consignments:
        for line in c.lines:
            pack, other = packs.of(line.subject), packs.other(line.subject)
            assessed = known.assess(line, c, looked_up, pack)
            decision = rules.decide(assessed.facts, seed)
            shadow = None
            if other is not None:
                there = known.assess(line, c, looked_up, other)
                ours = brief(decision, assessed.score.points)
                theirs = brief(rules.decide(there.facts, seed), there.score.points)
                shadow = difference(line, at, pack.version, other.version, ours, theirs)
            line.state, line.mode, line.level = decision.state, decision.mode, decision.level
            line.score, line.reasons = assessed.score.points, [r.plain() for r in decision.reasons]
            line.released_at = at if decision.state == "released" else None
            kept = plain(known.plain_facts(assessed, at.date()) | _units(decision))
            found.append(Screened(line, decision, kept, pack.version, shadow))
            if decision.proof:
                looked_up.adopted.take(known.lot_of(line), decision.proof, line.quantity)
    return found


def _taken(screened: Iterable[Screened]) -> list[Taken]:
    """What the lines write off of results that were found elsewhere."""
    using = [(s.line, s.decision.proof) for s in screened if s.decision.proof]
    return [
        Taken(known.lot_of(line), proof, line.declaration, line.number, line.subject, line.quantity)
        for line, proof in using
    ]


def _units(decision: rules.LineDecision) -> dict[str, Any]:
    return {
        "checks": list(decision.checks),
        "checklist": decision.checklist,
        "open_units": decision.open_units,
        "sample_units": decision.sample_units,
        "panel": decision.panel,
        "probability": decision.probability,
        "drawn_at": decision.drawn_at,
    }


def _store(consignments: Sequence[known.Consignment]) -> None:
    insert_rows([c.declaration for c in consignments])
    insert_rows([line for c in consignments for line in c.lines])
    insert_rows([box for c in consignments for box in c.containers])
    insert_rows([d for c in consignments for d in c.documents])


def _decide(by: Actor, screened: Sequence[Screened], at: datetime) -> None:
    decisions = [
        Decision(
            declaration=s.line.declaration,
            line=s.line.number,
            sequence=1,
            state=s.line.state,
            mode=s.line.mode,
            level=s.line.level,
            reasons=s.line.reasons,
            rule_pack=s.pack,
            facts=s.facts,
            decided_at=at,
            person=None,
            via="rules",
        )
        for s in screened
    ]
    insert_rows(decisions)
    insert_rows([s.shadow for s in screened if s.shadow])


def goods_subject(line: Line) -> str:
    """The product or batch as a Digital Link, or empty without a GTIN."""
    if not line.gtin:
        return ""
    lot = (("10", line.batch),) if line.batch else ()
    return str(to_digital_link((("01", line.gtin), *lot)))


def line_subjects(line: Line) -> list[str]:
    """What entries about a line are about: the line, its declaration, its batch."""
    return [s for s in (line.subject, Subject.declaration(line.declaration), goods_subject(line)) if s]


def line_facts(line: Line, pack: str) -> dict[str, Any]:
    """What every entry about a decision on a line says; ``pack``: the version of the rule pack that counted."""
    return {
        "state": line.state,
        "mode": line.mode,
        "level": line.level,
        "reasons": line.reasons,
        "rule_pack": pack,
        "gtin": line.gtin,
        "batch": line.batch,
        "hs": line.hs_code,
        "origin": line.origin,
        "quantity": line.quantity,
        "unit": line.unit,
    }


def _entries(
    forms: Sequence[Form], consignments: Sequence[known.Consignment], screened: Sequence[Screened]
) -> Iterable[Entry]:
    places = {c.declaration.number: c.declaration.arrival_port for c in consignments}
    for form, c in zip(forms, consignments, strict=True):
        d = c.declaration
        subjects = [Subject.declaration(d.number), *(Subject.container(box.number) for box in c.containers)]
        yield Entry("declaration.lodged", subjects, _lodged(c, content_hash(form)))
    for s in screened:
        yield Entry("line.screened", line_subjects(s.line), line_facts(s.line, s.pack) | dict(s.facts))
    for s in screened:
        kind = {"released": "line.released", "held": "line.held"}.get(s.line.state)
        if kind:
            place = {"place": places[s.line.declaration]}
            yield Entry(kind, line_subjects(s.line), line_facts(s.line, s.pack) | place)


def _lodged(c: known.Consignment, digest: str) -> dict[str, Any]:
    d = c.declaration
    return {
        "number": d.number,
        "importer": d.importer_id,
        "importer_code": d.importer_code,
        "lines": len(c.lines),
        "containers": [box.number for box in c.containers],
        "departure_country": d.departure_country,
        "departure_port": d.departure_port,
        "arrival_port": d.arrival_port,
        "arrives_at": d.arrives_at,
        "documents": [x.sha256 for x in c.documents if x.sha256],
        "content_sha256": digest,
    }


def _exact(value: Any) -> str:
    """Decimals without trailing zeros, so that the hash can be repeated from what the database holds."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(type(value).__name__)


def content_hash(form: Form) -> str:
    """SHA-256 of everything that was declared, in sorted keys."""
    whole = {"header": form.header, "lines": form.lines, "containers": form.containers, "documents": form.documents}
    return hashlib.sha256(orjson.dumps(whole, default=_exact, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _order_inspections(by: Actor, consignments: Sequence[known.Consignment], screened: Sequence[Screened]) -> None:
    selected = [s for s in screened if s.line.state == "to_inspect"]
    if not selected:
        return
    of = {c.declaration.number: c for c in consignments}
    named = products(s.line.gtin for s in selected if s.line.gtin)
    orders = [new_order(s.line, s.decision, of[s.line.declaration], named, s.pack) for s in selected]
    inspection.create_orders(by, orders)


def goods_words(line: Line, named: Mapping[str, Any]) -> W:
    """What an inspector reads: the registered name in both languages, else the declared name beside the heading's."""
    product = named.get(line.gtin)
    if product is not None:
        return W(product.name_en, product.name_zh)
    heading = codes.table("hs").get(line.hs_code)
    return W(line.name, line.name if heading is None or not line.name.isascii() else f"{heading.zh}（{line.name}）")


def new_order(
    line: Line, d: rules.LineDecision, c: known.Consignment, named: Mapping[str, Any], pack: str
) -> inspection.NewOrder:
    """The instruction to inspect a line, with the checklist as the version ``pack`` of the rule pack has it."""
    box = c.containers[0] if c.containers else None
    return inspection.NewOrder(
        subject=line.subject,
        declaration=line.declaration,
        line=line.number,
        goods=goods_words(line, named),
        checklist=d.checklist,
        open_units=d.open_units,
        population=d.population,
        sample_units=d.sample_units,
        panel=d.panel,
        reasons=[r.plain() for r in d.reasons],
        place=c.declaration.goods_place[:60],
        due_at=c.declaration.arrives_at + rules.INSPECT_WITHIN,
        container=box.number if box else "",
        seal=box.seal if box else "",
        rule_pack=pack,
    )


def _activate_tags(by: Actor, screened: Iterable[Screened], at: datetime) -> None:
    # Tags can be ordered only for goods with GTIN and batch: nobody else needs to remember the release.
    tagged = [s.line for s in screened if s.line.state == "released" and s.line.gtin and s.line.batch]
    if tagged:
        tags.activate_many(by, subjects=[line.subject for line in tagged], at=at)
