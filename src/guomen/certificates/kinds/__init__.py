"""Kinds of certificates as data: :mod:`.table` says what each is, :mod:`.fields` what it states, :mod:`.values` how."""

from collections.abc import Mapping

from guomen.certificates.kinds.checking import fields_of, missing, read
from guomen.certificates.kinds.fields import FIELDS, SECTIONS, Field
from guomen.certificates.kinds.table import KINDS, MAX_DAYS, Issuer, Kind
from guomen.kit.errors import Forbidden
from guomen.parties.actors import SYSTEM, Actor

__all__ = [
    "FIELDS",
    "KINDS",
    "MAX_DAYS",
    "ROLES",
    "SECTIONS",
    "Field",
    "Issuer",
    "Kind",
    "fields_of",
    "issued_by",
    "kind",
    "missing",
    "read",
    "require",
]
ROLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
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


def kind(code: str) -> Kind:
    """The kind ``code``. Raises KeyError."""
    return KINDS[code]


def issued_by(issuer: str) -> list[str]:
    """The codes of the kinds that ``issuer`` issues today."""
    return [code for code, one in KINDS.items() if one.issuer == issuer and one.ended is None]


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
