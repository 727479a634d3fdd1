"""The port around the story: other consignments and seals, so that the control room has something to decide."""

from datetime import UTC, datetime, timedelta
from typing import Any

from guomen.demo.declare import container
from guomen.demo.stage import Stage, check
from guomen.site.traffic import day_of_traffic

SHIPS = (
    ("25.10", "56.20", "ok"), ("6.00", "76.00", "opened"), ("8.10", "88.30", "ok"), ("3.90", "100.20", "ok"),
    ("21.30", "112.90", "ok"), ("13.60", "130.10", "silent"), ("33.90", "137.80", "ok"), ("36.40", "121.90", "ok"),
    ("-8.10", "148.40", "ok"),
)  # fmt: skip
"""Latitude, longitude, and what became of the seal."""
DECLARATIONS = 40


def traffic(stage: Stage) -> str:
    """Other goods of the day arrive by program, and nine sealed containers are under way."""
    token, seals = stage.token("cy"), stage.token("kai")
    today = datetime.now(UTC).date()
    lodged = [
        stage.api("POST", "/api/declarations", token, payload, status=201, key=f"traffic-{stage.run}-{n}")
        for n, payload in enumerate(day_of_traffic(DECLARATIONS, today, seed=stage.run))
    ]
    for n, (lat, lon, fate) in enumerate(SHIPS, 11):
        _voyage(stage, seals, n, lat, lon, fate)
    states = [line["state"] for one in lodged for line in one["lines"]]
    check(states, "no other goods arrived")
    released = states.count("released")
    return f"{len(lodged)} declarations, {len(states)} lines, {released} released on papers; {len(SHIPS)} seals"


def _voyage(stage: Stage, token: str, n: int, lat: str, lon: str, fate: str) -> None:
    seal, box = f"GM{stage.run:04d}{n:02d}", container(stage.run, n)
    armed = stage.now - timedelta(days=9)
    arm = {"seal": seal, "container": box, "place": "ITGOA", "seal_class": "H", "counter": 1}
    stage.api("POST", "/api/seals", token, arm | {"at": armed.isoformat()}, key=f"arm-{seal}")
    last = stage.now - timedelta(hours=9 if fate == "silent" else 1)
    readings: list[dict[str, Any]] = [
        {"at": (armed + timedelta(hours=1)).isoformat(), "lat": "44.40", "lon": "8.92", "sealed": True, "counter": 1},
        {"at": last.isoformat(), "lat": lat, "lon": lon, "sealed": fate != "opened", "counter": 1 + (fate == "opened")},
    ]
    stage.api("POST", f"/api/seals/{seal}/readings", token, {"readings": readings}, key=f"voyage-{seal}")
