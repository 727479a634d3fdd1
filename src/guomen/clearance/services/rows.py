"""Between what was declared and the rows that keep it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from guomen.clearance import known
from guomen.clearance.form import DOCUMENT, HEADER, LINE, LISTS, Form
from guomen.clearance.models import Container, Declaration, Document, Line, RetailOrder
from guomen.kit.sql import insert_rows
from guomen.ledger.services import plain
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

CUSTOMS = "2248"
"""The customs district in whose name numbers are given: Yangshan."""
KEPT_LISTS = tuple(name for name in LISTS if name != "orders")
"""Lists of the header that are kept with it; orders have rows of their own."""


def numbers(directions: Sequence[str], at: datetime) -> list[str]:
    """A new number for each declaration by its direction (I, E)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('clearance_number') FROM generate_series(1, %s)", [len(directions)])
        serials = [row[0] for row in cursor.fetchall()]
    return [
        f"{CUSTOMS}{at.year:04d}{'0' if direction == 'E' else '1'}{serial:09d}"
        for direction, serial in zip(directions, serials, strict=True)
    ]


def _split(values: Mapping[str, Any], specs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values that have columns, and those kept as they were declared."""
    columns = {name: value for name, value in values.items() if not specs[name].more}
    return columns, plain({name: value for name, value in values.items() if specs[name].more})


def rows(
    by: Actor, organisation: Organisation, form: Form, number: str, at: datetime, importer: Organisation
) -> known.Consignment:
    """Rows of a declaration that is about to be stored, with all that belongs to it."""
    owners = {"organisation": organisation, "importer": importer}
    columns, more = _split(form.header, HEADER)
    more |= plain({name: form.lists[name] for name in KEPT_LISTS if name in form.lists})
    declaration = Declaration(number=number, person=by.person_id, lodged_at=at, more=more, **owners, **columns)
    header = {k: columns[k] for k in ("departure_country", "arrives_at")}
    header |= {"organisation_id": organisation.id, "importer_id": importer.id}
    lines = []
    for i, values in enumerate(form.lines, 1):
        columns, more = _split(values, LINE)
        lines.append(Line(declaration=number, number=i, lodged_at=at, decided_at=at, more=more, **header, **columns))
    containers = [Container(declaration=number, **c) for c in form.containers]
    documents = [Document(declaration=number, position=i, **d) for i, d in enumerate(form.documents, 1)]
    registered = importer.code == form.header["importer_code"]
    return known.Consignment(declaration, lines, containers, documents, importer.credit_class if registered else "B")


def store(consignments: Sequence[known.Consignment]) -> None:
    """Insert everything of new declarations."""
    insert_rows([c.declaration for c in consignments])
    store_parts(consignments)


def store_parts(consignments: Sequence[known.Consignment]) -> None:
    """Insert all but the declarations themselves."""
    insert_rows([line for c in consignments for line in c.lines])
    insert_rows([box for c in consignments for box in c.containers])
    insert_rows([d for c in consignments for d in c.documents])


def _exact(value: Any) -> str:
    """Decimals without trailing zeros, so that the hash can be repeated from what the database holds."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(type(value).__name__)


def content_hash(form: Form) -> str:
    """SHA-256 of everything that was declared, in sorted keys, but for who buys and who uses the goods."""
    whole: dict[str, Any] = {
        "header": form.header,
        "lines": form.lines,
        "containers": form.containers,
        "documents": form.documents,
    }
    lists = {name: rows for name, rows in form.lists.items() if name != "users"}
    if "orders" in lists:
        lists["orders"] = [{k: v for k, v in order.items() if k != "buyer"} for order in lists["orders"]]
    whole |= lists
    return hashlib.sha256(orjson.dumps(whole, default=_exact, option=orjson.OPT_SORT_KEYS)).hexdigest()


def orders_of(number: str) -> list[dict[str, Any]]:
    """Orders of a declaration without their buyers, whose names are not kept."""
    told = ("number", "parcel", "units", "value_cny", "line_numbers")
    rows = RetailOrder.objects.filter(declaration=number).order_by("position")
    return [{name: getattr(o, name) for name in told} for o in rows]


def payload_of(declaration: Declaration) -> dict[str, Any]:
    """What was declared, as it could be lodged again. Needs ``line_list``, ``container_list`` and ``document_list``.

    Orders stand in it without their buyers, whose names are not kept.
    """
    header = {name: getattr(declaration, name) for name, spec in HEADER.items() if not spec.more}
    lines = [
        {name: getattr(line, name) for name, spec in LINE.items() if not spec.more} | line.more
        for line in declaration.line_list
    ]
    containers = [{"number": c.number, "seal": c.seal} for c in declaration.container_list]
    documents = [{name: getattr(d, name) for name in DOCUMENT} for d in declaration.document_list]
    lists = {"containers": containers, "lines": lines, "documents": documents}
    named = orders_of(declaration.number)
    whole = _trimmed(header | declaration.more | lists | ({"orders": named} if named else {}))
    return dict(plain({"containers": [], "documents": []} | whole))


def _trimmed(value: Any) -> Any:
    """Without empty values, and decimals without the zeros that their columns add."""
    if isinstance(value, dict):
        return {k: _trimmed(v) for k, v in value.items() if v not in ("", None, [])}
    if isinstance(value, list):
        return [_trimmed(v) for v in value]
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
