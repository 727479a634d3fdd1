"""The thin scan path answers what Django answers, and goes onward to it with every page for people."""

import asyncio
from typing import Any

import pytest
from django.test import Client

from guomen.catalogue.rules import Target
from guomen.catalogue.services import change_link
from guomen.core.resolver import LINKSET_TYPE
from guomen.faces.edge import front
from guomen.faces.edge.application import Edge
from guomen.faces.edge.gathering import AGAIN_SECONDS, Line
from guomen.faces.edge.lookup import Lookup
from tests.faces import story
from tests.faces.phone import asked
from tests.faces.test_resolver import HTML, SHIRT_PATH, linked, sent_as, shirt

pytestmark = pytest.mark.django_db(transaction=True)


async def answer(path: str, query: str = "", method: str = "GET", **headers: str) -> Any:
    """(status, headers, body), or None when it went onward."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def onward(*_: Any) -> None:
        sent.clear()

    await front.application(asked(path, query, method, headers), None, send, onward)
    if not sent:
        return None
    start, body = sent
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Nothing is remembered of another test, and no connection of another event loop."""
    monkeypatch.setattr(front, "edge", Edge(front.parameters, rate=0, burst=0))


def run(*requests: Any) -> list[Any]:
    async def all_of_them() -> list[Any]:
        found = await asyncio.gather(*requests)
        await front.edge.close()
        return found

    return asyncio.run(all_of_them())


CASES = [
    ("", {}),
    ("foo=bar", {"Accept_Language": "zh-CN"}),
    ("linkType=gs1:pip", {}),
    ("linkType=gs1:pip", {"Accept": HTML["Accept"], "Accept_Language": "en"}),
    ("linkType=gs1:dpp", {}),
    ("linkType=linkset", {}),
    ("", {"Accept": LINKSET_TYPE}),
    ("linkType=gs1:instructions", {}),
    ("linkType=gs1:verificationService", {}),
]


def test_both_doors_say_the_same(people):
    shirt(people, languages=("en",))
    linked(people, SHIRT_PATH, href="https://firm.example/zh", title="衬衫", languages=("zh",))
    linked(people, f"{SHIRT_PATH}/10/A%2F1", type="instructions", is_default=True)
    linked(people, "414/9506000134352", type="locationInfo")
    compared = 0
    paths = [SHIRT_PATH, f"{SHIRT_PATH}/10/B/", f"{SHIRT_PATH}/10/A%2F1", "/414/9506000134352"]
    for path in [*paths, "/01/08001234567897", "/01/1"]:
        for query, headers in CASES:
            for method in ("GET", "HEAD"):
                thin = run(answer(path, query, method, **headers))[0]
                told = {k.replace("_", "-"): v for k, v in headers.items()}
                django = Client().generic(method, f"{path}?{query}", headers=told, **sent_as(path))
                if thin is None:
                    page = "html" in django["Content-Type"] or "problem" in django["Content-Type"]
                    assert page or "json" in django["Content-Type"], (path, query, headers)
                    continue
                compared += 1
                status, given, body = thin
                assert (status, body) == (django.status_code, django.content), (path, query, headers)
                for name in ("Location", "Link", "Content-Type", "Access-Control-Allow-Origin", "Cache-Control"):
                    assert given.get(name.lower()) == django.headers.get(name), (path, query, name)
    assert compared > 30


def test_pages_and_errors_go_onward(people):
    shirt(people, is_default=True)
    onward = [
        answer(SHIRT_PATH, "linkType=gs1:dpp"),
        answer(SHIRT_PATH, method="POST"),
        answer("/01/1"),
        answer("/01/08001234567897"),
        answer("/00/106141412345678908", "linkType=gs1:pip"),
    ]
    assert run(*onward) == [None] * len(onward)


def test_recalled_goods_go_onward_to_our_page(people, monkeypatch):
    monkeypatch.setattr("guomen.faces.edge.lookup.KEPT_SECONDS", 0)
    goods = story.lodged(people, 2)
    linked(people, f"01/{goods.range.gtin}", is_default=True)
    batch = f"/01/{goods.range.gtin}/10/{goods.range.batch}"
    assert run(answer(batch))[0][0] == 307
    story.recalled(people, goods)
    assert run(answer(batch)) == [None]


def test_many_at_once_share_questions_and_a_changed_link_shows_within_two_seconds(people, monkeypatch):
    made = shirt(people, is_default=True)
    questions = []
    ask = Lookup._query

    async def counted(self, things):
        questions.append(len(things))
        return await ask(self, things)

    lookup = front.edge.lookup
    monkeypatch.setattr(lookup._gathering, "_question", lambda names: counted(lookup, names))

    async def story_of_two_seconds() -> tuple[str, str]:
        paths = [f"{SHIRT_PATH}/10/{n}" for n in range(300)]
        found = await asyncio.gather(*[answer(path) for path in paths for _ in range(3)])
        assert {one[0] for one in found} == {307}
        assert sum(questions) == len(paths)
        assert len(questions) <= 3
        before = (await answer(SHIRT_PATH))[1]["location"]
        target = Target("pip", "https://firm.example/new", "New", is_default=True)
        await asyncio.to_thread(in_thread, lambda: change_link(people.cy.actor, made.id, 1, target))
        await asyncio.sleep(1.5)
        return before, (await answer(SHIRT_PATH))[1]["location"]

    assert run(story_of_two_seconds()) == [("https://firm.example/shirt", "https://firm.example/new")]


def in_thread(work) -> None:
    from django.db import connection

    try:
        work()
    finally:
        connection.close()


def test_without_a_database_it_says_so_and_soon_finds_it_again(people, monkeypatch):
    shirt(people, is_default=True)

    async def broken(self):
        raise OSError("no database")

    async def lost_and_found() -> tuple[Any, Any]:
        with monkeypatch.context() as patch:
            patch.setattr(Line, "_connected", broken)
            lost = await answer(SHIRT_PATH)
        await asyncio.sleep(AGAIN_SECONDS)
        return lost[0], (await answer(SHIRT_PATH))[0]

    assert run(lost_and_found()) == [(503, 307)]


def test_what_is_kept_in_memory_is_bounded(people):
    front.edge.lookup._kept.most = 50
    shirt(people, is_default=True)

    async def many() -> int:
        for n in range(200):
            await answer(f"{SHIRT_PATH}/10/{n}")
        return len(front.edge.lookup._kept)

    assert run(many())[0] <= 50


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/01/09506000134352", True),
        ("/8004/x", True),
        ("/01/", True),
        ("/01", False),
        ("/", False),
        ("", False),
        ("/02/09506000134352", False),
        ("/010/1", False),
        ("/portal/01/1", False),
        ("/zh/01/09506000134352", True),
        ("/0123456789ABCDEF", True),
        ("/0123456789ABCDE", False),
        ("//01/09506000134352", False),
    ],
)
def test_the_scan_path_wants_what_begins_with_a_primary_key(path, wanted):
    assert front.wants(path) is wanted
