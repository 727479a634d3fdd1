"""The checklist of an order and the panel of a sample, as the rule pack has them that ordered the inspection."""

from guomen.catalogue import rulepack
from guomen.catalogue.rulepack import ChecklistItem, LabTest
from guomen.inspection.models import Order, Sample
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


def items_of(order: Order) -> list[ChecklistItem]:
    """The items that this order needs: a sample only when one is wanted."""
    items = list(rulepack.pack(order.rule_pack).checklist(order.checklist).items)
    if not order.wants_sample:
        return [i for i in items if i.kind != "sample"]
    return items if any(i.kind == "sample" for i in items) else [*items, SAMPLE_STEP]


def item_of(order: Order, code: str) -> ChecklistItem:
    """One item of the order. Raises NotFound."""
    for item in items_of(order):
        if item.code == code:
            return item
    raise NotFound


def panel_of(sample: Sample) -> list[LabTest]:
    """The tests of a laboratory panel; none for a sample that is only kept in reserve."""
    return list(rulepack.pack(sample.rule_pack).lab_panel(sample.panel))
