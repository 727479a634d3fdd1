"""What people can do with inspections and samples."""

from guomen.inspection.services.decide import accompany, conclude, hold, proposal
from guomen.inspection.services.field import (
    add_photo,
    answer,
    draw_outside,
    draw_sample,
    give,
    look_in_parts,
    take,
    test_fast,
)
from guomen.inspection.services.laboratory import enter_results, receive_sample, report
from guomen.inspection.services.ordering import NewOrder, cancel_orders, create_order, create_orders
from guomen.inspection.services.staffing import state_staff

__all__ = [
    "NewOrder",
    "accompany",
    "add_photo",
    "answer",
    "cancel_orders",
    "conclude",
    "create_order",
    "create_orders",
    "draw_outside",
    "draw_sample",
    "enter_results",
    "give",
    "hold",
    "look_in_parts",
    "proposal",
    "receive_sample",
    "report",
    "state_staff",
    "take",
    "test_fast",
]
