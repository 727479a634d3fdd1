"""What is declared, in words: the name of every field, and its value with codes, dates and numbers written out."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from guomen.catalogue import codes
from guomen.faces import told
from guomen.faces.portal.sections import ASKED, GOODS, ORDERS, PACKING, PARTIES, TRANSPORT, Field
from guomen.kit.web import number, written_date, written_time
from guomen.kit.words import W, listed, say

PLACED = W("{place}, {label}", "{place}，{label}")
YES, NO = W("Yes", "是"), W("No", "否")
SHOWN_WITH_CODE = frozenset({"trade_mode", "hs", "document_kind"})
DIRECTIONS = {"I": W("Import", "进口"), "E": W("Export", "出口")}
LISTS = {
    "lines": W("Goods line {n}", "第 {n} 项货物"),
    "containers": W("Container {n}", "集装箱 {n}"),
    "documents": W("Document {n}", "单证 {n}"),
    "orders": W("Order {n}", "订单 {n}"),
}
_DOCUMENT = (
    Field("kind", W("Kind of document", "单据种类"), table="document_kind"),
    Field("number", W("Number of the document", "单据编号")),
    Field("filename", W("File", "文件")),
    Field("line", W("For goods line", "适用货物序号")),
    Field("quantity", W("Quantity that is used", "本次核销数量"), "number"),
    Field("unit", W("Unit", "计量单位"), table="unit"),
)
_MORE = (
    Field("direction", W("Direction", "进出口")),
    Field("transit_port", W("Port of transit", "经停港"), table="port"),
    Field("trade_country", W("Country of trade", "贸易国"), table="country"),
    Field("consignor_address", W("Address of the consignor", "境外发货人地址")),
    Field("name_en", W("Name in English", "英文名称")),
    Field("second_quantity", W("Second quantity", "第二数量"), "number"),
    Field("second_unit", W("Second unit", "第二计量单位"), table="unit"),
    Field("unit_price", W("Unit price", "单价"), "number"),
    Field("specification", W("Specification", "规格")),
    Field("shelf_life_days", W("Shelf life in days", "保质期（天）"), "number"),
)
"""What the form does not ask and a program may declare."""
_PLAIN = {f.name: f for s in (PARTIES, TRANSPORT, PACKING, GOODS) for f in s.fields} | ASKED
_PLAIN |= {f.name: f for f in _MORE}
_ORDER = {name: n for n, name in enumerate(_PLAIN)}
_ROWS = {
    "containers": {f.name: f for f in PACKING.rows},
    "orders": {f.name: f for f in ORDERS.rows},
    "documents": {f.name: f for f in _DOCUMENT},
}


def field_of(path: str) -> Field | None:
    """The question behind a path such as ``lines.0.quantity``; None where the form and we have no words for it."""
    first, *rest = path.split(".")
    return (_ROWS.get(first, _PLAIN) if rest else _PLAIN).get(rest[-1] if rest else first)


def named(path: str) -> str:
    """A field's path in words: ``lines.0.quantity`` is Goods line 1, Quantity."""
    first, *rest = path.split(".")
    found = field_of(path)
    if first not in LISTS or not rest:
        return say(found.label) if found else path
    place = say(LISTS[first], n=int(rest[0]) + 1)
    return say(PLACED, place=place, label=say(found.label)) if found and len(rest) > 1 else place


def valued(path: str, value: Any) -> str:
    """A declared value in words; a dash where there is none."""
    found = field_of(path)
    if isinstance(value, list):
        parts = [_one(found, x) for x in value if not isinstance(x, Mapping)]
        return listed(parts) or "—"
    return _one(found, value)


def _one(field: Field | None, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return say(YES if value else NO)
    text = str(value)
    if field is None:
        return text
    if field.name == "direction":
        return say(DIRECTIONS.get(text, text))
    if field.table:
        words = codes.table(field.table).get(text)
        if words is None:
            return text
        return say(told.PAPER, name=say(words), code=text) if field.table in SHOWN_WITH_CODE else say(words)
    try:
        if field.kind == "number":
            return number(Decimal(text))
        if field.kind == "date":
            return written_date(date.fromisoformat(text))
        if field.kind == "moment":
            return written_time(datetime.fromisoformat(text))
    except (ValueError, InvalidOperation):
        return text
    return text


def contents(declared: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that is declared, row by row: a heading, and what is filled in there. The header has no heading."""
    head = [(named(k), valued(k, declared[k])) for k in sorted(declared, key=_place) if not _is_rows(declared[k])]
    found = [("", _filled(head))]
    for name in LISTS:
        for n, row in enumerate(declared.get(name) or ()):
            if isinstance(row, Mapping):
                paths = [(k, f"{name}.{n}.{k}") for k in sorted(row, key=_place) if k != "sha256"]
                said = [(_label(path), valued(path, row[k])) for k, path in paths]
                found.append((named(f"{name}.{n}"), _filled(said)))
    return found


def _place(name: str) -> int:
    """Where a question stands on the form; what it does not ask comes last."""
    return _ORDER.get(name, len(_ORDER))


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(x, Mapping) for x in value)


def _label(path: str) -> str:
    found = field_of(path)
    return say(found.label) if found else path.rsplit(".", 1)[-1]


def _filled(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in rows if value != "—"]
