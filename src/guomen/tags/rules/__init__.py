"""Pure decisions about tags: the verdict about one item, and when its code looks copied."""

from guomen.tags.rules.copies import Known, Rule, Spoken, follow, kilometres, spoken
from guomen.tags.rules.limits import CopyLimits
from guomen.tags.rules.trail import Look, Trail
from guomen.tags.rules.verdict import Counter, Facts, State, Verdict, read_counter, verdict

__all__ = [
    "CopyLimits",
    "Counter",
    "Facts",
    "Known",
    "Look",
    "Rule",
    "Spoken",
    "State",
    "Trail",
    "Verdict",
    "follow",
    "kilometres",
    "read_counter",
    "spoken",
    "verdict",
]
