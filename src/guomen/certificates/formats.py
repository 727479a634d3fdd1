"""All signed forms of a certificate from the one source: credential, SD-JWT and slip say the same as the paper."""

from typing import Any, NamedTuple

from django.conf import settings

from guomen.certificates import credential, signing_keys, statuses
from guomen.certificates.models import Certificate, IssuedForms
from guomen.core.credentials import sdjwt, slip
from guomen.core.credentials.sdjwt import Disclosure, Hide
from guomen.kit.errors import NotFound
from guomen.kit.keys import Signer

SD_JWT_MEDIA_TYPE = "application/dc+sd-jwt"
ALWAYS_SHOWN = frozenset({"decision", "reasons"})
"""Facts that a holder cannot keep back: what was decided, and why. Nor can he keep back a test that failed."""


class Forms(NamedTuple):
    """vc: W3C VC 2.0 as a compact JWS. sd_jwt: SD-JWT VC with all disclosures. slip: the text of a code for paper."""

    vc: str
    sd_jwt: str
    slip: str


def make(certificate: Certificate) -> Forms:
    """Sign every form of a certificate that has its signer's office and moments, and keep what is beside the columns.

    Within the caller's transaction; the certificate gets its place in the status lists. Once for each certificate.
    """
    (of_list, position), key = statuses.take_place(), signing_keys.signing()
    forms = IssuedForms(number=certificate.number, list=of_list, position=position)
    document = credential.document(certificate, forms)
    forms.sd_jwt, forms.slip = _sd_jwt(certificate, document, forms, key), _slip(certificate, forms, key)
    forms.save(force_insert=True)
    return Forms(credential.secure(document, key), forms.sd_jwt, forms.slip)


def kept(number: str) -> IssuedForms:
    """The forms of a signed certificate. Raises NotFound for a draft."""
    found = IssuedForms.objects.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def vct() -> str:
    """The type of our SD-JWT VCs."""
    return f"{settings.GUOMEN.origin}/certificates/type"


def shown(forms: IssuedForms, facts: set[str]) -> str:
    """The SD-JWT with only the named facts (see :func:`choices`) disclosed."""
    return sdjwt.present(forms.sd_jwt, lambda one: _name(one) in facts)


def choices(forms: IssuedForms) -> list[tuple[str, Any]]:
    """What a holder may show or keep back, in the order of the facts: name and value. Tests count as one."""
    found: dict[str, Any] = {}
    for one in sdjwt.disclosures(forms.sd_jwt):
        found.setdefault(_name(one), one.value)
    return list(found.items())


def _name(one: Disclosure) -> str:
    return one.name if one.name is not None else "tests"


def _sd_jwt(certificate: Certificate, document: dict[str, Any], forms: IssuedForms, key: Signer) -> str:
    assert certificate.signed_at is not None
    assert certificate.valid_until is not None
    subject = document["credentialSubject"]
    facts = {name if name in ALWAYS_SHOWN else Hide(name): value for name, value in certificate.facts.items()}
    facts.pop(Hide("tests"), None)
    tests = [one if one.get("within") is False else Hide(one) for one in certificate.facts.get("tests", [])]
    claims = {
        "iss": settings.GUOMEN.origin,
        "vct": vct(),
        "nbf": int(certificate.signed_at.timestamp()),
        "exp": int(certificate.valid_until.timestamp()),
        "status": {"status_list": {"idx": forms.position, "uri": statuses.address(forms.list)}},
        "issuer": document["issuer"],
        "certificateKind": subject["certificateKind"],
        Hide("certificateNumber"): certificate.number,
        Hide("subject"): certificate.subject,
        Hide("holder"): subject["holder"],
        "facts": facts | ({"tests": tests} if tests else {}),
    }
    return sdjwt.issue(claims, key, {"typ": "dc+sd-jwt"})


def _slip(certificate: Certificate, forms: IssuedForms, key: Signer) -> str:
    assert certificate.signed_at is not None
    assert certificate.valid_until is not None
    facts = {"kind": certificate.kind, "holder": certificate.holder.code} | certificate.facts
    made = slip.Slip(
        settings.GUOMEN.origin,
        credential.address(certificate.number),
        certificate.signed_at,
        certificate.valid_until,
        {name: _pair(facts[name]) for name in slip.FACTS.values() if facts.get(name)},
        statuses.references(forms)[0],
    )
    return slip.sign(made, key)


def _pair(value: Any) -> str | tuple[str, str]:
    if isinstance(value, dict) and {"en", "zh"} <= set(value):
        return str(value["en"]), str(value["zh"])
    return str(value)
