"""Declarations with everything that belongs to them."""

from guomen.clearance.models.declarations import (
    ENDED,
    STATES,
    Container,
    Decision,
    Declaration,
    Document,
    Draft,
    Line,
    Shadow,
    Upload,
    is_export,
)
from guomen.clearance.models.licences import Allowance, Former, Licence, LicenceUse, RetailOrder, Successor, Unseen
from guomen.clearance.models.messages import Message, Receipt, ReceiptDelivery, ReceiptSubscription, Thread

__all__ = [
    "ENDED",
    "STATES",
    "Allowance",
    "Container",
    "Decision",
    "Declaration",
    "Document",
    "Draft",
    "Former",
    "Licence",
    "LicenceUse",
    "Line",
    "Message",
    "Receipt",
    "ReceiptDelivery",
    "ReceiptSubscription",
    "RetailOrder",
    "Shadow",
    "Successor",
    "Thread",
    "Unseen",
    "Upload",
    "is_export",
]
