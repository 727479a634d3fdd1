"""The bench of scans counts each scan once, and its stories end as they should, on a few items."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import scans

ORDINARY = [s.name for s in scans.STORIES if not s.copied and s.name != "shop window, 20 phones a day"]


def test_ordinary_items_raise_no_alarms_and_large_copying_always_does():
    found = scans.simulate(40)
    assert {name: found[name].alarmed for name in ORDINARY} == dict.fromkeys(ORDINARY, 0)
    for name in ("photo of the code goes around", "1,000 copies in 12 cities in 10 days"):
        assert found[name].alarmed == 40
    assert all(name.split()[0] in scans.shown(found) for name in found)


@pytest.mark.django_db(transaction=True)
def test_every_scan_is_digested_once():
    found = scans.measure(3000, 900)
    assert found["seen"] > 800
    assert found["digested"] > 0
