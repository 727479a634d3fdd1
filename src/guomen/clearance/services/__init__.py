"""What people can do with declarations and their lines."""

from guomen.clearance.services.changing import amend
from guomen.clearance.services.deciding import (
    bars,
    decide_held,
    decide_laboratory,
    hold_after_inspection,
    release_after_inspection,
    take_back,
)
from guomen.clearance.services.elsewhere import open_balance
from guomen.clearance.services.elsewhere import suspend as suspend_from_mode
from guomen.clearance.services.ending import barred, merge, report_arrival, request_reinspection, split, withdraw
from guomen.clearance.services.exporting import check_at_port
from guomen.clearance.services.files import lodge_file
from guomen.clearance.services.foreseeing import foresee
from guomen.clearance.services.gate import GateResult, gate_check
from guomen.clearance.services.licences import register_licence
from guomen.clearance.services.lodging import check, lodge, lodge_many
from guomen.clearance.services.messaging import receive
from guomen.clearance.services.outcomes import allowed as allowed_outcomes
from guomen.clearance.services.outcomes import inspect_again, set_outcome
from guomen.clearance.services.packs import DAYS, MOST_LINES, simulate_pack
from guomen.clearance.services.papers import attach, change_draft, discard_draft, save_draft
from guomen.clearance.services.receiving import subscribe_receipts, unsubscribe_receipts

__all__ = [
    "DAYS",
    "MOST_LINES",
    "GateResult",
    "allowed_outcomes",
    "amend",
    "attach",
    "barred",
    "bars",
    "change_draft",
    "check",
    "check_at_port",
    "decide_held",
    "decide_laboratory",
    "discard_draft",
    "foresee",
    "gate_check",
    "hold_after_inspection",
    "inspect_again",
    "lodge",
    "lodge_file",
    "lodge_many",
    "merge",
    "open_balance",
    "receive",
    "register_licence",
    "release_after_inspection",
    "report_arrival",
    "request_reinspection",
    "save_draft",
    "set_outcome",
    "simulate_pack",
    "split",
    "subscribe_receipts",
    "suspend_from_mode",
    "take_back",
    "unsubscribe_receipts",
    "withdraw",
]
