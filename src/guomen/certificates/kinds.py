"""Kinds of certificates: who issues them, how long they last, what must be true before they are signed."""

from dataclasses import dataclass
from typing import Literal

from guomen.catalogue.codes import table
from guomen.certificates.titles import exists
from guomen.kit.errors import Forbidden
from guomen.parties.actors import SYSTEM, Actor

MAX_DAYS = 3650
Issuer = Literal["authority", "laboratory", "firm"]
"""authority: its officers. laboratory: its analysts. firm: the firm's own word, received by the platform."""
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    "authority": {
        "draft": ("inspector", "controller", "certifier"),
        "review": ("controller", "certifier"),
        "sign": ("certifier",),
        "end": ("controller", "certifier"),
    },
    "laboratory": {"draft": ("analyst",), "review": ("analyst",), "sign": ("analyst",), "end": ("analyst",)},
    "firm": {"draft": ("declarant",), "review": (), "sign": (), "end": ("declarant",)},
}
"""Who issues -> what is done -> roles that may."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. ``days``: how long it is valid unless the drafter says otherwise; ``longest``: at the most."""

    code: str
    issuer: Issuer = "authority"
    days: int = 365
    longest: int = MAX_DAYS
    release: Literal["", "line", "always"] = ""
    """Release precedes it: never asked, where it is about a declared line, or always."""


def kind(code: str) -> Kind:
    """The kind ``code``. Raises KeyError."""
    return KINDS[code]


KINDS = {code: Kind(code, release="always" if code == "21" else "line") for code in table("certificate_kind").words}


def issued_by(issuer: str) -> list[str]:
    """The codes of the kinds that ``issuer`` issues."""
    return [code for code, one in KINDS.items() if one.issuer == issuer]


def require(by: Actor, what: str, one: Kind, office: object) -> None:
    """Raise Forbidden unless ``by`` may do ``what`` (draft, review, sign, end) with a certificate of this kind.

    ``office`` is the id of the organisation that drafted it, None for a new one or one by the rules.
    """
    if what == "draft" and by is SYSTEM:
        return
    by.require(*ROLES[one.issuer][what])
    here = by.is_authority if one.issuer == "authority" else office in (None, by.organisation_id)
    if not here:
        raise Forbidden


__all__ = ["KINDS", "MAX_DAYS", "Issuer", "Kind", "exists", "issued_by", "kind", "require"]
