"""How soon news show at the scan path, and that it says so where it cannot know."""

import asyncio
import time
from typing import Any

import pytest

from guomen.faces.edge import front
from guomen.faces.edge.application import Edge
from guomen.faces.edge.gathering import AGAIN_SECONDS, Line
from guomen.kit.clock import now
from guomen.tags import services as tags
from guomen.tags.models import Scan
from tests.faces import story
from tests.faces.phone import HTML, JSON, Phone, in_thread, look, one, publish, run
from tests.site.tree import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh")]


def test_a_recall_stops_items_at_once_and_its_words_follow(people, goods):
    async def scans() -> tuple[Any, Any]:
        before = (await look(goods.path(1), **JSON)).json
        await asyncio.to_thread(
            in_thread, lambda: tags.recall(people.bo.actor, gtin=goods.range.gtin, batches=None, recall="R1")
        )
        for _ in range(100):
            after = (await look(goods.path(1), **JSON)).json
            if after["verdict"]["state"] == "stop":
                return before, after
            await asyncio.sleep(0.05)
        raise AssertionError("the recall does not show")

    before, after = run(scans)
    assert before["verdict"]["state"] == "inspected"
    assert after["verdict"]["sentence"]["en"] == "A recall is in force for this batch."
    number = story.recalled(people, goods)
    # What is in memory may be 0.2 s old.
    pages = (one(goods.path(2), **HTML) for _ in range(100) if time.sleep(0.05) is None)
    page = next(page for page in pages if "Cronobacter was found." in page.words)
    assert page.words.index("Stop feeding it now.") < page.words.index("Check it is this product")
    facts = one(goods.path(2), **JSON).json
    assert facts["recall"]["number"] == number
    assert facts["recall"]["proof"]["position"] >= 0


def test_news_of_a_range_replace_what_is_in_memory(people, goods):
    shirts = story.lodged(people)
    publish()

    async def scans() -> tuple[Any, Any]:
        before = (await look(shirts.path(), **JSON)).json
        await asyncio.to_thread(in_thread, lambda: tags.activate(people.ana.actor, subject=shirts.subject, at=now()))
        await asyncio.to_thread(in_thread, publish)
        await asyncio.sleep(0.25)
        return before, (await look(shirts.path(), **JSON)).json

    before, after = run(scans)
    assert before["verdict"]["state"] == "in_progress"
    assert after["verdict"]["state"] == "not_selected"


def test_the_end_of_a_release_shows_at_once_and_so_does_a_new_one(people, goods):
    async def shows(state: str) -> Any:
        for _ in range(200):
            facts = (await look(goods.path(1), **JSON)).json
            if facts["verdict"]["state"] == state:
                return facts
            await asyncio.sleep(0.05)
        raise AssertionError(f"{state} does not show")

    async def scans() -> list[Any]:
        found = [await shows("inspected")]
        # No follower runs meanwhile: the scan path learns it from where it was decided.
        withdrawn = {"subject": goods.subject, "reason": "Released by mistake"}
        await asyncio.to_thread(in_thread, lambda: tags.deactivate(people.bo.actor, **withdrawn))
        found.append(await shows("doubt"))
        await front.edge.close()
        front.edge = Edge(front.parameters, rate=0, burst=0)
        found.append(await shows("doubt"))
        await asyncio.to_thread(in_thread, lambda: tags.activate(people.ana.actor, subject=goods.subject, at=now()))
        found.append(await shows("inspected"))
        await asyncio.to_thread(in_thread, publish)
        found.append(await shows("inspected"))
        return found

    ended = run(scans)[1]
    assert ended["verdict"]["reasons"][0]["code"] == "TAG-WITHDRAWN"


def test_while_the_database_is_away_ranges_in_memory_still_answer_and_say_how_old(goods, monkeypatch):
    async def broken(self: Line) -> Any:
        raise OSError("no database")

    async def scans() -> tuple[Phone, ...]:
        await look(goods.path(5), **JSON)
        with monkeypatch.context() as patch:
            patch.setattr(Line, "_connected", broken)
            known = await look(goods.path(6), **JSON)
            page = await look(goods.path(6), **HTML)
            cold = Edge(front.parameters, rate=0, burst=0)
            warm, front.edge = front.edge, cold
            unknown = await look(goods.path(7), **JSON)
            front.edge = warm
        await asyncio.sleep(AGAIN_SECONDS)
        return known, page, unknown, await look(goods.path(6), **JSON)

    known, page, unknown, again = run(scans)
    assert known.json["verdict"]["state"] == "inspected"
    assert known.json["as_of"] is not None
    assert "We cannot look up this very item just now." in page.words
    assert (unknown.status, unknown.headers["retry-after"]) == (503, "2")
    assert again.json["as_of"] is None
    until(lambda: Scan.objects.count() == 4, 10)
