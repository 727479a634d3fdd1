"""Pure decisions about tags: the verdict about one item, and when its code looks copied."""

from guomen.tags.rules.copies import LIMITS, CopyLimits, Scans, Seen, copy_signals, kilometres
from guomen.tags.rules.verdict import Counter, Facts, State, Verdict, read_counter, verdict

__all__ = [
    "LIMITS",
    "CopyLimits",
    "Counter",
    "Facts",
    "Scans",
    "Seen",
    "State",
    "Verdict",
    "copy_signals",
    "kilometres",
    "read_counter",
    "verdict",
]
