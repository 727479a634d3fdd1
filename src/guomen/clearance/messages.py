"""Messages about declarations as XML, in the manner of a single window: read safely, answered with receipts.

A message has an id of its own, the sender's reference of the consignment, a version that counts from 1, and a kind:
lodge, amend, withdraw, split or merge. Elements below ``declaration`` are named as the fields of the API; lists hold
``item``. :mod:`guomen.clearance.schema` says what a message may look like. Runs of white space count as one blank.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from guomen.clearance import schema
from guomen.clearance.form import LISTED, LISTS
from guomen.clearance.schema import KINDS, NAMESPACE
from guomen.kit.errors import GuomenError, Invalid, Problem
from guomen.kit.words import W

MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 40_000
MAX_DEPTH = 8
_ROWS = frozenset({"containers", "lines", "documents", *LISTS})
_ID, _REFERENCE, _VERSION = (re.compile(e) for e in (schema.ID, schema.REFERENCE, schema.VERSION))
_BLANKS = re.compile(r"[ \t\r\n]+")
_HOLDS = {"lodge": "declaration", "amend": "declaration", "split": "part", "merge": "with"}
SAY = {
    "not-xml": W("This is not well-formed XML.", "报文不是格式正确的 XML。"),
    "too-large": W("A message may have 2 MB and {max} elements.", "报文最大 2 MB、{max} 个元素。"),
    "document-type": W("A message may have no document type and no entities.", "报文不得含文档类型或实体。"),
    "root": W("The root must be message in the namespace {name}.", "根元素须为命名空间 {name} 的 message。"),
}
FIELDS = {
    "id": W("An id has 1 to 64 visible ASCII characters.", "报文编号为 1 至 64 个可见 ASCII 字符。"),
    "reference": W("A reference has 1 to 40 visible ASCII characters.", "企业内部编号为 1 至 40 个可见 ASCII 字符。"),
    "version": W("A version is a whole number from 1 to 9999.", "版本号为 1 至 9999 的整数。"),
    "kind": W(
        "A message is of the kind lodge, amend, withdraw, split or merge.",
        "报文类型为 lodge、amend、withdraw、split 或 merge。",
    ),
    "declaration": W("A message that lodges or amends holds a declaration.", "申报或修改报文须含 declaration。"),
    "part": W(
        "A message that splits holds a part with a reference of its own.", "拆分报文须含 part 及其企业内部编号。"
    ),
    "with": W(
        "A message that merges names other references, each with its next version.",
        "合并报文须列出其他企业内部编号及各自的下一版本号。",
    ),
}
AGAINST_SCHEMA = W("Line {line} does not follow the schema: {said}", "第 {line} 行不符合报文模式：{said}")


class BadMessageError(GuomenError):
    """The message cannot be read at all."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(SAY[code], code=code, **values)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was read. ``payload``: what the API would be sent; ``sha256``: of the canonical content.

    ``also``: places in the messages of other references that it takes as well, each reference with its version: the
    first of what is split off, the next of what is merged. ``problems``: how it departs from the schema.
    """

    id: str
    reference: str
    version: int
    kind: str
    reason: str
    payload: dict[str, Any]
    sha256: str
    also: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()


def read(content: bytes) -> Message:
    """Read a message. Raises BadMessageError, or Invalid naming what its head lacks."""
    if len(content) > MAX_BYTES:
        raise BadMessageError("too-large", max=f"{MAX_ELEMENTS:,}")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadMessageError("document-type")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise BadMessageError("not-xml") from None
    if root.getroottree().docinfo.doctype:
        raise BadMessageError("document-type")
    if root.tag != f"{{{NAMESPACE}}}message":
        raise BadMessageError("root", name=NAMESPACE)
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS or _depth(root) > MAX_DEPTH:
        raise BadMessageError("too-large", max=f"{MAX_ELEMENTS:,}")
    return _message(root)


def _depth(element: Any) -> int:
    deepest, level, row = 0, 1, [element]
    while row and level <= MAX_DEPTH + 1:
        deepest, level, row = level, level + 1, [child for one in row for child in one]
    return deepest


def _message(root: Any) -> Message:
    id, reference = root.get("id", ""), root.get("reference", "")
    version, kind = root.get("version", ""), root.get("kind", "")
    bodies = {name: root.find(f"{{{NAMESPACE}}}{name}") for name in ("declaration", "part", "with")}
    also = _also(kind, bodies)
    right = {
        "id": bool(_ID.fullmatch(id)),
        "reference": bool(_REFERENCE.fullmatch(reference)),
        "version": bool(_VERSION.fullmatch(version)),
        "kind": kind in KINDS,
        "declaration": _HOLDS.get(kind) != "declaration" or bodies["declaration"] is not None,
        "part": kind != "split" or bool(also),
        "with": kind != "merge" or bool(also),
    }
    if len({reference, *(name for name, _version in also or ())}) != 1 + len(also or ()):
        right[_HOLDS[kind]] = False
    problems = [Problem(name, f"wrong-{name}", FIELDS[name]) for name, fine in right.items() if not fine]
    if problems:
        raise Invalid(problems)
    reason = (root.findtext(f"{{{NAMESPACE}}}reason") or "").strip()
    body = bodies.get(_HOLDS.get(kind, ""))
    payload = {} if body is None or kind == "merge" else _fields(body) if kind != "split" else _part(body)
    canonical = etree.tostring(root, method="c14n2", strip_text=True)
    digest = hashlib.sha256(canonical).hexdigest()
    against = tuple(
        Problem("message", "schema", AGAINST_SCHEMA, (("line", line), ("said", said)))
        for line, said in schema.errors(root)
    )
    return Message(id, reference, int(version), kind, reason, payload, digest, also or (), against)


def _also(kind: str, bodies: dict[str, Any]) -> tuple[tuple[str, int], ...] | None:
    """Which places in the messages of other references a message takes; None where it does not say so rightly."""
    if kind == "split" and bodies["part"] is not None:
        rows = [(_text(bodies["part"], "reference"), "1")]
    elif kind == "merge" and bodies["with"] is not None:
        rows = [(_text(row, "reference"), _text(row, "version")) for row in bodies["with"]]
    else:
        return ()
    if not 0 < len(rows) <= schema.MOST_MERGED:
        return None
    if not all(_REFERENCE.fullmatch(reference) and _VERSION.fullmatch(version) for reference, version in rows):
        return None
    return tuple((reference, int(version)) for reference, version in rows)


def _text(element: Any, name: str) -> str:
    return element.findtext(f"{{{NAMESPACE}}}{name}") or ""


def _part(body: Any) -> dict[str, Any]:
    """What is split off, as the API would be sent it."""
    found: dict[str, Any] = {}
    for child in body:
        name = _name(child)
        several = name in ("lines", "containers", "orders")
        found[name] = [_tidy(row.text) for row in child] if several else _tidy(child.text)
    return found


def _tidy(text: str | None) -> str:
    return _BLANKS.sub(" ", text or "").strip(" ")


def _name(element: Any) -> str:
    found = etree.QName(element)
    return str(found.localname) if found.namespace == NAMESPACE else str(element.tag)


def _fields(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = _name(child)
        if name in _ROWS:
            found[name] = [_fields(row) for row in child]
        elif name in LISTED:
            found[name] = [_tidy(row.text) for row in child]
        else:
            # An element that holds others where a value belongs is refused by the form, as a list would be.
            found[name] = [_name(row) for row in child] or _tidy(child.text)
    return found


def receipts(rows: Iterable[dict[str, Any]], id: str = "") -> bytes:
    """Receipts as XML: the values of each as attributes, problems as elements. ``id``: of a delivery."""
    root = etree.Element(f"{{{NAMESPACE}}}receipts", {"id": id} if id else {}, nsmap={None: NAMESPACE})
    for row in rows:
        values = {k: str(row[k]) for k in schema.ATTRIBUTES if row.get(k) not in (None, "")}
        one = etree.SubElement(root, f"{{{NAMESPACE}}}receipt", values)
        for problem in row.get("problems", ()):
            shown = {k: str(v) for k, v in problem.items() if k != "detail"}
            etree.SubElement(one, f"{{{NAMESPACE}}}problem", shown).text = problem.get("detail", "")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
