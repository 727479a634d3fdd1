"""What people can see of declarations. Who may see what is decided here, inside the query."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, Min, Q, QuerySet
from django.db.models.functions import Cast, Extract, Floor

from guomen.clearance.models import Container, Decision, Declaration, Document, Draft, Licence, LicenceUse, Line
from guomen.clearance.rules import which_units
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.parties.actors import Actor
from guomen.risk.services import seed_of

MOST_LISTED = 100
OFFICERS = ("inspector", "controller", "certifier")


def _visible(by: Actor) -> QuerySet[Declaration]:
    rows = Declaration.objects.select_related("organisation", "importer")
    if by.is_authority and by.has(*OFFICERS, "read"):
        return rows
    if by.organisation_id and by.has("declarant", "read"):
        return rows.filter(Q(organisation=by.organisation_id) | Q(importer=by.organisation_id))
    raise Forbidden


def _complete(rows: Iterable[Declaration]) -> list[Declaration]:
    """Attach lines (with their newest decision), containers and documents, in one query each."""
    found = list(rows)
    numbers = [d.number for d in found]
    lines: dict[str, list[Line]] = {n: [] for n in numbers}
    newest: dict[tuple[str, int], Decision] = {}
    for decision in Decision.objects.filter(declaration__in=numbers).order_by("sequence"):
        newest[decision.declaration, decision.line] = decision
    for line in Line.objects.select_related("importer").filter(declaration__in=numbers).order_by("number"):
        line.decision = newest.get((line.declaration, line.number))
        lines[line.declaration].append(line)
    for d in found:
        d.line_list, d.container_list, d.document_list = lines[d.number], [], []
    of = {d.number: d for d in found}
    for box in Container.objects.filter(declaration__in=numbers).order_by("number"):
        of[box.declaration].container_list.append(box)
    for document in Document.objects.filter(declaration__in=numbers).order_by("position"):
        of[document.declaration].document_list.append(document)
    return found


def declarations(by: Actor, limit: int = MOST_LISTED, find: str = "") -> list[Declaration]:
    """The newest declarations: all for the authority, for a firm its own as declarant or importer.

    ``find``: only those with this in their number, or with this bill of lading, contract or container.
    """
    rows = _visible(by)
    if find:
        boxes = Container.objects.filter(number=find.upper().replace(" ", "")).values("declaration")
        named = Q(bill_number__iexact=find) | Q(contract_number__iexact=find) | Q(number__in=boxes)
        rows = rows.filter(Q(number__contains=find) | named)
    return _complete(rows.order_by("-lodged_at", "-number")[:limit])


def declaration(by: Actor, number: str) -> Declaration:
    """One declaration with ``line_list``, ``container_list``, ``document_list``. Raises NotFound, also for others'."""
    found = _complete(_visible(by).filter(number=number))
    if not found:
        raise NotFound
    return found[0]


def document(by: Actor, number: str, sha256: str) -> tuple[bytes, str]:
    """The bytes and file name of a document of a declaration that the actor may see. Raises NotFound."""
    for one in declaration(by, number).document_list:
        if one.sha256 and one.sha256 == sha256:
            return blobs.get(sha256), one.filename
    raise NotFound


def decisions(by: Actor, number: str, line: int) -> list[Decision]:
    """Every decision about a line, oldest first, for who may see its declaration."""
    declaration(by, number)
    return list(Decision.objects.filter(declaration=number, line=line).order_by("sequence"))


def drafts(by: Actor) -> list[Draft]:
    """Unfinished declarations of the actor's organisation, newest first."""
    by.require("declarant")
    return list(Draft.objects.filter(organisation=by.organisation_id).order_by("-updated_at")[:100])


