"""What the resolver knows about a thing, and what it calls our own page."""

from django.conf import settings

from guomen.catalogue import queries as catalogue
from guomen.core.resolver import Answer, Asked, Known, Thing, decide
from guomen.tags import queries as tags


def known(thing: Thing) -> Known:
    """Links, name and recall of a thing, asked of the database."""
    links, name = catalogue.links_of(thing)
    recalled = bool(thing.gtin and tags.recall_in_force(thing.gtin, thing.get("10")))
    return Known(tuple(links), name, recalled)


def decided(asked: Asked, found: Known) -> Answer:
    """The answer of this host's resolver."""
    ours = settings.GUOMEN
    title = f"{ours.authority_en}: check this product / {ours.authority_zh}：商品查验"
    return decide(asked, found, ours.origin, title)
