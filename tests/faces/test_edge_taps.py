"""Taps at the scan path: a chip proves its tag once for each counter, also when a process is killed in between."""

import asyncio
import threading
from typing import Any

import pytest
from django.db import transaction

from guomen.faces.edge import front, gathering
from guomen.tags.models import Chip, Scan
from guomen.tags.scheme import key_of
from tests.faces.phone import HTML, JSON, in_thread, look, one, run
from tests.tags.test_taps import UID, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh")]


@pytest.fixture
def chip(goods) -> Chip:
    """An NTAG 424 on item 5."""
    key = key_of(goods.range.gtin, goods.serial(5))
    number = goods.range.number
    return Chip.objects.create(uid=UID, item=key, range_number=number, index=5, kind="ntag424", key_version=1)


def address(query: dict[str, str], path: str = "/t") -> str:
    return path + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def told(phone: Any) -> tuple[str, str, bool]:
    verdict = phone.json["verdict"]
    return verdict["state"], verdict["proof"]["code"], verdict["genuine"]


def test_a_fresh_tap_is_genuine_and_the_same_message_again_is_not(goods, chip):
    first = one(address(written(counter=7)), **JSON, user_agent="A")
    assert told(first) == ("inspected", "PROOF-CHIP", True)
    assert first.json["product"]["serial"] == goods.serial(5)
    page = one(address(written(counter=7)), **HTML, user_agent="A")
    assert "Tap the tag once more to check it now." in page.words
    replay = one(address(written(counter=7)), **JSON, user_agent="B")
    assert told(replay) == ("doubt", "PROOF-NONE", False)
    assert replay.json["verdict"]["reasons"][0]["code"] == "TAG-COUNTER-REPLAYED"
    assert told(one(address(written(counter=6)), **JSON))[0] == "doubt"
    assert told(one(address(written(counter=8)), **JSON)) == ("inspected", "PROOF-CHIP", True)
    assert Chip.objects.get().counter == 8
    assert sorted(Scan.objects.values_list("counter", flat=True)) == [
        "accepted",
        "accepted",
        "again",
        "replayed",
        "replayed",
    ]


def test_whoever_tapped_may_open_the_page_once_more(chip):
    async def scans() -> tuple[Any, Any]:
        path = address(written(counter=9))
        return await look(path, **JSON, user_agent="A"), await look(path, **JSON, user_agent="A")

    first, again = run(scans)
    assert told(first)[2] is True
    assert told(again) == ("inspected", "PROOF-CHIP-AGAIN", False)


def test_of_many_at_once_with_one_counter_exactly_one_is_accepted(chip):
    async def scans() -> list[Any]:
        path = address(written(counter=20))
        return await asyncio.gather(*[look(path, **JSON, user_agent=f"Phone {n}") for n in range(30)])

    assert [told(phone)[2] for phone in run(scans)].count(True) == 1


def test_taps_of_one_chip_that_wait_together_are_taken_in_their_order(chip):
    async def scans() -> list[Any]:
        paths = [address(written(counter=n)) for n in (33, 31, 32)]
        return await asyncio.gather(*[look(path, **JSON, user_agent=path) for path in paths])

    assert [told(phone)[2] for phone in run(scans)] == [True] * 3
    assert Chip.objects.get().counter == 33


def test_a_counter_that_cannot_be_settled_in_time_is_neither_accepted_nor_used_up(chip, monkeypatch):
    # Not patient here: what the scan path says of itself is the matter.
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 0.5)
    path = address(written(counter=40))
    locked, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Chip.objects.select_for_update().get()
            locked.set()
            enough.wait(60)

    async def scans() -> tuple[Any, Any]:
        holder = asyncio.create_task(asyncio.to_thread(in_thread, hold))
        await asyncio.to_thread(locked.wait, 60)
        late = await look(path, **JSON, user_agent="A")
        enough.set()
        await holder
        monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 60)
        await asyncio.sleep(gathering.AGAIN_SECONDS)
        return late, await look(path, **JSON, user_agent="B")

    late, again = run(scans)
    assert (late.status, late.headers["retry-after"]) == (503, "2")
    assert told(again) == ("inspected", "PROOF-CHIP", True)


def test_a_tap_on_its_items_own_address_counts_and_on_anothers_does_not_pass(goods, chip):
    own = one(address(written(counter=3), goods.path(5)), **JSON)
    assert told(own) == ("inspected", "PROOF-CHIP", True)
    other = one(address(written(counter=4), goods.path(6)), **JSON)
    assert (other.status, told(other)[0]) == (404, "doubt")


def test_messages_that_no_chip_of_ours_wrote_are_doubted(chip):
    wrong = written(counter=3)
    flipped = wrong["c"][:-1] + ("0" if wrong["c"][-1] != "0" else "1")
    for query in (wrong | {"c": flipped}, {"p": "x", "c": "y"}, {}, written(counter=1, uid=bytes(7))):
        page = one(address(query), **HTML)
        assert page.status == 404, query
        assert "We cannot confirm this item" in page.words
        assert "/report/problem/01/0000" not in page.body.decode()
    assert Chip.objects.get().counter == -1


def test_looks_that_are_none_leave_the_counter_alone(chip):
    one(address(written(counter=5)), method="HEAD")
    one(address(written(counter=5)), sec_purpose="prefetch")
    assert Chip.objects.get().counter == -1
    assert told(one(address(written(counter=5)), **JSON))[2] is True


def test_a_plain_number_of_a_signing_chip_or_with_a_wild_counter_does_no_harm(goods, chip):
    mirror = {"x": UID.hex().upper() + "xFFFFFF"}
    assert one(address(mirror), **JSON).status == 404
    Chip.objects.update(kind="ntag21x")
    page = one(address(mirror), **JSON)
    assert told(page) == ("inspected", "PROOF-NUMBER", False)
    assert Chip.objects.get().counter == -1


def test_a_message_made_with_keys_of_another_version_is_not_this_chips(chip):
    Chip.objects.update(key_version=2)
    assert one(address(written(counter=5)), **JSON).status == 404
    assert Chip.objects.get().counter == -1
    assert front.edge is not None
