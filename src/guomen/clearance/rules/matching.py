"""Do two descriptions speak of the same goods? A score, what agrees, and every difference in words.

Weights and limits are house rules, after the matching of the British border service (a score by what agrees; net mass
within 4 %). Identifiers count whole: comparing parts of them, as others do, takes strangers for each other.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

TOLERANCE = Decimal("0.04")
"""Of net mass and quantity, as a share of what is declared."""
SUGGESTED = 70
"""From this score on, with at least ``ENOUGH`` weight compared, a match is suggested."""
ENOUGH = 25


@dataclass(frozen=True, slots=True)
class Traits:
    """What a description says of goods; what is empty or None it does not say.

    ``hs``: beginnings of commodity codes. ``quantity`` in ``unit`` (UN/ECE Rec 20). ``names``: of maker and consignor.
    """

    numbers: frozenset[str] = frozenset()
    containers: frozenset[str] = frozenset()
    seals: frozenset[str] = frozenset()
    bills: frozenset[str] = frozenset()
    gtin: str = ""
    batch: str = ""
    hs: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    net_kg: Decimal | None = None
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was compared: ``code`` of the words MATCHES, whether it agrees, both sides as text."""

    code: str
    agrees: bool
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """``score``: 0 to 100 of the weight that could be compared; ``certain``: an identifier of these goods alone."""

    score: int
    compared: int
    certain: bool
    said: tuple[Said, ...]

    @property
    def suggested(self) -> bool:
        return self.certain or (self.score >= SUGGESTED and self.compared >= ENOUGH)

    @property
    def differences(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if not one.agrees)


def plain(text: str) -> str:
    """A name or number without what people write differently: width, case, punctuation, legal forms."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = [w for w in re.split(r"[^\w]+", folded) if w and w not in _FORMS]
    return " ".join(words)


_FORMS = {"co", "ltd", "limited", "inc", "llc", "gmbh", "ag", "sa", "spa", "srl", "bv", "corp", "company", "pty", "plc"}


def number(text: str) -> str:
    """A document's number for comparison: letters and digits only, in capitals."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()


def compare(declared: Traits, found: Traits) -> Match:
    """Compare what is declared with what something else says."""
    said: list[Said] = []
    weight = reached = 0
    certain = False
    for code, (worth, one_way, ask) in _ASKED.items():
        answer = ask(declared, found)
        if answer is None:
            continue
        agrees, values = answer
        certain = certain or (one_way and agrees)
        weight, reached = weight + worth, reached + worth * agrees
        said.append(Said(code, agrees, values))
    return Match(round(100 * reached / weight) if weight else 0, weight, certain, tuple(said))


_Answer = tuple[bool, Mapping[str, str]] | None


def _sets(name: str) -> Callable[[Traits, Traits], _Answer]:
    def ask(a: Traits, b: Traits) -> _Answer:
        one, other = getattr(a, name), getattr(b, name)
        # A declaration names many documents: another number says nothing, the same one all.
        if not one or not other or (name == "numbers" and not one & other):
            return None
        return bool(one & other), {"declared": ", ".join(sorted(one)[:3]), "found": ", ".join(sorted(other)[:3])}

    return ask


def _texts(name: str) -> Callable[[Traits, Traits], _Answer]:
    def ask(a: Traits, b: Traits) -> _Answer:
        one, other = getattr(a, name), getattr(b, name)
        return (plain(one) == plain(other), {"declared": one, "found": other}) if one and other else None

    return ask


def _goods(a: Traits, b: Traits) -> _Answer:
    if not a.hs or not b.hs:
        return None
    agrees = any(x.startswith(y) or y.startswith(x) for x in a.hs for y in b.hs)
    return agrees, {"declared": ", ".join(sorted(a.hs)[:3]), "found": ", ".join(sorted(b.hs)[:3])}


def _names(a: Traits, b: Traits) -> _Answer:
    if not a.names or not b.names:
        return None
    ours, theirs = {frozenset(plain(n).split()) for n in a.names}, {frozenset(plain(n).split()) for n in b.names}
    # One name may say more than the other, such as an address: all words of the shorter, at least two or the only one.
    agrees = any(x and y and (x <= y or y <= x) for x in ours for y in theirs)
    return agrees, {"declared": " / ".join(sorted(a.names)), "found": " / ".join(sorted(b.names))}


def _amount(name: str) -> Callable[[Traits, Traits], _Answer]:
    def ask(a: Traits, b: Traits) -> _Answer:
        one, other = getattr(a, name), getattr(b, name)
        if one is None or other is None or (name == "quantity" and a.unit != b.unit):
            return None
        off = abs(other - one) / one if one else Decimal(other != one)
        unit = "kg" if name == "net_kg" else a.unit
        values = {
            "declared": f"{one.normalize():f} {unit}",
            "found": f"{other.normalize():f} {unit}",
            "percent": f"{off * 100:.1f}",
        }
        return off <= TOLERANCE, values

    return ask


_ASKED: Mapping[str, tuple[int, bool, Callable[[Traits, Traits], _Answer]]] = {
    "number": (40, True, _sets("numbers")),
    "container": (25, False, _sets("containers")),
    "seal": (25, False, _sets("seals")),
    "bill": (20, False, _sets("bills")),
    "gtin": (20, False, _texts("gtin")),
    "batch": (25, False, _texts("batch")),
    "goods": (15, False, _goods),
    "origin": (10, False, _sets("origins")),
    "name": (10, False, _names),
    "net": (15, False, _amount("net_kg")),
    "quantity": (15, False, _amount("quantity")),
}
"""What is compared: its weight, whether agreement alone is certain, how."""
