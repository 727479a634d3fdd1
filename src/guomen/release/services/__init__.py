"""What people can do about the release of goods."""

from guomen.release.services.debts import find_overdue, follow, pay_debt
from guomen.release.services.instructing import add_receiver, end_receiver, instruct, report_done
from guomen.release.services.overriding import approve_override, propose_override, refuse_override
from guomen.release.services.slips import SlipRead, issue_slip, read_slip
from guomen.release.services.unloading import (
    examine_part,
    finish_unloading,
    resume_unloading,
    settle_part,
    start_unloading,
    unload_part,
)

__all__ = [
    "SlipRead",
    "add_receiver",
    "approve_override",
    "end_receiver",
    "examine_part",
    "find_overdue",
    "finish_unloading",
    "follow",
    "instruct",
    "issue_slip",
    "pay_debt",
    "propose_override",
    "read_slip",
    "refuse_override",
    "report_done",
    "resume_unloading",
    "settle_part",
    "start_unloading",
    "unload_part",
]
