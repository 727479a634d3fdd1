"""One name for one thing: whatever link or URN it came with."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from guomen.core.gs1.checkdigit import valid_check_digit
from guomen.core.gs1.digital_link import parse_digital_link, to_digital_link
from guomen.core.gs1.epc import epc_to_ais, plain_urn_path
from guomen.core.gs1.errors import GS1Error
from guomen.core.memory import KEPT, LONGEST, remembered

# A GTIN and serial name one item whatever its lot or variant: the finer qualifier alone identifies.
_FINEST = {"01": ("21", "235", "10"), "8006": ("21", "10"), "414": ("254", "7040")}


# Nearly every name in an event has one of these shapes, and capture names millions: skip the full parser for them.
# Only characters that are in CSET 82 and need no escape.
_PLAIN_LINK = re.compile(
    r"https?://[A-Za-z0-9.:-]+(?P<path>/01/(?P<gtin>[0-9]{14})/(?:21|10)/[A-Za-z0-9._-]{1,20}|/00/(?P<sscc>[0-9]{18}))"
)


def _plain(uri: str) -> str | None:
    """The canonical name of a link in the commonest shapes; None when the full parser must look at it."""
    match = _PLAIN_LINK.fullmatch(uri)
    if match is None or not valid_check_digit(match["gtin"] or match["sscc"]):
        return None
    return f"https://id.gs1.org{match['path']}"


def canonical(uri: str) -> str:
    """The canonical Digital Link of a thing, from a Digital Link on any host or an EPC URN.

    https://id.gs1.org, GTIN in 14 digits, no attributes, and of the qualifiers only the finest: item
    (21 or 235) before lot (10) before the product alone; consumer product variants (22) are dropped.
    GS1Error: NOT_A_DIGITAL_LINK or NOT_AN_EPC when the URI is of another kind, else what it breaks.
    """
    return known_item(uri) or _canonical(uri)


def known_item(uri: str) -> str | None:
    """:func:`canonical` for an item whose serial is plain letters and digits, at a tenth of the cost; else None.

    Capture names millions of items of a few products: what stands before the serial is read once and remembered.
    """
    mark = "." if uri.startswith("urn:epc:id:sgtin:") else "/21/"
    head, _, serial = uri.rpartition(mark)
    if not serial.isalnum() or len(serial) > 20 or not serial.isascii() or len(head) > LONGEST:
        return None
    head += mark
    start = _start(head)
    return None if start is None else uri if start == head else start + serial


_SERIALS = re.compile(r"(?:\n[A-Za-z0-9]{1,20})+")


def known_items(uris: Sequence[str]) -> list[str] | None:
    """:func:`known_item` of many at once that differ in their serials only, as the things of one event mostly do.

    At a tenth of the cost again; None when they are not so, or none are given. TypeError for what is no text.
    """
    if not uris:
        return None
    first = uris[0]
    mark = "." if first.startswith("urn:epc:id:sgtin:") else "/21/"
    end = first.rfind(mark)
    if not 0 <= end <= LONGEST:
        return None
    head = first[: end + len(mark)]
    joined = "\n" + "\n".join(uris)
    serials = joined.replace("\n" + head, "\n")
    # A line more than there are URIs: one of them holds a line break. More left over: one of them has another head.
    if not _SERIALS.fullmatch(serials) or serials.count("\n") != len(uris):
        return None
    if len(joined) - len(serials) != len(head) * len(uris):
        return None
    start = _start(head)
    if start is None or start == head:
        return None if start is None else list(uris)
    return [start + serial for serial in serials[1:].split("\n")]


@lru_cache(KEPT)
def _start(head: str) -> str | None:
    """What the canonical names of all items begin with whose URIs begin with ``head``; None when there are none."""
    if "?" in head or "#" in head:
        return None
    try:
        name = _canonical(head + "0")
    except GS1Error:
        return None
    return name[:-1] if name.endswith("/21/0") else None


# One capture asks for the name of the same thing several times, and things come back in later events.
@remembered
def _canonical(uri: str) -> str:
    plain = _plain(uri)
    if plain is not None:
        return plain
    if uri.startswith("urn:epc:"):
        named = plain_urn_path(uri)
        if named is not None:
            return "https://id.gs1.org" + named
        return to_digital_link(epc_to_ais(uri))
    path = parse_digital_link(uri, associations=False).path
    key = path[0]
    finest = _FINEST.get(key[0])
    if finest is None:
        return to_digital_link(path)
    qualifiers = dict(path[1:])
    chosen = next(((ai, qualifiers[ai]) for ai in finest if ai in qualifiers), None)
    return to_digital_link((key, chosen) if chosen else (key,))


def item_key(uri: str, *, strict: bool = True) -> uuid.UUID:
    """16-byte BLAKE2b of the canonical URI, as a UUID: the fixed-size key of a thing in tables.

    EPCIS allows identifiers that are not GS1 keys: those are hashed as they are written.
    strict: GS1Error when a URI looks like a GS1 key but breaks its rules; else that too is hashed as written.
    """
    try:
        name = canonical(uri)
    except GS1Error as error:
        if strict and error.code not in ("NOT_A_DIGITAL_LINK", "NOT_AN_EPC"):
            raise
        name = uri
    return uuid.UUID(bytes=blake2b(name.encode(), digest_size=16).digest())
