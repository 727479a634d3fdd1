"""What people can do with tags: order, print, make valid, change what became of them, sell, claim, recall, scan."""

from guomen.tags.services.bonded import move_bonded
from guomen.tags.services.bundling import AUDIENCES, make_bundle
from guomen.tags.services.chips import export_chip_keys, provisioning, register_chips
from guomen.tags.services.claiming import claim, claimed_since, is_mine, unclaim
from guomen.tags.services.dealers import drop_dealer, name_dealer
from guomen.tags.services.houses import approve_house, name_house, withdraw_house
from guomen.tags.services.keys import agree_retirement, ask_retirement, drop_retirement, retire_keys, rotate_keys
from guomen.tags.services.ordering import MAX_COUNT, cancel, decide, order
from guomen.tags.services.parcels import erase_parcel, pack
from guomen.tags.services.printing import cancel_labels, order_labels
from guomen.tags.services.scanning import CHANNELS, scan
from guomen.tags.services.selling import sell
from guomen.tags.services.signing import read_signed, revoke_code, sign_code
from guomen.tags.services.states import Changed, change_consignment, change_items, change_stretch, withdraw_item
from guomen.tags.services.validity import activate, activate_many, deactivate, recall

__all__ = [
    "AUDIENCES",
    "CHANNELS",
    "MAX_COUNT",
    "Changed",
    "activate",
    "activate_many",
    "agree_retirement",
    "approve_house",
    "ask_retirement",
    "cancel",
    "cancel_labels",
    "change_consignment",
    "change_items",
    "change_stretch",
    "claim",
    "claimed_since",
    "deactivate",
    "decide",
    "drop_dealer",
    "drop_retirement",
    "erase_parcel",
    "export_chip_keys",
    "is_mine",
    "make_bundle",
    "move_bonded",
    "name_dealer",
    "name_house",
    "order",
    "order_labels",
    "pack",
    "provisioning",
    "read_signed",
    "recall",
    "register_chips",
    "retire_keys",
    "revoke_code",
    "rotate_keys",
    "scan",
    "sell",
    "sign_code",
    "unclaim",
    "withdraw_house",
    "withdraw_item",
]
