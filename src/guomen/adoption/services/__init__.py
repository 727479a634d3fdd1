"""What people can do with results that were found elsewhere."""

from guomen.adoption.services.bodies import compare, delist_body, list_body, restore_body, suspend_body
from guomen.adoption.services.evidence import (
    Taken,
    end_evidence,
    give_back,
    hold,
    open_evidence,
    overturn,
    use_evidence,
)
from guomen.adoption.services.reports import ask_report, file_report, find_late, notify_late, void_report
from guomen.adoption.services.samples import declare_air_sample, forward_air_sample, judge_air_sample
from guomen.adoption.services.standings import admit, ask_standing, end_standing, lift, suspend

__all__ = [
    "Taken",
    "admit",
    "ask_report",
    "ask_standing",
    "compare",
    "declare_air_sample",
    "delist_body",
    "end_evidence",
    "end_standing",
    "file_report",
    "find_late",
    "forward_air_sample",
    "give_back",
    "hold",
    "judge_air_sample",
    "lift",
    "list_body",
    "notify_late",
    "open_evidence",
    "overturn",
    "restore_body",
    "suspend",
    "suspend_body",
    "use_evidence",
    "void_report",
]
