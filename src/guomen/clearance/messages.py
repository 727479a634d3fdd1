"""Messages about declarations as XML, in the manner of a single window: read safely, answered with receipts.

A message has an id of its own, the sender's reference of the consignment, a version that counts from 1, and a kind:
lodge, amend or withdraw. Elements below ``declaration`` are named as the fields of the API; lists hold ``item``.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from guomen.clearance.form import LISTS
from guomen.kit.errors import GuomenError, Invalid, Problem
from guomen.kit.words import W

NAMESPACE = "urn:guomen:declaration:1"
MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 40_000
MAX_DEPTH = 8
KINDS = ("lodge", "amend", "withdraw")
_ROWS = frozenset({"containers", "lines", "documents", *LISTS})
_VALUES = frozenset({"attributes", "special_business", "commitments", "vins"})
_ID = re.compile(r"[!-~]{1,64}")
_REFERENCE = re.compile(r"[!-~]{1,40}")
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
    "kind": W("A message is of the kind lodge, amend or withdraw.", "报文类型为 lodge、amend 或 withdraw。"),
    "declaration": W("A message that lodges or amends holds a declaration.", "申报或修改报文须含 declaration。"),
}


class BadMessageError(GuomenError):
    """The message cannot be read at all."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(SAY[code], code=code, **values)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was read. ``payload``: what the API would be sent; ``sha256``: of the canonical content."""

    id: str
    reference: str
    version: int
    kind: str
    reason: str
    payload: dict[str, Any]
    sha256: str


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
    body = root.find(f"{{{NAMESPACE}}}declaration")
    right = {
        "id": bool(_ID.fullmatch(id)),
        "reference": bool(_REFERENCE.fullmatch(reference)),
        "version": bool(re.fullmatch(r"[1-9]\d{0,3}", version, re.ASCII)),
        "kind": kind in KINDS,
        "declaration": kind == "withdraw" or body is not None,
    }
    problems = [Problem(name, f"wrong-{name}", FIELDS[name]) for name, fine in right.items() if not fine]
    if problems:
        raise Invalid(problems)
    reason = (root.findtext(f"{{{NAMESPACE}}}reason") or "").strip()[:2000]
    payload = _fields(body) if body is not None else {}
    canonical = etree.tostring(root, method="c14n2", strip_text=True)
    return Message(id, reference, int(version), kind, reason, payload, hashlib.sha256(canonical).hexdigest())


def _name(element: Any) -> str:
    found = etree.QName(element)
    return str(found.localname) if found.namespace == NAMESPACE else str(element.tag)


def _fields(element: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in element:
        name = _name(child)
        if name in _ROWS:
            found[name] = [_fields(row) for row in child]
        elif name in _VALUES:
            found[name] = [(row.text or "").strip() for row in child]
        else:
            # An element that holds others where a value belongs is refused by the form, as a list would be.
            found[name] = [_name(row) for row in child] or (child.text or "").strip()
    return found


def receipts(rows: Iterable[dict[str, Any]]) -> bytes:
    """Receipts as XML: the values of each as attributes, problems as elements."""
    root = etree.Element(f"{{{NAMESPACE}}}receipts", nsmap={None: NAMESPACE})
    for row in rows:
        values = {k: str(v) for k, v in row.items() if v not in (None, "") and not isinstance(v, list)}
        one = etree.SubElement(root, f"{{{NAMESPACE}}}receipt", values)
        for problem in row.get("problems", ()):
            shown = {k: str(v) for k, v in problem.items() if k != "detail"}
            etree.SubElement(one, f"{{{NAMESPACE}}}problem", shown).text = problem.get("detail", "")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
