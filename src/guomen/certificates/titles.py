"""What each kind of certificate is called: the catalogue's table of certificate codes."""

from guomen.catalogue.codes import table
from guomen.kit.words import W


def title(kind: str) -> W:
    """The name of a kind of certificate. Raises KeyError for an unknown code."""
    return table("certificate_kind").words[kind]
