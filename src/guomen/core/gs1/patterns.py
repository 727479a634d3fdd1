"""What things are of one kind, one company or one class: EPC pure identity patterns, and what they find.

A pattern ends in stars: ``urn:epc:idpat:sgtin:0614141.112345.*`` is every item of a product, ``…:sscc:0614141.*`` every
logistic unit of a company. A Digital Link does not tell where the company prefix ends, so a name cannot be cut into the
parts of a pattern. Instead each name lies in a few families that can be told from any of its spellings, and a
pattern stands for families. Source: TDS 2.x section 8 (pure identity patterns), EPCIS 2.0 section 8.2.7.1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from guomen.core.gs1.digital_link import GS1_BASE, to_digital_link
from guomen.core.gs1.epc import epc_to_ais
from guomen.core.gs1.errors import GS1Error
from guomen.core.memory import remembered

Family = tuple[str, ...]
"""A scheme, or a scheme and what the names of the family share."""
PATTERN = "urn:epc:idpat:"
_LEVELS = (7, 9, 12)
"""So many first digits of a company prefix and its reference make a family, where a key has no class."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """parts: of the pattern. start: where the company prefix begins in the key. length: of the class in the key.

    length None: the key is the class; 0: it has none. digits: all of the key up to the check digit, None for keys
    with letters.
    """

    ai: str
    parts: int
    start: int = 0
    length: int | None = 0
    digits: int | None = None


_KINDS = {
    "sgtin": _Kind("01", 3, 1, None),
    "upui": _Kind("01", 3, 1, None),
    "lgtin": _Kind("01", 3, 1, None),
    "itip": _Kind("8006", 5, 1, None),
    "sgln": _Kind("414", 3, 0, None),
    "grai": _Kind("8003", 3, 1, 14),
    "gdti": _Kind("253", 3, 0, 13),
    "sgcn": _Kind("255", 3, 0, 13),
    "cpi": _Kind("8010", 3, 0, None),
    "sscc": _Kind("00", 2, 1, digits=17),
    "pgln": _Kind("417", 2, digits=12),
    "gsrn": _Kind("8018", 2, digits=17),
    "gsrnp": _Kind("8017", 2, digits=17),
    "gsin": _Kind("402", 2, digits=16),
    "giai": _Kind("8004", 2),
    "ginc": _Kind("401", 2),
}
# Schemes that name no GS1 key: their URNs are their names.
_OTHERS = {"gid": 3, "usdod": 2, "adi": 3, "imovn": 1, "bic": 1}
SCHEMES_OF_CLASSES = tuple(scheme for scheme, kind in _KINDS.items() if kind.length != 0 and scheme != "lgtin")
_BY_AI = {kind.ai: scheme for scheme, kind in reversed(_KINDS.items())}
_QUALIFIED = {"/235/": "upui", "/10/": "lgtin"}
_OTHER_NAME = re.compile(r"urn:epc:id:(gid|usdod|adi|imovn):(.+)")
_PREFIX = re.compile(r"[0-9]{6,12}")


@remembered
def class_of(head: str) -> str:
    """The class that a canonical name belongs to, as a canonical name: of items, of batches, and of itself.

    ``head``: the name, up to its serial number. Empty when there is none: SSCCs and the like have no class.
    """
    ai, key, _ = _cut(head)
    kind = _KINDS.get(_BY_AI.get(ai, ""))
    if kind is None or kind.length == 0 or len(key) < (kind.length or 1):
        return ""
    return f"{GS1_BASE}/{ai}/{key[: kind.length]}"


@remembered
def families(head: str) -> tuple[Family, ...]:
    """The families of an item or batch. ``head``: its canonical name, up to its serial number."""
    if other := _OTHER_NAME.fullmatch(head):
        parts = other[2].split(".")
        return ((other[1],), *((other[1], ".".join(parts[:n])) for n in range(1, len(parts))))
    if head.startswith("urn:guomen:container:"):
        return (("bic",),)
    ai, key, rest = _cut(head)
    scheme = next((name for mark, name in _QUALIFIED.items() if ai == "01" and rest.startswith(mark)), _BY_AI.get(ai))
    if scheme is None:
        return ()
    if owner := class_of(head):
        return (scheme,), (scheme, owner)
    kind = _KINDS[scheme]
    found = key[kind.start : kind.digits] if kind.digits else re.match("[0-9]*", key)[0]  # type: ignore[index]
    return ((scheme,), *((scheme, level) for level in dict.fromkeys(found[:length] for length in _LEVELS)))


def _cut(name: str) -> tuple[str, str, str]:
    """Application identifier, its value, and the rest with its slash; empty for what is no canonical link."""
    if not name.startswith(GS1_BASE):
        return "", "", ""
    ai, _, rest = name[len(GS1_BASE) + 1 :].partition("/")
    key, slash, rest = rest.partition("/")
    return ai, key, slash + rest


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern stands for: one of ``families``; and, with ``classes``, all classes whose names it matches.

    scheme: the EPC scheme. whole: the URN of the one thing that it names, when it has no star.
    """

    scheme: str
    whole: str = ""
    families: tuple[Family, ...] = ()
    of_class: str = ""
    """The canonical name of the one class that it stands for."""
    classes: str = ""
    """A regular expression that finds the names of its classes."""


