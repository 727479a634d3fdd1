"""Workbooks that are small as files and enormous as tables: refused, and the process that was asked lives on."""

import io
import resource
import zipfile

import pytest

from guomen.clearance import sheets
from guomen.kit import workbook
from guomen.kit.tables import BadFileError
from tests.clearance.test_files_and_messages import as_xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def made(sheet: str, shared: str = "") -> bytes:
    """A workbook with these cells and one shared text."""
    whole, out = zipfile.ZipFile(io.BytesIO(as_xlsx([["a"]]))), io.BytesIO()
    table = f'<Relationship Id="r2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in whole.namelist():
            text = whole.read(name).decode()
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace("</Relationships>", table)
            packed.writestr(name, text if "sheet1" not in name else f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>')
        packed.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>{shared}</t></si></sst>')
    return out.getvalue()


def one_text_in(cells: int) -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, cells + 1))
    return made(f"<sheetData>{rows}</sheetData>", "A" * 2**20)


FAR = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="20000"><c r="XFD20000"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize("content", [one_text_in(3000), made(FAR)], ids=["one-text-in-3000-cells", "a-cell-far-away"])
def test_a_small_file_that_becomes_gigabytes_is_refused_and_takes_no_memory_here(content):
    assert len(content) < 40_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(BadFileError) as caught:
        sheets.read(content)
    assert caught.value.code == "too-big"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_a_large_workbook_of_usual_rows_is_read():
    row = [f"a value of usual length {n}" for n in range(60)]
    assert workbook.rows(as_xlsx([row] * 2000), 2001) == [row] * 2000
