"""Take new tag keys into use, and tell that old ones are known to others."""

from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import secret
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags import keys
from guomen.tags.models import KeyVersion, Range
from guomen.tags.queries import about
from guomen.tags.scheme import FIRST_VERSION, key_name


def _row(version: int) -> KeyVersion:
    """The row of a version. The first has none until it is spoken of: its keys are made when the first tag is."""
    made = {"since": now(), "check_value": keys.check_value(version)}
    return KeyVersion.objects.select_for_update().get_or_create(version=version, defaults=made)[0]


@transaction.atomic
def rotate_keys(by: Actor, *, reason: str) -> int:
    """Make the next version of the tag keys and give it to all ranges that are ordered from now on; returns it.

    Old ranges keep theirs. Controllers and the system may.
    """
    if by is not SYSTEM:
        by.require("controller")
    _require(reason)
    _row(FIRST_VERSION)
    version = keys.newest_version() + 1
    for use in keys.USES:
        secret(key_name(use, version))
    made = _row(version)
    facts = {"version": version, "check": made.check_value, "reason": reason}
    append("tag-keys.rotated", [Subject.of("tag-keys", version)], facts, by)
    return version


@transaction.atomic
def retire_keys(by: Actor, version: int, *, reason: str) -> int:
    """Tell that codes of a version prove nothing any more; returns how many ranges that concerns.

    Each of them has an entry of its own. Raises NotFound for a version that is not, Refused for the newest: rotate
    first, or new tags would be made with it. Doing it twice changes nothing.
    """
    if by is not SYSTEM:
        by.require("controller")
    _require(reason)
    newest = keys.newest_version()
    if not FIRST_VERSION <= version <= newest:
        raise NotFound(W("There is no such version of the tag keys.", "标签密钥没有该版本。"))
    if version == newest:
        words = W("Rotate the tag keys first: new tags still use these.", "请先轮换标签密钥：新标签仍在使用该版本。")
        raise Refused(words, code="tag-keys-in-use")
    hit = list(Range.objects.filter(key_version=version).order_by("number"))
    row = _row(version)
    if row.retired_at is None:
        row.retired_at, row.reason = now(), reason
        row.save()
        facts = {"version": version, "reason": reason}
        append("tag-keys.retired", [Subject.of("tag-keys", version)], facts | {"ranges": len(hit)}, by)
        append_many([Draft("tag-keys.retired", about(r), facts | {"range": r.code}) for r in hit], by)
    return len(hit)


def _require(reason: str) -> None:
    if not 3 <= len(reason.strip()) <= 300:
        words = W("Say why, in 3 to 300 characters.", "请用 3 至 300 个字符说明原因。")
        raise Invalid([Problem("reason", "no-reason", words)])