def read_pattern(urn: str) -> Pattern:
    """A pure identity pattern. GS1Error: BAD_PATTERN, or what is wrong with the class that it names."""
    scheme, _, body = urn.removeprefix(PATTERN).partition(":")
    count = _KINDS[scheme].parts if scheme in _KINDS else _OTHERS.get(scheme, 0)
    stars = 0
    while stars < count and (body == "*" or body.endswith(".*")):
        stars, body = stars + 1, body[:-2]
    parts = body.split(".") if body else []
    if not urn.startswith(PATTERN) or not count or "*" in parts or "" in parts[:count]:
        raise _bad(urn)
    # Only a serial number, which is last, may hold a dot.
    if len(parts) + stars < count or (stars and len(parts) + stars > count):
        raise _bad(urn)
    if not stars:
        return Pattern(scheme, f"urn:epc:{'class' if scheme == 'lgtin' else 'id'}:{scheme}:{body}")
    if not parts:
        return Pattern(scheme, families=((scheme,),))
    if scheme in _OTHERS:
        return Pattern(scheme, families=((scheme, body),))
    if not _PREFIX.fullmatch(parts[0]):
        raise _bad(urn)
    kind = _KINDS[scheme]
    if kind.length == 0:
        return Pattern(scheme, families=tuple((scheme, level) for level in _levels(parts[0], kind.digits is None)))
    if stars == 1:
        owner = _class(scheme, body)
        return Pattern(scheme, families=((scheme, owner),), of_class=owner)
    return Pattern(scheme, classes=f"^{re.escape(GS1_BASE)}/{kind.ai}/{_beginning(kind, parts, urn)}")


def _class(scheme: str, body: str) -> str:
    name = {"lgtin": f"idpat:sgtin:{body}.*", "sgln": f"id:sgln:{body}.0"}.get(scheme, f"idpat:{scheme}:{body}.*")
    return class_of(to_digital_link(epc_to_ais(f"urn:epc:{name}")))


def _beginning(kind: _Kind, parts: list[str], urn: str) -> str:
    """How the keys of these classes begin. Only an ITIP can have more than its company before the stars."""
    company, *more = parts
    if not more:
        return "[0-9]" * kind.start + company
    if not re.fullmatch(rf"[0-9]{{{13 - len(company)}}}([0-9]{{2}})*", "".join(more)) or len(company + more[0]) != 13:
        raise _bad(urn)
    return more[0][0] + company + more[0][1:] + "[0-9]" + "".join(more[1:])


def _levels(company: str, has_letters: bool) -> Iterator[str]:
    """The first digits of all keys of a company, as families have them."""
    full = next(level for level in _LEVELS if len(company) <= level)
    shortest = len(company) if has_letters else full
    for length in range(shortest, full + 1):
        yield from (company + "".join(rest) for rest in product("0123456789", repeat=length - len(company)))


def _bad(urn: str) -> GS1Error:
    return GS1Error("BAD_PATTERN", (0, len(urn)), urn=urn[:120])
