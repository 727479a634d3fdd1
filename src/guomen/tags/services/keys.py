"""Take new tag keys into use, and tell, two persons together, that old ones are known to others."""

from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
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
    check = keys.check_value(version)
    made = {"since": keys.made_at(version) or now(), "check_value": check}
    return KeyVersion.objects.select_for_update().get_or_create(version=version, defaults=made)[0]


@transaction.atomic
def rotate_keys(by: Actor, *, reason: str, after: int | None = None) -> int:
    """Make the next version of the tag keys and give it to all ranges that are ordered from now on; returns it.

    Old ranges keep theirs. Controllers and the system may. ``after``: the version that who asks believes to be the
    newest; Refused when another is.
    """
    if by is not SYSTEM:
        by.require("controller")
    _require(reason)
    _row(FIRST_VERSION)
    newest = keys.newest_version()
    if after is not None and after != newest:
        words = W("Somebody else took new keys into use meanwhile.", "其他人员已启用新密钥。")
        raise Refused(words, code="rotated-meanwhile")
    version = newest + 1
    for use in keys.USES:
        secret(key_name(use, version))
    made = _row(version)
    facts = {"version": version, "check": made.check_value, "reason": reason}
    append("tag-keys.rotated", _about(version), facts, by)
    return version


@transaction.atomic
def ask_retirement(by: Actor, version: int, *, reason: str) -> KeyVersion:
    """Ask to retire a version: a second controller must agree, because nothing brings its labels back.

    Raises NotFound for a version that is not, Refused for the newest, and when it is asked for or done already.
    """
    _require_person(by)
    _require(reason)
    row = _old(version)
    if row.retired_at is not None:
        raise Refused(W("These keys are retired already.", "该密钥已作废。"), code="tag-keys-retired")
    if row.asked_by == by.person_id and row.reason == reason:
        return row
    if row.asked_at is not None:
        raise Refused(W("Retiring them was asked for already.", "已有人申请作废该密钥。"), code="asked-already")
    row.asked_by, row.asked_at, row.reason = by.person_id, now(), reason
    row.save()
    append("tag-keys.retirement-asked", _about(version), {"version": version, "reason": reason}, by)
    return row


@transaction.atomic
def drop_retirement(by: Actor, version: int) -> None:
    """Drop what :func:`ask_retirement` asked for; any controller may. Doing it twice changes nothing.

    Raises NotFound for a version that is not, Refused for one that is retired.
    """
    _require_person(by)
    row = _old(version)
    if row.retired_at is not None:
        raise Refused(W("These keys are retired already.", "该密钥已作废。"), code="tag-keys-retired")
    if row.asked_at is not None:
        row.asked_by, row.asked_at, row.reason = None, None, ""
        row.save()
        append("tag-keys.retirement-dropped", _about(version), {"version": version}, by)


@transaction.atomic
def agree_retirement(by: Actor, version: int) -> int:
    """Retire a version as another controller asked; returns how many ranges that concerns. Twice changes nothing.

    Raises NotFound, Refused when nobody asked, and Forbidden for who asked.
    """
    _require_person(by)
    row = _old(version)
    if row.retired_at is None:
        if row.asked_at is None:
            raise Refused(W("Nobody asked to retire these keys.", "无人申请作废该密钥。"), code="not-asked")
        if row.asked_by == by.person_id:
            words = W("Somebody else must agree to retire these keys.", "须由另一人同意作废该密钥。")
            raise Forbidden(words, code="second-person")
    return _retired(by, row, row.reason)


@transaction.atomic
def retire_keys(by: Actor, version: int, *, reason: str) -> int:
    """Retire a version at once: for who runs the installation, on a bad day. Returns how many ranges that concerns.

    Raises NotFound for a version that is not, Refused for the newest, Forbidden for everybody but the system. Twice
    changes nothing.
    """
    if by is not SYSTEM:
        raise Forbidden
    _require(reason)
    return _retired(by, _old(version), reason)


def _retired(by: Actor, row: KeyVersion, reason: str) -> int:
    """Tell that codes of a version prove nothing any more. Each of its ranges has an entry of its own."""
    hit = list(Range.objects.filter(key_version=row.version).order_by("number"))
    if row.retired_at is None:
        row.retired_at, row.reason = now(), reason
        row.save()
        facts = {"version": row.version, "reason": reason}
        append("tag-keys.retired", _about(row.version), facts | {"ranges": len(hit)}, by)
        append_many([Draft("tag-keys.retired", about(r), facts | {"range": r.code}) for r in hit], by)
    return len(hit)


def _old(version: int) -> KeyVersion:
    """The row of a version that is not the newest, which new tags still use."""
    newest = keys.newest_version()
    if not FIRST_VERSION <= version <= newest:
        raise NotFound(W("There is no such version of the tag keys.", "标签密钥没有该版本。"))
    if version == newest:
        words = W("Rotate the tag keys first: new tags still use these.", "请先轮换标签密钥：新标签仍在使用该版本。")
        raise Refused(words, code="tag-keys-in-use")
    return _row(version)


def _about(version: int) -> list[str]:
    return [Subject.of("tag-keys", version)]


def _require_person(by: Actor) -> None:
    by.require("controller")
    if by.person_id is None:
        raise Forbidden


def _require(reason: str) -> None:
    if not 3 <= len(reason.strip()) <= 300 or "\0" in reason:
        words = W("Say why, in 3 to 300 characters.", "请用 3 至 300 个字符说明原因。")
        raise Invalid([Problem("reason", "no-reason", words)])
