"""Files by row and column, XML messages in any order of arrival, receipts of every node."""

import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from guomen.clearance import messages, receipts, services, sheets, versions
from guomen.clearance.models import Declaration, Message, Receipt
from guomen.kit import tables
from guomen.kit.errors import Forbidden, Invalid, Refused
from guomen.ledger import follow
from guomen.ledger.models import Entry
from tests.clearance.test_api import bearer

pytestmark = pytest.mark.django_db


def table(*declarations: dict[str, Any], **change: str) -> list[list[str]]:
    """Declarations as rows of a file; ``change``: column -> another value in the last row."""
    rows = [list(sheets.COLUMNS)]
    for n, payload in enumerate(declarations, 1):
        for i, line in enumerate(payload["lines"]):
            row = {"declaration": f"D{n}"}
            if i == 0:
                row |= {k: str(v) for k, v in payload.items() if k in sheets.COLUMNS and isinstance(v, str)}
                row["containers"] = "; ".join(f"{c['number']}:{c['seal']}" for c in payload["containers"])
                row["documents"] = "; ".join(f"{d['kind']}:{d.get('number', '')}" for d in payload["documents"])
            row |= {f"goods.{k}": ";".join(v) if isinstance(v, list) else v or "" for k, v in line.items()}
            rows.append([row.get(name, "") for name in sheets.COLUMNS])
    for name, value in change.items():
        rows[-1][sheets.COLUMNS.index(name.replace("goods_", "goods."))] = value
    return rows


def as_csv(rows: list[list[str]]) -> bytes:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(rows: list[list[Any]], merged: str = "") -> bytes:
    """A workbook as small as one can be: texts, numbers, errors (of their names), and a merged range."""
    cells = "".join(
        "<row>" + "".join(_cell(v, f"{sheets.letter(x)}{y}") for x, v in enumerate(row)) + "</row>"
        for y, row in enumerate(rows, 1)
    )
    after = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="a" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>{after}</worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


def _cell(value: Any, place: str) -> str:
    if isinstance(value, float):
        return f'<c r="{place}"><f>1+1</f><v>{value!r}</v></c>'
    if value.startswith(("#", "=")):
        return (
            f'<c r="{place}" t="e"><v>{value}</v></c>' if value[0] == "#" else f'<c r="{place}"><f>{value[1:]}</f></c>'
        )
    return f'<c r="{place}" t="inlineStr"><is><t>{_escaped(value)}</t></is></c>' if value else f'<c r="{place}"/>'


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")


@pytest.mark.parametrize("write", [as_csv, as_xlsx], ids=["csv", "xlsx"])
def test_a_file_is_lodged_whole_and_a_wrong_cell_is_named_by_row_and_column(people, story, write) -> None:
    by = people.cy.actor
    wrong = services.lodge_file(by, write(table(story, story, goods_hs_code="0000000000")), whole=True)
    (problem,) = wrong["problems"]
    column = sheets.letter(sheets.COLUMNS.index("goods.hs_code"))
    assert (problem["row"], problem["column"], problem["declaration"]) == (7, column, "D2")
    assert (wrong["lodged"], Declaration.objects.count()) == (0, 0)
    found = services.lodge_file(by, write(table(story, story)), whole=True)
    assert (found["lodged"], found["problems"]) == (2, [])
    assert [d["rows"] for d in found["declarations"]] == [[2, 3, 4], [5, 6, 7]]
    lodged = versions.versions(by, found["declarations"][0]["number"])[0].content
    direct = versions.versions(by, services.lodge(by, story).number)[0].content
    assert lodged == direct


def test_each_by_itself_lodges_what_is_right_and_two_headers_of_one_declaration_must_agree(people, story) -> None:
    found = services.lodge_file(people.cy.actor, as_csv(table(story, story, vessel="ANOTHER")), whole=False)
    assert found["lodged"] == 1
    assert [(p["row"], p["name"], p["code"]) for p in found["problems"]] == [(7, "vessel", "differs")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"declaration\n", "empty"),
        (b"\xff\xfe\x00", "not-a-table"),
        (b"PK\x03\x04broken", "not-a-table"),
        (b"vessel\nA\n", "no-column"),
        (b"declaration,colour\nA,red\n", "unknown-column"),
        (b"declaration,vessel,vessel\nA,x,y\n", "column-twice"),
        (b"x" * (8 * 1024 * 1024 + 1), "too-big"),
        (b"declaration\n" + b"\n".join(b"D%d" % n for n in range(1001)), "too-many"),
    ],
    ids=["nothing", "head-only", "utf-16", "broken-zip", "no-key", "unknown", "twice", "too-big", "too-many"],
)
def test_what_is_no_file_of_declarations_is_said_in_one_sentence(content: bytes, code: str) -> None:
    with pytest.raises(tables.BadFileError) as caught:
        sheets.read(content)
    assert caught.value.code == code


def xml(payload: dict[str, Any] | None, id: str, version: int, kind: str, reference: str = "R-1", **more: Any) -> bytes:
    """A message; ``more``: what else it holds, by the name of the element."""
    head = {"id": id, "reference": reference, "version": str(version), "kind": kind}
    root = etree.Element(f"{{{messages.NAMESPACE}}}message", head, nsmap={None: messages.NAMESPACE})
    etree.SubElement(root, f"{{{messages.NAMESPACE}}}reason").text = "As the sender says."
    if payload is not None:
        more["declaration"] = payload
    _element(root, more)
    return etree.tostring(root)


