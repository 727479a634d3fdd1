"""Check certificates on a device without a network: credential, SD-JWT or the code of a slip, with the issuer's keys
at hand, and the lists of states as they were when there was a network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx

from guomen.core.credentials import Credential, CredentialError, Reference, recognise, slip, status, verify
from guomen.core.credentials.keys import PublicKey, from_jwks

__all__ = ["CertificateReader", "CredentialError", "ReadCertificate"]

State = Literal["valid", "suspended", "revoked", "expired", "early", "unknown"]
Fetch = Callable[[str, str], "str | bytes"]
"""From an address and the media types that are wanted to a list: text of a JWT, or bytes of a CWT."""
MAX_LIST = 16 << 20
_TIMEOUT = 10.0
_ACCEPT = "application/statuslist+cwt, application/vc+jwt;q=0.9"


class ReadCertificate(NamedTuple):
    """What a certificate says that one of the issuer's keys signed.

    state: at the moment of reading; "unknown" when no list of its state is at hand, or only one that has expired.
    number: the certificate's, empty when its holder keeps it back. facts: as far as they are shown; hidden: how many
    are not. as_of: when the list was fetched that told the state.
    """

    state: State
    number: str
    facts: Mapping[str, Any]
    hidden: int
    begins: datetime | None
    ends: datetime | None
    as_of: datetime | None
    credential: Credential


class CertificateReader:
    """Reads the certificates of one issuer.

    issuer: its address, such as ``https://guomen.example``. keys: its key set (``/.well-known/jwks.json``) as a file, a
    text or what JSON makes of it; it comes to the device by a way that nobody else can write to. Raises
    CredentialError.
    """

    def __init__(self, issuer: str, keys: Mapping[str, Any] | str | Path) -> None:
        if isinstance(keys, Path):
            keys = keys.read_text(encoding="utf-8")
        self._keys: list[PublicKey] = from_jwks(json.loads(keys) if isinstance(keys, str) else keys)
        self._issuer = issuer.rstrip("/")
        self._lists: dict[str, tuple[str | bytes, datetime]] = {}

    def read(self, content: str | bytes, now: datetime | None = None) -> ReadCertificate:
        """Check the text or the bytes of a certificate. Raises CredentialError: "key" and "signature" mean a forgery.

        A PDF is not read here: what is printed on it as a code is.
        """
        form, body = recognise(content.encode() if isinstance(content, str) else content)
        if form in ("pdf", "xml"):
            raise CredentialError("form", "neither PDF nor XML")
        found = verify(form, body, self._keys)
        if found.issuer != self._issuer:
            raise CredentialError("issuer", "another one")
        state, as_of = self._state(found, now or datetime.now(UTC))
        number, facts = _said(found)
        return ReadCertificate(state, number, facts, found.hidden, found.begins, found.ends, as_of, found)

    def renew(self, one: ReadCertificate, get: Fetch | None = None, now: datetime | None = None) -> bool:
        """Fetch the lists that tell the state of a certificate, and of all beside it; whether one came.

        Only of its issuer's own host. Raises what ``get`` raises, and CredentialError for a list of somebody else.
        """
        came, at = False, now or datetime.now(UTC)
        for reference in one.credential.states:
            if reference.address.startswith(f"{self._issuer}/"):
                token = (get or _fetch)(reference.address, _ACCEPT)
                status.state_in(token, reference, self._keys, at)
                self._lists[reference.address] = (token, at)
                came = True
        return came

    def _state(self, one: Credential, at: datetime) -> tuple[State, datetime | None]:
        told = [self._told(reference, at) for reference in one.states]
        states = {state for state, _ in told}
        as_of = min((moment for _, moment in told if moment), default=None)
        if "invalid" in states:
            return "revoked", as_of
        if one.ends is not None and at >= one.ends:
            return "expired", as_of
        if "suspended" in states:
            return "suspended", as_of
        if one.begins is not None and at < one.begins:
            return "early", as_of
        return ("unknown" if not states or "unknown" in states else "valid"), as_of

    def _told(self, reference: Reference, at: datetime) -> tuple[status.State, datetime | None]:
        token, fetched = self._lists.get(reference.address, ("", None))
        try:
            return status.state_in(token, reference, self._keys, at), fetched
        except CredentialError:
            return "unknown", None


def _said(one: Credential) -> tuple[str, Mapping[str, Any]]:
    if one.form == "cwt":
        read = slip.of_claims(one.claims)
        return read.subject.rpartition("/")[2], read.facts
    subject = one.claims.get("credentialSubject", one.claims)
    facts = subject.get("facts")
    number = subject.get("certificateNumber")
    return number if isinstance(number, str) else "", facts if isinstance(facts, dict) else {}


def _fetch(address: str, accept: str) -> str | bytes:
    answer = httpx.get(address, headers={"Accept": accept}, timeout=_TIMEOUT, follow_redirects=False)
    answer.raise_for_status()
    if len(answer.content) > MAX_LIST:
        raise CredentialError("too-large", "the list of states")
    is_cose = answer.headers.get("Content-Type", "").partition(";")[0].strip().endswith(("cwt", "cose"))
    return answer.content if is_cose else answer.text.strip()
