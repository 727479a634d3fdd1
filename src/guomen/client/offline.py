"""Check item codes and signed codes on a device without a network, and renew what it knows when there is one.

Item codes are checked with the signed file that ``guomen tags bundle`` writes and ``/api/tags/bundle`` hands out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core.credentials import CredentialError, statuslist
from guomen.core.credentials.keys import from_public
from guomen.core.credentials.statuslist import CWT_TYPE, SignedList
from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.core.tagcrypto import bundle, signed
from guomen.core.tagcrypto.bundle import BundleError, Finding
from guomen.core.tagcrypto.codes import SerialError, number_of
from guomen.core.tagcrypto.signed import SignedCode, SignedCodeError

__all__ = ["BundleError", "CodeReader", "Finding", "OfflineChecker", "ReadCode", "SignedCodeError"]

Fetch = Callable[[str], bytes]
"""From the address of a status list to its bytes (CWT)."""
NAMES = frozenset({"id.gs1.org"})
"""A host that names things and promises nothing about who prints the names."""
_TIMEOUT = 10.0


def fetch(address: str) -> bytes:
    """The status list at an address, as CWT. Raises httpx.HTTPError."""
    answer = httpx.get(address, headers={"Accept": CWT_TYPE}, timeout=_TIMEOUT, follow_redirects=False)
    answer.raise_for_status()
    return answer.content


class OfflineChecker:
    """Answers for one bundle.

    keys: public keys of the installation in hexadecimal, as the command prints them; they come to the device by another
    way than the bundle. now: for tests; by default the device's clock. Raises BundleError for a file that none of the
    keys signed or that has expired.
    """

    def __init__(self, file: str | Path | bytes, keys: Iterable[str], now: datetime | None = None) -> None:
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        self._keys = _keys(keys)
        self._bundle = bundle.read(data, self._keys, _seconds(now))
        self._checker = bundle.Checker(self._bundle)
        self._hosts = {urlsplit(self._bundle.issuer).netloc.lower(), *NAMES}

    @property
    def issued_at(self) -> datetime:
        """How old the answers are: whatever happened since then the device does not know, unless it renewed."""
        return datetime.fromtimestamp(self._bundle.issued_at, UTC)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self._bundle.expires_at, UTC)

    def check(self, code: str, now: datetime | None = None) -> Finding:
        """What is known of a code: an address as scanned, a serial or a short code as typed.

        An address on another host than the bundle's issuer is in doubt, whatever serial it holds (TAG-OTHER-HOST): who
        opened it would see somebody else's page. Raises BundleError "expired".
        """
        if _seconds(now) >= self._bundle.expires_at:
            raise BundleError("expired")
        code = code.strip()
        if "/" not in code:
            return self._checker.check(code)
        address = code if "://" in code else f"https://{code}"
        if _host(address) not in self._hosts:
            return Finding("doubt", ("TAG-OTHER-HOST",), proven=True)
        try:
            found = dict(parse_digital_link(address, associations=False).path)
        except GS1Error:
            # No Digital Link: the address of a short code, or no code at all.
            return self._checker.check(address.rsplit("/", 1)[1])
        return self._checker.check(found.get("21", ""), found.get("01", ""), found.get("10", ""))

    def renew(self, codes: Iterable[str], get: Fetch = fetch, now: datetime | None = None) -> int:
        """Fetch the published states of the ranges that some codes (serials, short codes) or ranges begin with.

        Lists whose ``ttl`` has not passed are not asked for again. Returns how many newer ones came. What is known of
        other ranges, and what was known before, stays when this raises: what ``get`` raises, or CredentialError.
        """
        at, came = _seconds(now), 0
        for number in sorted({found for code in codes if (found := _range_of(code)) is not None}):
            address, held = self._checker.address_of(number), self._checker.newer(number)
            if not address or (held is not None and at < held.issued_at + (held.ttl or 0)):
                continue
            came += self._renew(number, _list(get(address), self._keys, address, at))
        return came

    def _renew(self, number: int, found: SignedList) -> bool:
        try:
            return self._checker.renew(number, found)
        except ValueError:
            raise CredentialError("model", "a list that does not fit") from None


State = Literal["valid", "revoked", "unknown"]


class ReadCode(NamedTuple):
    """What a signed code says, and whether it was revoked: "unknown" when no list of its state is at hand."""

    code: SignedCode
    state: State


class CodeReader:
    """Reads signed codes of cartons and documents.

    keys: public keys of issuers in hexadecimal, which sign the codes and the lists of their states alike.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = _keys(keys)
        self._lists: dict[str, SignedList] = {}

    def read(self, text: str, now: datetime | None = None) -> ReadCode:
        """What a scanned text says, without a network. Raises SignedCodeError."""
        at = now or datetime.now(UTC)
        code = signed.read(text, self._keys, at)
        return ReadCode(code, self._state(code, _seconds(at)))

    def renew(self, code: SignedCode, get: Fetch = fetch, now: datetime | None = None) -> bool:
        """Fetch the list that tells the state of a code and of all beside it; whether a newer one came.

        Nothing is asked for while the held list's ``ttl`` runs, or when the code names none, or one on another host
        than its issuer's. Raises what ``get`` raises, and CredentialError.
        """
        if code.status is None or _host(code.status.uri) != _host(code.issuer):
            return False
        at, held = _seconds(now), self._lists.get(code.status.uri)
        if held is not None and at < held.issued_at + (held.ttl or 0):
            return False
        found = _list(get(code.status.uri), self._keys, code.status.uri, at)
        if held is not None and found.issued_at <= held.issued_at:
            return False
        self._lists[code.status.uri] = found
        return True

    def _state(self, code: SignedCode, at: int) -> State:
        held = self._lists.get(code.status.uri) if code.status else None
        if code.status is None or held is None or (held.expires_at is not None and at >= held.expires_at):
            return "unknown"
        # A code that is newer than the list may lie beyond its end.
        if code.status.number >= len(held.list):
            return "unknown"
        return "valid" if held.list[code.status.number] == 0 else "revoked"


def _list(data: bytes, keys: list[Ed25519PublicKey], address: str, at: int) -> SignedList:
    """A list that is signed, is the one at this address and has not expired; CredentialError otherwise."""
    found = statuslist.read(data, [from_public(key) for key in keys])
    if found.uri != address or (found.expires_at is not None and at >= found.expires_at):
        raise CredentialError("model", "a list of another address, or an old one")
    return found


def _range_of(code: str) -> int | None:
    text = code.strip().rsplit("/", 1)[-1].replace(" ", "").replace("-", "")
    try:
        return number_of(text[:4], 4)
    except SerialError:
        return None


def _keys(keys: Iterable[str]) -> list[Ed25519PublicKey]:
    return [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for key in keys]


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _seconds(now: datetime | None) -> int:
    return int((now or datetime.now(UTC)).timestamp())
