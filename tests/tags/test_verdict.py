"""The verdict: five states, most urgent first, each with its reasons."""

from datetime import UTC, datetime, timedelta

import pytest

from guomen.tags.rules import LIMITS, Facts, Scans, Seen, kilometres, verdict
from guomen.tags.words import REASONS, STATES

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHANGHAI, URUMQI, SUZHOU = (31.2, 121.5), (43.8, 87.6), (31.3, 120.6)


def facts(**changes) -> Facts:
    return Facts(**{"code_exists": True, "released": True, "inspected": True} | changes)


def seen(hours: float, device: bytes, where: tuple[float, float]) -> Seen:
    return Seen(NOON + timedelta(hours=hours), device, *where)


@pytest.mark.parametrize(
    ("given", "state", "reasons"),
    [
        (facts(), "inspected", ("TAG-INSPECTED",)),
        (facts(inspected=False), "not_selected", ("TAG-NOT-SELECTED",)),
        (facts(released=False), "in_progress", ("TAG-NOT-RELEASED",)),
        (facts(released=False, refused=True), "in_progress", ("TAG-REFUSED",)),
        (facts(code_exists=False), "doubt", ("TAG-UNKNOWN-CODE",)),
        (facts(batch_matches=False), "doubt", ("TAG-OTHER-BATCH",)),
        (facts(goods_match=False, withdrawn=True), "doubt", ("TAG-OTHER-GOODS", "TAG-WITHDRAWN")),
        (facts(recalled=True), "stop", ("TAG-RECALLED",)),
        (facts(recalled=True, released=False), "stop", ("TAG-RECALLED",)),
        (facts(recalled=True, code_exists=False), "stop", ("TAG-RECALLED", "TAG-UNKNOWN-CODE")),
        (facts(withdrawn=True, released=False), "doubt", ("TAG-WITHDRAWN",)),
    ],
)
def test_a_state_follows_from_the_facts(given, state, reasons):
    found = verdict(given)
    assert (found.state, found.reasons) == (state, reasons)
    assert found.limits == LIMITS.version


def test_a_recall_stops_a_code_that_looks_copied_too():
    assert verdict(facts(recalled=True, scans=Scans(times=999, devices_in_all=999))).state == "stop"


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
    found = verdict(facts(scans=scans))
    assert (found.state, found.reasons) == ("doubt", (reason,))


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
    assert verdict(facts(scans=scans)).state == "inspected"


def test_several_phones_far_from_the_shop_after_the_sale_raise_doubt():
    far = tuple(seen(24 * i, bytes([i]), URUMQI) for i in range(1, 4))
    sold = {"sold_at": NOON, "sold_where": SHANGHAI}
    assert verdict(facts(scans=Scans(located=far), **sold)).reasons == ("TAG-SCANNED-AFTER-SALE",)
    assert verdict(facts(scans=Scans(located=far[:2]), **sold)).state == "inspected"
    before = {"sold_at": NOON + timedelta(days=9), "sold_where": SHANGHAI}
    assert verdict(facts(scans=Scans(located=far), **before)).state == "inspected"


def test_goods_that_wait_stay_waiting_however_often_they_are_checked():
    assert verdict(facts(released=False, scans=Scans(devices_in_all=999))).state == "in_progress"


def test_distance_is_that_of_the_great_circle():
    assert kilometres(SHANGHAI, SHANGHAI) == 0
    assert 3250 < kilometres(SHANGHAI, URUMQI) < 3350


def test_every_state_and_reason_has_words_in_both_languages():
    assert set(STATES) == {f"verdict.{s}" for s in ("inspected", "not_selected", "in_progress", "stop", "doubt")}
    assert all(w.en and w.zh for w in [*REASONS.values(), *STATES.values()])
