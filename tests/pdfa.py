"""What can be told of a PDF/A-2u file (ISO 19005-2:2011) in Python: the rules that files break in practice."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

FORBIDDEN = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/XFA"}
PRINT, HIDDEN = 1 << 2, 1 << 0 | 1 << 1 | 1 << 5


def faults(content: bytes) -> list[str]:
    """Rules of ISO 19005-2 that the file breaks, by clause; empty when it breaks none of those looked at."""
    reader = PdfReader(BytesIO(content), strict=True)
    root = reader.trailer["/Root"]
    found = []
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", content):
        found.append("6.1.2: header")
    if "/Encrypt" in reader.trailer or "/ID" not in reader.trailer:
        found.append("6.1.3: trailer")
    intents = [i.get_object() for i in root.get("/OutputIntents", [])]
    if not any(i.get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in i for i in intents):
        found.append("6.2.3: output intent")
    metadata = root["/Metadata"].get_object().get_data().decode()
    if not (re.search(r"part[>=\"' ]+2", metadata) and re.search(r"conformance[>=\"' ]+U", metadata)):
        found.append("6.6.4: identification")
    if "/Filter" in root["/Metadata"].get_object():
        found.append("6.6.2: metadata is compressed")
    for one in _objects(reader):
        found += _of(one)
    return sorted(set(found))


def _of(one: DictionaryObject) -> list[str]:
    found = []
    if one.get("/Subtype") in {"/TrueType", "/Type1", "/CIDFontType0", "/CIDFontType2"}:
        program = set(one["/FontDescriptor"].get_object()) if "/FontDescriptor" in one else set()
        if not program & {"/FontFile", "/FontFile2", "/FontFile3"}:
            found.append("6.2.11.4: a font is not embedded")
    if one.get("/Subtype") == "/Type0" and "/ToUnicode" not in one:
        found.append("6.2.11.7: text has no Unicode")
    if one.get("/S") in FORBIDDEN or "/XFA" in one or "/AA" in one:
        found.append("6.5: action")
    if one.get("/Filter") in {"/LZWDecode", "/Crypt"}:
        found.append("6.1.7: filter")
    if one.get("/Subtype") == "/Widget" or one.get("/Type") == "/Annot":
        flags, rect = int(one.get("/F", 0)), [float(x) for x in one.get("/Rect", [0, 0, 0, 0])]
        empty = rect[0] == rect[2] and rect[1] == rect[3]
        if not flags & PRINT or flags & HIDDEN:
            found.append("6.3.2: flags of an annotation")
        if not empty and one.get("/Subtype") not in {"/Popup", "/Link"} and "/AP" not in one:
            found.append("6.3.3: an annotation has no appearance")
    if one.get("/NeedAppearances"):
        found.append("6.4.1: form asks to be drawn anew")
    return found


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    seen: set[int] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if isinstance(one, DictionaryObject | StreamObject):
            yield one
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list(one)
