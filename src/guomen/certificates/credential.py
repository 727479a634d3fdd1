"""The credential: W3C Verifiable Credentials Data Model 2.0, secured with JOSE (Securing VCs using JOSE and COSE)."""

from typing import Any

from django.conf import settings

from guomen.certificates import kinds, signing_keys, statuses
from guomen.certificates.models import Certificate, IssuedForms
from guomen.certificates.titles import title
from guomen.core.credentials import CredentialError, Reference, jose, vc
from guomen.core.credentials.bitstring import stamp
from guomen.kit.keys import Signer
from guomen.kit.words import W

MEDIA_TYPE = "application/vc+jwt"
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2"]


def address(number: str) -> str:
    """Where a certificate's present state can be read."""
    return f"{settings.GUOMEN.origin}/certificates/{number}"


def _tongues(words: W) -> list[dict[str, str]]:
    return [{"@value": words.en, "@language": "en"}, {"@value": words.zh, "@language": "zh-CN"}]


def document(certificate: Certificate, forms: IssuedForms | None = None) -> dict[str, Any]:
    """The credential of a certificate that has its signer's office and moments. forms: with its place in the lists."""
    assert certificate.office is not None
    assert certificate.signed_at is not None
    assert certificate.valid_until is not None
    holder, office = certificate.holder, certificate.office
    own_word = kinds.kind(certificate.kind).issuer == "firm"
    giver, more = W(office.name_en, office.name_zh), dict[str, Any]()
    if own_word:
        # The signature is the platform's: it received the declaration. Whose word it is stands with the subject.
        more["declaredBy"] = {"identifier": holder.code, "name": _tongues(giver)}
        giver = W(settings.GUOMEN.authority_en, settings.GUOMEN.authority_zh)
    if certificate.replaces:
        more["replaces"] = address(certificate.replaces)
    places = statuses.references(forms or IssuedForms.objects.get(number=certificate.number))
    return {
        "@context": CONTEXTS,
        "id": address(certificate.number),
        "type": ["VerifiableCredential", "EnterpriseDeclaration" if own_word else "InspectionCertificate"],
        "issuer": {"id": settings.GUOMEN.origin, "name": _tongues(giver)},
        "validFrom": stamp(certificate.signed_at),
        "validUntil": stamp(certificate.valid_until),
        "credentialStatus": [_status(one) for one in places if one.purpose],
        "credentialSubject": {
            "id": certificate.subject,
            "certificateNumber": certificate.number,
            "certificateKind": {"code": certificate.kind, "name": _tongues(title(certificate.kind))},
            "holder": {"identifier": holder.code, "name": _tongues(W(holder.name_en, holder.name_zh))},
            "facts": certificate.facts,
        }
        | more,
    }


def _status(one: Reference) -> dict[str, str]:
    return {
        "id": f"{one.address}#{one.position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": one.purpose,
        "statusListIndex": str(one.position),
        "statusListCredential": one.address,
    }


def secure(credential: dict[str, Any], key: Signer) -> str:
    """The credential as a compact JWS with the issuer's Ed25519 key. Signing the same twice gives the same text."""
    return jose.sign(credential, key, {"typ": "vc+jwt", "cty": "vc", "iss": settings.GUOMEN.origin})


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
        signed = jose.read(text.strip())
        claims = signed.claims()
        issuer = vc.issuer_of(claims)
        claims["credentialSubject"]["certificateNumber"]
    except (CredentialError, KeyError, TypeError) as error:
        raise NotGenuineError("CERTIFICATE-UNREADABLE") from error
    if issuer != settings.GUOMEN.origin:
        raise NotGenuineError("CERTIFICATE-OTHER-ISSUER")
    try:
        return vc.verify(text.strip(), signing_keys.known()).claims
    except CredentialError as error:
        raise NotGenuineError("CERTIFICATE-FORGED") from error
