"""What people can do with tags: order, print, make valid, withdraw, sell, recall, scan."""

from guomen.tags.services.bundling import AUDIENCES, make_bundle
from guomen.tags.services.ordering import MAX_COUNT, order
from guomen.tags.services.printing import label_sheet, labels_csv
from guomen.tags.services.scanning import CHANNELS, scan
from guomen.tags.services.selling import sell
from guomen.tags.services.validity import activate, activate_many, deactivate, recall, withdraw_item

__all__ = [
    "AUDIENCES",
    "CHANNELS",
    "MAX_COUNT",
    "activate",
    "activate_many",
    "deactivate",
    "label_sheet",
    "labels_csv",
    "make_bundle",
    "order",
    "recall",
    "scan",
    "sell",
    "withdraw_item",
]
