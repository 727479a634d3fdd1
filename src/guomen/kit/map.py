"""A map as one small SVG: coastlines, a track, points. No script, no tiles, no network, no inline style.

Plate carrée projection. Longitudes may run on beyond 180°: a window from 150 to 210 looks at the Pacific across the
180th meridian. Colours and strokes are classes of ``faces/static/map.css``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

Degrees = Decimal | float
_DATA = Path(__file__).parent / "data" / "coastline.json"
_RADIUS = {"ok": 3.5, "wait": 4.5, "bad": 6.5}
_SHAPE = 300 / 560
_Pixels = list[tuple[float, float]]


class Window(NamedTuple):
    """What a map shows, in degrees. ``east`` is always the larger of the two longitudes and may exceed 180."""

    west: float
    south: float
    east: float
    north: float


ASIA = Window(40, -20, 160, 44.3)
"""The Indian Ocean and the west of the Pacific: the approach to Chinese ports."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees (WGS 84). ``tone``: ok, wait or bad. ``label``: what it is, read when pointed at."""

    lat: Degrees
    lon: Degrees
    tone: str = "ok"
    label: str = ""


@cache
def _rings() -> tuple[tuple[tuple[float, float], ...], ...]:
    """Coastlines as rings of (longitude, latitude) in degrees; longitudes without jumps."""
    rings = json.loads(_DATA.read_text(encoding="utf-8"))["rings"]
    return tuple(tuple((r[i] / 10, r[i + 1] / 10) for i in range(0, len(r), 2)) for r in rings)


def world_path(west: float, south: float, east: float, north: float, width: float) -> str:
    """The land inside the window as an SVG path ``width`` pixels wide (degrees as tall as wide; y grows downwards).

    Land is cut a little outside the window, so that no cut is seen. ``east`` below ``west`` crosses the 180th meridian.
    """
    east = east if east > west else east + 360
    scale = width / (east - west)
    margin = 8 / scale
    cut = Window(west - margin, south - margin, east + margin, north + margin)
    return "".join(_drawn([((x - west) * scale, (north - y) * scale) for x, y in ring]) for ring in _clipped(cut))


def _clipped(cut: Window) -> Iterator[list[tuple[float, float]]]:
    for ring in _rings():
        left, right = min(p[0] for p in ring), max(p[0] for p in ring)
        for turn in (-360, 0, 360):
            if left + turn < cut.east and right + turn > cut.west:
                inside = _clip([(x + turn, y) for x, y in ring], cut)
                if len(inside) > 2:
                    yield inside


def _clip(ring: list[tuple[float, float]], cut: Window) -> list[tuple[float, float]]:
    """The part of a polygon inside a rectangle (Sutherland and Hodgman, 1974)."""
    for axis, limit, sign in ((0, cut.west, 1), (0, cut.east, -1), (1, cut.south, 1), (1, cut.north, -1)):
        kept: list[tuple[float, float]] = []
        for a, b in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
            a_in, b_in = (a[axis] - limit) * sign >= 0, (b[axis] - limit) * sign >= 0
            if a_in != b_in:
                part = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))
            if b_in:
                kept.append(b)
        ring = kept
    return ring


def _drawn(points: _Pixels, *, closed: bool = True) -> str:
    """Relative moves in tenths of a pixel, short and without drift."""
    tenths = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = [f"M{_n(tenths[0][0])} {_n(tenths[0][1])}"]
    for (ax, ay), (bx, by) in pairwise(tenths):
        if (ax, ay) != (bx, by):
            steps.append(f"l{_n(bx - ax)} {_n(by - ay)}")
    return "".join(steps) + ("z" if closed else "")


