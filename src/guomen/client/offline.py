"""Check item codes on a device without a network, with the signed file that ``guomen tags bundle`` writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.core.tagcrypto import bundle
from guomen.core.tagcrypto.bundle import BundleError, Finding

__all__ = ["BundleError", "Finding", "OfflineChecker"]


class OfflineChecker:
    """Answers for one bundle.

    keys: public keys of the installation in hexadecimal, as the command prints them; they come to the device by another
    way than the bundle. now: for tests; by default the device's clock. Raises BundleError for a file that none of the
    keys signed or that has expired.
    """

    def __init__(self, file: str | Path | bytes, keys: Iterable[str], now: datetime | None = None) -> None:
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        known = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for key in keys]
        self._bundle = bundle.read(data, known, _seconds(now))
        self._checker = bundle.Checker(self._bundle)

    @property
    def issued_at(self) -> datetime:
        """How old the answers are: whatever happened since then the device does not know."""
        return datetime.fromtimestamp(self._bundle.issued_at, UTC)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self._bundle.expires_at, UTC)

    def check(self, code: str, now: datetime | None = None) -> Finding:
        """What is known of a code: an address as scanned, a serial or a short code as typed.

        Raises BundleError "expired".
        """
        if _seconds(now) >= self._bundle.expires_at:
            raise BundleError("expired")
        if "/" not in code:
            return self._checker.check(code)
        try:
            found = dict(parse_digital_link(code.strip(), associations=False).path)
        except GS1Error:
            # No Digital Link: the address of a short code, or no code at all.
            return self._checker.check(code.strip().rsplit("/", 1)[1])
        return self._checker.check(found.get("21", ""), found.get("01", ""), found.get("10", ""))


def _seconds(now: datetime | None) -> int:
    return int((now or datetime.now(UTC)).timestamp())
