"""Every version of a declaration, and what each changed; for who may see the declaration."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guomen.clearance import queries
from guomen.clearance.models import Former, Successor
from guomen.clearance.rules.differences import Difference, differences
from guomen.clearance.services.rows import payload_of
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its whole content, until when it stood, why it was amended, and what the next one changed."""

    number: int
    content: dict[str, Any]
    ended_at: datetime | None
    reason: str
    changes: tuple[Difference, ...]


def versions(by: Actor, number: str) -> list[Version]:
    """All versions, the newest first. Raises NotFound."""
    found = queries.declaration(by, number)
    former = list(Former.objects.filter(declaration=number).order_by("version"))
    contents = [*(f.content for f in former), payload_of(found)]
    shown = [
        Version(f.version, f.content, f.ended_at, f.reason, tuple(differences(f.content, contents[i + 1])))
        for i, f in enumerate(former)
    ]
    return [Version(found.version, contents[-1], None, "", ()), *reversed(shown)]


def version(by: Actor, number: str, which: int) -> Version:
    """One version. Raises NotFound."""
    for one in versions(by, number):
        if one.number == which:
            return one
    raise NotFound


def kin(number: str) -> tuple[list[str], list[str]]:
    """Declarations that this one stands for, and that stand for it. Without authorisation: only numbers."""
    before = Successor.objects.filter(successor=number).order_by("declaration")
    after = Successor.objects.filter(declaration=number).order_by("successor")
    return list(before.values_list("declaration", flat=True)), list(after.values_list("successor", flat=True))
