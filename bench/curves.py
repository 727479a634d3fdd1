"""Curves as an SVG that needs nothing: both axes logarithmic, light and dark, the figures in words as well."""

import math
from html import escape
from pathlib import Path

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 60, 150, 40, 46
_DASHES = ("", "6 3", "2 3", "10 3 2 3", "1 4")
Curves = dict[str, list[tuple[float, float]]]


def _ticks(low: float, high: float) -> list[float]:
    return [10.0**n for n in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def draw(path: str, title: str, across: str, up: str, curves: Curves) -> None:
    """Write the curves, each a name and its points."""
    xs = [x for points in curves.values() for x, _ in points]
    ys = [max(y, 1e-6) for points in curves.values() for _, y in points]
    columns, rows = _ticks(min(xs), max(xs)), _ticks(min(ys), max(ys))

    def place(x: float, y: float) -> tuple[float, float]:
        span = math.log10(columns[-1] / columns[0]) or 1
        tall = math.log10(rows[-1] / rows[0]) or 1
        return (
            LEFT + (WIDE - LEFT - RIGHT) * math.log10(x / columns[0]) / span,
            HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * math.log10(max(y, 1e-6) / rows[0]) / tall,
        )

    told = "; ".join(
        f"{name}: " + ", ".join(f"{_number(x)} {across} {y:.2f} {up}" for x, y in points)
        for name, points in curves.items()
    )
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" font-family="sans-serif" '
        'font-size="12">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>",
        "<style>text{fill:#222}path{stroke:#1a4f8b}line{stroke:#bbb}rect{fill:#fff}"
        "@media(prefers-color-scheme:dark){text{fill:#eee}path{stroke:#8fc1ff}line{stroke:#555}rect{fill:#111}}</style>",
        f'<rect width="{WIDE}" height="{HIGH}"/><text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
    ]
    for x in columns:
        at = place(x, rows[0])[0]
        out.append(f'<line x1="{at:.0f}" y1="{TOP}" x2="{at:.0f}" y2="{HIGH - BOTTOM}"/>')
        out.append(f'<text x="{at:.0f}" y="{HIGH - BOTTOM + 16}" text-anchor="middle">{_number(x)}</text>')
    for y in rows:
        at = place(columns[0], y)[1]
        out.append(f'<line x1="{LEFT}" y1="{at:.0f}" x2="{WIDE - RIGHT}" y2="{at:.0f}"/>')
        out.append(f'<text x="{LEFT - 6}" y="{at + 4:.0f}" text-anchor="end">{_number(y)}</text>')
    middle = (LEFT + WIDE - RIGHT) / 2
    out.append(f'<text x="{middle:.0f}" y="{HIGH - 8}" text-anchor="middle">{escape(across)}</text>')
    out.append(f'<text x="{LEFT - 6}" y="{TOP - 8}" text-anchor="end">{escape(up)}</text>')
    labels: list[float] = []
    for (name, points), dash in zip(curves.items(), _DASHES * len(curves), strict=False):
        line = " L".join("{:.1f} {:.1f}".format(*place(x, y)) for x, y in points)
        out.append(f'<path d="M{line}" fill="none" stroke-width="2" stroke-dasharray="{dash}"/>')
        x, y = place(*points[-1])
        while any(abs(y - other) < 14 for other in labels):
            y -= 14
        labels.append(y)
        out.append(f'<text x="{x + 8:.0f}" y="{y + 4:.0f}">{escape(name)}</text>')
    Path(path).write_text("\n".join([*out, "</svg>", ""]), encoding="utf-8")
