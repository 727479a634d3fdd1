"""What is known of the versions of tag keys."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum

from guomen.kit.keys import names, store
from guomen.parties.actors import Actor
from guomen.tags.models import KeyVersion, Range
from guomen.tags.rules.lifecycle import NOT_MADE
from guomen.tags.scheme import FIRST_VERSION, key_name, tag_key

USES = ("permute", "mac", "meta", "file", "app")
"""permute and mac make and check serials; meta, file and app are for chips (:mod:`guomen.tags.chips`)."""


def newest_version() -> int:
    """The version that new ranges take."""
    return KeyVersion.objects.order_by("-version").values_list("version", flat=True).first() or FIRST_VERSION


def retired_at(version: int) -> datetime | None:
    """Since when codes made with this version prove nothing; None while they do."""
    return KeyVersion.objects.filter(version=version).values_list("retired_at", flat=True).first()


def check_value(version: int) -> str:
    """16 hex digits that tell all keys of a version from any others, and nothing else about them."""
    whole = hmac.new(tag_key("mac", version), b"guomen tag keys", "sha256")
    for use in USES:
        whole.update(tag_key(use, version))
    return whole.hexdigest()[:16]


def wrong_versions() -> list[int]:
    """Versions whose keys here are not those that made their tags. KeyMissingError when there are none at all."""
    return [v.version for v in KeyVersion.objects.order_by("version") if check_value(v.version) != v.check_value]


@dataclass(frozen=True, slots=True)
class Version:
    """What may be told of a version of the tag keys, and what hangs on it. Never a key."""

    number: int
    newest: bool
    since: datetime | None
    """None: the keys are made when the first tag is."""
    check: str
    here: bool
    """Whether the keys in the keystore are those that made the tags."""
    orders: int
    tags: int
    retired_at: datetime | None
    reason: str
    asked_at: datetime | None
    asked_by: UUID | None


def versions(by: Actor) -> list[Version]:
    """Every version of the tag keys, newest first. Controllers only."""
    by.require("controller")
    rows = {row.version: row for row in KeyVersion.objects.all()}
    made = Range.objects.exclude(state__in=NOT_MADE).values("key_version")
    used = {u["key_version"]: u for u in made.annotate(orders=Count("number"), tags=Sum("count"))}
    newest = newest_version()
    numbers = sorted({FIRST_VERSION, *rows, *used}, reverse=True)
    return [_version(n, rows.get(n), used.get(n, {}), is_newest=n == newest) for n in numbers]


def _version(number: int, row: KeyVersion | None, used: Mapping[str, int], *, is_newest: bool) -> Version:
    check, since = _found(number)
    return Version(
        number=number,
        newest=is_newest,
        since=row.since if row else since,
        check=row.check_value if row else check,
        here=not (row or used) or (check != "" and check == (row.check_value if row else check)),
        orders=used.get("orders", 0),
        tags=used.get("tags", 0),
        retired_at=row.retired_at if row else None,
        reason=row.reason if row else "",
        asked_at=row.asked_at if row else None,
        asked_by=row.asked_by if row else None,
    )


def _found(number: int) -> tuple[str, datetime | None]:
    """Check value and age of the keys in the keystore; nothing when one is missing: looking makes none."""
    if not {key_name(use, number) for use in USES} <= names():
        return "", None
    return check_value(number), made_at(number)


def made_at(version: int) -> datetime | None:
    """When the keys of a version, which are there, were made."""
    return store().describe(key_name(USES[0], version)).since
