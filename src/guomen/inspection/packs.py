"""The checklist and the laboratory panel of an order, as the current rule pack has them."""

from guomen.catalogue import rulepack
from guomen.catalogue.rulepack import ChecklistItem, LabTest
from guomen.inspection.models import Order
from guomen.kit.errors import NotFound
from guomen.kit.words import W

SAMPLE_STEP = ChecklistItem(
    "SAMPLE",
    W("Sample drawn and sealed", "已取样并加封"),
    "sample",
    W("Draw, seal and send it to the laboratory.", "取样、加封并送实验室。"),
    "",
    None,
    None,
    "",
    "SAMPLE-NOT-POSSIBLE",
)
"""The step of an order for the laboratory whose checklist does not name it."""


def version() -> str:
    return rulepack.current().version


def items_of(order: Order) -> list[ChecklistItem]:
    """The items that this order needs: a sample only when one is wanted."""
    items = list(rulepack.current().checklist(order.checklist).items)
    if not order.wants_sample:
        return [i for i in items if i.kind != "sample"]
    return items if any(i.kind == "sample" for i in items) else [*items, SAMPLE_STEP]


def item_of(order: Order, code: str) -> ChecklistItem:
    """One item of the order. Raises NotFound."""
    for item in items_of(order):
        if item.code == code:
            return item
    raise NotFound


def panel_of(panel: str) -> list[LabTest]:
    """The tests of a laboratory panel; none for a sample that is only kept in reserve."""
    return list(rulepack.current().lab_panel(panel))
