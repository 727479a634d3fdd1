"""What the firm itself offers about a product: its links, on our page where nothing is wrong with the goods."""

from guomen.catalogue import codes, queries
from guomen.core.resolver import Asked, Known, Link, Thing, offered
from guomen.kit.words import W

MOST = 8
READABLE = "text/*, image/*, video/*, audio/*, application/pdf"


def links_of_firm(language: str, gtin: str, batch: str) -> list[tuple[Link, W | None]]:
    """Links for people, in ``language`` where there are several, each with its kind in words."""
    thing = Thing(tuple(pair for pair in (("01", gtin), ("10", batch)) if pair[1]))
    links, name = queries.links_of(thing)
    asked = Asked(thing, "", False, "", READABLE, language, "")
    kinds = codes.table("link_type")
    return [(link, kinds.get(link.type)) for link in offered(asked, Known(tuple(links), name))[:MOST]]
