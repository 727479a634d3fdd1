"""The serials of this installation: its keys, and the addresses printed on labels."""

from functools import cache

from django.conf import settings

from guomen.core.gs1 import to_digital_link
from guomen.core.tagcrypto import SerialScheme
from guomen.kit.keys import secret

ITEM_GROUPS = 4


@cache
def scheme() -> SerialScheme:
    """The scheme with this installation's two keys."""
    return SerialScheme(secret("tags-permute"), secret("tags-mac"))


def item_uri(gtin: str, serial: str) -> str:
    """The item's canonical name."""
    return to_digital_link((("01", gtin), ("21", serial)))


def batch_uri(gtin: str, batch: str) -> str:
    """The batch's canonical name."""
    return to_digital_link((("01", gtin), ("10", batch)))


def address(gtin: str, batch: str, serial: str) -> str:
    """What the code on the label says: a GS1 Digital Link on this installation's own host."""
    link = to_digital_link((("01", gtin), ("10", batch), ("21", serial)))
    return settings.GUOMEN.origin + link.removeprefix("https://id.gs1.org")


def grouped(serial: str) -> str:
    """A serial as people read and type it: groups of four."""
    return " ".join(serial[i : i + ITEM_GROUPS] for i in range(0, len(serial), ITEM_GROUPS))
