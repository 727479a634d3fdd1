"""Licences with a quantity: declarations take from them, and the balance never goes below zero.

The rows of licences are locked in the order of their keys, so that two declarations never wait for each other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from guomen.catalogue import codes
from guomen.catalogue.units import convert
from guomen.clearance import known
from guomen.clearance.form import SAY, Form
from guomen.clearance.form.values import BadValueError, amount, code, day, text
from guomen.clearance.models import Licence, LicenceUse
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.sql import insert_rows
from guomen.kit.web import number
from guomen.kit.words import W
from guomen.ledger.services import Draft as Entry
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

PERFORMANCE, USE = "101904", "101901"
"""Documents on the packaging of dangerous goods (Inspection Law of 2021, article 17)."""


def key_of(kind: str, number: str) -> str:
    """The key of a licence by kind and number, as they stand on a declaration."""
    return f"{kind} {''.join(number.split()).upper()}"


def _named(forms: Sequence[Form]) -> Iterator[tuple[Form, int, dict[str, Any], str]]:
    for form in forms:
        for i, d in enumerate(form.documents):
            if d.get("kind") and d.get("number"):
                yield form, i, d, key_of(d["kind"], d["number"])


def check(forms: Sequence[Form], importers: dict[str, Organisation], organisation: Organisation) -> None:
    """Name what is wrong with licences that are registered here; other documents are taken as they are."""
    named = list(_named(forms))
    found = Licence.objects.in_bulk({key for *_, key in named}) if named else {}
    today = timezone.localdate()
    _check_appraisals(named, found)
    for form, i, d, key in named:
        if (licence := found.get(key)) is None:
            continue
        owner = importers.get(form.header.get("importer_code", ""), organisation)
        lines = [form.lines[d["line"] - 1]] if d.get("line") and d["line"] <= len(form.lines) else form.lines
        for name, what, values in _wrong(licence, d, owner, lines, today):
            form.wrong(f"documents.{i}.{name}", what, **values)


def _check_appraisals(named: Sequence[tuple[Form, int, dict[str, Any], str]], found: Mapping[str, Licence]) -> None:
    """A use appraisal of dangerous goods' packaging ends with the performance result that it rests on at the latest."""
    for form, i, d, key in named:
        tests = [found[k] for f, _i, other, k in named if f is form and other["kind"] == PERFORMANCE and k in found]
        use = found.get(key) if d["kind"] == USE else None
        if use and tests and use.valid_until > (last := max(t.valid_until for t in tests)):
            form.wrong(f"documents.{i}.number", "appraisal-too-long", until=last.isoformat())


