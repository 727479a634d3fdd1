"""Make src/guomen/kit/data/coastline.json from a TopoJSON of the world's land.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/coastline.py package/land-110m.json

Source: Natural Earth 1:110m land, version 4.1, public domain (naturalearthdata.com/about/terms-of-use), as packaged in
world-atlas 2.0.2 (ISC). Rings that cross the 180th meridian are made continuous: longitudes run on beyond 180 degrees.
"""

import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src" / "guomen" / "kit" / "data" / "coastline.json"
ABOUT = {
    "source": "Natural Earth 1:110m land 4.1, from the npm package world-atlas 2.0.2 (land-110m.json)",
    "licence": "Public domain (Natural Earth); packaging: ISC, Michael Bostock",
    "unit": "tenths of a degree: longitude, latitude, longitude, latitude …",
}


def arcs_of(topology: dict) -> list[list[tuple[float, float]]]:
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for px, py in arc:
            x, y = x + px, y + py
            points.append((x * kx + dx, y * ky + dy))
        arcs.append(points)
    return arcs


def rings_of(topology: dict) -> list[list[tuple[float, float]]]:
    arcs = arcs_of(topology)
    rings = []
    for geometry in topology["objects"]["land"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for ring in (r for polygon in polygons for r in polygon):
            points: list[tuple[float, float]] = []
            for index in ring:
                part = arcs[index] if index >= 0 else arcs[~index][::-1]
                points += part if not points else part[1:]
            rings.append(points)
    return rings


def unwrap(ring: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """The ring in tenths of a degree without jumps; one that winds around a pole is closed through it."""
    turn, before = 0.0, ring[0][0]
    points: list[tuple[int, int]] = []
    for lon, lat in ring:
        turn -= 360 * round((lon - before) / 360)
        before = lon
        point = (round((lon + turn) * 10), round(lat * 10))
        if not points or points[-1] != point:
            points.append(point)
    first, last = points[0][0], points[-1][0]
    if first != last:
        pole = 900 if points[0][1] > 0 else -900
        points += [(last, pole), (first, pole)]
    turns = 3600 * round((min(p[0] for p in points) + max(p[0] for p in points)) / 7200)
    return [(lon - turns, lat) for lon, lat in points]


def main(path: str) -> None:
    rings = [unwrap(r) for r in rings_of(json.loads(Path(path).read_text()))]
    flat = [[n for point in ring for n in point] for ring in rings if len(ring) > 3]
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in flat)
    head = json.dumps(ABOUT, ensure_ascii=False, indent=1)[:-2]
    TARGET.write_text(f'{head},\n "rings": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{len(flat)} rings, {sum(map(len, flat)) // 2} points, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
