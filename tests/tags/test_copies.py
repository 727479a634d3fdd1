"""Signs of copies in what an item's scans add up to."""

from datetime import UTC, datetime, timedelta

import pytest

from guomen.tags.rules import LIMITS, Scans, Seen, copy_signals, kilometres

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHANGHAI, URUMQI, SUZHOU = (31.2, 121.5), (43.8, 87.6), (31.3, 120.6)


def seen(hours: float, device: bytes, where: tuple[float, float]) -> Seen:
    return Seen(NOON + timedelta(hours=hours), device, *where)


@pytest.mark.parametrize(
    ("scans", "reason"),
    [
        (Scans(devices_in_a_day=LIMITS.devices_in_a_day + 1), "TAG-MANY-DEVICES"),
        (Scans(devices_in_all=LIMITS.devices_in_all + 1), "TAG-MANY-DEVICES"),
        (Scans(places=LIMITS.places), "TAG-MANY-PLACES"),
        (Scans(located=(seen(0, b"a", SHANGHAI), seen(1, b"b", URUMQI))), "TAG-FAR-APART"),
    ],
)
def test_signs_of_copies_raise_doubt(scans, reason):
    assert copy_signals(scans) == (reason,)


@pytest.mark.parametrize(
    "scans",
    [
        Scans(times=200, devices_in_a_day=LIMITS.devices_in_a_day, devices_in_all=LIMITS.devices_in_all),
        Scans(places=LIMITS.places - 1),
        Scans(located=(seen(0, b"a", SHANGHAI), seen(0.1, b"b", SUZHOU))),
        Scans(located=(seen(0, b"a", SHANGHAI), seen(6, b"b", URUMQI))),
        Scans(located=(seen(0, b"a", SHANGHAI), seen(1, b"a", URUMQI))),
    ],
)
def test_ordinary_lives_of_an_item_raise_no_doubt(scans):
    assert copy_signals(scans) == ()


def test_several_phones_far_from_the_shop_after_the_sale_raise_doubt():
    far = tuple(seen(24 * i, bytes([i]), URUMQI) for i in range(1, 4))
    assert copy_signals(Scans(located=far), NOON, SHANGHAI) == ("TAG-SCANNED-AFTER-SALE",)
    assert copy_signals(Scans(located=far[:2]), NOON, SHANGHAI) == ()
    assert copy_signals(Scans(located=far), NOON + timedelta(days=9), SHANGHAI) == ()


def test_distance_is_that_of_the_great_circle():
    assert kilometres(SHANGHAI, SHANGHAI) == 0
    assert 3250 < kilometres(SHANGHAI, URUMQI) < 3350
