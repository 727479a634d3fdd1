"""Where the present state of a credential is written, and what a list says of it.

Two lists exist: the IETF's Token Status List (:mod:`.statuslist`), whose states are numbers, and the W3C's Bitstring
Status List (:mod:`.bitstring`), which has one list for each purpose.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from guomen.core.credentials import bitstring, statuslist, vc
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey

State = Literal["valid", "invalid", "suspended", "unknown"]
STATES: dict[int, State] = {
    statuslist.VALID: "valid",
    statuslist.INVALID: "invalid",
    statuslist.SUSPENDED: "suspended",
}
CLAIM = 65535
"""The status claim in a CWT."""
MAX_REFERENCES = 8
_PURPOSES = ("revocation", "suspension")


class Reference(NamedTuple):
    """Where a credential's state stands. purpose: empty for a Token Status List."""

    address: str
    position: int
    purpose: str = ""


def references(claims: Mapping[Any, Any]) -> list[Reference]:
    """The lists that a credential names: claims of a JWT, an SD-JWT, a VC or a CWT. CredentialError for odd ones.

    Entries of a type that we do not know are left out; the caller sees from an empty answer that nothing was checked.
    """
    found = []
    token = claims.get("status", claims.get(CLAIM))
    if isinstance(token, dict) and "status_list" in token:
        row = token["status_list"]
        if not isinstance(row, dict):
            raise CredentialError("model", "status_list")
        found.append(_reference(row.get("uri"), row.get("idx"), ""))
    entries = claims.get("credentialStatus", [])
    rows = entries if isinstance(entries, list) else [entries]
    if len(rows) > MAX_REFERENCES:
        raise CredentialError("too-large", "many states")
    for row in rows:
        if isinstance(row, dict) and row.get("type") == "BitstringStatusListEntry":
            number = row.get("statusListIndex")
            index = int(number) if isinstance(number, str) and number.isdecimal() and len(number) < 10 else number
            if row.get("statusPurpose") in _PURPOSES:
                found.append(_reference(row.get("statusListCredential"), index, str(row["statusPurpose"])))
    return found


def _reference(address: Any, index: Any, purpose: str) -> Reference:
    if not isinstance(address, str) or not address or len(address) > 2000:
        raise CredentialError("model", "a status without an address")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < 1 << 31:
        raise CredentialError("model", "a status without an index")
    return Reference(address, index, purpose)


def state_in(token: str | bytes, reference: Reference, known: Iterable[PublicKey], at: datetime) -> State:
    """What a list says of a credential at a moment: text is JOSE, bytes are COSE. CredentialError for another list.

    "unknown" is a state that only the issuer understands.
    """
    if reference.purpose:
        claims = vc.verify(token, known).claims
        ends = vc.moment(claims.get("validUntil"))
        if ends is not None and at >= ends:
            raise CredentialError("model", "the list has expired")
        if not bitstring.is_set(bitstring.read(claims, reference.address, reference.purpose), reference.position):
            return "valid"
        return "invalid" if reference.purpose == "revocation" else "suspended"
    signed = statuslist.read(token, known)
    if signed.uri != reference.address:
        raise CredentialError("model", "the list of another address")
    if signed.expires_at is not None and at.timestamp() >= signed.expires_at:
        raise CredentialError("model", "the list has expired")
    if reference.position >= len(signed.list):
        raise CredentialError("model", "no such credential in the list")
    return STATES.get(signed.list[reference.position], "unknown")
