"""The credential: W3C Verifiable Credentials Data Model 2.0, secured with JOSE (Securing VCs using JOSE and COSE)."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from guomen.certificates.models import Certificate
from guomen.certificates.titles import title
from guomen.kit.keys import signer
from guomen.kit.words import W

MEDIA_TYPE = "application/vc+jwt"
ALGORITHM = "EdDSA"
KEY = "certificates"
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"]


def _key() -> OKPKey:
    pem = signer(KEY).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return OKPKey.import_key(pem)


def key_id() -> str:
    """RFC 7638 thumbprint of the signing key: the ``kid`` of credentials and of the JWKS."""
    return str(_key().thumbprint())


def jwks() -> dict[str, Any]:
    """The public keys that credentials are checked with (RFC 7517)."""
    public = dict(_key().as_dict(private=False))
    return {"keys": [public | {"kid": key_id(), "use": "sig", "alg": ALGORITHM}]}


def address(number: str) -> str:
    """Where a certificate's present state can be read."""
    return f"{settings.GUOMEN.origin}/certificates/{number}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _tongues(words: W) -> list[dict[str, str]]:
    return [{"@value": words.en, "@language": "en"}, {"@value": words.zh, "@language": "zh-CN"}]


def document(certificate: Certificate) -> dict[str, Any]:
    """The credential of a certificate that has its signer's office and moments."""
    assert certificate.office is not None
    assert certificate.signed_at is not None
    assert certificate.valid_until is not None
    holder, office = certificate.holder, certificate.office
    return {
        "@context": CONTEXTS,
        "id": address(certificate.number),
        "type": ["VerifiableCredential", "InspectionCertificate"],
        "issuer": {"id": settings.GUOMEN.origin, "name": _tongues(W(office.name_en, office.name_zh))},
        "validFrom": _stamp(certificate.signed_at),
        "validUntil": _stamp(certificate.valid_until),
        "credentialStatus": {"id": f"{address(certificate.number)}#state", "type": "CertificateStatePage"},
        "credentialSubject": {
            "id": certificate.subject,
            "certificateNumber": certificate.number,
            "certificateKind": {"code": certificate.kind, "name": _tongues(title(certificate.kind))},
            "holder": {"identifier": holder.code, "name": _tongues(W(holder.name_en, holder.name_zh))},
            "facts": certificate.facts,
        },
    }


def secure(credential: dict[str, Any]) -> str:
    """The credential as a compact JWS with the issuer's Ed25519 key. Signing the same twice gives the same text."""
    header = {"alg": ALGORITHM, "typ": "vc+jwt", "cty": "vc", "kid": key_id(), "iss": settings.GUOMEN.origin}
    payload = json.dumps(credential, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    # Put together here: the key may stay in a security module, and joserfc wants to hold the keys that it signs with.
    text = f"{_base64url(json.dumps(header, separators=(',', ':')).encode())}.{_base64url(payload)}"
    return f"{text}.{_base64url(signer(KEY).sign(text.encode()))}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class _OnlyEdDSA(jws.JWSRegistry):
    """One algorithm, by the name that today's verifiers know; RFC 9864 calls it Ed25519 from now on."""

    def get_alg(self, name: str) -> jws.JWSAlgModel:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"only {ALGORITHM} is accepted")
        return self.algorithms[name]


def _registry() -> jws.JWSRegistry:
    # "iss" as a header parameter is the profile's own; the strict registry does not know it.
    return _OnlyEdDSA(strict_check_header=False)


class NotGenuineError(ValueError):
    """The text is no credential of ours; ``reason`` is a code of ``words.REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def unsecure(text: str) -> dict[str, Any]:
    """The credential inside a compact JWS.

    Raises NotGenuineError unless our key signed it and it names us as issuer.
    """
    try:
        signed = jws.extract_compact(text.strip().encode())
        if signed.headers().get("typ") != "vc+jwt":
            raise NotGenuineError("CERTIFICATE-UNREADABLE")
        claims = json.loads(signed.payload)
        issuer = claims["issuer"]["id"]
        claims["credentialSubject"]["certificateNumber"]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotGenuineError(getattr(error, "reason", "CERTIFICATE-UNREADABLE")) from error
    if issuer != settings.GUOMEN.origin:
        raise NotGenuineError("CERTIFICATE-OTHER-ISSUER")
    try:
        jws.deserialize_compact(text.strip(), _key(), registry=_registry())
    except (JoseError, ValueError) as error:
        raise NotGenuineError("CERTIFICATE-FORGED") from error
    return dict(claims)
