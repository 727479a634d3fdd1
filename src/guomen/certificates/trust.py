"""The trust list as checks use it: whose keys verify what, and which addresses may be asked for states."""

import json
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from guomen.certificates.models import TrustedIssuer
from guomen.core.credentials import CredentialError, PublicKey, keys


def issuer(identifier: str) -> TrustedIssuer | None:
    """The newest entry of an issuer that was ever confirmed; its ``state`` says whether it still holds."""
    rows = TrustedIssuer.objects.filter(identifier=identifier, state__in=("active", "withdrawn"))
    return rows.order_by("-decided_at").first()


def is_trusted(one: TrustedIssuer, at: datetime) -> bool:
    return one.state == "active" and one.valid_from <= at < one.valid_until


def keys_of(one: TrustedIssuer) -> list[PublicKey]:
    """The public keys of an issuer, of its key set and of nothing else."""
    try:
        return keys.from_jwks(one.keys)
    except CredentialError:
        return []


def covers(one: TrustedIssuer, names: Iterable[str]) -> bool:
    """Whether the issuer is trusted for a certificate of these types; one of them is enough."""
    return "*" in one.kinds or any(name in one.kinds for name in names)


def may_ask(one: TrustedIssuer, address: str) -> bool:
    """Whether an address lies below one of those that two people registered for the issuer.

    A prefix that ends with a slash covers what is below it; any other is the whole address.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.username or parts.fragment or "\\" in address or "/." in unquote(parts.path):
        return False
    return any(address == a or (a.endswith("/") and address.startswith(a)) for a in one.status_addresses)


def key_set(one: TrustedIssuer) -> str:
    """The key set of an issuer as a keeper edits it."""
    return json.dumps(one.keys, indent=1) if one.keys.get("keys") else ""
