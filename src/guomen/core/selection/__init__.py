"""Which consignments to open: what is known of their like, where the unknown is, and what each is drawn with."""

from guomen.core.selection.allocation import Shares, inclusion
from guomen.core.selection.estimates import Estimate, estimate, proportion
from guomen.core.selection.history import History, Terms

__all__ = ["Estimate", "History", "Shares", "Terms", "estimate", "inclusion", "proportion"]
