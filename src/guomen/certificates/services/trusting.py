"""Keep the trust list: one person proposes, another confirms, one alone can withdraw."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from django.conf import settings
from django.db import transaction

from guomen.catalogue.codes import table
from guomen.certificates import trust
from guomen.certificates.models import TrustedIssuer
from guomen.core.credentials import CredentialError, keys, strict
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.outbound import BadDestination, networks, read_destination
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

ROLES = ("controller", "certifier")
MAX_ROWS = 100
_HEADING = re.compile(r"\d{2,10}")


def require_keeper(by: Actor) -> None:
    """Raise Forbidden unless ``by`` may keep the trust list."""
    if not by.is_authority or by.person_id is None:
        raise Forbidden
    by.require(*ROLES)


@transaction.atomic
def propose(by: Actor, entry: Mapping[str, Any]) -> TrustedIssuer:
    """Propose an issuer, or a change of one; another person confirms it.

    ``entry``: identifier, name_en, name_zh, country, kinds, countries, headings, status_addresses (lists of text), keys
    (a JWK Set as text), roots (PEM), valid_from, valid_until (aware). Raises Forbidden, Invalid.
    """
    require_keeper(by)
    problems: list[Problem] = []
    values = _values(entry, problems)
    if problems:
        raise Invalid(problems)
    made = TrustedIssuer.objects.create(**values, proposed_by=by.person_id)
    facts = {"identifier": made.identifier, "keys": [key.id for key in trust.keys_of(made)], "kinds": made.kinds}
    append("issuer.proposed", [_subject(made)], facts, by)
    return made


@transaction.atomic
def confirm(by: Actor, id: UUID) -> TrustedIssuer:
    """Put a proposed issuer on the list, in place of its entry until now. Another person than the proposer does it."""
    require_keeper(by)
    entry = _locked(id, "proposed")
    if entry.proposed_by == by.person_id:
        words = W("Who proposed may not confirm. Ask a colleague.", "提出人不得确认，请由同事办理。")
        raise Refused(words, code="issuer-same-person")
    TrustedIssuer.objects.filter(identifier=entry.identifier, state="active").update(state="superseded", ended_at=now())
    entry.state, entry.decided_by, entry.decided_at = "active", by.person_id, now()
    entry.save()
    append("issuer.trusted", [_subject(entry)], {"identifier": entry.identifier, "until": entry.valid_until}, by)
    return entry


@transaction.atomic
def decline(by: Actor, id: UUID, reason: str) -> TrustedIssuer:
    """Turn a proposal down; also its proposer may."""
    return _end(by, id, "proposed", "declined", reason)


@transaction.atomic
def withdraw(by: Actor, id: UUID, reason: str) -> TrustedIssuer:
    """Take an issuer off the list at once: one person is enough where waiting would harm."""
    return _end(by, id, "active", "withdrawn", reason)


def _end(by: Actor, id: UUID, was: str, becomes: str, reason: str) -> TrustedIssuer:
    require_keeper(by)
    entry = _locked(id, was)
    if not reason.strip():
        raise Invalid([Problem("reason", "required", W("Say why.", "请说明理由。"))])
    entry.state, entry.reason, entry.ended_at = becomes, reason.strip()[:1000], now()
    if was == "proposed":
        entry.decided_by, entry.decided_at = by.person_id, now()
    entry.save()
    append(f"issuer.{becomes}", [_subject(entry)], {"identifier": entry.identifier}, by)
    return entry


def _locked(id: UUID, state: str) -> TrustedIssuer:
    entry = TrustedIssuer.objects.select_for_update().filter(id=id).first()
    if entry is None:
        raise NotFound
    if entry.state != state:
        words = W("Somebody has decided about this entry already.", "该条目已被处理。")
        raise Refused(words, code="issuer-decided")
    return entry


def _subject(entry: TrustedIssuer) -> str:
    return Subject.of("issuer", entry.id)


def _values(entry: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    texts = {name: str(entry.get(name) or "").strip() for name in ("identifier", "name_en", "name_zh", "country")}
    for name, text in texts.items():
        if not text or len(text) > 200:
            problems.append(
                Problem(name, "required", W("Fill this in, in at most 200 characters.", "请填写，不超过 200 字。"))
            )
    if texts["country"] and texts["country"] not in table("country"):
        problems.append(Problem("country", "unknown-country", W("Choose a country.", "请选择国家或地区。")))
    lists = {name: _list(entry, name, problems) for name in ("kinds", "countries", "headings", "status_addresses")}
    if not lists["kinds"]:
        words = W("Name at least one kind of certificate, or * for all.", "请至少填写一种证书类型，或填 * 表示全部。")
        problems.append(Problem("kinds", "required", words))
    if unknown := [c for c in lists["countries"] if c not in table("country")]:
        words = W("Not a country: {code}", "不是国家或地区代码：{code}")
        problems.append(Problem("countries", "unknown-country", words, (("code", unknown[0][:20]),)))
    if wrong := [h for h in lists["headings"] if not _HEADING.fullmatch(h)]:
        words = W("Not the beginning of a commodity code: {code}", "不是商品编码的开头：{code}")
        problems.append(Problem("headings", "not-a-heading", words, (("code", wrong[0][:20]),)))
    for address in lists["status_addresses"]:
        _require_address(address, problems)
    return texts | lists | _credentials(entry, problems) | _period(entry, problems)


def _list(entry: Mapping[str, Any], name: str, problems: list[Problem]) -> list[str]:
    rows = [str(row).strip() for row in entry.get(name) or [] if str(row).strip()]
    if len(rows) > MAX_ROWS or any(len(row) > 300 for row in rows):
        words = W("At most {max} rows of 300 characters.", "最多 {max} 行，每行不超过 300 字。")
        problems.append(Problem(name, "too-many", words, (("max", MAX_ROWS),)))
        return []
    return list(dict.fromkeys(rows))


def _require_address(address: str, problems: list[Problem]) -> None:
    try:
        read_destination(address, networks(settings.GUOMEN.webhook_networks))
    except BadDestination:
        words = W("Give public addresses that begin with https://.", "请填写以 https:// 开头的公网地址。")
        problems.append(Problem("status_addresses", "not-public", words))


def _credentials(entry: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The key set, without anything that verification does not need, and the certificates for papers."""
    text, roots, found = str(entry.get("keys") or "").strip(), str(entry.get("roots") or "").strip(), []
    if text:
        try:
            found = keys.from_jwks(strict.read_object(text, 100_000))
        except CredentialError:
            found = []
        if not found:
            words = W(
                "Give a JWK Set of public keys, Ed25519 or ECDSA, without any private part.",
                "请填写公钥的 JWK Set（Ed25519 或 ECDSA），不得含私钥。",
            )
            problems.append(Problem("keys", "no-keys", words))
    if roots:
        try:
            if not x509.load_pem_x509_certificates(roots.encode()) or len(roots) > 100_000:
                raise ValueError
        except ValueError:
            words = W("Give X.509 certificates in PEM.", "请填写 PEM 格式的 X.509 证书。")
            problems.append(Problem("roots", "no-certificates", words))
    if not text and not roots:
        words = W("Without a key nothing of this issuer can be checked.", "没有密钥则无法核查该机构的任何证书。")
        problems.append(Problem("keys", "required", words))
    return {"keys": {"keys": [dict(key.jwk) for key in found]}, "roots": roots}


def _period(entry: Mapping[str, Any], problems: list[Problem]) -> dict[str, datetime]:
    begins, ends = entry.get("valid_from"), entry.get("valid_until")
    if not isinstance(begins, datetime) or not isinstance(ends, datetime) or ends <= begins:
        words = W("Say from when until when the issuer is trusted.", "请填写信任的起止日期。")
        problems.append(Problem("valid_until", "no-period", words))
        return {}
    return {"valid_from": begins, "valid_until": ends}
