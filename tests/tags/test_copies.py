"""Signs of copies: each rule by itself, at its limit and beyond; and what they rest on."""

from dataclasses import replace
from datetime import UTC, datetime
from inspect import getdoc

import pytest

from guomen.catalogue.rulepack import newest
from guomen.kit.words import say
from guomen.tags.limits import distance, limits
from guomen.tags.rules import Known, Look, Trail, follow, kilometres, spoken
from guomen.tags.rules.copies import OF_RECORDS, RULES
from guomen.tags.rules.trail import KEPT, RECENT, read
from guomen.tags.words import ALARMS, REASONS

NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp())
HOUR, DAY = 3600, 86_400
SHANGHAI, URUMQI, CHENGDU, NINGBO, GENOA, SYDNEY = "CNSHA", "CNURC", "CNCTU", "CNNGB", "ITGOA", "AUSYD"
ON_SALE = Known(released_at=NOON - 30 * DAY)
L = limits()


def phone(n: int) -> bytes:
    """Eight bytes that are spread as a visitor's hash is."""
    return (n * 0x9E3779B97F4A7C15 % (1 << 64)).to_bytes(8)


def looks(*of: tuple[float, int, str] | tuple[float, int, str, str]) -> list[Look]:
    """(hours after noon, phone, place[, counter])."""
    return [Look(NOON + int(hours * HOUR), phone(n), *rest) for hours, n, *rest in of]


def said(found: list[Look], known: Known = ON_SALE) -> dict[str, dict]:
    trail = Trail()
    follow(trail, found, known, L, distance)
    return {one.code: dict(one.numbers) for one in spoken(trail, known, L)}


def phones(count: int, place: str = "", apart: float = 0.01, first: int = 0) -> list[Look]:
    return looks(*((n * apart, first + n, place) for n in range(count)))


def test_more_phones_on_a_day_than_look_at_one_item():
    assert said(phones(L.phones_in_a_day)) == {}
    found = said(phones(L.phones_in_a_day + 1))
    assert found["TAG-MANY-DEVICES"] == {"today": 11, "phones": 11, "most": 10, "most_in_all": 60}


def test_one_phone_that_looks_all_day_is_one_phone():
    assert said(looks(*((n * 0.01, 1, SHANGHAI) for n in range(500)))) == {}


def test_an_item_on_a_shelf_may_be_looked_at_by_many_in_its_city():
    assert said(phones(L.phones_in_one_place, SHANGHAI)) == {}
    assert "TAG-MANY-DEVICES" in said(phones(L.phones_in_one_place + 1, SHANGHAI))
    elsewhere = [*phones(L.phones_in_a_day, SHANGHAI), *looks((2, 99, NINGBO))]
    assert "TAG-MANY-DEVICES" in said(elsewhere)


