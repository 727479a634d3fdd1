"""The serials of this installation: its keys by version, and the addresses printed on labels."""

from functools import cache
from hashlib import blake2b
from uuid import UUID

from django.conf import settings

from guomen.core.gs1 import GS1_BASE, to_digital_link
from guomen.core.tagcrypto import SerialScheme
from guomen.kit.keys import Secret, secret

ITEM_GROUPS = 4
FIRST_VERSION = 1


def key_name(use: str, version: int) -> str:
    """What the keystore calls a tag key: ``tags-mac`` in the first version, then ``tags-mac-2`` and so on."""
    return f"tags-{use}" if version == FIRST_VERSION else f"tags-{use}-{version}"


def tag_key(use: str, version: int) -> Secret:
    """A key of tags. KeyMissingError when a later version's is absent: only a rotation makes those."""
    return secret(key_name(use, version), make=version == FIRST_VERSION)


@cache
def scheme(version: int) -> SerialScheme:
    """The scheme with the two keys of a version; a range names its own (``Range.key_version``)."""
    return SerialScheme(tag_key("permute", version), tag_key("mac", version))


def item_uri(gtin: str, serial: str) -> str:
    """The item's canonical name."""
    return to_digital_link((("01", gtin), ("21", serial)))


def key_of(gtin: str, serial: str) -> UUID:
    """The item's key in all tables, as ``item_key(item_uri(gtin, serial))`` makes it, for a code that was checked."""
    return UUID(bytes=key_bytes(gtin, serial))


def key_bytes(gtin: str, serial: str) -> bytes:
    """The 16 bytes of :func:`key_of`.

    ``gtin`` has 14 digits and ``serial`` is one of ours: no parser has to look at them.
    """
    return blake2b(f"{GS1_BASE}/01/{gtin}/21/{serial}".encode(), digest_size=16).digest()


def batch_uri(gtin: str, batch: str) -> str:
    """The batch's canonical name."""
    return to_digital_link((("01", gtin), ("10", batch)))


def address(gtin: str, batch: str, serial: str) -> str:
    """What the code on the label says: a GS1 Digital Link on this installation's own host."""
    link = to_digital_link((("01", gtin), ("10", batch), ("21", serial)))
    return settings.GUOMEN.origin + link.removeprefix("https://id.gs1.org")


def short_address(short: str) -> str:
    """What the code on a tiny pack says: this installation's host and the short code, in capitals."""
    return f"{settings.GUOMEN.origin}/{short}".upper()


def grouped(serial: str) -> str:
    """A serial as people read and type it: groups of four."""
    return " ".join(serial[i : i + ITEM_GROUPS] for i in range(0, len(serial), ITEM_GROUPS))
