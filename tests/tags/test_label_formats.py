"""Label files as printers read them: every size, every format; every code leads to its item."""

import csv
import io
import re
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from guomen.kit import paper
from guomen.tags.labels import FORMATS, SIZES
from guomen.tags.labels.face import Face, Label, fitted
from guomen.tags.labels.zpl import field, modules_at_most
from guomen.tags.scheme import short_address

HOST = "https://tags.example"
FACE = Face(
    "男式白色棉衬衫 <修身> & “长袖”",
    "Men's cotton shirt, white, <slim> & long sleeves",
    "M-2291",
    date(2027, 1, 2),
    "0001",
    datetime(2026, 11, 20, tzinfo=UTC),
)


def some(count: int) -> list[Label]:
    serials = [f"0001ABCDEFGHJKMNP{n:03d}" for n in range(count)]
    return [Label(n, s, f"{HOST}/01/08001234567897/10/M-2291/21/{s}", "AB12CD34") for n, s in enumerate(serials, 1)]


def made(name: str, size: str, count: int, *, first: bool = True, dpi: int = 203) -> bytes:
    return FORMATS[name].make(FACE, SIZES.get(size), some(count), dpi, first)


@pytest.mark.parametrize("size", sorted(code for code, size in SIZES.items() if not size.is_tiny))
def test_every_code_on_a_page_can_be_read(size):
    count = SIZES[size].per_page
    document = pypdfium2.PdfDocument(made("pdf", size, count + 1))
    width, height = document[0].get_size()
    assert (round(width / 72 * 25.4, 1), round(height / 72 * 25.4, 1)) == SIZES[size].page
    assert len(document) == 2
    picture = document[0].render(scale=4).to_pil()
    document.close()
    found = {one.text for one in zxingcpp.read_barcodes(picture)}
    assert found == {x.url for x in some(count)}


TINY = sorted(code for code, size in SIZES.items() if size.is_tiny)


@pytest.mark.parametrize("size", TINY)
def test_a_tiny_label_carries_the_short_code_in_modules_that_phones_can_read(size):
    shorts = [f"7K2F9XQD{n:08d}" for n in range(SIZES[size].across * 4)]
    labels = [Label(n, "x" * 20, "long", short=short) for n, short in enumerate(shorts, 1)]
    document = pypdfium2.PdfDocument(FORMATS["tiny-pdf"].make(FACE, SIZES[size], labels, 203, True))
    seen: set[str] = set()
    for page in document:
        picture = page.render(scale=6).to_pil()
        strip = picture.crop((0, 0, picture.width, min(picture.height, 1000)))
        seen |= {one.text for one in zxingcpp.read_barcodes(strip)}
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert seen == {short_address(short) for short in shorts}
    assert "7K2F 9XQD" in text
    assert FACE.batch not in text
    assert SIZES[size].code_side / (len(paper.qr_rows(short_address(shorts[0]))) + 8) >= 0.25
    drawing = FORMATS["tiny-svg"].make(FACE, SIZES[size], labels[:1], 203, True).decode()
    assert "7K2F 9XQD" in drawing


def test_tiny_labels_are_made_in_tiny_sizes_only():
    for name, made_as in FORMATS.items():
        fitting = {code for code, size in SIZES.items() if made_as.fits(size)}
        assert (fitting == set(TINY)) == name.startswith("tiny")
        assert name.startswith("tiny") or not fitting & set(TINY)


def test_what_people_read_beside_the_code_is_there():
    document = pypdfium2.PdfDocument(made("pdf", "100x50", 1))
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    for words in ("男式白色棉衬衫", "Men's cotton shirt", "M-2291", "2027-01-02", "0001 ABCD EFGH", "Scan to check"):
        assert words in text


@pytest.mark.parametrize("size", sorted(code for code, size in SIZES.items() if not size.is_tiny))
def test_a_drawing_is_well_formed_and_its_codes_can_be_read(size):
    count = min(SIZES[size].per_page, 3)
    root = ElementTree.fromstring(made("svg", size, count))
    name = "{http://www.w3.org/2000/svg}"
    groups = root.findall(f"{name}g")
    assert [g.get("id") for g in groups] == [f"n{n}" for n in range(1, count + 1)]
    for group, label in zip(groups, some(count), strict=True):
        path = group.find(f"{name}path").get("d")
        assert zxingcpp.read_barcodes(drawn(path))[0].text == label.url
        said = "".join(t.text for t in group.iter(f"{name}text"))
        assert "0001 ABCD EFGH" in said
        assert "男式白色棉衬衫" in said


