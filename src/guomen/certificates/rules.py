"""Pure decisions about certificates: who may sign, and what state a certificate is in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID


def may_sign(signer: UUID, drafter: UUID | None, excluded: Collection[UUID]) -> bool:
    """Accepting, inspecting and certifying are separate posts: the signer did neither draft nor take part before.

    Source: Implementing Regulation of the Law on Import and Export Commodity Inspection, article 30.
    """
    return signer != drafter and signer not in excluded


def state_at(stored: str, valid_from: datetime | None, valid_until: datetime | None, at: datetime) -> str:
    """``draft``, ``early``, ``valid``, ``expired`` or ``revoked`` at the moment ``at``; revocation outlasts expiry."""
    if stored != "signed":
        return stored
    assert valid_from is not None
    assert valid_until is not None
    if at < valid_from:
        return "early"
    return "expired" if at >= valid_until else "valid"
