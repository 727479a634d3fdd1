"""What people can see of certificates. A signed certificate is public; a draft is the authority's own."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guomen.certificates import credential, rules
from guomen.certificates.models import Certificate
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.parties.actors import PUBLIC, Actor


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a certificate holds now. ``reasons`` are codes of ``words.REASONS``, empty when it is valid."""

    valid: bool
    state: str
    reasons: tuple[str, ...] = ()
    certificate: Certificate | None = None
    checked_at: datetime = field(default_factory=now)


def certificate(number: str, by: Actor = PUBLIC) -> Certificate:
    """One certificate. Raises NotFound; a draft is found by the authority only."""
    found = Certificate.objects.select_related("holder", "office").filter(number=number).first()
    if found is None or (found.state == "draft" and not by.is_officer):
        raise NotFound
    return found


def of_subject(*subjects: str) -> list[Certificate]:
    """Signed and revoked certificates about any of ``subjects``, newest first."""
    found = Certificate.objects.filter(subject__in=subjects).exclude(state="draft")
    return list(found.select_related("holder", "office").order_by("-signed_at", "number"))


def drafts(by: Actor) -> list[Certificate]:
    """Certificates that wait for a signature, oldest first, for the authority."""
    if not by.is_officer:
        raise Forbidden
    waiting = Certificate.objects.filter(state="draft").select_related("holder")
    return list(waiting.order_by("drafted_at", "number"))


def state(one: Certificate) -> str:
    """``draft``, ``early``, ``valid``, ``expired`` or ``revoked``, now."""
    return rules.state_at(one.state, one.signed_at, one.valid_until, now())


_BAD = {
    "revoked": "CERTIFICATE-REVOKED",
    "expired": "CERTIFICATE-EXPIRED",
    "early": "CERTIFICATE-NOT-YET-VALID",
    "draft": "CERTIFICATE-UNKNOWN",
}


def verify(number_or_jws: str) -> Verification:
    """Check a certificate by its number or by the signed credential itself: signature, issuer, validity, state."""
    text = number_or_jws.strip()
    try:
        claims = credential.unsecure(text) if text.count(".") == 2 else None
    except credential.NotGenuineError as error:
        return Verification(False, "invalid", (error.reason,))
    number = text if claims is None else _number(claims)
    found = Certificate.objects.select_related("holder", "office").filter(number=number).first()
    if found is None or found.state == "draft":
        return Verification(False, "invalid", ("CERTIFICATE-UNKNOWN",))
    try:
        credential.unsecure(found.jws)
    except credential.NotGenuineError as error:
        return Verification(False, "invalid", (error.reason,), found)
    if claims is not None and text != found.jws:
        return Verification(False, "invalid", ("CERTIFICATE-REPLACED",), found)
    present = state(found)
    if present != "valid":
        return Verification(False, present, (_BAD[present],), found)
    return Verification(True, "valid", (), found)


def verify_paper(content: bytes) -> Verification:
    """Check a PDF file: it must be, byte for byte, the paper that was signed."""
    digest = hashlib.sha256(content).hexdigest()
    found = Certificate.objects.filter(pdf=digest).exclude(pdf="").values_list("number", flat=True).first()
    return verify(found) if found else Verification(False, "invalid", ("CERTIFICATE-OTHER-PAPER",))


def _number(claims: dict[str, Any]) -> str:
    return str(claims["credentialSubject"]["certificateNumber"])