def test_more_phones_in_all_over_many_days():
    daily = [look for day in range(12) for look in phones(5, apart=0.01, first=100 * day)]
    spread = [replace_time(look, i // 5 * 24) for i, look in enumerate(daily)]
    assert said(spread) == {}
    assert said([*spread, *looks((300, 9999, ""))])["TAG-MANY-DEVICES"]["phones"] == 61


def replace_time(look: Look, hours: float) -> Look:
    return look._replace(at=look.at + int(hours * HOUR))


def test_one_item_is_not_in_many_cities():
    cities = [SHANGHAI, "CNNKG", "CNHGH", "CNHFE", "CNFOC"]
    slowly = looks(*((n * 24, n, city) for n, city in enumerate(cities)))
    assert said(slowly[:-1]) == {}
    assert said(slowly) == {"TAG-MANY-PLACES": {"cities": 5, "most": 4}}


def test_two_times_new_phones_farther_apart_than_anybody_travels():
    once = looks((0, 1, SHANGHAI), (1, 2, URUMQI))
    assert said(once) == {}
    assert said([*once, *looks((1.5, 1, SHANGHAI))]) == {}, "a phone that looks again is no new phone"
    home_again = [*once, *looks((2, 3, SHANGHAI))]
    assert said(home_again) == {}, "a link sent to a friend leads there and back"
    assert said([*home_again, *looks((3, 4, URUMQI))]) == {"TAG-FAR-APART": {"times": 2, "speed_kmh": 900}}


@pytest.mark.parametrize(
    "ordinary",
    [
        looks((0, 1, SHANGHAI), (6, 2, URUMQI), (12, 3, SHANGHAI)),
        looks((0, 1, SHANGHAI), (0.1, 2, NINGBO), (0.2, 3, SHANGHAI)),
        looks((0, 1, SHANGHAI), (1, 1, URUMQI), (2, 1, SHANGHAI)),
        looks((0, 1, ""), (1, 2, URUMQI), (2, 3, "")),
        looks((0, 1, "ZZZZZ"), (1, 2, URUMQI), (2, 3, "ZZZZZ")),
    ],
    ids=["slow enough", "near", "one phone", "places unknown", "places in no table"],
)
def test_ordinary_travel_is_not_impossible(ordinary):
    assert said(ordinary) == {}


def test_phones_of_the_public_before_the_release():
    waiting = Known(released_at=None)
    few = phones(L.before_release_phones - 1)
    assert said(few, waiting) == {}
    assert said(phones(L.before_release_phones), waiting) == {"TAG-BEFORE-RELEASE": {"phones": 3}}
    assert said(phones(L.before_release_phones), Known(released_at=NOON + DAY)).keys() == {"TAG-BEFORE-RELEASE"}
    assert said(phones(L.before_release_phones), Known(released_at=NOON - DAY)) == {}


def test_phones_in_other_cities_after_the_sale():
    sold = Known("sold", NOON, SHANGHAI, released_at=0)
    far = looks((20, 1, URUMQI), (40, 2, URUMQI), (70, 3, CHENGDU))
    assert said(far, sold) == {"TAG-SCANNED-AFTER-SALE": {"phones": 3, "cities": 2, "km": 300}}
    assert said(far, replace(sold, state="claimed")).keys() == {"TAG-SCANNED-AFTER-SALE"}
    assert said(far[:2], sold) == {}
    assert said(looks((20, 1, URUMQI), (40, 2, URUMQI), (70, 3, URUMQI)), sold) == {}, "a present travels once"
    assert said(looks((20, 1, NINGBO), (40, 2, NINGBO), (70, 3, SHANGHAI)), sold) == {}
    assert said(far, replace(sold, state_at=NOON + 9 * DAY)) == {}
    assert said(far, replace(sold, state_place="")) == {}
    assert said(far, replace(sold, state="shipped")) == {}


@pytest.mark.parametrize("state", ["destroyed", "stolen", "spoiled", "returned", "exported"])
def test_a_phone_after_the_item_came_to_its_end(state):
    ended = Known(state, NOON, released_at=0)
    assert said(looks((L.after_end_hours, 1, "")), ended) == {}, "goods are still being handled"
    assert said(looks((L.after_end_hours + 0.1, 1, "")), ended) == {"TAG-AFTER-END": {"phones": 1, "state": state}}


def test_phones_outside_the_countries_that_goods_were_made_for():
    ours = replace(ON_SALE, markets=("CN",))
    away = looks(*((n * 24, n, GENOA) for n in range(4)), (96, 5, SYDNEY))
    assert said(away, ours) == {"TAG-OUTSIDE-MARKET": {"phones": 5, "cities": 2, "markets": "CN"}}
    assert said(away[:-1], ours) == {}
    assert said(away, replace(ours, markets=("CN", "IT", "AU"))) == {}
    assert said(away, ON_SALE) == {}


def test_a_chips_used_code_that_goes_around():
    sent = looks((0, 1, "", "accepted"), *((n, n + 1, "", "replayed") for n in range(1, 4)))
    assert said(sent[:-1]) == {}
    assert said(sent) == {"TAG-COUNTER-REPLAYED": {"phones": 3}}
    assert said(looks(*((n, 1, "", "again") for n in range(9)))) == {}


def test_a_chip_that_was_read_very_often_between_two_taps():
    assert said(looks((0, 1, "", "skipped"))) == {"TAG-COUNTER-SKIPPED": {"times": 1, "gap": 1000}}
    assert said(looks((0, 1, "", "accepted"))) == {}


# ---- what rules rest on


def test_every_rule_says_what_it_is_and_has_its_sentence_and_its_numbers():
    for rule in RULES:
        assert getdoc(rule), rule.code
        assert rule.code in REASONS
    for code in ALARMS:
        words = ALARMS[code]
        assert words.en.count("{") == words.zh.count("{"), code
    assert {"TAG-BEFORE-RELEASE", "TAG-SCANNED-AFTER-SALE", "TAG-AFTER-END"} == OF_RECORDS
    numbers = said(phones(11))["TAG-MANY-DEVICES"]
    assert say(ALARMS["TAG-MANY-DEVICES"], **numbers).startswith("11 different phones checked this code on one day")


def test_the_limits_are_those_of_the_rule_pack():
    assert L.version == newest().version
    assert {k: v for k, v in newest().tags["copies"].items() if getattr(L, k) != v} == {}


def test_a_trail_is_read_as_it_was_stored():
    trail = Trail()
    follow(trail, [*phones(9, SHANGHAI), *looks((30, 5, URUMQI), (31, 6, ""))], Known(released_at=None), L, distance)
    recent = [[look.at, look.device.hex(), look.place] for look in trail.recent]
    again = read(trail.times, trail.first_at, trail.last_at, recent, trail.stored())
    assert again.stored() == trail.stored()
    assert (again.recent, again.phones, again.places) == (trail.recent, 11, [SHANGHAI, URUMQI])


def test_what_is_remembered_of_a_famous_item_stays_small_and_its_phones_are_estimated():
    trail = Trail()
    for n in range(20_000):
        trail.add(Look(NOON + n, phone(n), f"CN{n % 500:03d}"))
    assert trail.times == 20_000
    assert (len(trail.kept), len(trail.recent)) == (KEPT, RECENT)
    assert 14_000 < trail.phones < 26_000
    assert len(str(trail.stored())) < 1200


def test_phones_are_counted_anew_each_day_and_late_looks_count_once():
    trail = Trail()
    for look in looks((0, 1, ""), (24, 1, ""), (25, 1, ""), (0.5, 2, ""), (0.6, 2, ""), (26, 2, "")):
        trail.add(look)
    assert (trail.times, trail.phones, trail.phones_today) == (6, 4, 2)
    assert [look.at for look in trail.recent] == sorted((look.at for look in trail.recent), reverse=True)


def test_distance_is_that_of_the_great_circle():
    assert kilometres((31.2, 121.5), (31.2, 121.5)) == 0
    assert 3250 < kilometres((31.2, 121.5), (43.8, 87.6)) < 3350
    assert 3200 < distance(SHANGHAI, URUMQI) < 3350
    assert distance(SHANGHAI, "ZZZZZ") is None
