"""Lodge declarations and screen every line, in one transaction; one declaration or thousands take the same path."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.clearance.form import SAY, Form, read
from guomen.clearance.models import Declaration, Draft, Upload
from guomen.clearance.services import licences, retail
from guomen.clearance.services.again import Earlier
from guomen.clearance.services.papers import declarant
from guomen.clearance.services.rows import content_hash, numbers, rows, store
from guomen.clearance.services.screening import lodged_entry, screen, settle
from guomen.core.codes import valid_uscc
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation


def check(payload: Any, by: Actor | None = None, amends: str = "") -> list[Problem]:
    """Everything wrong with a payload, each problem at its field; nothing is stored.

    With the declarant ``by`` also what licences and documents say. ``amends``: a declaration of theirs whose place it
    would take: who bought its orders is known.
    """
    own = by is not None and amends and Declaration.objects.filter(number=amends, organisation=by.organisation).exists()
    form = read(retail.named(payload, retail.carried([amends])) if own else payload)
    importers = check_importers([form])
    if by is not None and by.organisation is not None:
        check_documents(by.organisation, [form])
        licences.check([form], importers, by.organisation)
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
    return lodge_forms(by, [read(payload) for payload in payloads])


def lodge_forms(
    by: Actor,
    forms: Sequence[Form],
    earlier: Sequence[Mapping[int, Earlier]] = (),
    orders: Mapping[str, retail.Carried] | None = None,
) -> list[Declaration]:
    """:func:`lodge_many` for what has been read; in the caller's transaction.

    ``earlier``: for each form what the declarations before it said of its lines, by their numbers in it. ``orders``:
    those that stood on declarations whose place these take.
    """
    organisation = declarant(by)
    importers = check_importers(forms)
    check_documents(organisation, forms)
    licences.check(forms, importers, organisation)
    raise_problems(forms)
    at = now()
    consignments = [
        rows(by, organisation, form, number, at, importers.get(form.header["importer_code"], organisation))
        for form, number in zip(forms, numbers([f.header["direction"] for f in forms], at), strict=True)
    ]
    retail.spend(forms, consignments, orders)
    taken = licences.take(forms, consignments)
    raise_problems(forms)
    bound = {
        line.subject: said[line.number]
        for c, said in zip(consignments, earlier, strict=False)
        for line in c.lines
        if line.number in said
    }
    screened = screen(consignments, at, bound)
    store(consignments)
    told = [
        lodged_entry("declaration.lodged", c, content_hash(form)) for form, c in zip(forms, consignments, strict=True)
    ]
    settle(by, consignments, screened, [*told, *taken], at)
    for c in consignments:
        c.declaration.line_list = list(c.lines)
    return [c.declaration for c in consignments]


def raise_problems(forms: Sequence[Form]) -> None:
    """Raise Invalid when anything is wrong with any form."""
    several = len(forms) > 1
    problems = [
        Problem(f"{i}.{p.field}" if several else p.field, p.code, p.words, p.values)
        for i, form in enumerate(forms)
        for p in form.problems
    ]
    if problems:
        raise Invalid(problems)


def check_importers(forms: Sequence[Form]) -> dict[str, Organisation]:
    """Registered importers and exporters by their codes; unknown codes become problems."""
    wanted = {f.header.get("importer_code") for f in forms} - {"", None}
    found = {o.code: o for o in Organisation.objects.filter(code__in=wanted)}
    for form in forms:
        code = form.header.get("importer_code")
        if code and code not in found and not valid_uscc(code):
            form.wrong("importer_code", "unknown-importer")
    return found


def check_documents(organisation: Organisation, forms: Sequence[Form]) -> None:
    """Every file that is named was attached by this firm; its name comes from there."""
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
