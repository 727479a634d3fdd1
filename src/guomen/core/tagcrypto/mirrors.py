"""Plain mirrors of cheaper chips: parsed, checked as far as they can be, and never a proof.

NTAG 21x: ``UIDxCTR``, unprotected. NTAG 22x DNA: ``UIDxCTR[xTT]xCMAC``, where the MAC covers UID, counter and tamper
status as bytes in the order shown (AN12998). The MAC key of an NTAG 22x can be recovered from the chip in hand
("BREAKMEIFYOUCAN!", IACR ePrint 2026/100) unless its key pages are locked and guarded: a right MAC is a good sign, not
more. See :data:`guomen.core.tagcrypto.chips.CHIPS`.
"""

import hmac
import re
from binascii import unhexlify
from typing import Literal, NamedTuple

from guomen.core.tagcrypto.aes import BLOCK, cmac
from guomen.core.tagcrypto.diversify import KeyOf
from guomen.core.tagcrypto.tamper import Tamper, as_hex, status

MirrorReason = Literal["form", "key", "mac"]

_21X = re.compile(r"([0-9A-F]{14})(?:x([0-9A-F]{6}))?")
_22X = re.compile(r"([0-9A-F]{14})x([0-9A-F]{6})(?:x((?:[COI]{2}|00)[0-9A-F]{8}))?x([0-9A-F]{16})")


class MirrorError(ValueError):
    """A text is no mirror of this chip; ``reason`` is "form", "key" or "mac"."""

    def __init__(self, reason: MirrorReason) -> None:
        super().__init__(f"not a valid mirror: {reason}")
        self.reason: MirrorReason = reason


class Mirror(NamedTuple):
    """What the chip shows. ``counter`` counts upwards at each tap, None where it is not mirrored."""

    uid: bytes
    counter: int | None
    tamper: Tamper | None = None


def read_21x(text: str) -> Mirror:
    """UID and counter of an NTAG 213, 215 or 216: anybody can write them into any chip. MirrorError "form"."""
    found = _21X.fullmatch(text)
    if found is None:
        raise MirrorError("form")
    uid, counter = found.groups()
    return Mirror(bytes.fromhex(uid), int(counter, 16) if counter else None)


def check_22x(text: str, key: bytes | KeyOf) -> Mirror:
    """Check the mirror of an NTAG 223 or 224 DNA under its SUNCMAC key, or how to get that from a UID. MirrorError."""
    found = _22X.fullmatch(text)
    if found is None:
        raise MirrorError("form")
    uid, counter, tamper, mac = found.groups()
    if not isinstance(key, bytes):
        key = key(bytes.fromhex(uid))
    if len(key) != BLOCK:
        raise MirrorError("key")
    if not hmac.compare_digest(unhexlify(mac), _mac_22x(key, uid, counter, tamper)):
        raise MirrorError("mac")
    try:
        said = status(tamper[:2]) if tamper else None
    except ValueError:
        raise MirrorError("form") from None
    return Mirror(bytes.fromhex(uid), int(counter, 16), said)


def encode_22x(uid: bytes, counter: int, key: bytes, tamper: str | None = None) -> str:
    """What an NTAG 22x with this key mirrors; ``tamper`` has ten characters, as mirrored."""
    shown = [uid.hex().upper(), f"{counter:06X}"]
    mac = _mac_22x(key, shown[0], shown[1], tamper)
    return "x".join([*shown, *([tamper] if tamper else []), mac.hex().upper()])


def _mac_22x(key: bytes, uid: str, counter: str, tamper: str | None) -> bytes:
    return cmac(key, unhexlify(uid + counter + (as_hex(tamper) if tamper else "")))[1::2]
