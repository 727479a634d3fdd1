"""What firms can do in the catalogue: register products and manage links; and what controllers do with rule packs."""

from guomen.catalogue.services.drafts import (
    draft_file,
    draft_rows,
    place_of,
    propose_draft,
    propose_file,
    undraft,
    upon,
)
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
    "draft_file",
    "draft_rows",
    "keep_picture",
    "keep_simulation",
    "place_of",
    "propose_draft",
    "propose_file",
    "propose_pack",
    "register_product",
    "remove_link",
    "roll_back",
    "undraft",
    "upon",
    "withdraw_pack",
]
