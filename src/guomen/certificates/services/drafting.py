"""Put the facts of a certificate together, and correct them after they were sent back."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.certificates import kinds, rules
from guomen.certificates.models import Asked, Certificate
from guomen.certificates.services.common import locked, move, new_number, tell
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.ledger.services import plain
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation


@transaction.atomic
def draft(
    by: Actor,
    *,
    kind: str,
    subject: str,
    holder: Organisation,
    facts: Mapping[str, Any],
    valid_days: int | None = None,
    excluded_persons: Collection[UUID | str] = (),
    replaces: str = "",
) -> Certificate:
    """Draft a certificate about ``subject``. The authority's officers and the system itself may.

    ``facts``: see :mod:`guomen.certificates.kinds`; they may still be incomplete. ``replaces``: the number of a
    certificate of the same kind and holder's goods that this one replaces when it is signed. ``excluded_persons``
    may neither review nor sign, beside those whom the ledger knows. Raises Invalid, Forbidden, NotFound, Refused.
    """
    if kind not in kinds.KINDS:
        raise Invalid([Problem("kind", "unknown-kind", W("Choose a kind of certificate.", "请选择证书种类。"))])
    one = kinds.kind(kind)
    kinds.require(by, "draft", one, None)
    days = one.days if valid_days is None else valid_days
    kept = checked(one, facts, days)
    if replaces:
        _replaceable(by, replaces, kind)
    certificate = Certificate.objects.create(
        number=new_number(kind),
        kind=kind,
        subject=subject,
        holder=holder,
        facts=plain(kept),
        valid_days=days,
        excluded_persons=sorted({UUID(str(p)) for p in excluded_persons}),
        drafted_by=by.person_id,
        office=by.organisation,
        replaces=replaces,
    )
    # Whoever asked for it has an answer.
    open_ones = Asked.objects.filter(kind=kind, subject=subject, organisation=holder, state="open")
    open_ones.update(state="drafted", certificate=certificate.number, answered_at=now())
    tell("certificate.drafted", certificate, {"replaces": replaces} if replaces else {}, by)
    return certificate


@transaction.atomic
def change(by: Actor, number: str, facts: Mapping[str, Any], valid_days: int | None = None) -> Certificate:
    """Correct a draft's facts: all of them are given. A draft that was sent back waits for its review again.

    Raises Refused once it is reviewed: who reviewed has seen these facts and no others.
    """
    certificate = locked(number)
    one = kinds.kind(certificate.kind)
    kinds.require(by, "draft", one, certificate.office_id)
    move(certificate, "change")
    days = certificate.valid_days if valid_days is None else valid_days
    certificate.facts, certificate.valid_days = plain(checked(one, facts, days)), days
    # Who changes the facts is their drafter from now on, beside the first one.
    if certificate.drafted_by and certificate.drafted_by != by.person_id:
        certificate.excluded_persons = sorted({*certificate.excluded_persons, certificate.drafted_by})
    certificate.drafted_by = by.person_id
    certificate.save()
    tell("certificate.changed", certificate, {}, by)
    return certificate


def checked(one: kinds.Kind, facts: Mapping[str, Any], days: int) -> dict[str, Any]:
    """The facts as they are kept. Raises Invalid with all that is wrong."""
    kept, problems = kinds.read(one, facts)
    if not 1 <= days <= one.longest:
        words = W("The validity is between 1 and {max} days.", "有效期应为 1 至 {max} 天。")
        problems.append(Problem("valid_days", "out-of-range", words, (("max", one.longest),)))
    if one.ended is not None and now().date() >= one.ended:
        words = W("Nobody issues this kind since {day}.", "自 {day} 起不再签发此种证书。")
        problems.append(Problem("kind", "ended", words, (("day", one.ended.isoformat()),)))
    if problems:
        raise Invalid(problems)
    return kept


def _replaceable(by: Actor, number: str, kind: str) -> None:
    old = Certificate.objects.filter(number=number).first()
    if old is None or (old.state in rules.UNSIGNED and not by.is_officer):
        raise NotFound
    if rules.after("replace", old.state) is None:
        words = W("Only a signed certificate can be replaced.", "仅已签发的证书可以换发。")
        raise Refused(words, code=f"certificate-{old.state}")
    if old.kind != kind:
        words = W("A certificate is replaced by one of the same kind.", "换发的证书应与原证书种类相同。")
        raise Invalid([Problem("kind", "other-kind", words)])