def draft(by: Actor, id: UUID | str) -> Draft:
    """One draft of the actor's organisation. Raises NotFound."""
    by.require("declarant")
    found = Draft.objects.filter(id=id, organisation=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found


def line_by_subject(subject: str) -> Line | None:
    """The line that a subject names, without authorisation: for other capabilities."""
    number, _, line = subject.removeprefix("urn:guomen:line:").partition("/")
    if not (number.isdigit() and line.isdigit()):
        return None
    return Line.objects.select_related("importer", "organisation").filter(declaration=number, number=line).first()


def declaration_of(line: Line) -> Declaration:
    """The declaration of a line, without authorisation: for other capabilities."""
    return Declaration.objects.select_related("organisation", "importer").get(number=line.declaration)


def units_to_open(by: Actor, subject: str) -> list[int]:
    """Which units of a line to open, counted from 1, for officers: the same on every call, by the committed seed."""
    by.require_officer(*OFFICERS)
    line = line_by_subject(subject)
    if line is None:
        raise NotFound
    decided = Decision.objects.filter(declaration=line.declaration, line=line.number, via="rules")
    first = decided.order_by("-sequence").first()
    if first is None:
        raise NotFound
    day = date.fromisoformat(first.facts["draw"])
    return which_units(subject, first.facts["population"], first.facts["open_units"], seed_of(day))


def lines_to_decide(by: Actor, limit: int = 200) -> list[Line]:
    """What the control room decides next: held lines first, then what waits for an officer, by arrival and risk."""
    by.require_officer("controller", "inspector")
    rows = Line.objects.select_related("importer").filter(state__in=["held", "to_inspect", "sampled"])
    rank = {"held": 0, "to_inspect": 1, "sampled": 2}
    found = list(rows.order_by("arrives_at")[: limit * 5])
    return sorted(found, key=lambda x: (rank[x.state], -x.score, x.arrives_at))[:limit]


def released_batch(gtin: str, batch: str) -> list[Line]:
    """Released lines of a batch (an empty batch: every batch of the product), for recalls."""
    rows = Line.objects.select_related("importer").filter(gtin=gtin.zfill(14), state="released")
    return list(rows.filter(batch=batch) if batch else rows)


def port_numbers() -> dict[str, Any]:
    """Numbers of the control room: lines by state, oldest waiting arrival, arriving in 24 hours."""
    at = now()
    open_ = ~Q(state__in=["released", "refused"])
    numbers: dict[str, Any] = dict(Line.objects.filter(open_).values_list("state").annotate(n=Count("number")))
    day = Q(decided_at__gt=at - timedelta(hours=24))
    ended = Line.objects.filter(day, state__in=["released", "refused"]).values_list("state").annotate(n=Count("number"))
    return {
        "to_inspect": numbers.get("to_inspect", 0),
        "sampled": numbers.get("sampled", 0),
        "held": numbers.get("held", 0),
        "screened": numbers.get("screened", 0),
        "released_24h": dict(ended).get("released", 0),
        "refused_24h": dict(ended).get("refused", 0),
        "oldest_held_at": Line.objects.filter(state="held").aggregate(at=Min("decided_at"))["at"],
        "arriving_24h": Declaration.objects.filter(arrives_at__range=(at, at + timedelta(hours=24))).count(),
    }


def arriving(by: Actor, hours: int = 24) -> list[dict[str, int]]:
    """Lines that arrive in each of the next hours, by state: how many. For the control room."""
    by.require("controller")
    at = now()
    found: list[dict[str, int]] = [{} for _ in range(hours)]
    soon = Q(arrives_at__gte=at, arrives_at__lt=at + timedelta(hours=hours))
    # By way of the declarations, which have an index by arrival.
    rows = Line.objects.filter(soon, declaration__in=Declaration.objects.filter(soon).values("number"))
    slot = Cast(Floor(Extract(F("arrives_at") - at, "epoch") / 3600), IntegerField())
    for hour, state, count in rows.annotate(slot=slot).values_list("slot", "state").annotate(n=Count("number")):
        found[hour][state] = count
    return found


AGES = (4, 24, 72)
"""Hours at which the wait of a line changes its colour on the page."""


def waiting(by: Actor) -> dict[str, list[int]]:
    """Lines that wait, by state, by age of the last decision: under 4 h, 24 h, 3 days, more. For the control room."""
    by.require("controller")
    at = now()
    bounds = [at, *(at - timedelta(hours=h) for h in AGES), None]
    ages = {}
    for n, (younger, older) in enumerate(pairwise(bounds)):
        age = Q(decided_at__lte=younger) & (Q(decided_at__gt=older) if older else Q())
        ages[f"a{n}"] = Count("number", filter=age)
    open_ = Line.objects.filter(state__in=["held", "to_inspect", "sampled"], arrives_at__lte=at)
    found = {row.pop("state"): list(row.values()) for row in open_.values("state").annotate(**ages)}
    return {state: found.get(state, [0] * len(ages)) for state in ("held", "to_inspect", "sampled")}


def licences(by: Actor, limit: int = 200) -> list[Licence]:
    """Licences with their balances: all for the authority, its own for a firm."""
    if by.is_authority and by.has("controller", "certifier", "inspector", "read"):
        rows = Licence.objects.all()
    elif by.organisation_id and by.has("declarant", "read"):
        rows = Licence.objects.filter(organisation=by.organisation_id)
    else:
        raise Forbidden
    return list(rows.select_related("organisation").order_by("valid_until", "key")[:limit])


def licence_uses(by: Actor, key: str) -> list[LicenceUse]:
    """What was taken from one licence and given back, oldest first. Raises NotFound."""
    if key not in {x.key for x in licences(by, 10_000)}:
        raise NotFound
    return list(LicenceUse.objects.filter(licence=key).order_by("sequence"))
