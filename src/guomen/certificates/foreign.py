"""Check a certificate of somebody else: by the trust list, and by lists of states that the worker has fetched.

Nothing is fetched here: an address in a document is a stranger's wish.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from guomen.certificates import trust
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.models import FetchedList, TrustedIssuer
from guomen.core.credentials import Credential, CredentialError, Form, PublicKey, peek, status, verify
from guomen.kit.clock import now
from guomen.kit.words import W

OLDEST = timedelta(days=1)
"""A list of states that was fetched longer ago says nothing of today."""
SLACK = timedelta(minutes=5)
"""By so much the issuer's clock may be ahead of ours."""


class Goods(NamedTuple):
    """What a certificate is attached to. origin: ISO 3166-1; hs_code: digits."""

    origin: str
    hs_code: str


def check(form: Form, body: str | bytes, goods: Goods | None = None) -> Finding:
    """Everything that can be said of a credential whose issuer is not us. Never raises for what it holds."""
    try:
        claimed = peek(form, body)
    except CredentialError as error:
        return unreadable(form, error)
    entry, at = trust.issuer(claimed.issuer), now()
    checks = [
        Check("form", "passed", "readable"),
        _signature(form, body, entry),
        issuer_check(entry, claimed.issuer, at),
    ]
    if entry is not None:
        # What nobody proved is compared with nothing: the rest would be about a stranger's text.
        if checks[1].result == "passed":
            checks += [scope(entry, claimed.names), _status(claimed, entry, at), goods_match(entry, goods)]
        checks.append(validity(claimed.begins, claimed.ends, at))
    return Finding(
        form,
        verdict(checks),
        tuple(checks),
        issuer=claimed.issuer,
        issuer_name=W(entry.name_en, entry.name_zh) if entry else None,
        number=claimed.id,
        subject=claimed.subject,
        names=claimed.names,
        begins=claimed.begins,
        ends=claimed.ends,
        facts=facts(claimed),
        hidden=claimed.hidden,
        identity=identity(claimed),
    )


def unreadable(form: str, error: CredentialError) -> Finding:
    """The finding for what cannot be read."""
    code = "too-large" if error.reason == "too-large" else "unreadable" if error.reason == "form" else "other-form"
    if form == "unknown" and error.reason == "form":
        code = "unreadable"
    return Finding(form, "invalid", (Check("form", "failed", code),))


def identity(one: Credential) -> str:
    """The same for the same certificate: who issued it and what its issuer calls it, or else all that it says.

    Not the text: an ECDSA signature has a twin, and an SD-JWT can be shown in many ways.
    """
    said = one.id or one.subject or json.dumps(_plain(one.claims), sort_keys=True)
    return hashlib.sha256(json.dumps([one.issuer, said]).encode()).hexdigest()


def facts(one: Credential) -> dict[str, Any]:
    """What a credential says of its subject, without the claims of its envelope."""
    if one.form.startswith("vc"):
        subject = one.claims.get("credentialSubject")
        found = subject[0] if isinstance(subject, list) else subject
        return {str(k): _plain(v) for k, v in found.items() if k != "id"} if isinstance(found, dict) else {}
    envelope = {"iss", "sub", "exp", "nbf", "iat", "jti", "aud", "cnf", "vct", "status", "issuer"}
    return {str(k): _plain(v) for k, v in one.claims.items() if isinstance(k, str) and k not in envelope}


def _plain(value: Any) -> Any:
    """As JSON can hold it: CBOR has bytes, and keys that are no text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _signature(form: Form, body: str | bytes, entry: TrustedIssuer | None) -> Check:
    if entry is None:
        return Check("signature", "open", "no-key")
    try:
        verify(form, body, trust.keys_of(entry))
    except CredentialError as error:
        if error.reason == "key":
            return Check("signature", "open", "no-key")
        return Check("signature", "failed", "forged")
    return Check("signature", "passed", "signed")


def issuer_check(entry: TrustedIssuer | None, name: str, at: datetime) -> Check:
    """Whether an issuer is on the trust list now."""
    if entry is None:
        return Check("issuer", "failed", "not-trusted", (("name", name[:200]),))
    named = (("name", f"{entry.name_en} / {entry.name_zh}"),)
    if not trust.is_trusted(entry, at):
        return Check("issuer", "failed", "no-longer-trusted", named)
    return Check("issuer", "passed", "trusted", named)


def scope(entry: TrustedIssuer, names: tuple[str, ...]) -> Check:
    covered = trust.covers(entry, names)
    return Check("scope", "passed" if covered else "failed", "in-scope" if covered else "other-kind")


def validity(begins: datetime | None, ends: datetime | None, at: datetime) -> Check:
    if begins is not None and at + SLACK < begins:
        return Check("time", "failed", "early")
    if ends is None:
        return Check("time", "open", "no-end")
    return Check("time", "failed", "expired") if at >= ends else Check("time", "passed", "in-time")


def goods_match(entry: TrustedIssuer, goods: Goods | None) -> Check:
    """Whether the goods are such that the issuer may certify."""
    if goods is None:
        return Check("subject", "open", "no-goods")
    if entry.countries and goods.origin not in entry.countries:
        return Check("subject", "failed", "other-origin", (("origin", goods.origin),))
    if entry.headings and not goods.hs_code.startswith(tuple(entry.headings)):
        return Check("subject", "failed", "other-goods", (("hs", goods.hs_code),))
    return Check("subject", "passed", "goods-match")


def _status(one: Credential, entry: TrustedIssuer, at: datetime) -> Check:
    if not one.states:
        return Check("status", "open", "status-none")
    rows = [_one_status(reference, entry, trust.keys_of(entry), at) for reference in one.states]
    # One list that says no outweighs another that says nothing.
    return min(rows, key=lambda check: ("failed", "open", "passed").index(check.result))


def _one_status(reference: status.Reference, entry: TrustedIssuer, known: list[PublicKey], at: datetime) -> Check:
    if not trust.may_ask(entry, reference.address):
        return Check("status", "open", "status-elsewhere")
    fetched = FetchedList.objects.filter(address=reference.address).first()
    if fetched is None or fetched.fetched_at is None:
        return Check("status", "open", "status-unfetched")
    if at - fetched.fetched_at > OLDEST:
        return Check("status", "open", "status-old")
    token = bytes(fetched.body) if fetched.is_cose else bytes(fetched.body).decode("utf-8", "replace").strip()
    try:
        state = status.state_in(token, reference, known, at)
    except CredentialError:
        return Check("status", "open", "status-unreadable")
    match state:
        case "valid":
            return Check("status", "passed", "holds")
        case "suspended":
            return Check("status", "failed", "suspended")
    return Check("status", "failed", "revoked")
