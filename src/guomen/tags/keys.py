"""What is known of the versions of tag keys."""

import hmac
from datetime import datetime

from guomen.tags.models import KeyVersion
from guomen.tags.scheme import FIRST_VERSION, tag_key

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
