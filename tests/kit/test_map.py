"""Maps: the land is where it is, nothing jumps at the 180th meridian, nothing needs a style attribute."""

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from guomen.kit.map import ASIA, Map, Point, Window, fit, world_path

STEP = re.compile(r"([Ml])(-?[\d.]+) (-?[\d.]+)")


def polygons(path: str) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = []
    for command, x, y in STEP.findall(path):
        if command == "M":
            found.append([(float(x), float(y))])
        else:
            before = found[-1][-1]
            found[-1].append((before[0] + float(x), before[1] + float(y)))
    return found


def on_land(window: Window, lat: float, lon: float) -> bool:
    """Even-odd rule over all polygons of the path, in a picture 1000 pixels wide."""
    scale = 1000 / (window.east - window.west)
    x, y, inside = (lon - window.west) * scale, (window.north - lat) * scale, False
    for ring in polygons(world_path(*window, 1000)):
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
    return inside


WORLD = Window(-180, -90, 180, 90)
PACIFIC = Window(120, -60, 300, 75)


@pytest.mark.parametrize(
    ("place", "lat", "lon", "land"),
    [
        ("Wuhan", 30.6, 114.3, True),
        ("Berlin", 52.5, 13.4, True),
        ("Chukotka west of 180", 66.5, 178.5, True),
        ("Brasilia", -15.8, -47.9, True),
        ("the South Pole", -89, 10, True),
        ("the Indian Ocean", -20, 80, False),
        ("the Pacific", 10, -150, False),
        ("the Caspian Sea", 42, 51, False),
    ],
)
def test_land_is_where_it_is(place, lat, lon, land):
    assert on_land(WORLD, lat, lon) is land, place


@pytest.mark.parametrize(
    ("lat", "lon", "land"),
    [(66.5, 178.5, True), (67, 183, True), (64, 210, True), (-41.5, 175.5, True), (0, 200, False)],
)
def test_a_window_across_the_180th_meridian_shows_both_sides(lat, lon, land):
    assert on_land(PACIFIC, lat, lon) is land


def test_east_below_west_means_across_the_180th_meridian():
    assert world_path(120, -60, -60, 75, 500) == world_path(*PACIFIC, 500)


@pytest.mark.parametrize("window", [ASIA, PACIFIC, Window(170, 50, 200, 70)])
def test_no_line_crosses_the_picture_inside_the_frame(window):
    height = 1000 * (window.north - window.south) / (window.east - window.west)
    for ring in polygons(world_path(*window, 1000)):
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            is_long = abs(ax - bx) > 300 or abs(ay - by) > 300
            outside = max(ax, bx) < 0 or min(ax, bx) > 1000 or max(ay, by) < 0 or min(ay, by) > height
            assert not is_long or outside, (ax, ay, bx, by)


def test_it_is_one_small_svg_without_style_or_script_and_says_what_it_shows():
    points = [Point(31, 122, "ok", "MSK 1 & 2"), Point(Decimal("6.0"), Decimal("76.0"), "bad", "<MSK 558201>")]
    text = Map(points, label='Two seals, one "opened"', window=ASIA).svg
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Two seals, one "opened"'
    assert [c.get("class") for c in root.iter("circle")] == ["pin ok", "pin bad"]
    assert [t.text for t in root.iter("title")] == ["MSK 1 & 2", "<MSK 558201>"]
    assert "style" not in text
    assert "<script" not in text
    assert len(text) < 20_000


def test_the_window_fits_what_it_shows_the_short_way_around():
    window = fit([(35.0, 140.0), (37.0, -122.0)])
    assert window.west < 140 < 238 < window.east
    assert window.east - window.west < 180
    near = fit([(31.0, 122.0)])
    assert near.east - near.west == 48
    whole = fit([(0.0, -170.0), (0.0, -60.0), (0.0, 60.0), (80.0, 170.0)])
    assert whole.east - whole.west <= 360
    assert whole.north <= 90
    assert fit([]) == ASIA


def test_points_on_both_sides_of_the_180th_meridian_lie_side_by_side():
    chart = Map([Point(0, 179), Point(0, -179)])
    (ax, _), (bx, _) = chart.place(0, 179), chart.place(0, -179)
    assert 0 < ax < bx < chart.width
    assert bx - ax == pytest.approx(2 * chart.width / 48)


def test_a_track_that_passes_the_edge_of_a_world_map_does_not_run_back_across_it():
    text = Map(track=[(0, 150), (0, 170), (0, -170), (0, -150)], window=WORLD, width=720).svg
    track = ElementTree.fromstring(text).find("*[@class='track']").get("d")
    for line in polygons(track):
        assert all(abs(a[0] - b[0]) <= 45 for a, b in pairwise(line))
    assert len(polygons(track)) == 2


def test_a_template_shows_it_without_a_filter():
    from jinja2 import Environment

    shown = Environment(autoescape=True).from_string("{{ map }}").render(map=Map(label="x"))
    assert shown.startswith('<svg class="map"')
