"""Pure decisions about certificates: which state follows which, who may do what, and what state one is in."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

UNSIGNED = ("draft", "returned", "reviewed")
"""Nobody outside the issuer sees these."""
SIGNED = ("signed", "suspended", "replaced", "revoked")
STATES = (*UNSIGNED, *SIGNED)
MOVES: Mapping[str, Mapping[str, str]] = {
    "change": {"draft": "draft", "returned": "draft"},
    "review": {"draft": "reviewed"},
    "send-back": {"draft": "returned", "reviewed": "returned"},
    "sign": {"reviewed": "signed"},
    "suspend": {"signed": "suspended"},
    "resume": {"suspended": "signed"},
    "replace": {"signed": "replaced", "suspended": "replaced"},
    "revoke": {"signed": "revoked", "suspended": "revoked"},
}
"""Move -> the states that it starts from -> where it leads. Replaced and revoked are ends."""
LIVE_MOVES = frozenset({"suspend", "resume"})
"""Moves that make sense only while the validity lasts."""
ACCEPTING = frozenset({"line.selected"})
"""Ledger entries of an officer at the accepting post: who put goods under inspection."""
INSPECTING = ("inspection.", "sample.")
DECIDED = {"line.released": True, "line.held": False, "line.refused": False, "line.selected": False}
"""Ledger entries that decide about goods -> whether they are released after them."""
Post = Literal["drafted", "reviewed", "took-part"]


def after(move: str, state: str) -> str | None:
    """Where ``move`` leads from ``state``; None when it is not possible there."""
    return MOVES[move].get(state)


def same_person(
    person: UUID, drafter: UUID | None, reviewer: UUID | None = None, excluded: Collection[UUID] = ()
) -> Post | None:
    """Which earlier part of ``person`` forbids to review (without ``reviewer``) or to sign; None when nothing does.

    Accepting, inspecting and certifying are separate posts that check one another: Implementing Regulation of the Law
    on Import and Export Commodity Inspection, article 30. Drafting, reviewing and signing are three persons within
    the last of them, as in laboratories (ISO/IEC 17025:2017, 7.8.1.1: reviewed and authorised before release).
    """
    if person == drafter:
        return "drafted"
    if person == reviewer:
        return "reviewed"
    return "took-part" if person in excluded else None


def took_part(kind: str, person: str | None, second: str | None = None) -> set[UUID]:
    """Persons of one ledger entry about goods who stood at the accepting or inspecting post."""
    if kind in ACCEPTING or kind.startswith(INSPECTING):
        return {UUID(p) for p in (person, second) if p}
    return set()


def is_released(kinds: Iterable[str]) -> bool | None:
    """Whether goods are released after entries of ``kinds`` (oldest first); None when nothing was decided."""
    decided = [DECIDED[k] for k in kinds if k in DECIDED]
    return decided[-1] if decided else None


def state_at(stored: str, valid_from: datetime | None, valid_until: datetime | None, at: datetime) -> str:
    """The state at the moment ``at``: as stored, but ``early``, ``valid`` or ``expired`` for a signed one.

    Replacement and revocation outlast expiry; suspension does not.
    """
    if stored not in {"signed", "suspended"}:
        return stored
    assert valid_from is not None
    assert valid_until is not None
    if at >= valid_until:
        return "expired"
    if stored == "suspended":
        return stored
    return "early" if at < valid_from else "valid"


def may_use(balance: int, packages: int) -> bool:
    """Whether ``packages`` can be booked off ``balance``: a result never covers more packages than it was given for."""
    return 0 < packages <= balance
