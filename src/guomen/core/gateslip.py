"""The driver's slip as a CWT: what may be done with a container's goods, small enough for a QR code, checked offline.

The text is ``GR1:`` and, in base45 (RFC 9285), a COSE_Sign1 of type ``gr1`` over CWT claims (RFC 8392): issuer, subject
(the declaration), issued, expires, and under private claims the container and the lines. It says what held when it was
signed: who has a network asks whether it still holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import base45  # type: ignore[import-untyped]
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core import cose

PREFIX = "GR1:"
TYPE = "gr1"
MAX_LENGTH = 4000
MOST_LINES = 200
CODES = ("RELEASE", "HOLD", "INSPECT", "SAMPLE", "TREAT", "RETURN", "DESTROY", "REFER")
"""Instructions by number: their order never changes."""
_ISS, _SUB, _EXP, _IAT = 1, 2, 4, 6
_CONTAINER, _LINES = -65541, -65542


class SlipError(ValueError):
    """A text that is no slip of the known keys; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """What holds for one line. ``sequence``: of its instruction, 0 before the first."""

    number: int
    code: str
    sequence: int


@dataclass(frozen=True, slots=True)
class GateSlip:
    """What a slip says."""

    issuer: str
    declaration: str
    container: str
    issued_at: datetime
    expires_at: datetime
    lines: tuple[Line, ...]

    @property
    def releases_all(self) -> bool:
        """Whether every line of it was released when it was signed."""
        return bool(self.lines) and all(line.code == "RELEASE" for line in self.lines)


def sign(slip: GateSlip, key: cose.Signer) -> str:
    """The text for the QR code."""
    claims: dict[int, Any] = {
        _ISS: slip.issuer,
        _SUB: slip.declaration,
        _IAT: int(slip.issued_at.timestamp()),
        _EXP: int(slip.expires_at.timestamp()),
        _CONTAINER: slip.container,
        _LINES: [[line.number, CODES.index(line.code), line.sequence] for line in slip.lines],
    }
    return written(cose.sign(cbor2.dumps(claims, canonical=True), key, TYPE))


def written(data: bytes) -> str:
    """The text of a slip's bytes."""
    return PREFIX + str(base45.b45encode(data), "ascii")


def opened(text: str) -> bytes:
    """The bytes of a slip's text. Raises SlipError."""
    text = text.strip("\r\n\t ")
    if not text.startswith(PREFIX) or len(text) > MAX_LENGTH:
        raise SlipError("no slip")
    try:
        return bytes(base45.b45decode(text.removeprefix(PREFIX)))
    except ValueError:
        raise SlipError("not base45") from None


def read(text: str, keys: Iterable[Ed25519PublicKey]) -> GateSlip:
    """What a slip says that one of ``keys`` signed; dates the caller judges. Raises SlipError."""
    try:
        claims = cbor2.loads(cose.verify(opened(text), keys, TYPE))
        lines = claims[_LINES]
        if not 0 < len(lines) <= MOST_LINES:
            raise SlipError("lines")
        return GateSlip(
            str(claims[_ISS]),
            str(claims[_SUB]),
            str(claims[_CONTAINER]),
            datetime.fromtimestamp(int(claims[_IAT]), UTC),
            datetime.fromtimestamp(int(claims[_EXP]), UTC),
            tuple(Line(int(n), CODES[int(code)], int(sequence)) for n, code, sequence in lines),
        )
    except SlipError:
        raise
    except cose.CoseError as error:
        raise SlipError(error.reason) from None
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError):
        raise SlipError("claims of the slip") from None
