"""Charts of bars as one small SVG: no script, no network, no inline style; colours are classes of ``app.css``."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

_TOP, _FOOT, _LEFT, _RIGHT = 12, 22, 44, 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what stands below it, how tall it is, and what is read when it is pointed at."""

    name: str
    value: int
    label: str = ""


@dataclass(frozen=True)
class Bars:
    """Bars side by side from left to right. ``label``: one sentence that says what they show.

    Use it as text: in a template ``{{ bars }}`` needs no filter.
    """

    bars: Sequence[Bar]
    label: str
    width: int = 420
    height: int = 190

    @property
    def top(self) -> int:
        return round_top(max((bar.value for bar in self.bars), default=0))

    @property
    def svg(self) -> str:
        room, tall = self.width - _LEFT - _RIGHT, self.height - _TOP - _FOOT
        step = room / max(1, len(self.bars))
        floor = _TOP + tall
        parts = _scale(self.width, floor, self.top)
        # As many names as there is room for, the last among them.
        every = max(1, ceil(len(self.bars) * 64 / room))
        for n, bar in enumerate(self.bars):
            high = bar.value * tall / self.top
            x = _LEFT + n * step
            title = f"<title>{escape(bar.label)}</title>" if bar.label else ""
            size = f'width="{max(1.0, step - 2):.1f}" height="{high:.1f}"'
            parts.append(f'<rect class="bar-of" x="{x:.1f}" y="{floor - high:.1f}" {size}>{title}</rect>')
            if (len(self.bars) - 1 - n) % every == 0:
                parts.append(
                    f'<text class="name" x="{x + step / 2:.1f}" y="{self.height - 6}">{escape(bar.name)}</text>'
                )
        picture = f'viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.label)}"'
        return f'<svg class="bars" {picture}>{"".join(parts)}</svg>'

    def __str__(self) -> str:
        return self.svg

    def __html__(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class Pile:
    """One bar of parts, from the floor up: (value, CSS class). ``line``: a mark across it, such as what can be done."""

    name: str
    parts: Sequence[tuple[float, str]]
    label: str = ""
    line: float | None = None


@dataclass(frozen=True)
class Piles:
    """Bars of parts side by side. ``label``: one sentence that says what they show; each ``every``-th is named."""

    piles: Sequence[Pile]
    label: str
    every: int = 1
    width: int = 420
    height: int = 190

    @property
    def top(self) -> int:
        most = max((max(sum(v for v, _ in p.parts), p.line or 0) for p in self.piles), default=0)
        return round_top(most)

    def __str__(self) -> str:
        tall, floor = self.height - _TOP - _FOOT, self.height - _FOOT
        step = (self.width - _LEFT - _RIGHT) / max(1, len(self.piles))
        parts = _scale(self.width, floor, self.top)
        for n, pile in enumerate(self.piles):
            x, y = _LEFT + n * step, float(floor)
            inner = [f"<title>{escape(pile.label)}</title>" if pile.label else ""]
            for value, tone in pile.parts:
                high = value * tall / self.top
                y -= high
                size = f'width="{max(1.0, step * 0.86):.1f}" height="{high:.1f}"'
                inner.append(f'<rect class="{tone}" x="{x:.1f}" y="{y:.1f}" {size}/>')
            if pile.line is not None:
                at = floor - pile.line * tall / self.top
                inner.append(
                    f'<line class="mark" x1="{x - 2:.1f}" x2="{x + step * 0.86 + 2:.1f}" y1="{at:.1f}" y2="{at:.1f}"/>'
                )
            parts.append(f"<g>{''.join(inner)}</g>")
            if n % self.every == 0:
                middle = x + step * 0.43
                parts.append(f'<text class="name" x="{middle:.1f}" y="{self.height - 6}">{escape(pile.name)}</text>')
        picture = f'viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.label)}"'
        return f'<svg class="bars" {picture}>{"".join(parts)}</svg>'

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Curve:
    """One line through points from left to right, both axes as shares; ``right`` is where the lower axis ends."""

    points: Sequence[tuple[float, float]]
    label: str
    below: str
    right: float
    width: int = 420
    height: int = 190

    def __str__(self) -> str:
        room, floor = self.width - _LEFT - _RIGHT, self.height - _FOOT
        at = [f"{_LEFT + room * x / self.right:.1f},{floor - (floor - _TOP) * y:.1f}" for x, y in self.points]
        parts = [
            f'<line class="grid" x1="{_LEFT}" x2="{self.width - _RIGHT}" y1="{y}" y2="{y}"/>'
            f'<text class="scale" x="{_LEFT - 6}" y="{y + 4}">{share} %</text>'
            for y, share in ((_TOP, 100), (floor, 0))
        ]
        parts += [
            f'<text class="{tone}" x="{x}" y="{self.height - 6}">{escape(text)}</text>'
            for tone, x, text in (
                ("first", _LEFT, "0 %"),
                ("name", _LEFT + room / 2, self.below),
                ("scale", self.width - _RIGHT, f"{100 * self.right:.3g} %"),
            )
        ]
        parts.append(f'<polyline class="curve" points="{" ".join(at)}"/>')
        picture = f'viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.label)}"'
        return f'<svg class="bars" {picture}>{"".join(parts)}</svg>'

    def __html__(self) -> str:
        return str(self)


def round_top(most: float) -> int:
    """The round number at which a scale ends: 1, 2 or 5 times a power of ten, at least 1."""
    power = 10 ** max(0, ceil(log10(most)) - 1) if most > 0 else 1
    return next(n * power for n in (1, 2, 5, 10) if n * power >= most)


def _scale(width: int, floor: float, top: int) -> list[str]:
    return [
        f'<line class="grid" x1="{_LEFT}" x2="{width}" y1="{y}" y2="{y}"/>'
        f'<text class="scale" x="{_LEFT - 6}" y="{y + 4}">{value:,}</text>'
        for y, value in ((_TOP, top), (floor, 0))
    ]
