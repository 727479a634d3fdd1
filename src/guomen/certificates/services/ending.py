"""Suspend, resume, revoke: what happens to a certificate after it was signed."""

from collections.abc import Container

from django.db import transaction

from guomen.certificates import kinds
from guomen.certificates.models import Certificate
from guomen.certificates.services import packages
from guomen.certificates.services.common import locked, move, tell, worded
from guomen.certificates.words import REVOKE_CODES, SUSPEND_CODES
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, Problem
from guomen.kit.words import W
from guomen.parties.actors import Actor


@transaction.atomic
def suspend(by: Actor, number: str, reason: str, code: str = "other") -> Certificate:
    """Stop a certificate for now; ``code`` is one of ``words.SUSPEND_CODES``. Suspended already: nothing changes."""
    certificate = _mine(by, number)
    said = _reasoned(code, reason, SUSPEND_CODES)
    if certificate.state == "suspended":
        return certificate
    move(certificate, "suspend")
    certificate.suspended_at, certificate.suspend_code, certificate.suspend_reason = now(), code, said
    certificate.save()
    tell("certificate.suspended", certificate, {"code": code, "reason": said}, by)
    return certificate


@transaction.atomic
def resume(by: Actor, number: str) -> Certificate:
    """Make a suspended certificate valid again. Raises Refused when it is not suspended, or expired meanwhile."""
    certificate = _mine(by, number)
    move(certificate, "resume")
    certificate.suspended_at, certificate.suspend_code, certificate.suspend_reason = None, "", ""
    certificate.save()
    tell("certificate.resumed", certificate, {}, by)
    return certificate


@transaction.atomic
def revoke(by: Actor, number: str, reason: str, code: str = "other") -> Certificate:
    """Revoke a signed certificate, for good; ``code`` is one of ``words.REVOKE_CODES``. Revoked: nothing changes."""
    certificate = _mine(by, number)
    said = _reasoned(code, reason, REVOKE_CODES)
    if certificate.state == "revoked":
        return certificate
    move(certificate, "revoke")
    certificate.revoked_at, certificate.revoke_code, certificate.revoke_reason = now(), code, said
    certificate.save()
    if certificate.kind == packages.USE and code in packages.UNUSED:
        packages.give_back(by, certificate)
    tell("certificate.revoked", certificate, {"code": code, "reason": said}, by)
    return certificate


def _mine(by: Actor, number: str) -> Certificate:
    """The locked certificate, if ``by`` may end it: its issuer may, and the authority may what any issuer may."""
    certificate = locked(number)
    one = kinds.kind(certificate.kind)
    if not (by.is_authority and by.has(*kinds.ROLES["authority"]["end"])):
        if one.issuer == "authority":
            raise Forbidden
        kinds.require(by, "end", one, certificate.office_id)
    return certificate


def _reasoned(code: str, reason: str, codes: Container[str]) -> str:
    if code not in codes:
        raise Invalid([Problem("code", "unknown-code", W("Choose a reason.", "请选择原因。"))])
    return worded(reason)
