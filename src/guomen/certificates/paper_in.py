"""Check somebody else's paper: a PDF whose signature leads to a certificate on the trust list."""

import hashlib

from django.conf import settings

from guomen.certificates import chain, foreign, paper_signature
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.foreign import Goods
from guomen.certificates.models import TrustedIssuer
from guomen.kit.clock import now
from guomen.kit.words import W

KIND = "paper"
"""What a signed PDF is called in the scope of an issuer."""
_CODES = {"none": "paper-unsigned", "untrusted": "paper-untrusted", "unreadable": "paper-unreadable"}


def check(content: bytes, goods: Goods | None) -> Finding:
    """What a PDF is that our register does not know."""
    entries = list(TrustedIssuer.objects.filter(state="active").exclude(roots="").order_by("identifier"))
    found = paper_signature.check(content, [chain.authority_pem(), *(one.roots for one in entries)])
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
