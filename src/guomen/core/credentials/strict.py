"""Reading what strangers send: JSON, CBOR and base64url with one meaning each, and bounded before it is built.

Two readers that understand one text differently are how signed things are forged: a key that stands twice, bits after
the end, a number that only one of them can hold. All of that is refused here, before any signature is looked at.
"""

import base64
import binascii
import json
import re
from typing import Any, NoReturn

import cbor2

from guomen.core.credentials.errors import CredentialError

MAX_BYTES = 1 << 20
"""Of a credential. The largest certificates of today have 50 kB."""
MAX_DEPTH = 32
MAX_ITEMS = 50_000
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_TAGS = frozenset({0, 1, 18, 61})
"""Text and number of a moment, COSE_Sign1, CWT. Others make a reader do things: references, patterns, big numbers."""


def base64url(data: bytes) -> str:
    """RFC 7515, section 2: without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of base64url without padding; CredentialError for anything that some decoder reads otherwise."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise CredentialError("form", "not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise CredentialError("form", "not base64url") from None
    if len(text) % 4 and base64url(data)[-1] != text[-1]:
        raise CredentialError("form", "bits after the end of base64url")
    return data


def read_json(data: bytes | str, most: int = MAX_BYTES) -> Any:
    """JSON (RFC 8259) without keys that stand twice, without NaN, not deeper than ``MAX_DEPTH``."""
    if len(data) > most:
        raise CredentialError("too-large", f"more than {most} bytes")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        found = json.loads(text, object_pairs_hook=_pairs, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if isinstance(error, CredentialError):
            raise
        raise CredentialError("form", "not JSON") from None
    _require_shallow(found)
    return found


def read_object(data: bytes | str, most: int = MAX_BYTES) -> dict[str, Any]:
    """:func:`read_json` of an object."""
    found = read_json(data, most)
    if not isinstance(found, dict):
        raise CredentialError("form", "not a JSON object")
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise CredentialError("form", "a key stands twice")
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise CredentialError("form", f"{name} is not JSON")


def _require_shallow(value: Any) -> None:
    level, depth = [value], 0
    while level:
        if depth > MAX_DEPTH:
            raise CredentialError("form", f"nested deeper than {MAX_DEPTH}")
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        level, depth = inner, depth + 1


def read_cbor(data: bytes, most: int = MAX_BYTES) -> Any:
    """CBOR (RFC 8949): one item and nothing after it, lengths known, no key twice, few tags, bounded depth and number.

    The bytes are walked before the library builds anything from them.
    """
    if len(data) > most:
        raise CredentialError("too-large", f"more than {most} bytes")
    if _Walk(data).item(0, 0) != len(data):
        raise CredentialError("form", "bytes after the end of CBOR")
    try:
        return cbor2.loads(data)
    except Exception:  # the library's own, and what a moment far away raises
        raise CredentialError("form", "not CBOR") from None


class _Walk:
    __slots__ = ("data", "left")

    def __init__(self, data: bytes) -> None:
        self.data, self.left = data, MAX_ITEMS

    def item(self, at: int, depth: int) -> int:
        """The position after the item that begins at ``at``."""
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0 or at >= len(self.data):
            raise CredentialError("form", "CBOR breaks off, is too deep or has too many items")
        major, short = self.data[at] >> 5, self.data[at] & 31
        number, at = self._number(short, at + 1)
        match major:
            case 2 | 3:
                at += number
                if at > len(self.data):
                    raise CredentialError("form", "CBOR breaks off")
            case 4:
                for _ in range(number):
                    at = self.item(at, depth + 1)
            case 5:
                at = self._map(at, number, depth)
            case 6:
                if number not in _TAGS:
                    raise CredentialError("form", f"CBOR tag {number}")
                at = self.item(at, depth + 1)
        return at

    def _map(self, at: int, pairs: int, depth: int) -> int:
        seen = set()
        for _ in range(pairs):
            start, at = at, self.item(at, depth + 1)
            if self.data[start:at] in seen:
                raise CredentialError("form", "a key stands twice")
            seen.add(self.data[start:at])
            at = self.item(at, depth + 1)
        return at

    def _number(self, short: int, at: int) -> tuple[int, int]:
        if short < 24:
            return short, at
        if short > 27:
            raise CredentialError("form", "CBOR of unknown length")
        width = 1 << short - 24
        raw = self.data[at : at + width]
        number = int.from_bytes(raw)
        major = self.data[at - 1] >> 5
        # A number in more bytes than it needs would let one key stand twice; floats (major 7) have fixed widths.
        if len(raw) < width or (major != 7 and number < (24 if width == 1 else 1 << 4 * width)):
            raise CredentialError("form", "CBOR number not in its shortest form")
        return number, at + width
