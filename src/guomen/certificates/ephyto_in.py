"""Check an electronic phytosanitary certificate that somebody brings: it carries no proof, and the answer says so."""

import hashlib
import json
from typing import Any

from guomen.certificates import foreign, trust
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.foreign import Goods
from guomen.core.credentials import CredentialError, ephyto
from guomen.core.credentials.ephyto import EPhyto
from guomen.kit.clock import now
from guomen.kit.words import W

_STATES = {"withdrawn": "revoked", "rejected": "revoked"}


def check(content: bytes, goods: Goods | None) -> Finding:
    """What an ePhyto is. Its issuer on the trust list is called ``ephyto:`` and the country, such as ``ephyto:NZ``."""
    try:
        one = ephyto.read(content)
    except CredentialError as error:
        return foreign.unreadable("xml", error)
    identifier = f"ephyto:{one.from_country}"
    entry, at = trust.issuer(identifier), now()
    checks = [
        Check("form", "passed", "readable"),
        Check("signature", "open", "unread-signature" if one.is_signed else "unsigned-form"),
        foreign.issuer_check(entry, f"{one.issuer} ({identifier})", at),
    ]
    if entry is not None:
        checks += [foreign.scope(entry, (one.kind,)), _goods(one, goods, foreign.goods_match(entry, goods))]
    if one.state in _STATES:
        checks.append(Check("status", "failed", _STATES[one.state]))
    elif one.state == "draft":
        checks.append(Check("status", "failed", "draft"))
    else:
        checks.append(Check("status", "open", "status-none"))
    checks.append(foreign.validity(one.issued_at, None, at))
    return Finding(
        "xml",
        verdict(checks),
        tuple(checks),
        issuer=one.issuer or identifier,
        issuer_name=W(entry.name_en, entry.name_zh) if entry else None,
        number=one.number,
        names=(one.kind,),
        begins=one.issued_at,
        facts=_facts(one),
        identity=hashlib.sha256(json.dumps([identifier, one.number]).encode()).hexdigest(),
    )


def _goods(one: EPhyto, goods: Goods | None, found: Check) -> Check:
    """Also whether the certificate itself is about such goods, where it names commodity codes."""
    if goods is None or found.result == "failed":
        return found
    if one.from_country and goods.origin != one.from_country:
        return Check("subject", "failed", "other-country", (("country", one.from_country),))
    headings = {h[:4] for row in one.goods for h in row.headings}
    if headings and goods.hs_code[:4] not in headings:
        return Check("subject", "failed", "about-other-goods", (("hs", ", ".join(sorted(headings))[:80]),))
    return found


def _facts(one: EPhyto) -> dict[str, Any]:
    rows = [
        " · ".join(part for part in (g.description, g.botanical_name, g.quantity, ", ".join(g.headings)) if part)
        for g in one.goods[:20]
    ]
    said = {
        "kind": one.kind,
        "state": one.state,
        "exporter": one.exporter,
        "importer": one.importer,
        "from": one.from_country,
        "to": one.to_country,
    }
    return {name: value for name, value in said.items() if value} | {"goods": rows}