def _wrong(
    licence: Licence, d: dict[str, Any], owner: Organisation, lines: Sequence[dict[str, Any]], today: date
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    unit = codes.table("unit").get(licence.unit)
    if licence.organisation_id != owner.id:
        yield "number", "licence-of-others", {}
        return
    if not licence.valid_from <= today <= licence.valid_until:
        yield "number", "licence-expired", {}
    if licence.hs_prefix and not all(str(x.get("hs_code", "")).startswith(licence.hs_prefix) for x in lines):
        yield "number", "licence-goods", {}
    if not d.get("quantity"):
        yield "quantity", "licence-quantity", {}
    elif convert(d["quantity"], d.get("unit") or licence.unit, licence.unit) is None:
        yield "unit", "unit-differs", {"unit": unit}
    elif convert(d["quantity"], d.get("unit") or licence.unit, licence.unit) > licence.left:  # type: ignore[operator]
        yield "quantity", "licence-exhausted", {"left": number(licence.left), "unit": unit}


def take(forms: Sequence[Form], consignments: Sequence[known.Consignment]) -> list[Entry]:
    """Take what new declarations use from their licences, in one order of locks; entries that tell of it.

    What is more than is left becomes a problem of its form.
    """
    numbers = {id(form): c.declaration.number for form, c in zip(forms, consignments, strict=True)}
    wanted: dict[str, list[tuple[Form, int, dict[str, Any]]]] = defaultdict(list)
    for form, i, d, key in _named(forms):
        if d.get("quantity"):
            wanted[key].append((form, i, d))
    entries: list[Entry] = []
    for licence in _locked(wanted):
        uses = []
        for form, i, d in wanted[licence.key]:
            quantity = convert(d["quantity"], d.get("unit") or licence.unit, licence.unit)
            assert quantity is not None
            if quantity > licence.left:
                unit = codes.table("unit").get(licence.unit)
                form.wrong(f"documents.{i}.quantity", "licence-exhausted", left=number(licence.left), unit=unit)
                continue
            uses.append((numbers[id(form)], d.get("line") or 0, quantity))
            licence.used += quantity
        entries += _book(licence, uses)
    return entries


def _locked(keys: Any) -> list[Licence]:
    if not keys:
        return []
    return list(Licence.objects.select_for_update().filter(key__in=set(keys)).order_by("key"))


def lock(declaration: str, form: Form) -> None:
    """Lock what an amended declaration gives back and what it takes, in one order: then neither waits for another."""
    before = LicenceUse.objects.filter(declaration=declaration).values_list("licence", flat=True)
    _locked({*before, *(key for *_, key in _named([form]))})


def _book(licence: Licence, uses: Sequence[tuple[str, int, Decimal]]) -> list[Entry]:
    """Rows and entries of uses that ``licence.used`` already counts."""
    if not uses:
        return []
    last = LicenceUse.objects.filter(licence=licence.key).aggregate(n=Max("sequence"))["n"] or 0
    left = licence.left + sum((q for *_, q in uses), Decimal(0))
    rows, entries = [], []
    for n, (declaration, line, quantity) in enumerate(uses, last + 1):
        left -= quantity
        about = {"licence": licence.key, "declaration": declaration, "line": line, "quantity": quantity, "left": left}
        rows.append(LicenceUse(sequence=n, at=now(), **about))
        subjects = [Subject.of("licence", licence.key), Subject.declaration(declaration)]
        kind = "licence.used" if quantity > 0 else "licence.returned"
        entries.append(Entry(kind, subjects, about | {"unit": licence.unit}))
    insert_rows(rows)
    licence.save(update_fields=["used"])
    return entries


def give_back(declaration: str) -> list[Entry]:
    """Give back what a declaration took; entries that tell of it. In the caller's transaction."""
    taken: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for use in LicenceUse.objects.filter(declaration=declaration):
        taken[use.licence][use.line] += use.quantity
    entries: list[Entry] = []
    for licence in _locked(taken):
        uses = [(declaration, line, -quantity) for line, quantity in sorted(taken[licence.key].items()) if quantity > 0]
        licence.used += sum((q for *_, q in uses), Decimal(0))
        entries += _book(licence, uses)
    return entries


FIELDS = {
    "kind": lambda raw: code(raw, "document_kind"),
    "number": lambda raw: text(raw, 60),
    "holder": lambda raw: text(raw, 40),
    "quantity": amount,
    "unit": lambda raw: code(raw, "unit"),
    "hs_prefix": lambda raw: text(raw, 10),
    "valid_from": day,
    "valid_until": day,
}


def _read(given: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems = []
    for name, read in FIELDS.items():
        raw = given.get(name)
        if raw in (None, ""):
            values[name] = ""
            if name != "hs_prefix":
                problems.append(Problem(name, "missing", SAY["missing"]))
            continue
        try:
            values[name] = read(raw)
        except BadValueError as wrong:
            problems.append(Problem(name, wrong.code, SAY[wrong.code], tuple(wrong.values.items())))
    if not problems and values["valid_until"] < values["valid_from"]:
        words = W("The end lies before the beginning.", "有效期止早于有效期起。")
        problems.append(Problem("valid_until", "before-beginning", words))
    if problems:
        raise Invalid(problems)
    return values


@transaction.atomic
def register_licence(by: Actor, given: dict[str, Any]) -> Licence:
    """Put a licence on record with the quantity that it allows; the same again is nothing.

    ``given``: kind, number, holder (registration code), quantity, unit, hs_prefix, valid_from, valid_until. Raises
    Refused when it is on record with other terms.
    """
    by.require_officer("controller", "certifier")
    values = _read(given)
    holder = Organisation.objects.filter(code=values.pop("holder")).first()
    if holder is None:
        words = W("No firm with this code is registered.", "没有以此代码登记的企业。")
        raise Invalid([Problem("holder", "unknown-firm", words)])
    key = key_of(values["kind"], values["number"])
    licence, is_new = Licence.objects.get_or_create(key=key, defaults=values | {"organisation": holder})
    if not is_new:
        same = all(getattr(licence, name) == value for name, value in values.items())
        if licence.organisation_id != holder.id or not same:
            words = W("This licence is on record with other terms.", "该许可证已登记，内容不同。")
            raise Refused(words, code="licence-differs")
        return licence
    append("licence.registered", [Subject.of("licence", key)], values | {"holder": holder.id}, by)
    return licence
