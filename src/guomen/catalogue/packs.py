"""Which pack decides about a line: the one that stands, or a change that is being cut over."""

import hmac
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guomen.catalogue.models import PackStanding
from guomen.catalogue.rows import file_versions
from guomen.catalogue.rulepack import RulePack, pack
from guomen.core.sampling import draw
from guomen.kit.clock import now
from guomen.kit.keys import secret


@dataclass(frozen=True, slots=True)
class Packs:
    """The pack that stands, and one that is tried: it counts for ``share`` of the lines, for others it is watched."""

    live: RulePack
    candidate: RulePack | None
    share: Decimal
    """A fraction."""
    key: bytes
    """Secret, so that nobody can pick a line number for the pack that suits."""

    def of(self, subject: str) -> RulePack:
        """The pack that counts for a line: always the same one while the share stands or grows."""
        if self.candidate is not None and draw(self.key, subject, self.share):
            return self.candidate
        return self.live

    def other(self, subject: str) -> RulePack | None:
        """The pack that decides beside it without effect, if one does."""
        if self.candidate is None:
            return None
        return self.live if self.of(subject) is self.candidate else self.candidate


def standing() -> PackStanding:
    """The row that says which versions decide; an unsaved one that names the newest files where nobody changed any."""
    return PackStanding.objects.filter(one=1).first() or PackStanding(one=1, live=file_versions()[-1])


def deciding(day: date | None = None) -> Packs:
    """The packs that decide on ``day`` (today): one small query, the packs themselves from memory."""
    row, day = standing(), day or now().date()
    candidate = pack(row.candidate, day) if row.candidate else None
    key = hmac.digest(secret("draw"), f"guomen cut over {row.candidate}".encode(), "sha256")
    return Packs(pack(row.live, day), candidate, Decimal(row.share) / 100, key)


def current() -> RulePack:
    """The pack that decides today, the change that is tried beside it apart. Asks the database which that is."""
    return deciding().live