def _n(tenths: int) -> str:
    return f"{tenths / 10:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Map:
    """A map of ``points`` and a ``track`` of (lat, lon), oldest first. ``label``: one sentence that says what it shows.

    ``window`` None: fitted around what is shown; the shorter way around the globe, also across the 180th meridian.
    Use it as text: in a template ``{{ map }}`` needs no filter.
    """

    points: Sequence[Point] = ()
    track: Sequence[tuple[Degrees, Degrees]] = ()
    label: str = ""
    window: Window | None = None
    width: int = 560
    _frame: Window = field(init=False, repr=False)

    def __post_init__(self) -> None:
        places = [(float(p.lat), float(p.lon)) for p in self.points]
        places += [(float(lat), float(lon)) for lat, lon in self.track]
        object.__setattr__(self, "_frame", self.window or fit(places))

    @property
    def height(self) -> int:
        w = self._frame
        return round(self.width * (w.north - w.south) / (w.east - w.west))

    def place(self, lat: Degrees, lon: Degrees) -> tuple[float, float]:
        """Where a place lies on the picture, in pixels; by the turn of longitude that is nearest to the middle."""
        w = self._frame
        middle = (w.west + w.east) / 2
        x = float(lon) - 360 * round((float(lon) - middle) / 360)
        scale = self.width / (w.east - w.west)
        return (x - w.west) * scale, (w.north - float(lat)) * scale

    @property
    def svg(self) -> str:
        """The picture as one ``<svg>`` element."""
        land = world_path(*self._frame, self.width)
        return (
            f'<svg class="map" viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(self.label)}">'
            f'<rect class="sea" width="{self.width}" height="{self.height}"/><path class="land" d="{land}"/>'
            f"{self._track()}{''.join(self._pins())}</svg>"
        )

    def _track(self) -> str:
        """A line that leaves the picture and comes back rather than crossing it when it passes the far meridian."""
        parts: list[_Pixels] = []
        for lat, lon in self.track:
            here = self.place(lat, lon)
            if parts and abs(here[0] - parts[-1][-1][0]) <= self._turn / 2:
                parts[-1].append(here)
                continue
            if parts:
                before = parts[-1][-1]
                shift = self._turn if here[0] < before[0] else -self._turn
                parts[-1].append((here[0] + shift, here[1]))
                parts.append([(before[0] - shift, before[1]), here])
            else:
                parts.append([here])
        path = "".join(_drawn(part, closed=False) for part in parts if len(part) > 1)
        return f'<path class="track" d="{path}"/>' if path else ""

    @property
    def _turn(self) -> float:
        """Pixels of a whole turn around the globe."""
        return 360 * self.width / (self._frame.east - self._frame.west)

    def _pins(self) -> Iterator[str]:
        worst_last = sorted(self.points, key=lambda p: _RADIUS[p.tone])
        for point in worst_last:
            x, y = self.place(point.lat, point.lon)
            title = f"<title>{escape(point.label)}</title>" if point.label else ""
            place = f'cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS[point.tone]}"'
            yield f'<circle class="pin {point.tone}" {place}>{title}</circle>'

    def __str__(self) -> str:
        return self.svg

    def __html__(self) -> str:
        return self.svg


def fit(places: Sequence[tuple[float, float]], least: float = 48, shape: float = _SHAPE) -> Window:
    """A window around (lat, lon) places: the shortest arc of longitudes, some room, at least ``least`` degrees wide."""
    if not places:
        return ASIA
    lons = sorted((lon + 180) % 360 - 180 for _, lon in places)
    gaps = [(b - a, b) for a, b in zip(lons, [*lons[1:], lons[0] + 360], strict=True)]
    gap, west = max(gaps)
    west = (west + 180) % 360 - 180
    span = 360 - gap
    south, north = min(lat for lat, _ in places), max(lat for lat, _ in places)
    width = max(least, span * 1.25, (north - south) * 1.25 / shape)
    width = min(width, 360)
    height = min(width * shape, 180)
    left = west + span / 2 - width / 2
    bottom = min(max((south + north) / 2 - height / 2, -90), 90 - height)
    return Window(left, bottom, left + width, bottom + height)
