"""What was declared, beside the question of a checklist that asks to compare it with the goods."""

from collections.abc import Callable, Mapping
from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.rulepack import ChecklistItem
from guomen.catalogue.units import amount
from guomen.clearance import queries
from guomen.clearance.form.identifiers import GROUPS
from guomen.clearance.models import Container, Declaration, Document, Line
from guomen.inspection.models import Order
from guomen.kit.web import written_date
from guomen.kit.words import W, say

MOST = 500
"""The longest list that a declaration holds: vehicle identification numbers of a line."""
Said = tuple[str, list[str]]


def beside(order: Order, items: list[ChecklistItem]) -> dict[str, list[Said]]:
    """By item: what was declared, each with its name and its values. Nothing where the goods are of no declaration."""
    wanted = [item for item in items if item.shows]
    line = queries.line_by_subject(order.subject) if wanted else None
    if line is None:
        return {}
    names = {name for item in wanted for name in item.shows}
    said = {name: _said(name, line) for name in names}
    return {item.code: [found for name in item.shows if (found := said[name])[1]] for item in wanted}


def _said(name: str, line: Line) -> Said:
    if name.isdigit():
        rows = Document.objects.filter(declaration=line.declaration, kind=name).order_by("position")
        numbers = [d.number or d.filename for d in rows if d.line in (None, line.number)]
        return say(codes.table("document_kind").get(name) or name), [n for n in numbers if n]
    label, read = _FIELDS[name]
    found = read(line)
    values = found if isinstance(found, list) else [found]
    return say(label), [str(v) for v in values[:MOST] if v]


def _coded(table: str, value: str) -> str:
    return f"{value} {say(codes.table(table).get(value) or '')}".strip() if value else ""


def _more(name: str) -> Callable[[Line], Any]:
    return lambda line: line.more.get(name, "")


def _own(name: str) -> Callable[[Line], Any]:
    return lambda line: getattr(line, name)


def _day(name: str) -> Callable[[Line], str]:
    return lambda line: written_date(day) if (day := getattr(line, name)) else ""


def _un(line: Line) -> str:
    return _coded("un_number", str(line.more.get("un_number", "")).removeprefix("UN"))


def _packaging(line: Line) -> str:
    return _coded("packaging", Declaration.objects.values_list("packaging", flat=True).get(number=line.declaration))


def _containers(line: Line) -> list[str]:
    rows = Container.objects.filter(declaration=line.declaration).order_by("number")
    return [f"{box.number} ({box.seal})" if box.seal else box.number for box in rows]


_FIELDS: Mapping[str, tuple[W, Callable[[Line], Any]]] = {
    "name": (W("Goods", "商品名称"), _own("name")),
    "model": (W("Model", "规格型号"), _own("model")),
    "batch": (W("Batch", "生产批号"), _own("batch")),
    "maker_name": (W("Maker", "生产企业"), _own("maker_name")),
    "maker_registration": (W("Maker's registration number", "生产企业注册号"), _own("maker_registration")),
    "quantity": (W("Quantity", "数量"), lambda line: say(amount(line.quantity, line.unit))),
    "produced_on": (W("Produced", "生产日期"), _day("produced_on")),
    "expires_on": (W("Use by", "保质期至"), _day("expires_on")),
    "attributes": (
        W("Attributes of the goods", "货物属性"),
        lambda line: [say(codes.table("goods_attribute").get(a) or a) for a in line.attributes],
    ),
    "ingredients": (W("Ingredients", "成分或原料"), _more("ingredients")),
    "vins": (W("Vehicle identification numbers", "车辆识别代号"), _more("vins")),
    "un_number": (W("UN number", "联合国编号"), _un),
    "dangerous_name": (W("Proper shipping name", "危险货物名称"), _more("dangerous_name")),
    "packing_group": (W("Packing group", "危包类别"), lambda line: GROUPS.get(line.more.get("packing_group", ""), "")),
    "packing_specification": (W("UN mark of the packaging", "包装 UN 标记"), _more("packing_specification")),
    "packaging": (W("Kind of packaging", "包装种类"), _packaging),
    "containers": (W("Containers", "集装箱"), _containers),
}
"""Fields that checklists show: what they are called, and how they are read."""
