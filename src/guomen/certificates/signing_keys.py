"""The keys that sign certificates, one pair after another: which signs now, and what older ones still prove.

A pair is an Ed25519 key (credentials, SD-JWTs, slips, lists of states) and a P-256 key (within PDF files). A retired
pair proves what it signed while it signed. One that others know proves nothing: what bears its signature is genuine
only if our register has exactly that (decision 59).
"""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from guomen.certificates.models import IssuingKey
from guomen.core.credentials import PublicKey
from guomen.core.credentials.bitstring import stamp
from guomen.core.credentials.keys import from_public
from guomen.kit.errors import GuomenError
from guomen.kit.keys import P256Signer, Signer, names, p256, signer
from guomen.kit.words import W


class KeyAbsentError(GuomenError):
    """The keystore has not the key that signs: for example after a database was restored without its keys."""

    status = 503
    code = "certificate-key-absent"
    words = W(
        "The key that signs certificates is not on this machine. Nothing can be signed until it is back.",
        "本机没有签发证书的密钥，密钥恢复前无法签发。",
    )


def every() -> list[IssuingKey]:
    """Every pair that there was, the oldest first; there is no row until the first is replaced."""
    return list(IssuingKey.objects.order_by("number")) or [made(1)]


def made(number: int) -> IssuingKey:
    """The pair of this number as the keystore has it, made there when it is absent. Not saved."""
    one = IssuingKey(number=number)
    one.public = signer(one.name).public_key().public_bytes_raw().hex()
    one.paper = _point(p256(one.paper_name))
    return one


def current() -> IssuingKey:
    """The pair that signs now."""
    return every()[-1]


def signing() -> Signer:
    """The Ed25519 key that signs now. Raises KeyAbsentError when it is not this machine's: no other takes its place."""
    one = current()
    if not is_here(one):
        raise KeyAbsentError
    return signer(one.name)


def is_here(one: IssuingKey) -> bool:
    """Whether the keystore has this very pair."""
    if one._state.adding:
        return True
    if not {one.name, one.paper_name} <= names():
        return False
    same = signer(one.name).public_key().public_bytes_raw().hex() == one.public
    return same and _point(p256(one.paper_name)) == one.paper


def public(one: IssuingKey) -> PublicKey:
    """The Ed25519 half, with the moment when it stopped signing."""
    return from_public(Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.public)), one.until)


def trusted() -> list[PublicKey]:
    """The keys that anybody may check our certificates with, the one that signs now first."""
    return [public(one) for one in reversed(every()) if one.leaked_at is None]


def known() -> list[PublicKey]:
    """Those, and the ones that others know: for who compares with the register as well."""
    return [public(one) for one in reversed(every())]


def of_id(id: str) -> IssuingKey | None:
    """The pair whose Ed25519 key has this id (RFC 7638)."""
    return next((one for one in every() if public(one).id == id), None)


def of_paper(point: str) -> IssuingKey | None:
    """The pair whose P-256 key is this point (compressed, hexadecimal)."""
    return next((one for one in every() if one.paper == point), None)


def jwks() -> dict[str, Any]:
    """The public keys that credentials are checked with (RFC 7517).

    ``iat`` and ``exp``, since when a key signs and when it stopped, are those of OpenID Federation 1.0, section 8.7. A
    key that others know is not in the set: who passes over such members must not believe it.
    """
    rows = [one for one in reversed(every()) if one.leaked_at is None]
    return {"keys": [_jwk(one) | _seconds(one) for one in rows]}


def did() -> dict[str, Any]:
    """The same as a DID document (did:web, W3C DID Core 1.0).

    ``expires`` and ``revoked`` are those of Controlled Identifiers 1.0. Keys that others know are in it as such, and in
    no relationship.
    """
    name = did_name()
    methods = [_method(one, name) for one in reversed(every())]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": name,
        "alsoKnownAs": [settings.GUOMEN.origin],
        "verificationMethod": methods,
        "assertionMethod": [one["id"] for one in methods if "revoked" not in one],
    }


def did_name() -> str:
    """Our origin as did:web writes it."""
    return "did:web:" + settings.GUOMEN.origin.partition("://")[2].replace(":", "%3A").replace("/", ":")


def _method(one: IssuingKey, name: str) -> dict[str, Any]:
    jwk = _jwk(one)
    dates = {"expires": one.until, "revoked": one.leaked_at}
    return {
        "id": f"{name}#{jwk['kid']}",
        "type": "JsonWebKey",
        "controller": name,
        "publicKeyJwk": jwk,
    } | {what: stamp(at) for what, at in dates.items() if at is not None}


def _jwk(one: IssuingKey) -> dict[str, Any]:
    key = public(one)
    return {**key.jwk, "use": "sig", "alg": key.algorithm}


def _seconds(one: IssuingKey) -> dict[str, int]:
    dates = {"iat": one.since, "exp": one.until}
    return {what: int(at.timestamp()) for what, at in dates.items() if at is not None}


def _point(key: P256Signer) -> str:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()
