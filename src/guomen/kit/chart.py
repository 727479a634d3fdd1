"""A chart of bars as one small SVG: no script, no network, no inline style; colours are classes of ``scans.css``."""

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
        """The round number at which the scale ends: 1, 2 or 5 times a power of ten."""
        most = max((bar.value for bar in self.bars), default=0)
        power = 10 ** max(0, ceil(log10(most)) - 1) if most > 0 else 1
        return next(n * power for n in (1, 2, 5, 10) if n * power >= most)

    @property
    def svg(self) -> str:
        room, tall = self.width - _LEFT - _RIGHT, self.height - _TOP - _FOOT
        step = room / max(1, len(self.bars))
        floor = _TOP + tall
        parts = [
            f'<line class="grid" x1="{_LEFT}" x2="{self.width}" y1="{y}" y2="{y}"/>'
            f'<text class="scale" x="{_LEFT - 6}" y="{y + 4}">{value:,}</text>'
            for y, value in ((_TOP, self.top), (floor, 0))
        ]
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
