"""Sign codes for cartons and documents: anybody with the authority's public key reads them without a network."""

from datetime import timedelta
from urllib.parse import urlparse

from django.conf import settings

from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.core.tagcrypto import signed
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.kit.keys import signer
from guomen.kit.words import W
from guomen.ledger.services import append_alone
from guomen.parties.actors import SYSTEM, Actor

SIGNER = "tags-codes"
MAX_DAYS = 3660


def sign_code(by: Actor, subject: str, *, days: int | None = None) -> str:
    """The text of a QR code in which the authority names ``subject``; valid for ``days``, or without an end.

    ``subject`` is a GS1 Digital Link (a carton's SSCC, a batch, an item) or the address of a certificate on this host.
    Controllers, certifiers and the system may. Raises Invalid.
    """
    if by is not SYSTEM:
        by.require("controller", "certifier")
    _require_possible(subject, days)
    moment = now().replace(microsecond=0)
    until = None if days is None else moment + timedelta(days=days)
    text = signed.sign(signed.SignedCode(settings.GUOMEN.origin, subject, moment, until), signer(SIGNER))
    append_alone("code.signed", [subject], {"until": until}, by, happened_at=moment)
    return text


def read_signed(text: str) -> signed.SignedCode:
    """What a code of ours says, now. Raises SignedCodeError."""
    return signed.read(text, [signer(SIGNER).public_key()], now())


def _require_possible(subject: str, days: int | None) -> None:
    problems = []
    if not subject.startswith(f"{settings.GUOMEN.origin}/certificates/") and not _is_link(subject):
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
