"""Who may do what here."""

from guomen.kit.errors import Forbidden
from guomen.parties.actors import Actor


def officer(by: Actor, *roles: str) -> None:
    """Raise Forbidden for everybody but officers of the authority with one of ``roles``."""
    by.require(*roles)
    if not by.is_authority:
        raise Forbidden
