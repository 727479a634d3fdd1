"""What people can do with declarations and their lines."""

from guomen.clearance.services.deciding import (
    decide_held,
    decide_laboratory,
    hold_after_inspection,
    release_after_inspection,
    set_outcome,
)
from guomen.clearance.services.elsewhere import open_balance
from guomen.clearance.services.gate import GateResult, gate_check
from guomen.clearance.services.lodging import check, lodge, lodge_many
from guomen.clearance.services.packs import simulate_pack
from guomen.clearance.services.papers import attach, change_draft, save_draft

__all__ = [
    "GateResult",
    "attach",
    "change_draft",
    "check",
    "decide_held",
    "decide_laboratory",
    "gate_check",
    "hold_after_inspection",
    "lodge",
    "lodge_many",
    "open_balance",
    "release_after_inspection",
    "save_draft",
    "set_outcome",
    "simulate_pack",
]
