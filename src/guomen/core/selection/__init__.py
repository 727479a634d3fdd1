"""Which consignments to open: what is known of their like, where the unknown is, and what each is drawn with."""

from guomen.core.selection.allocation import Shares, alone, inclusion
from guomen.core.selection.estimates import Estimate, Sums, estimate, of_sums, proportion
from guomen.core.selection.history import History, Terms

__all__ = [
    "Estimate",
    "History",
    "Shares",
    "Sums",
    "Terms",
    "alone",
    "estimate",
    "inclusion",
    "of_sums",
    "proportion",
]
