"""Review, send back, sign: three posts, three persons."""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from guomen.certificates import formats, kinds, pades, paper, rules, signing_keys
from guomen.certificates.models import Certificate
from guomen.certificates.services import packages
from guomen.certificates.services.common import LINE, excluded, is_released, locked, move, tell, worded
from guomen.certificates.words import SAME_PERSON
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor


@transaction.atomic
def review(by: Actor, number: str) -> Certificate:
    """Say that a draft's facts are complete and right: another person than the drafter, of neither post before.

    Raises Forbidden, NotFound, Refused (not a draft, the same person, facts missing, goods not released).
    """
    certificate = locked(number)
    one = kinds.kind(certificate.kind)
    kinds.require(by, "review", one, certificate.office_id)
    move(certificate, "review")
    _another_person(by, certificate, None, excluded(certificate))
    _ready(one, certificate)
    certificate.reviewed_by, certificate.reviewed_at, certificate.returned_reason = by.person_id, now(), ""
    certificate.save()
    tell("certificate.reviewed", certificate, {}, by)
    return certificate


@transaction.atomic
def send_back(by: Actor, number: str, reason: str) -> Certificate:
    """Send a draft back to its drafter, with the reason. Who may review may do so until it is signed."""
    certificate = locked(number)
    kinds.require(by, "review", kinds.kind(certificate.kind), certificate.office_id)
    said = worded(reason)
    move(certificate, "send-back")
    certificate.returned_reason, certificate.reviewed_by, certificate.reviewed_at = said, None, None
    certificate.save()
    # The officer's own words stay in our table, which can be erased.
    tell("certificate.returned", certificate, {}, by)
    return certificate


@transaction.atomic
def sign(by: Actor, number: str, excluded_persons: Collection[UUID | str] = ()) -> Certificate:
    """Sign a reviewed certificate: makes its documents, all from the same facts, and keeps their digests in the ledger.

    A certificate that it replaces ends in the same moment. Raises Forbidden without the role, NotFound, Refused when
    it was not reviewed, when the signer drafted, reviewed, accepted or inspected, or when the goods are not released.
    """
    certificate = locked(number)
    one = kinds.kind(certificate.kind)
    kinds.require(by, "sign", one, certificate.office_id)
    move(certificate, "sign")
    barred = {*excluded(certificate), *(UUID(str(p)) for p in excluded_persons)}
    _another_person(by, certificate, certificate.reviewed_by, barred)
    _ready(one, certificate)
    old = _replaced(certificate)
    complete(by, certificate, "certificate.signed", old)
    if old is not None:
        old.replaced_by, old.replaced_at = certificate.number, certificate.signed_at
        old.save()
        tell("certificate.replaced", old, {"replaced_by": certificate.number}, by)
    return certificate


def complete(by: Actor, certificate: Certificate, said: str, old: Certificate | None = None) -> None:
    """Make the documents of a certificate that is being signed, save it and tell the ledger ``said``."""
    moment = now().replace(microsecond=0)
    certificate.office, certificate.signed_by, certificate.signed_at = by.organisation, by.person_id, moment
    certificate.valid_until = moment + timedelta(days=certificate.valid_days)
    if certificate.kind == packages.USE:
        packages.write_off(by, certificate, old)
    elif certificate.kind == packages.PERFORMANCE and old is not None:
        packages.carry_over(by, certificate, old)
    forms = formats.make(certificate)
    certificate.jws = forms.vc
    digest = hashlib.sha256(certificate.jws.encode()).hexdigest()
    key = signing_keys.current()
    plain = paper.render(certificate, digest, forms.slip, signing_keys.public(key).id)
    content = pades.sign(plain, certificate.number, key.paper_name)
    certificate.pdf, certificate.pdf_size = blobs.put(content), len(content)
    certificate.save()
    facts = {"pdf_sha256": certificate.pdf, "credential_sha256": digest, "valid_until": certificate.valid_until}
    if certificate.replaces:
        facts["replaces"] = certificate.replaces
    tell(said, certificate, facts, by)


def _another_person(by: Actor, certificate: Certificate, reviewer: UUID | None, barred: Collection[UUID]) -> None:
    if by.person_id is None:
        raise Forbidden(W("A person does this, not a program.", "此操作须由人员办理，不能由程序代办。"))
    part = rules.same_person(by.person_id, certificate.drafted_by, reviewer, barred)
    if part is not None:
        raise Refused(SAME_PERSON[part], code="certificate-same-person")


def _ready(one: kinds.Kind, certificate: Certificate) -> None:
    lacking = kinds.missing(one, certificate.facts)
    if lacking:
        labels = W(", ".join(f.label.en for f in lacking), "、".join(f.label.zh for f in lacking))
        words = W("These facts are missing: {what}.", "缺少以下内容：{what}。")
        raise Refused(words, code="certificate-incomplete", what=labels)
    if one.code == packages.USE:
        packages.check(certificate)
    asked = one.release == "always" or (one.release == "line" and certificate.subject.startswith(LINE))
    if asked and not is_released(certificate.subject):
        words = W("Only released goods get this certificate.", "仅已放行的货物可出具该证书。")
        raise Refused(words, code="not-released")


def _replaced(certificate: Certificate) -> Certificate | None:
    """The certificate that this one replaces, locked and moved to its end."""
    if not certificate.replaces:
        return None
    old = locked(certificate.replaces)
    move(old, "replace")
    return old
