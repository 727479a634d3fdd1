"""Sign codes for cartons and documents, and revoke them.

Anybody with the authority's public key reads a code without a network; a status list tells which ones were revoked.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlparse

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.core.tagcrypto import signed
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.keys import signer
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags.models import SignedCode

SIGNER = "tags-codes"
MAX_DAYS = 3660
MAX_SUBJECT = 400
LISTS_AT = "/tags/status/"
"""Path below which status lists are published."""
LIST_NAME = "codes-"
IN_ONE_LIST = 1 << 20
_LOCK = 7_340_004


@dataclass(frozen=True, slots=True)
class Signed:
    """A code's row and its text."""

    row: SignedCode
    text: str


@transaction.atomic
def sign_code(by: Actor, subject: str, *, days: int | None = None) -> Signed:
    """A code in which the authority names ``subject``; valid for ``days``, or without an end, or until it is revoked.

    ``subject`` is a GS1 Digital Link (a carton's SSCC, a batch, an item) or the address of a certificate on this host.
    Controllers, certifiers and the system may. Raises Invalid.
    """
    if by is not SYSTEM:
        by.require("controller", "certifier")
    _require_possible(subject, days)
    moment = now().replace(microsecond=0)
    until = None if days is None else moment + timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    newest = SignedCode.objects.aggregate(newest=Max("number"))["newest"]
    row = SignedCode(number=0 if newest is None else newest + 1, subject=subject, issued_at=moment, expires_at=until)
    row.save(force_insert=True)
    append("code.signed", [subject], {"until": until, "number": row.number}, by, happened_at=moment)
    return Signed(row, text_of(row))


def text_of(row: SignedCode) -> str:
    """The text of a code: the same each time."""
    block, number = divmod(row.number, IN_ONE_LIST)
    status = signed.Status(number, f"{settings.GUOMEN.origin}{LISTS_AT}{LIST_NAME}{block}")
    code = signed.SignedCode(settings.GUOMEN.origin, row.subject, row.issued_at, row.expires_at, status)
    return signed.sign(code, signer(SIGNER))


def read_signed(text: str) -> signed.SignedCode:
    """What a code of ours says, now. Raises SignedCodeError, also for one that was revoked."""
    code = signed.read(text, [signer(SIGNER).public_key()], now())
    row = _row_of(code)
    if row is not None and row.revoked_at is not None:
        raise signed.SignedCodeError("revoked")
    return code


def _row_of(code: signed.SignedCode) -> SignedCode | None:
    """The row of a code whose signature was checked."""
    block = code.status.uri.rpartition(LIST_NAME)[2] if code.status else ""
    if code.status is None or not block.isdigit():
        return None
    return SignedCode.objects.filter(number=int(block) * IN_ONE_LIST + code.status.number).first()


@transaction.atomic
def revoke_code(by: Actor, number: int, why: str) -> SignedCode:
    """Make a signed code invalid, saying why. Who may sign may revoke. Doing it twice changes nothing.

    Raises NotFound, Invalid without a reason.
    """
    if by is not SYSTEM:
        by.require("controller", "certifier")
    why = why.strip()
    if not 3 <= len(why) <= 300 or "\0" in why:
        words = W("Say why, in 3 to 300 characters.", "请用 3 至 300 个字符说明原因。")
        raise Invalid([Problem("why", "no-reason", words)])
    row = SignedCode.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at, row.revoked_why = now(), why
        row.save(update_fields=["revoked_at", "revoked_why"])
        append("code.revoked", [row.subject], {"number": number, "why": why}, by, happened_at=row.revoked_at)
    return row


def code_of(by: Actor, number: int) -> SignedCode:
    """One signed code. Controllers and certifiers. Raises NotFound."""
    by.require("controller", "certifier")
    found = SignedCode.objects.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def newest_codes(by: Actor, limit: int = 50) -> list[SignedCode]:
    """Codes that were signed, the newest first. Controllers and certifiers."""
    by.require("controller", "certifier")
    return list(SignedCode.objects.order_by("-number")[:limit])


def _require_possible(subject: str, days: int | None) -> None:
    problems = []
    is_paper = subject.startswith(f"{settings.GUOMEN.origin}/certificates/") and subject.isprintable()
    if len(subject) > MAX_SUBJECT or not (is_paper or _is_link(subject)):
        words = W(
            "Name a GS1 Digital Link, or a certificate's address on this host.",
            "请填写 GS1 数字链接，或本站证书的网址。",
        )
        problems.append(Problem("subject", "bad-subject", words))
    if days is not None and not 1 <= days <= MAX_DAYS:
        words = W("A signed code is valid for 1 to {max} days.", "签名码有效期为 1 至 {max} 天。")
        problems.append(Problem("days", "out-of-range", words, (("max", MAX_DAYS),)))
    if problems:
        raise Invalid(problems)


def _is_link(subject: str) -> bool:
    try:
        parse_digital_link(subject, associations=False)
    except GS1Error:
        return False
    # Other hosts' links would lead elsewhere than we signed.
    return urlparse(subject).netloc in {"id.gs1.org", urlparse(settings.GUOMEN.origin).netloc}