def drawn(path: str, scale: int = 6) -> Image.Image:
    """Path data of unit squares as a picture."""
    picture = Image.new("L", (60 * scale, 60 * scale), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", path):
        left, top = (int(x) + 8) * scale, (int(y) + 8) * scale
        pen.rectangle((left, top, left + int(width) * scale - 1, top + scale - 1), fill=0)
    return picture


ONE = r"\^XA\^XFR:GUOMEN\.ZPL\^FN1\^FH\^FDMA,(.+)\^FS\^FN2\^FD(.+)\^FS\^FN3\^FD(.+)\^FS\^XZ"
ROLLS = [code for code, size in SIZES.items() if size.is_roll and not size.is_tiny]


@pytest.mark.parametrize("size", ROLLS)
@pytest.mark.parametrize("dpi", [203, 300])
def test_a_printer_gets_the_format_once_and_then_a_line_for_each_label(size, dpi):
    lines = made("zpl", size, 3, dpi=dpi).decode("ascii").splitlines()
    picture, stored, *labels = lines
    total, row, dots = re.fullmatch(r"~DGR:GUOMEN\.GRF,(\d+),(\d+),([0-9A-F]+)", picture).groups()
    assert len(dots) == 2 * int(total)
    assert int(total) % int(row) == 0
    assert "F" in dots, "the words are not blank"
    width = int(re.search(r"\^PW(\d+)", stored)[1])
    left = int(re.search(r"\^FO(\d+),\d+\^XGR", stored)[1])
    assert left + 8 * int(row) <= width + 8, "the words end on the label"
    x, y, scale = map(int, re.search(r"\^FO(\d+),(\d+)\^BQN,2,(\d+)\^FN1\^FS", stored).groups())
    side = modules_at_most(some(1)[0].url) * scale
    assert x + side + 4 * scale <= left + 4 * scale
    assert y + side <= int(re.search(r"\^LL(\d+)", stored)[1])
    for line, label in zip(labels, some(3), strict=True):
        match = re.fullmatch(
            r"\^XA\^XFR:GUOMEN\.ZPL\^FN1\^FH\^FDMA,(.+)\^FS\^FN2\^FD(.+)\^FS\^FN3\^FD(.+)\^FS\^XZ", line
        )
        assert unescaped(match[1]) == label.url
        assert f"{match[2]} {match[3]}".replace(" ", "") == label.serial


def unescaped(text: str) -> str:
    """What ``^FH`` makes of a field."""
    return re.sub(rb"_([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode()).decode("utf-8")


@pytest.mark.parametrize("size", ROLLS)
def test_codes_that_are_sent_as_pictures_can_be_read(size):
    text = made("zpl-graphic", size, 2).decode("ascii")
    found = re.findall(r"\^GFA,(\d+),(\d+),(\d+),([0-9A-F:]+)\^FS", text)
    assert len(found) == 2
    for (total, again, row, data), label in zip(found, some(2), strict=True):
        assert total == again
        picture = printed(data, int(row))
        assert (picture.height - 2 * MARGIN) * int(row) == int(total)
        assert zxingcpp.read_barcodes(picture)[0].text == label.url


MARGIN = 40


def printed(data: str, row: int) -> Image.Image:
    """The dots of ``^GFA`` with its short form ``:`` for the line before, and a quiet zone around them."""
    lines: list[str] = []
    while data:
        if data[0] == ":":
            lines.append(lines[-1])
            data = data[1:]
        else:
            lines.append(data[: 2 * row])
            data = data[2 * row :]
    black = Image.frombytes("1", (8 * row, len(lines)), bytes.fromhex("".join(lines)))
    picture = Image.new("L", (8 * row + 2 * MARGIN, len(lines) + 2 * MARGIN), 255)
    picture.paste(black.convert("L").point(lambda v: 255 - v), (MARGIN, MARGIN))
    return picture


@pytest.mark.parametrize(
    "text", ["plain/01", "^XA~JR", "a_5Eb", "C:\\x", "棉衬衫", "é€😀", "line\r\nbreak\0", "^FS^XZ^XA^IDR:*.*^FS"]
)
def test_no_text_can_give_a_printer_orders_and_all_of_it_arrives(text):
    sent = field(text)
    assert not set(sent) & set("^~\\\r\n\0")
    assert sent.isascii()
    assert unescaped(sent) == text


def test_a_list_has_its_header_once_and_its_parts_join(tmp_path):
    whole = made("csv", "", 3) + FORMATS["csv"].make(FACE, None, some(5)[3:], 203, False)
    rows = list(csv.DictReader(io.StringIO(whole.decode())))
    assert [(r["number"], r["url"]) for r in rows] == [(str(x.number), x.url) for x in some(5)]
    inner = list(csv.DictReader(io.StringIO(made("inner", "", 2).decode())))
    assert inner[1] == {"number": "2", "serial": some(2)[1].serial, "inner": "AB12CD34"}
    assert b"AB12CD34" not in b"".join(made(name, size, 1) for name, size in (("csv", ""), ("svg", "50x30")))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_labels_come_out_the_same_again(name):
    size = "" if FORMATS[name].sizes == "none" else "50x30"
    assert made(name, size, 5) == made(name, size, 5)


def test_long_names_are_cut_where_the_label_ends():
    assert fitted("短", 8) == "短"
    assert fitted("男式白色棉衬衫修身长袖", 5) == "男式白色…"
    assert fitted("Men's cotton shirt, white", 9, whole_words=True) == "Men's cotton"
    for size in SIZES:
        face = Face("长" * 200, "W" * 300, "B" * 20, None, "0001", FACE.at)
        assert FORMATS["svg"].make(face, SIZES[size], some(1), 203, True)


def test_a_code_is_right_at_every_length():
    for length in (10, 60, 200, 500):
        text = "https://x.example/" + "a" * length
        assert zxingcpp.read_barcodes(drawn_code(text))[0].text == text


def drawn_code(text: str) -> Image.Image:
    rows = paper.qr_rows(text)
    assert len(rows) <= modules_at_most(text)
    flat = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    picture = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    picture.paste(flat, (4, 4))
    return picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
