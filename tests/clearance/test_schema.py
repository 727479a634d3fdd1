"""The schema of messages says what the reader says: what it lets through is read, what is wrong it names as well."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from guomen.clearance import messages, schema
from guomen.clearance.form import CONTAINER, DOCUMENT, HEADER, LINE, LISTS, read
from tests.clearance.conftest import example
from tests.clearance.test_files_and_messages import xml

DOCS = Path(__file__).resolve().parents[2] / "docs"
OF_ONE_VALUE = {
    "missing", "missing-unit", "unknown-code", "unknown-field", "not-text", "not-a-list", "not-an-object", "no-lines",
    "too-long", "too-many", "not-a-number", "not-positive", "not-whole", "not-a-date", "not-a-moment", "bad-batch",
    "not-a-flag", "not-a-un-number", "not-a-declaration", "not-a-registration", "not-a-vin",
}  # fmt: skip
"""What a schema can say. It cannot say what follows from several fields, or from the grammar and digits of a number."""
AWKWARD = [
    "", " ", "x", "0", "-1", "1e3", "1_0", "１２", "0.0000001", "99999999999999", "3000000000", "TRUE", "a b",
    "2026-02-30", "20261112", "2026-11-12T08:00", "2026-02-30T08:00:00+08:00", "2026-11-12T24:00:00Z",
    "1949-12-31", "y" * 600,
]  # fmt: skip


def story() -> dict[str, Any]:
    whole = copy.deepcopy(example())
    whole["documents"] = [{"kind": "101001", "number": "HI-2026-118", "line": "1", "quantity": "5", "unit": "KGM"}]
    whole |= {"trade_mode": "9610", "platform_code": "91310115MA1K4NAB5L"}
    whole["orders"] = [
        {"number": "O", "parcel": "P", "buyer": "B", "units": "1", "value_cny": "9.5", "line_numbers": ["1"]}
    ]
    whole["users"] = [{"name": "A shop", "contact": ""}]
    return whole


def told(payload: dict[str, Any]) -> tuple[bool, list[str]]:
    """Whether a message departs from the schema, and what the form finds that a schema could say."""
    one = messages.read(xml(payload, "M1", 1, "lodge"))
    form = read(one.payload)
    wrong = [p for p in form.problems if p.code in OF_ONE_VALUE and not p.field.endswith("ciq_code")]
    return bool(one.problems), [f"{p.field} {p.code}" for p in wrong]


def test_what_is_right_follows_the_schema_in_any_order_of_its_elements() -> None:
    whole = story()
    assert told(whole) == (False, [])
    assert told(dict(reversed(whole.items()))) == (False, [])
    assert told(copy.deepcopy(example("second"))) == (False, [])
    notes = re.findall("<message .*?</message>", (DOCS / "messages.md").read_text(encoding="utf-8"), re.DOTALL)
    shown = [messages.read(note.encode()) for note in notes]
    assert [one.kind for one in shown] == ["amend", "split", "merge"]
    assert [one.problems for one in shown[1:]] == [(), ()]


@pytest.mark.parametrize("place", ["", "lines", "containers", "documents", "orders", "users"])
def test_whatever_the_form_finds_wrong_in_a_field_departs_from_the_schema(place: str) -> None:
    specs = {"": HEADER, "lines": LINE, "containers": CONTAINER, "documents": DOCUMENT}.get(place) or LISTS[place][0]
    missed = []
    for name in specs:
        for value in AWKWARD:
            whole = story()
            row = whole[place][0] if place else whole
            several = isinstance(row.get(name), list)
            row[name] = [value] if several else value
            departs, wrong = told(whole)
            if wrong and not departs:
                missed.append(f"{name} {value[:30]!r}: {wrong}")
    assert not missed, "\n".join(missed)


def wrapped(inside: str, head: str = "") -> bytes:
    start = f'<message xmlns="{messages.NAMESPACE}" id="1" reference="R" version="1" kind="lodge" {head}>'
    return f"{start}{inside}</message>".encode()


def test_what_the_form_would_pass_over_departs_from_the_schema() -> None:
    right = xml(story(), "1", 1, "lodge").decode()
    inside = right[right.index("<reason") : right.rindex("</message>")]
    assert messages.read(wrapped(inside)).problems == ()
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:guomen:declaration:1 a.xsd"'
    assert messages.read(wrapped(inside, hint)).problems == ()
    for change in (
        inside.replace("<marks>", "<marks>A</marks><marks>"),
        inside.replace("<lines>", "<lines>text"),
        inside.replace("<documents><item>", "<documents><row>").replace("</item></documents>", "</row></documents>"),
        inside.replace("<marks>", '<marks unit="x">'),
        inside + "<colour/>",
        inside + "<reason>twice</reason>",
        inside.replace("<reason>", "<reason>" + "x" * 2001),
    ):
        assert change != inside
        (first, *_rest) = messages.read(wrapped(change)).problems
        assert (first.field, first.code) == ("message", "schema")
        assert "schema" in str(first)
    assert messages.read(wrapped(inside, 'colour="red"')).problems


def test_receipts_follow_it_too() -> None:
    rows = [
        {"message": "M1", "reference": "R", "version": 1, "kind": "merge", "state": "refused", "declaration": "",
         "applied": 0, "problems": [{"field": "packages", "code": "missing", "detail": "Fill in this field."}]},
        {"id": "7-RELEASED", "position": 7, "node": "RELEASED", "text": "Released", "declaration": "2" * 18,
         "reference": "", "line": 1, "at": "2026-11-26T08:00:00.123456+00:00", "mode": "ON-THE-SPOT", "level": "seal"},
    ]  # fmt: skip
    for told_of in (messages.receipts(rows), messages.receipts(rows, id="0199"), messages.receipts([])):
        assert schema.errors(etree.fromstring(told_of)) == []
    assert schema.errors(etree.fromstring(messages.receipts([rows[1] | {"node": "LOST"}])))


@pytest.mark.django_db
def test_anybody_gets_the_schema_and_the_docs_have_the_same(door) -> None:
    answer = door().get("/api/declaration-messages/schema.xsd")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    assert answer.content == (DOCS / "declaration-messages-1.xsd").read_bytes()
