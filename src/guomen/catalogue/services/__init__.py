"""What firms can do in the catalogue: register products, and manage the links of their products, batches and places."""

from guomen.catalogue.services.links import add_link, change_link, remove_link
from guomen.catalogue.services.products import FIELDS, MAX_PICTURE, keep_picture, register_product

__all__ = [
    "FIELDS",
    "MAX_PICTURE",
    "add_link",
    "change_link",
    "keep_picture",
    "register_product",
    "remove_link",
]
