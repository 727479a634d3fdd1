"""What people can see of certificates. A signed certificate is public; a draft is the authority's own."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from guomen.certificates import credential, kinds, rules
from guomen.certificates.models import Asked, Certificate, TrustedIssuer, WriteOff
from guomen.certificates.services import packages
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
    """One certificate. Raises NotFound; before it is signed it is found by those who issue its kind only."""
    found = Certificate.objects.select_related("holder", "office").filter(number=number).first()
    if found is None or (found.state in rules.UNSIGNED and not _issues(by, found)):
        raise NotFound
    return found


def _issues(by: Actor, one: Certificate) -> bool:
    """Whether ``by`` belongs to the house in which the certificate is being made."""
    if kinds.kind(one.kind).issuer == "authority":
        return by.is_officer
    return by.organisation_id is not None and by.organisation_id == one.office_id


def of_subject(*subjects: str) -> list[Certificate]:
    """Certificates about any of ``subjects`` that were signed, whatever became of them, newest first."""
    found = Certificate.objects.filter(subject__in=subjects).exclude(state__in=rules.UNSIGNED)
    return list(found.select_related("holder", "office").order_by("-signed_at", "number"))


def waiting(by: Actor) -> list[Certificate]:
    """Certificates of the authority that are not signed yet, oldest first, for its officers."""
    if not by.is_officer:
        raise Forbidden
    found = Certificate.objects.filter(state__in=rules.UNSIGNED, kind__in=kinds.issued_by("authority"))
    return list(found.select_related("holder").order_by("drafted_at", "number"))


def own_waiting(by: Actor, issuer: str) -> list[Certificate]:
    """What a laboratory has not signed yet, oldest first, for its own people."""
    by.require(*kinds.ROLES[issuer]["draft"])
    found = Certificate.objects.filter(
        state__in=rules.UNSIGNED, kind__in=kinds.issued_by(issuer), office=by.organisation_id
    )
    return list(found.select_related("holder").order_by("drafted_at", "number"))


def own_signed(by: Actor, issuer: str, limit: int = 50) -> list[Certificate]:
    """What a laboratory signed last, whatever became of it, for its own people."""
    by.require(*kinds.ROLES[issuer]["draft"])
    found = Certificate.objects.filter(kind__in=kinds.issued_by(issuer), office=by.organisation_id)
    found = found.exclude(state__in=rules.UNSIGNED).select_related("holder")
    return list(found.order_by("-signed_at", "number")[:limit])


def report_on(by: Actor, sample: str) -> Certificate | None:
    """The report of a laboratory on one of its samples, unless it was revoked, for its own people."""
    by.require(*kinds.ROLES["laboratory"]["draft"])
    found = Certificate.objects.filter(kind__in=kinds.issued_by("laboratory"), office=by.organisation_id)
    return found.filter(facts__sample=sample).exclude(state__in=("revoked", "replaced")).order_by("number").first()


def asked(by: Actor) -> list[Asked]:
    """Requests of firms that wait, oldest first, for officers."""
    if not by.is_officer:
        raise Forbidden
    return list(Asked.objects.filter(state="open").select_related("organisation").order_by("asked_at", "id"))


def own_asked(by: Actor, limit: int = 200) -> list[Asked]:
    """What a firm has asked for, newest first."""
    by.require("declarant")
    return list(Asked.objects.filter(organisation=by.organisation_id).order_by("-asked_at", "-id")[:limit])


def held(by: Actor, limit: int = 200) -> list[Certificate]:
    """Signed certificates that a firm holds, newest first."""
    by.require("declarant")
    found = Certificate.objects.filter(holder=by.organisation_id).exclude(state__in=rules.UNSIGNED)
    return list(found.select_related("holder", "office").order_by("-signed_at", "number")[:limit])


def write_offs(number: str) -> list[WriteOff]:
    """What was booked on a packaging performance result, in order."""
    return list(WriteOff.objects.filter(certificate=number).order_by("sequence"))


def packages_left(one: Certificate) -> int | None:
    """How many packages of a performance result can still be used; None for other kinds."""
    return packages.balance(one) if one.kind == packages.PERFORMANCE else None


def signed_lately(limit: int = 20) -> list[Certificate]:
    """The certificates that were signed last, whatever became of them."""
    found = Certificate.objects.exclude(state__in=rules.UNSIGNED).select_related("holder")
    return list(found.order_by("-signed_at", "number")[:limit])


def state(one: Certificate) -> str:
    """The present state: as stored, or ``early``, ``valid``, ``expired`` by the clock."""
    return rules.state_at(one.state, one.signed_at, one.valid_until, now())


_BAD = {
    "revoked": "CERTIFICATE-REVOKED",
    "replaced": "CERTIFICATE-SUPERSEDED",
    "suspended": "CERTIFICATE-SUSPENDED",
    "expired": "CERTIFICATE-EXPIRED",
    "early": "CERTIFICATE-NOT-YET-VALID",
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
    if found is None or found.state in rules.UNSIGNED:
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


def issuers() -> list[TrustedIssuer]:
    """All entries of the trust list, newest first, for those who keep it."""
    return list(TrustedIssuer.objects.order_by("-proposed_at"))


def issuer(id: UUID) -> TrustedIssuer:
    """One entry of the trust list. Raises NotFound."""
    found = TrustedIssuer.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def issuer_before(one: TrustedIssuer) -> TrustedIssuer | None:
    """The entry that a proposal would take the place of."""
    return TrustedIssuer.objects.filter(identifier=one.identifier, state="active").exclude(id=one.id).first()
