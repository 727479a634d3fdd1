"""Check somebody else's paper: a PDF whose signature leads to a certificate on the trust list."""

import hashlib
from threading import BoundedSemaphore

from django.conf import settings

from guomen.certificates import chain, foreign, paper_signature
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.foreign import Goods
from guomen.certificates.models import TrustedIssuer
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError
from guomen.kit.words import W

KIND = "paper"
"""What a signed PDF is called in the scope of an issuer."""
AT_ONCE, WAIT = 2, 15
"""Papers that one process has read at the same time, each with a gigabyte and twenty seconds at most; and how many
seconds another waits for its turn."""
_ROOM = BoundedSemaphore(AT_ONCE)
_CODES = {"none": "paper-unsigned", "untrusted": "paper-untrusted", "unreadable": "paper-unreadable"}


class BusyError(GuomenError):
    """As many papers are being read as this machine has room for."""

    status = 503
    code = "papers-busy"
    words = W(
        "Many papers are being read at this moment. Please try again in a minute.",
        "当前正在读取的文件过多，请稍后再试。",
    )


def check(content: bytes, goods: Goods | None) -> Finding:
    """What a PDF is that our register does not know. Raises BusyError."""
    entries = list(TrustedIssuer.objects.filter(state="active").exclude(roots="").order_by("identifier"))
    if not _ROOM.acquire(timeout=WAIT):
        raise BusyError
    try:
        found = paper_signature.check(content, [chain.authority_pem(), *(one.roots for one in entries)])
    finally:
        _ROOM.release()
    checks = [Check("form", "passed", "readable")]
    if found.found == "changed":
        checks.append(Check("signature", "failed", "paper-changed"))
        return Finding("pdf", verdict(checks), tuple(checks), issuer=found.signer)
    if found.found != "trusted":
        checks.append(Check("signature", "open", _CODES[found.found]))
        return Finding("pdf", verdict(checks), tuple(checks), issuer=found.signer)
    if found.root == 0:
        checks.append(Check("signature", "failed", "unregistered-paper"))
        return Finding("pdf", verdict(checks), tuple(checks), ours=True, issuer=settings.GUOMEN.origin)
    entry, at = entries[found.root - 1], now()
    checks += [
        Check("signature", "passed", "signed"),
        foreign.issuer_check(entry, entry.identifier, at),
        foreign.scope(entry, (KIND,)),
        Check("status", "open", "status-none"),
        foreign.goods_match(entry, goods),
        Check("time", "open", "no-end"),
    ]
    return Finding(
        "pdf",
        verdict(checks),
        tuple(checks),
        issuer=entry.identifier,
        issuer_name=W(entry.name_en, entry.name_zh),
        names=(KIND,),
        identity=hashlib.sha256(content).hexdigest(),
    )
