"""The code for a paper slip: a certificate's main facts as a CWT, small enough for a QR code, checked without network.

The text is ``GC1:`` and, in base45 (RFC 9285), a COSE_Sign1 over CWT claims (RFC 8392): issuer, subject (the
certificate's address), issued, expires, where its state stands, and under one private claim the facts by number. It
proves who signed what; that this slip is the first print of it, it cannot prove.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import base45  # type: ignore[import-untyped]
import cbor2

from guomen.core import cose
from guomen.core.credentials import cosesign, status
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey
from guomen.core.credentials.strict import read_cbor

PREFIX = "GC1:"
TYPE = "gc1"
MAX_LENGTH = 2000
MAX_PAYLOAD = 460
"""Bytes of the claims. With the signature 560 bytes: a QR code of version 18 with error correction M, 89 modules."""
FACTS = {
    1: "kind",
    2: "decision",
    3: "goods",
    4: "quantity",
    5: "holder",
    6: "declaration",
    7: "container",
    8: "hs_code",
    9: "batch",
    10: "origin",
}
"""What stands on a slip, the most needed first: what does not fit is left out from the end."""
FACTS_CLAIM = -65537
_NUMBERS = {name: number for number, name in FACTS.items()}
_ISS, _SUB, _EXP, _IAT = 1, 2, 4, 6
_LONGEST = 40


class Slip(NamedTuple):
    """What a slip says. facts: by the names of ``FACTS``, text or the pair of English and Chinese."""

    issuer: str
    subject: str
    issued_at: datetime
    expires_at: datetime
    facts: dict[str, str | tuple[str, str]]
    state: status.Reference | None = None


def sign(slip: Slip, key: cose.Signer) -> str:
    """The text for the QR code. Long facts are cut, facts that do not fit are left out; the rest is always there."""
    claims: dict[int, Any] = {
        _ISS: slip.issuer,
        _SUB: slip.subject,
        _IAT: int(slip.issued_at.timestamp()),
        _EXP: int(slip.expires_at.timestamp()),
    }
    if slip.state is not None:
        claims[status.CLAIM] = {"status_list": {"idx": slip.state.position, "uri": slip.state.address}}
    rows = [(_NUMBERS[name], _short(value)) for name, value in slip.facts.items() if name in _NUMBERS]
    rows.sort(key=lambda row: row[0])
    payload = cbor2.dumps(claims | {FACTS_CLAIM: dict(rows)}, canonical=True)
    while len(payload) > MAX_PAYLOAD and rows:
        rows.pop()
        payload = cbor2.dumps(claims | {FACTS_CLAIM: dict(rows)}, canonical=True)
    return PREFIX + str(base45.b45encode(cose.sign(payload, key, TYPE)), "ascii")


def _short(value: str | tuple[str, str]) -> str | list[str]:
    return value[:_LONGEST] if isinstance(value, str) else [one[:_LONGEST] for one in value]


def open_text(text: str) -> bytes:
    """The COSE_Sign1 in a scanned text; CredentialError when it is no slip."""
    text = text.strip("\r\n\t ")
    if not text.startswith(PREFIX) or len(text) > MAX_LENGTH:
        raise CredentialError("form", "no slip")
    try:
        return bytes(base45.b45decode(text.removeprefix(PREFIX)))
    except ValueError:
        raise CredentialError("form", "not base45") from None


def read(text: str, known: Iterable[PublicKey]) -> Slip:
    """A scanned slip that one of the known keys signed; CredentialError otherwise. Dates the caller judges."""
    signed = cosesign.read(open_text(text))
    key = signed.verify(known, {TYPE})
    found = of_claims(read_cbor(signed.payload))
    key.require_in_use(found.issued_at)
    return found


def of_claims(claims: Mapping[Any, Any]) -> Slip:
    """What verified claims of a slip say."""
    try:
        named = {FACTS[number]: _fact(value) for number, value in claims[FACTS_CLAIM].items() if number in FACTS}
        found = status.references(claims)
        issuer, subject = claims[_ISS], claims[_SUB]
        if not isinstance(issuer, str) or not isinstance(subject, str):
            raise TypeError
        begins, ends = _moment(claims[_IAT]), _moment(claims[_EXP])
        return Slip(issuer, subject, begins, ends, named, found[0] if found else None)
    except CredentialError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise CredentialError("model", "claims of the slip") from None


def _fact(value: Any) -> str | tuple[str, str]:
    match value:
        case str():
            return value
        case [str() as english, str() as chinese]:
            return english, chinese
    raise TypeError


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
