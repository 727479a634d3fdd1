"""Take new keys for certificates into use, and tell that old ones are known to others."""

from datetime import datetime

from django.db import transaction

from guomen.certificates import signing_keys
from guomen.certificates.models import IssuingKey
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor


@transaction.atomic
def rotate_keys(by: Actor, *, reason: str) -> IssuingKey:
    """Let a new pair sign from now on. What the old one signed stays proven. Controllers and the system may."""
    _require(by, reason)
    present = _locked()
    old, at = present[-1], now()
    new = signing_keys.made(old.number + 1)
    old.until, old.reason, new.since = at, reason, at
    old.save()
    new.save(force_insert=True)
    facts = {"key": signing_keys.public(new).id, "paper": new.paper, "instead_of": signing_keys.public(old).id}
    append("certificate-key.added", [_subject(new)], facts | {"reason": reason}, by)
    return new


@transaction.atomic
def distrust_key(by: Actor, id: str, *, reason: str, since: datetime | None = None) -> IssuingKey:
    """Tell that others know a pair, since when: its signatures prove nothing any more, only our register does.

    ``id``: as :func:`guomen.certificates.signing_keys.jwks` calls it. Raises NotFound, and Refused for the pair that
    signs now: rotate first. Doing it twice changes nothing.
    """
    _require(by, reason)
    one = next((one for one in _locked() if signing_keys.public(one).id == id), None)
    if one is None:
        raise NotFound(W("There is no such key.", "没有此密钥。"))
    if one.until is None:
        words = W("Rotate the keys first: this one signs new certificates.", "请先轮换密钥：新证书仍由该密钥签发。")
        raise Refused(words, code="certificate-key-in-use")
    if since is not None and since > now():
        words = W("This moment has not come yet.", "该时刻尚未到来。")
        raise Invalid([Problem("since", "not-yet", words)])
    if one.leaked_at is None:
        one.leaked_at, one.reason = since or now(), reason
        one.save()
        facts = {"key": id, "paper": one.paper, "since": one.leaked_at, "reason": reason}
        append("certificate-key.distrusted", [_subject(one)], facts, by)
    return one


def _locked() -> list[IssuingKey]:
    """Every pair, so that two who rotate at once do it one after the other."""
    if not IssuingKey.objects.exists():
        IssuingKey.objects.bulk_create([signing_keys.made(1)], ignore_conflicts=True)
    return list(IssuingKey.objects.select_for_update().order_by("number"))


def _subject(one: IssuingKey) -> str:
    return Subject.of("certificate-key", one.number)


def _require(by: Actor, reason: str) -> None:
    if by is not SYSTEM:
        by.require("controller")
    if not 3 <= len(reason.strip()) <= 300:
        words = W("Say why, in 3 to 300 characters.", "请用 3 至 300 个字符说明原因。")
        raise Invalid([Problem("reason", "no-reason", words)])
