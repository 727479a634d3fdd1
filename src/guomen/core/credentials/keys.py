"""Public keys of issuers. The key says which algorithm is used; a header can only agree with it.

Four algorithms: EdDSA with Ed25519, and ECDSA with P-256, P-384 and P-521. No symmetric key is ever read, so that no
public key can be taken for a secret (RFC 8725, section 3.1), and "none" has no key at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from guomen.core import cose
from guomen.core.credentials.errors import CredentialError

ALGORITHMS = ("EdDSA", "ES256", "ES384", "ES512")
_OF_CURVE = {"Ed25519": "EdDSA", "P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_JOSE = {name: name for name in ALGORITHMS} | {"Ed25519": "EdDSA"}
"""RFC 7518, RFC 8037, and the full name of RFC 9864."""
_COSE = {-8: "EdDSA", -19: "EdDSA", -7: "ES256", -9: "ES256", -35: "ES384", -51: "ES384", -36: "ES512", -52: "ES512"}
"""RFC 9053 and RFC 9864."""
_PRIVATE = frozenset({"d", "k", "p", "q", "dp", "dq", "qi"})
MAX_KEYS = 32
SLACK = timedelta(minutes=5)
"""By so much a signer's clocks may differ."""


class Signer(Protocol):
    """An Ed25519 key that signs; it may stay in a security module."""

    def sign(self, data: bytes, /) -> bytes:
        """The 64 bytes of the signature."""

    def public_key(self) -> Ed25519PublicKey:
        """The public half."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An issuer's key. algorithm: one of ``ALGORITHMS``; jwk: as RFC 7517 writes it, without private parts.

    ends: when it stopped signing, aware, or None.
    """

    id: str
    algorithm: str
    jwk: Mapping[str, Any]
    _key: Any
    ends: datetime | None = None

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether this key signed ``data``. ECDSA: r and s side by side, each of the curve's length."""
        return bool(jws.JWSRegistry.algorithms[self.algorithm].verify(data, signature, self._key))

    def require_in_use(self, at: datetime | None) -> None:
        """Raise CredentialError "key" for what says that it was signed after the key had stopped signing."""
        if at is not None and self.ends is not None and at > self.ends + SLACK:
            raise CredentialError("key", "it had stopped signing by then")

    def is_called(self, name: str | bytes) -> bool:
        """Whether a header's key id means this key: its id, or our eight bytes of an Ed25519 key in COSE."""
        if isinstance(name, str):
            return name == self.id or name.endswith(f"#{self.id}")
        return name == self.id.encode() or (isinstance(self._key, OKPKey) and name == cose.key_id(self._key.raw_value))  # type: ignore[arg-type]


def from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """A key as RFC 7517 writes it. CredentialError for a private or symmetric one, another use, another curve, and for
    one that is revoked. ``exp`` and ``revoked`` as in OpenID Federation 1.0, section 8.7.
    """
    curve = jwk.get("crv")
    algorithm = _OF_CURVE.get(curve) if isinstance(curve, str) else None
    if algorithm is None or jwk.get("kty") != ("OKP" if algorithm == "EdDSA" else "EC"):
        raise CredentialError("key", "neither Ed25519 nor ECDSA on a NIST curve")
    if _PRIVATE & jwk.keys():
        raise CredentialError("key", "a private key has no place here")
    named, use, operations = jwk.get("alg"), jwk.get("use"), jwk.get("key_ops")
    if named is not None and _JOSE.get(str(named)) != algorithm:
        raise CredentialError("key", "the algorithm is not the key's")
    if (use is not None and use != "sig") or (operations is not None and "verify" not in operations):
        raise CredentialError("key", "not a key for signatures")
    if jwk.get("revoked"):
        raise CredentialError("key", "revoked by its owner")
    plain = {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}
    try:
        key = OKPKey.import_key(plain) if algorithm == "EdDSA" else ECKey.import_key(plain)
        name = str(jwk.get("kid") or key.thumbprint())
        # A point beside the curve is refused only when the key is built.
        key.raw_value  # noqa: B018
    except Exception as error:  # the library's own, and what it makes of numbers out of range
        raise CredentialError("key", f"unreadable: {error}"[:200]) from None
    return PublicKey(name, algorithm, plain | {"kid": name}, key, _moment(jwk.get("exp")))


def _moment(seconds: object) -> datetime | None:
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise CredentialError("key", "exp is no moment")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise CredentialError("key", "exp is no moment") from None


def from_jwks(jwks: Mapping[str, Any]) -> list[PublicKey]:
    """The keys of a set (RFC 7517, section 5) that are for signatures and of a kind we know; others are left out."""
    rows = jwks.get("keys")
    if not isinstance(rows, list) or len(rows) > MAX_KEYS:
        raise CredentialError("key", f"no key set, or more than {MAX_KEYS} keys")
    found = []
    for row in rows:
        if not isinstance(row, dict):
            raise CredentialError("key", "no key")
        if _PRIVATE & row.keys():
            raise CredentialError("key", "a private key has no place here")
        try:
            found.append(from_jwk(row))
        except CredentialError:
            continue
    return found


def from_public(key: Ed25519PublicKey | EllipticCurvePublicKey, ends: datetime | None = None) -> PublicKey:
    """A key of the library ``cryptography``, called by its thumbprint (RFC 7638)."""
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made = OKPKey.import_key(pem) if isinstance(key, Ed25519PublicKey) else ECKey.import_key(pem)
    return replace(from_jwk(made.as_dict(private=False)), ends=ends)


def from_certificate(pem: str) -> PublicKey:
    """The key in an X.509 certificate (PEM), called by its thumbprint. Its chain and dates the caller judges."""
    try:
        key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    except ValueError:
        raise CredentialError("key", "no X.509 certificate") from None
    if not isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey):
        raise CredentialError("key", "neither Ed25519 nor ECDSA")
    return from_public(key)


def of_jose(name: object) -> str:
    """Our name of an algorithm that a JOSE header names."""
    found = _JOSE.get(name) if isinstance(name, str) else None
    if found is None:
        raise CredentialError("algorithm", f"{name!r}"[:60])
    return found


def of_cose(number: object) -> str:
    """Our name of an algorithm that a COSE header names by its number."""
    found = _COSE.get(number) if isinstance(number, int) else None
    if found is None:
        raise CredentialError("algorithm", f"{number!r}"[:60])
    return found


def candidates(keys: Iterable[PublicKey], name: str | bytes | None, algorithm: str) -> list[PublicKey]:
    """The keys that may have signed: those so called, or all when the header names none. CredentialError for none.

    A key that is called so but has another algorithm is an attack or a mistake, never a reason to look further.
    """
    found = [key for key in keys if name is None or key.is_called(name)]
    if not found:
        raise CredentialError("key", "no known key is called so")
    fitting = [key for key in found if key.algorithm == algorithm]
    if not fitting:
        raise CredentialError("algorithm", f"the key does not sign with {algorithm}")
    return fitting
