"""What firms can do in the catalogue: register products and manage links; and what controllers do with rule packs."""

from guomen.catalogue.services.links import add_link, change_link, remove_link
from guomen.catalogue.services.packs import (
    SHADOW,
    approve_pack,
    cut_over,
    keep_simulation,
    propose_pack,
    roll_back,
    withdraw_pack,
)
from guomen.catalogue.services.products import FIELDS, MAX_PICTURE, keep_picture, register_product

__all__ = [
    "FIELDS",
    "MAX_PICTURE",
    "SHADOW",
    "add_link",
    "approve_pack",
    "change_link",
    "cut_over",
    "keep_picture",
    "keep_simulation",
    "propose_pack",
    "register_product",
    "remove_link",
    "roll_back",
    "withdraw_pack",
]
