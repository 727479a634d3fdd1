"""Check an electronic phytosanitary certificate that somebody brings: it carries no proof, and the answer says so."""

import hashlib
import json
from typing import Any

from guomen.certificates import foreign, trust
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.foreign import Goods
from guomen.core import ephyto
from guomen.core.credentials import CredentialError
from guomen.core.ephyto.model import EXPORT, RE_EXPORT
from guomen.kit.clock import now
from guomen.kit.words import W

KINDS = {EXPORT: "phytosanitary", RE_EXPORT: "phytosanitary-reexport"}
"""What the two kinds are called on the trust list."""
_WITHDRAWN, _REJECTED, _DRAFT = "41", "40", "1"
_SHOWN = 20


def check(content: bytes, goods: Goods | None) -> Finding:
    """What an ePhyto is. Its issuer on the trust list is called ``ephyto:`` and the country, such as ``ephyto:NZ``."""
    try:
        one = ephyto.read(content)
    except ephyto.EphytoError:
        return foreign.unreadable("xml", CredentialError("form"))
    identifier, kind = f"ephyto:{one.export_country}", KINDS[one.kind]
    entry, at = trust.issuer(identifier), now()
    checks = [
        Check("form", "passed", "readable"),
        Check("signature", "open", "unsigned-form"),
        foreign.issuer_check(entry, f"{one.issuer} ({identifier})", at),
    ]
    if entry is not None:
        checks += [foreign.scope(entry, (kind,)), _goods(one, goods, foreign.goods_match(entry, goods))]
    if one.status in (_WITHDRAWN, _REJECTED):
        checks.append(Check("status", "failed", "revoked"))
    elif one.status == _DRAFT:
        checks.append(Check("status", "failed", "draft"))
    else:
        checks.append(Check("status", "open", "status-none"))
    checks.append(foreign.validity(one.issued_at, None, at))
    return Finding(
        "xml",
        verdict(checks),
        tuple(checks),
        issuer=one.issuer,
        issuer_name=W(entry.name_en, entry.name_zh) if entry else None,
        number=one.number,
        names=(kind,),
        begins=one.issued_at,
        facts=_facts(one),
        identity=hashlib.sha256(json.dumps([identifier, one.number]).encode()).hexdigest(),
    )


def _goods(one: ephyto.PhytoCertificate, goods: Goods | None, found: Check) -> Check:
    """Also whether the certificate itself is about such goods."""
    if goods is None or found.result == "failed":
        return found
    origins = {row.origin for row in one.items}
    if goods.origin not in origins:
        return Check("subject", "failed", "other-country", (("country", ", ".join(sorted(origins))[:80]),))
    headings = {row.hs_code.replace(".", "")[:4] for row in one.items if row.hs_code}
    if headings and goods.hs_code[:4] not in headings:
        return Check("subject", "failed", "about-other-goods", (("hs", ", ".join(sorted(headings))[:80]),))
    return found


def _facts(one: ephyto.PhytoCertificate) -> dict[str, Any]:
    return {
        "exporter": one.exporter.name,
        "importer": one.consignee.name,
        "from": one.export_country,
        "to": one.import_country,
        "goods": [_line(row) for row in one.items[:_SHOWN]],
    }


def _line(row: ephyto.Plants) -> str:
    net = f"{row.net.value} {row.net.unit}" if row.net else ""
    return " · ".join(part for part in (row.produce, row.botanical, net, row.hs_code) if part)
