"""W3C Verifiable Credentials 2.0 in their envelopes: JOSE, SD-JWT and COSE (Securing VCs using JOSE and COSE, 2025)."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guomen.core.credentials import cosesign, jose, sdjwt
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey
from guomen.core.credentials.strict import read_object

CONTEXT = "https://www.w3.org/ns/credentials/v2"
MAX_INSIDE = 20
"""Credentials in one presentation."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_ENVELOPE = re.compile(r"data:application/([a-z+-]{5,12})(;base64)?,(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verified:
    """A credential or presentation that a known key signed and that follows the model.

    inside: the verified credentials of a presentation. hidden: facts that an SD-JWT kept back.
    """

    claims: dict[str, Any]
    key: PublicKey
    hidden: int = 0
    inside: tuple["Verified", ...] = field(default=())

    @property
    def issuer(self) -> str:
        return issuer_of(self.claims)


def verify(envelope: str | bytes, known: Iterable[PublicKey]) -> Verified:
    """Check a secured credential: text is JOSE or SD-JWT, bytes are COSE. CredentialError otherwise.

    Who the issuer is to us, dates and status the caller judges.
    """
    return _verify(envelope, list(known), "vc")


def verify_presentation(envelope: str | bytes, known: Iterable[PublicKey], *, open_inside: bool = True) -> Verified:
    """Check a secured presentation and every credential in it, which must be secured itself.

    open_inside: without it the credentials must be in envelopes but are left closed.
    """
    keys = list(known)
    outer = _verify(envelope, keys, "vp")
    inside = outer.claims.get("verifiableCredential", [])
    rows = inside if isinstance(inside, list) else [inside]
    if len(rows) > MAX_INSIDE:
        raise CredentialError("too-large", f"more than {MAX_INSIDE} credentials")
    envelopes = [_envelope(row) for row in rows]
    found = tuple(_open(envelope, keys) for envelope in envelopes) if open_inside else ()
    return Verified(outer.claims, outer.key, outer.hidden, found)


def _verify(envelope: str | bytes, known: list[PublicKey], what: str) -> Verified:
    hidden = 0
    if isinstance(envelope, bytes):
        cose = cosesign.read(envelope)
        key = cose.verify(known, {f"{what}+cose"})
        if cose.content not in ("", what):
            raise CredentialError("type", f"holds {cose.content!r}"[:80])
        claims = read_object(cose.payload)
    elif "~" in envelope:
        shown = sdjwt.verify(envelope, known, {f"{what}+sd-jwt"})
        claims, key, hidden = shown.claims, shown.key, shown.hidden
    else:
        jws = jose.read(envelope)
        key = jws.verify(known, {f"{what}+jwt"})
        claims = jws.claims()
    (require_credential if what == "vc" else require_presentation)(claims)
    key.require_in_use(moment(claims.get("validFrom")))
    return Verified(claims, key, hidden)


def _envelope(row: Any) -> str | bytes:
    found = None
    if isinstance(row, dict) and "EnvelopedVerifiableCredential" in _texts(row.get("type")):
        found = _ENVELOPE.fullmatch(str(row.get("id", "")))
    if found is None or found[1] not in ("vc+jwt", "vc+sd-jwt", "vc+cose"):
        raise CredentialError("credential", "not in an envelope")
    if found[1] != "vc+cose":
        return found[3]
    try:
        body = found[3].strip().rstrip("=")
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise CredentialError("credential", "not base64") from None


def _open(envelope: str | bytes, known: list[PublicKey]) -> Verified:
    try:
        return _verify(envelope, known, "vc")
    except CredentialError as error:
        raise CredentialError("credential", str(error)) from None


def require_credential(claims: Mapping[str, Any]) -> None:
    """Raise CredentialError "model" or "issuer" unless claims follow the data model 2.0 (sections 4 and 8)."""
    _require_common(claims, "VerifiableCredential")
    issuer = issuer_of(claims)
    if not issuer or ("iss" in claims and claims["iss"] != issuer):
        raise CredentialError("issuer", "none, or two different ones")
    subjects = claims.get("credentialSubject")
    rows = subjects if isinstance(subjects, list) else [subjects]
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        raise CredentialError("model", "credentialSubject")
    if "sub" in claims and claims["sub"] not in [row["id"] for row in rows if isinstance(row, dict) and "id" in row]:
        raise CredentialError("model", "sub is not the subject")
    begins, ends = moment(claims.get("validFrom")), moment(claims.get("validUntil"))
    if begins and ends and ends < begins:
        raise CredentialError("model", "ends before it begins")
    for name in ("credentialStatus", "credentialSchema"):
        for entry in _rows(claims.get(name)):
            if not isinstance(entry, dict) or not _texts(entry.get("type")):
                raise CredentialError("model", name)


def require_presentation(claims: Mapping[str, Any]) -> None:
    """Raise CredentialError unless claims are a presentation of the data model 2.0."""
    _require_common(claims, "VerifiablePresentation")


def _require_common(claims: Mapping[str, Any], kind: str) -> None:
    contexts = _rows(claims.get("@context"))
    if not contexts or contexts[0] != CONTEXT:
        raise CredentialError("model", "@context does not begin with the one of version 2")
    if kind not in _texts(claims.get("type")):
        raise CredentialError("model", f"type has no {kind}")
    if "vc" in claims or "vp" in claims:
        raise CredentialError("model", "vc and vp are claims of version 1.1")
    if "id" in claims and not isinstance(claims["id"], str):
        raise CredentialError("model", "id")
    if "jti" in claims and claims["jti"] != claims.get("id", claims["jti"]):
        raise CredentialError("model", "jti is not the id")


def issuer_of(claims: Mapping[str, Any]) -> str:
    """The issuer's identifier, of either form; empty when there is none."""
    issuer = claims.get("issuer")
    if isinstance(issuer, dict):
        issuer = issuer.get("id")
    return issuer if isinstance(issuer, str) else ""


def moment(value: Any) -> datetime | None:
    """A moment with its zone (XML Schema dateTimeStamp), or None for none; CredentialError for anything else."""
    if value is None:
        return None
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        raise CredentialError("model", "not a moment with its zone")
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise CredentialError("model", "no such moment") from None


def _rows(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [one for one in _rows(value) if isinstance(one, str)]
