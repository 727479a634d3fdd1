"""What a request to the resolver asks for: which thing, what kind of link, in which form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from guomen.core.gs1 import GS1_BASE, PRIMARY_KEYS, AIPair, DigitalLink, GS1Error, parse_digital_link
from guomen.core.gs1.digital_link import percent_encode
from guomen.core.memory import remembered
from guomen.core.resolver.negotiation import weights

VOCABULARY = "https://ref.gs1.org/voc/"
LINKSET_TYPE = "application/linkset+json"
_CURIE = re.compile(r"(?:gs1:|https?://(?:ref\.|www\.)?gs1\.org/voc/)([A-Za-z]{1,60})")
# "all" is the old word for it, deprecated since 2024 and still in use.
_LISTS = frozenset({"linkset", "all"})
_DEFAULTS = frozenset({"defaultLink", "defaultLinkMulti"})
_ASCII = "".join(map(chr, range(128)))
_UNIT = frozenset({"21", "235"})


class Thing:
    """A thing as its Digital Link names it.

    path: the (AI, value) pairs, GTIN in 14 digits.
    steps: the thing and all that it belongs to, the nearest first, the primary key last. A later qualifier names more
        narrowly than all earlier ones: an item (21) comes before a batch (10).
    levels: the same as anchors: paths of Digital Links, values percent-encoded (`/01/09506000134352/10/A%2F1`).
    """

    __slots__ = ("gtin", "is_unit", "levels", "path", "steps")

    def __init__(self, path: tuple[AIPair, ...]) -> None:
        key, qualifiers = path[:1], path[1:]
        words = [f"/{ai}/{percent_encode(value)}" for ai, value in path]
        bits = range(len(qualifiers))
        masks = range((1 << len(qualifiers)) - 1, -1, -1)
        self.path = path
        self.steps = tuple(key + tuple(qualifiers[i] for i in bits if mask >> i & 1) for mask in masks)
        self.levels = tuple(words[0] + "".join(words[i + 1] for i in bits if mask >> i & 1) for mask in masks)
        self.gtin = path[0][1] if path[0][0] == "01" else ""
        self.is_unit = bool(self.gtin) and any(ai in _UNIT for ai, _ in qualifiers)
        """One single thing, not a kind or a batch."""

    def get(self, ai: str) -> str:
        """The value of an AI, or empty."""
        return next((value for found, value in self.path if found == ai), "")

    @property
    def anchor(self) -> str:
        return self.levels[0]

    @property
    def key(self) -> str:
        """The anchor of the primary key."""
        return self.levels[-1]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `link_type`: a name of the GS1 Web Vocabulary without prefix, empty for the default, or None for a
    type that is not of the vocabulary. `query`: as it came."""

    thing: Thing
    link_type: str | None
    wants_linkset: bool
    context: str
    accept: str
    languages: str
    query: str

    @property
    def is_for_our_page(self) -> bool:
        """Whether our own page is the answer, whatever links there are: one item's code, and nothing else asked."""
        return self.thing.is_unit and self.link_type == "" and not self.wants_linkset


def is_resolvable(path: str) -> bool:
    """Whether a path begins as a Digital Link does: with a primary key and a slash."""
    return path[1 : path.find("/", 1)] in PRIMARY_KEYS if path.startswith("/") else False


def ask(path: str, query: str = "", accept: str = "", languages: str = "") -> Asked:
    """Read a request for `path` (percent-encoded) and `query`, bytes of neither decoded but as Latin-1.

    GS1Error with a code when it breaks the syntax.
    """
    thing = _thing(path)
    if not query.isascii():
        query = quote(query, safe=_ASCII, encoding="latin-1", errors="replace")
    if query:
        # Attributes must be right as well: the standard's syntax is of the whole URI.
        link = parse_digital_link(f"{GS1_BASE}{path}?{query}")
        extra = _first(link)
    else:
        extra = {}
    wanted = extra.get("linkType", "")
    asks_list = wanted in _LISTS or _prefers_linkset(accept)
    return Asked(thing, _local(wanted), asks_list, extra.get("context", ""), accept, languages, query)


@remembered
def _thing(path: str) -> Thing:
    return _of(parse_digital_link(GS1_BASE + path))


def _of(link: DigitalLink) -> Thing:
    # The parser takes the last primary key for the thing and what is before it for the resolver's own path; here the
    # key stands first.
    if link.stem != GS1_BASE:
        raise GS1Error("BAD_QUALIFIER", (0, len(link.stem)), "first")
    return Thing(link.path)


def _first(link: DigitalLink) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in link.extra:
        found.setdefault(name, value)
    return found


def _local(link_type: str) -> str | None:
    if not link_type or link_type in _LISTS:
        return ""
    match = _CURIE.fullmatch(link_type)
    if match is None:
        return None
    return "" if match[1] in _DEFAULTS else match[1]


def local_name(link_type: str) -> str:
    """`pip` for `gs1:pip`, for its full address, and for `pip`; other text as it is."""
    match = _CURIE.fullmatch(link_type)
    return match[1] if match else link_type


@remembered
def _prefers_linkset(accept: str) -> bool:
    """Whether the list is named, and nothing else is named as more welcome."""
    ranges = weights(accept)
    quality = dict(ranges).get(LINKSET_TYPE, 0)
    return quality > 0 and all(other <= quality for name, other in ranges if not name.endswith("*"))


def thing_of(text: str) -> Thing:
    """A thing from its Digital Link on any host, or from the path alone. GS1Error; query attributes are refused."""
    path_alone = "://" not in text
    link = parse_digital_link(f"{GS1_BASE}/{text.lstrip('/')}" if path_alone else text)
    if link.attributes or link.extra:
        raise GS1Error("NOT_AN_ATTRIBUTE", (0, len(text)), "query")
    return _of(link) if path_alone else Thing(link.path)
