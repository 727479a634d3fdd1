"""Where a thing came from and went, drawn from top to bottom: levels of boxes in one small SVG without script."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from guomen.faces.trace.codes import gtins_in, spoken
from guomen.kit.web import number
from guomen.kit.words import say
from guomen.trace.chain import Found
from guomen.trace.spoken import HOW, UNITS

WIDE, BOX, GAP = 340, 46, 30
MOST_IN_LEVEL = 4
_LETTERS = 44
"""So many narrow letters fit into a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """Things of one level that are alike: one thing by its name, or so many of a product."""

    text: str
    note: str


def boxes(found: Iterable[Found], products: Mapping[str, object]) -> list[list[Box]]:
    """Level by level; many items of one product are one box."""
    levels: dict[int, dict[tuple[str, str], list[Found]]] = {}
    for one in found:
        gtin = next(iter(gtins_in([one.uri])), "")
        group = (one.how, gtin if "/21/" in one.uri else one.uri)
        levels.setdefault(one.level, {}).setdefault(group, []).append(one)
    drawn = []
    for level in sorted(levels):
        groups = list(levels[level].items())
        shown = [_box(how, key, some, products) for (how, key), some in groups[:MOST_IN_LEVEL]]
        rest = sum(len(some) for _, some in groups[MOST_IN_LEVEL:])
        if rest:
            shown.append(Box(_("and %(number)s more") % {"number": number(rest)}, ""))
        drawn.append(shown)
    return drawn


def _box(how: str, key: str, some: list[Found], products: Mapping[str, object]) -> Box:
    note = say(HOW[how])
    if len(some) == 1:
        one = some[0]
        amount = (
            f"{number(one.quantity)} {UNITS.get(one.uom, one.uom)}".strip() + " · " if one.quantity is not None else ""
        )
        return Box(spoken(one.uri, products), f"{amount}{note}")
    text = _("%(number)s items · %(product)s") % {"number": number(len(some)), "product": products.get(key) or key}
    return Box(text, note)


@dataclass(frozen=True)
class Diagram:
    """Upstream levels (nearest last), the thing, downstream levels (nearest first)."""

    above: list[list[Box]]
    thing: str
    below: list[list[Box]]
    label: str

    def __html__(self) -> str:
        rows = [*reversed(self.above), [Box(self.thing, "")], *self.below]
        middle, y, out = len(self.above), 2, []
        for at, row in enumerate(rows):
            if at:
                out.append(_arrow(y))
                y += GAP
            for n, box in enumerate(row):
                y += 6 if n else 0
                out.append(_drawn(box, y, here=at == middle))
                y += BOX
        return (
            f'<svg class="chain" viewBox="0 0 {WIDE} {y + 2}" role="img" aria-label="{escape(self.label)}">'
            f"{''.join(out)}</svg>"
        )


def _drawn(box: Box, y: int, *, here: bool) -> str:
    kind = "box here" if here else "box"
    text = f'<rect class="{kind}" x="1" y="{y}" width="{WIDE - 2}" height="{BOX}" rx="6"/>'
    middle = y + (BOX // 2 + 5 if not box.note else 19)
    text += f'<text class="{kind}" x="12" y="{middle}">{escape(_cut(box.text))}</text>'
    return text + (f'<text class="note" x="12" y="{y + 37}">{escape(_cut(box.note))}</text>' if box.note else "")


def _arrow(y: int) -> str:
    x = WIDE // 2
    return f'<path class="arrow" d="M{x} {y + 4}V{y + GAP - 6}M{x - 5} {y + GAP - 11}l5 6l5 -6"/>'


def _cut(text: str) -> str:
    """As much as fits, a Chinese character counting as two."""
    left = _LETTERS
    for n, letter in enumerate(text):
        left -= 2 if east_asian_width(letter) in "WF" else 1
        if left < 0:
            return text[: n - 1] + "…"
    return text