def _element(parent: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        child = etree.SubElement(parent, f"{{{messages.NAMESPACE}}}{name}")
        if isinstance(value, dict):
            _element(child, value)
            continue
        if not isinstance(value, list):
            child.text = "" if value is None else str(value)
            continue
        for row in value:
            item = etree.SubElement(child, f"{{{messages.NAMESPACE}}}item")
            if isinstance(row, dict):
                _element(item, row)
            else:
                item.text = str(row)


def send(people: Any, *content: bytes) -> list[Message]:
    return [services.receive(people.cy.actor, one) for one in content]


def test_a_message_lodges_once_and_one_that_comes_too_early_waits(people, story) -> None:
    amended = story | {"marks": "N/M"}
    second, first = xml(amended, "M2", 2, "amend"), xml(story, "M1", 1, "lodge")
    assert [m.state for m in send(people, second, first, first, second)] == ["waiting", "applied", "applied", "applied"]
    (found,) = Declaration.objects.all()
    assert (found.version, found.marks, found.more["reference"]) == (2, "N/M", "R-1")
    with pytest.raises(Refused, match="id was used"):
        send(people, xml(story, "M2", 3, "amend"))
    assert send(people, xml(story, "M3", 2, "amend"))[0].problems[0]["code"] == "version-taken"
    (wrong,) = send(people, xml(story | {"packages": "0"}, "M4", 3, "amend"))
    assert (wrong.state, wrong.problems[0]["field"]) == ("refused", "packages")
    assert send(people, xml(None, "M5", 4, "withdraw"))[0].problems[0]["code"] == "selected"
    with pytest.raises(Forbidden):
        services.receive(people.ana.actor, first)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-xml"),
        (b"<message", "not-xml"),
        (b"<message/>", "root"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><message/>', "document-type"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "document-type"),
        (b"<a>" + b"x" * (2 * 1024 * 1024), "too-large"),
        (b'<message xmlns="urn:guomen:declaration:1">' + b"<a/>" * 40_000 + b"</message>", "too-large"),
        (b'<message xmlns="urn:guomen:declaration:1">' + b"<a>" * 100 + b"</a>" * 100 + b"</message>", "too-large"),
    ],
    ids=["nothing", "broken", "other-root", "entity", "entity-utf-16", "too-large", "too-many", "too-deep"],
)
def test_a_hostile_message_is_refused_before_anything_is_read(content: bytes, code: str) -> None:
    with pytest.raises(messages.BadMessageError) as caught:
        messages.read(content)
    assert caught.value.code == code


def test_a_message_without_a_right_head_is_told_what_it_lacks() -> None:
    with pytest.raises(Invalid) as caught:
        messages.read(b'<message xmlns="urn:guomen:declaration:1" version="0" kind="destroy"/>')
    assert [p.field for p in caught.value.problems] == ["id", "reference", "version", "kind"]


def test_over_http_files_and_messages_go_in_and_receipts_of_every_node_come_out(client, people, story, door) -> None:
    token = bearer(people, "cy", "declare")
    for name, status in (("ana", 403), ("", 401)):
        for path in ("declaration-files", "declaration-messages"):
            sent = door(name).post(f"/api/{path}", xml(story, "M1", 1, "lodge"), content_type="application/xml")
            assert sent.status_code == status
    once = token | {"HTTP_IDEMPOTENCY_KEY": "f-1"}
    both = [
        client.post("/api/declaration-files", as_csv(table(story)), content_type="text/csv", **once).json()
        for _ in range(2)
    ]
    assert both[0] == both[1]
    answer = client.post(
        "/api/declaration-messages", xml(story, "M1", 1, "lodge"), content_type="application/xml", **token
    )
    (receipt,) = etree.fromstring(answer.content)
    assert (receipt.get("state"), receipt.get("message"), len(receipt.get("declaration"))) == ("applied", "M1", 18)
    follow.catch_up()
    found = door("cal").get("/api/declaration-receipts").json()["receipts"]
    mine = [r for r in found if r["declaration"] == receipt.get("declaration")]
    assert [r["node"] for r in mine] == [
        "RECEIVED", "AUDITED", "ACCEPTED", "DRAWN-EXAM", "DRAWN-EXAM-LABORATORY", "DRAWN-EXAM",
    ]  # fmt: skip
    assert {r["reference"] for r in mine} == {"R-1"}
    later = door("cal").get(f"/api/declaration-receipts?after={mine[0]['position']}", HTTP_ACCEPT="application/xml")
    assert len([r for r in etree.fromstring(later.content) if r.get("declaration") == mine[0]["declaration"]]) == 3
    assert door("eve").get("/api/declaration-receipts").json() == {"receipts": []}
    assert {n: door(n).get("/api/declaration-receipts").status_code for n in ("bo", "sam", "")} == {
        "bo": 403, "sam": 403, "": 401,
    }  # fmt: skip
    assert receipts.since(people.cy.actor, 10**9) == []


def test_receipts_of_many_entries_take_as_few_questions_as_one_and_coming_again_changes_nothing(people, story) -> None:
    services.lodge_many(people.cy.actor, [story, story | {"contract_number": "C-2"}])
    follow.catch_up()
    entries = list(Entry.objects.filter(kind__in=receipts.OF_KIND))
    kept = list(Receipt.objects.order_by("position", "node").values())
    assert {r["node"] for r in kept} >= {"RECEIVED", "DRAWN-EXAM"}
    assert len({r["declaration"] for r in kept}) == 2
    Receipt.objects.all().delete()
    with CaptureQueriesContext(connection) as for_one:
        receipts.keep(entries[:1])
    with CaptureQueriesContext(connection) as for_all:
        receipts.keep([*reversed(entries), *entries])
    assert len(for_all) == len(for_one)
    receipts.keep(entries)
    assert list(Receipt.objects.order_by("position", "node").values()) == kept
