"""What table programs do to codes, dates, numbers and letters on the way into a file, and what comes of it."""

from datetime import timedelta, timezone
from typing import Any

import pytest

from guomen.clearance import cells, services, sheets
from guomen.clearance.form import read
from tests.clearance.conftest import example
from tests.clearance.test_any_order import parcels
from tests.clearance.test_files_and_messages import as_csv, as_xlsx, table

HERE = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("column", "cell", "read_as"),
    [
        ("trade_mode", 110.0, "0110"),
        ("trade_mode", "110", "0110"),
        ("trade_mode", "7", "7"),
        ("goods.hs_code", 201300090.0, "0201300090"),
        ("goods.ciq_code", 1.0, "001"),
        ("goods.attributes", "14；19", "14;19"),
        ("departed_on", 46338.0, "2026-11-12"),
        ("departed_on", "2026/11/2", "2026-11-02"),
        ("departed_on", "2026年11月2日", "2026-11-02"),
        ("departed_on", 20261112.0, "2026-11-12"),
        ("departed_on", "12/11/2026", "12/11/2026"),
        ("arrives_at", "2026-11-12 08:00", "2026-11-12T08:00:00+08:00"),
        ("arrives_at", "2026/11/2 8:00", "2026/11/2 8:00"),
        ("arrives_at", "2026-11-12T08:00Z", "2026-11-12T08:00Z"),
        ("packages", "１，２００", "1200"),
        ("goods.quantity", "1,200.50", "1200.50"),
        ("goods.quantity", "1,2", "1,2"),
        ("goods.quantity", 12.500000000000002, "12.5"),
        ("surety", "是", "true"),
        ("surety", "FALSE", "false"),
        ("goods.name", " 棉衬衫 ", "棉衬衫"),
    ],
)
def test_a_cell_is_read_as_it_was_meant(column: str, cell: Any, read_as: str) -> None:
    assert cells.text(column, cell, HERE) == read_as


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("correlation_number", 2.2482026100000002e17, "digits-lost"),
        ("importer_code", "9.13101E+17", "digits-lost"),
        ("goods.name", "#REF!", "cell-error"),
        ("goods.quantity", "#N/A", "cell-error"),
    ],
)
def test_what_cannot_be_known_any_more_is_said(column: str, cell: Any, code: str) -> None:
    with pytest.raises(cells.CellError) as caught:
        cells.text(column, cell, HERE)
    assert caught.value.code == code


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "utf-8"])
def test_every_encoding_that_chinese_table_programs_save_reads_alike(encoding: str) -> None:
    whole = example()
    whole["lines"][0]["name"] = "男式棉制衬衫"
    text = as_csv(table(whole)).decode("utf-8-sig")
    text = text.replace(",", "\t") if encoding == "utf-16" else text
    found = sheets.read(text.encode(encoding))
    assert found.sheets[0].payload["lines"][0]["name"] == "男式棉制衬衫"


def test_in_a_workbook_formulas_give_their_values_errors_are_named_and_merged_cells_count_in_every_row() -> None:
    rows: list[list[Any]] = table(example())
    rows[2][0] = rows[3][0] = ""
    rows[1][sheets.COLUMNS.index("trade_mode")] = 110.0
    rows[3][sheets.COLUMNS.index("goods.name")] = "#REF!"
    rows[2][sheets.COLUMNS.index("goods.brand")] = "=A1"
    found = sheets.read(as_xlsx(rows, merged="A2:A4"))
    (sheet,) = found.sheets
    assert (sheet.rows, sheet.payload["trade_mode"]) == ([2, 3, 4], "0110")
    assert [(c.row, c.name, p.code) for c, p in sheet.problems] == [
        (3, "goods.brand", "cell-error"),
        (4, "goods.name", "cell-error"),
    ]


@pytest.mark.django_db
def test_a_file_holds_orders_licences_and_users_as_well(people) -> None:
    (whole, _other) = parcels()
    rows = table(whole)
    cell = dict.fromkeys(("orders", "documents", "users", "qualifications"), "")
    cell |= {
        "orders": "O-1:B-1:310101199001011234:1:700:1； O-2：B-2：310101199001011234：1：700：2",
        "documents": "101001:C-1; 101030:2026-1:2:5:KGM",
        "users": "A shop:021-1",
    }
    for name, value in cell.items():
        rows[1][sheets.COLUMNS.index(name)] = value
    payload = sheets.read(as_csv(rows)).sheets[0].payload
    assert payload["documents"][1] == {
        "kind": "101030",
        "number": "2026-1",
        "line": "2",
        "quantity": "5",
        "unit": "KGM",
    }
    assert payload["orders"][1]["line_numbers"] == ["2"]
    assert [p.field for p in read(payload).problems] == []
    report = services.lodge_file(people.cy.actor, as_csv(rows), whole=True)
    assert (report["lodged"], report["problems"]) == (1, [])
    rows[1][sheets.COLUMNS.index("orders")] = "O-1:B-1:3101:1:700:1:and:more"
    report = services.lodge_file(people.cy.actor, as_csv(rows), whole=True)
    assert {(p["row"], p["name"]) for p in report["problems"]} == {(2, "orders")}
