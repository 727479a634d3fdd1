"""Take in certificates of others, and fetch the lists in which their issuers publish states."""

import asyncio
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from guomen.certificates import checking, trust
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.foreign import Goods
from guomen.certificates.models import FetchedList, ForeignCertificate, TrustedIssuer
from guomen.core.credentials import CredentialError, peek, recognise
from guomen.kit import blobs, outbound
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

MAX_FOR_GOODS = 50
MAX_LIST = 4 << 20
EVERY = timedelta(minutes=5)
"""How often a list is fetched at most."""
AT_ONCE, SECONDS = 20, 8
_ACCEPT = (
    "application/statuslist+jwt, application/vc+jwt;q=0.9, application/statuslist+cwt;q=0.8, application/vc+cose;q=0.7"
)


@transaction.atomic
def receive(
    by: Actor, subject: str, content: bytes, filename: str, goods: Goods | None
) -> tuple[ForeignCertificate, Finding]:
    """Attach somebody else's certificate to goods that the caller has made sure are ``by``'s own.

    It is kept whatever the checks say, as long as it is of a form that we know: an officer sees what was checked. The
    same bytes for the same goods are the same row. Raises Invalid for what is no certificate, Refused for too many.
    """
    if by.organisation is None:
        raise Forbidden
    finding = checking.check(content, goods)
    if finding.form in ("unknown", "number") or finding.checks[0].result == "failed":
        words = W("This is no certificate of a form that we know.", "这不是我们所知格式的证书。")
        raise Invalid([Problem("file", finding.checks[0].code, words)])
    digest = blobs.put(content)
    rows = ForeignCertificate.objects.filter(subject=subject)
    known = rows.filter(digest=digest).first()
    if known is not None:
        return known, seen(known, finding)
    if rows.count() >= MAX_FOR_GOODS:
        words = W("These goods have very many certificates already.", "该货物所附证书已达上限。")
        raise Refused(words, code="too-many-certificates")
    made = ForeignCertificate.objects.create(
        subject=subject,
        organisation=by.organisation,
        digest=digest,
        size=len(content),
        filename="".join(c for c in filename if c.isprintable())[:120],
        form=finding.form,
        identity=finding.identity or digest,
        verdict=finding.verdict,
    )
    _want_lists(content, finding)
    finding = seen(made, finding)
    facts = {
        "sha256": digest,
        "form": made.form,
        "issuer": finding.issuer,
        "verdict": finding.verdict,
        "checks": {check.name: f"{check.result} {check.code}" for check in finding.checks},
    }
    append("foreign.received", [subject, Subject.of("foreign-certificate", made.id)], facts, by)
    return made, finding


def seen(one: ForeignCertificate, finding: Finding) -> Finding:
    """The finding together with whether the same certificate is attached to other goods as well."""
    others = ForeignCertificate.objects.filter(identity=one.identity).exclude(subject=one.subject).exists()
    check = Check("elsewhere", "failed" if others else "passed", "elsewhere" if others else "only-here")
    checks = (*finding.checks, check)
    return Finding(
        **{name: getattr(finding, name) for name in Finding.__slots__} | {"checks": checks, "verdict": verdict(checks)}
    )


def _want_lists(content: bytes, finding: Finding) -> None:
    """Have the worker fetch the lists that a genuine certificate names, where its issuer registered them."""
    entry = trust.issuer(finding.issuer)
    if entry is None or not finding.genuine or finding.ours:
        return
    try:
        states = peek(*recognise(content)).states
    except CredentialError:
        return
    for reference in states:
        if trust.may_ask(entry, reference.address) and len(reference.address) <= 300:
            FetchedList.objects.get_or_create(address=reference.address)


def fetch_due() -> int:
    """Fetch the lists whose turn it is, of issuers that are trusted now; returns how many came. For the worker."""
    at, entries = now(), list(TrustedIssuer.objects.filter(state="active"))
    due = FetchedList.objects.filter(Q(tried_at=None) | Q(tried_at__lte=at - EVERY)).order_by(
        F("tried_at").asc(nulls_first=True)
    )
    trusted = [e for e in entries if trust.is_trusted(e, at)]
    rows = [one for one in due[: AT_ONCE * 5] if any(trust.may_ask(e, one.address) for e in trusted)][:AT_ONCE]
    answers = async_to_sync(_fetch_all)([one.address for one in rows]) if rows else []
    for one, answer in zip(rows, answers, strict=True):
        one.tried_at, one.error = at, answer if isinstance(answer, str) else ""
        if isinstance(answer, outbound.Answer):
            one.body, one.is_cose, one.fetched_at = answer.body, answer.media_type.endswith(("cwt", "cose")), at
        one.save()
    return sum(not one.error for one in rows)


async def _fetch_all(addresses: list[str]) -> list[outbound.Answer | str]:
    return await asyncio.gather(*(_fetch(address) for address in addresses))


async def _fetch(address: str) -> outbound.Answer | str:
    """The list at an address, or a short word for why there is none."""
    allowed = outbound.networks(settings.GUOMEN.webhook_networks)
    try:
        answer = await outbound.get(address, {"Accept": _ACCEPT}, most=MAX_LIST, allowed=allowed, seconds=SECONDS)
    except (outbound.Unsendable, outbound.BadDestination) as error:
        return error.code[:40]
    return answer if answer.status == 200 else f"answered-{answer.status}"
