"""What people can do with certificates: draft, sign, revoke."""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.certificates import credential, paper, rules, titles
from guomen.certificates.models import Certificate
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import secret
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.services import append, plain
from guomen.parties.actors import SYSTEM, Actor
from guomen.parties.models import Organisation

MAX_DAYS = 3650
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _new_number(kind: str) -> str:
    """Kind, year, running number and six letters that cannot be guessed: certificates cannot be listed by counting."""
    plainly = f"{kind}-{now():%Y}-{next_number('certificates_number'):06d}"
    tag = int.from_bytes(hmac.digest(secret("certificate-numbers"), plainly.encode(), "sha256")[:4])
    return plainly + "-" + "".join(_LETTERS[tag >> shift & 31] for shift in range(0, 30, 5))


@transaction.atomic
def draft(
    by: Actor,
    *,
    kind: str,
    subject: str,
    holder: Organisation,
    facts: Mapping[str, Any],
    valid_days: int = 365,
    excluded_persons: Collection[UUID | str] = (),
) -> Certificate:
    """Draft a certificate about ``subject``. The authority's officers and the system itself may.

    ``facts`` (all optional, values text, Decimal, date, ``W`` or ``{"en", "zh"}``): goods, gtin, batch, hs_code,
    quantity (with its unit), origin, maker, declaration, container, seal, place, inspected_on, decision, rule_pack,
    reasons, tests (list of test, found, limit, within, standard, laboratory, date). Raises Invalid, Forbidden.
    """
    if by is not SYSTEM and not by.is_authority:
        raise Forbidden
    problems = []
    if not titles.exists(kind):
        problems.append(Problem("kind", "unknown-kind", W("Choose a kind of certificate.", "请选择证书种类。")))
    if not 1 <= valid_days <= MAX_DAYS:
        words = W("The validity is between 1 and {max} days.", "有效期应为 1 至 {max} 天。")
        problems.append(Problem("valid_days", "out-of-range", words, (("max", MAX_DAYS),)))
    if problems:
        raise Invalid(problems)
    certificate = Certificate.objects.create(
        number=_new_number(kind),
        kind=kind,
        subject=subject,
        holder=holder,
        facts=plain(facts),
        valid_days=valid_days,
        excluded_persons=sorted({UUID(str(p)) for p in excluded_persons}),
        drafted_by=by.person_id,
    )
    about = [Subject.of("certificate", certificate.number), subject]
    append("certificate.drafted", about, {"number": certificate.number, "kind": kind}, by)
    return certificate


@transaction.atomic
def sign(by: Actor, number: str, excluded_persons: Collection[UUID | str] = ()) -> Certificate:
    """Sign a draft: makes the credential and the PDF, both from the same facts, and keeps their digests in the ledger.

    Raises Forbidden without the role certifier, Refused when it is no draft or the signer drafted, accepted or
    inspected.
    """
    by.require("certifier")
    certificate = _locked(number)
    if certificate.state != "draft":
        raise Refused(W("This certificate is already signed.", "该证书已签发。"), code="certificate-not-a-draft")
    excluded = {*certificate.excluded_persons, *(UUID(str(p)) for p in excluded_persons)}
    if by.person_id is None or not rules.may_sign(by.person_id, certificate.drafted_by, excluded):
        words = W(
            "Who drafted, accepted or inspected may not sign. Ask another certifying officer.",
            "拟稿、受理或检验人员不得签发，请由其他签证官签发。",
        )
        raise Refused(words, code="certificate-same-person")
    moment = now().replace(microsecond=0)
    certificate.office, certificate.signed_by, certificate.signed_at = by.organisation, by.person_id, moment
    certificate.valid_until = moment + timedelta(days=certificate.valid_days)
    certificate.state = "signed"
    certificate.jws = credential.secure(credential.document(certificate))
    digest = hashlib.sha256(certificate.jws.encode()).hexdigest()
    content = paper.render(certificate, digest)
    certificate.pdf, certificate.pdf_size = blobs.put(content), len(content)
    certificate.save()
    facts = {
        "number": number,
        "kind": certificate.kind,
        "pdf_sha256": certificate.pdf,
        "credential_sha256": digest,
        "valid_until": certificate.valid_until,
    }
    append("certificate.signed", [Subject.of("certificate", number), certificate.subject], facts, by)
    return certificate


@transaction.atomic
def revoke(by: Actor, number: str, reason: str) -> Certificate:
    """Revoke a signed certificate, for good. Raises Refused for a draft; a second revocation changes nothing."""
    by.require("certifier", "controller")
    certificate = _locked(number)
    if not reason.strip():
        raise Invalid([Problem("reason", "required", W("Say why.", "请说明理由。"))])
    if certificate.state == "draft":
        raise Refused(W("A draft cannot be revoked.", "草稿不能撤销。"), code="certificate-is-a-draft")
    if certificate.state == "revoked":
        return certificate
    certificate.state, certificate.revoked_at, certificate.revoke_reason = "revoked", now(), reason.strip()
    certificate.save()
    facts = {"number": number, "kind": certificate.kind, "reason": certificate.revoke_reason}
    append("certificate.revoked", [Subject.of("certificate", number), certificate.subject], facts, by)
    return certificate


def _locked(number: str) -> Certificate:
    found = Certificate.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise NotFound
    return found
