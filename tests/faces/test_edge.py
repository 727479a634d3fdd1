"""The scan path alone: verdicts without Django, in its own role, the same as Django's page."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from guomen.core.gs1 import item_key
from guomen.faces.edge import front
from guomen.faces.edge.application import Edge
from guomen.kit.clock import now
from guomen.tags import services as tags
from guomen.tags import visitors
from guomen.tags.models import ItemState, Range, Scan, Seen, Segment
from guomen.tags.queries import locate
from guomen.tags.scheme import item_uri, scheme
from tests.faces.phone import HTML, JSON, Phone, look, one, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh")]


def test_an_item_says_the_same_here_and_on_djangos_page(door, goods):
    for prefix in ("", "/zh"):
        here = one(prefix + goods.path(), **HTML, accept_language="en")
        Scan.objects.all().delete()
        there = door().get(prefix + goods.path(), headers={"Accept-Language": "en"})
        assert here.status == there.status_code == 200
        texts = [re.sub(r"\d\d:\d\d", "", page) for page in (here.body.decode(), there.content.decode())]
        assert texts[0] == texts[1]
        Scan.objects.all().delete()
    facts, other = (
        one(goods.path(), **JSON).json,
        door().get(goods.path(), headers={"Accept": "application/json"}).json(),
    )
    for name in ("verdict", "product", "checks", "timeline", "certificates", "recall", "what_to_do", "address"):
        assert facts[name] == other[name], name
    assert facts["verdict"]["state"] == "inspected"
    assert facts["verdict"]["genuine"] is False


def test_a_look_is_recorded_with_hash_and_place_and_nothing_else(goods, settings):
    settings.GUOMEN = type("Trusting", (), {**{n: getattr(settings.GUOMEN, n) for n in settings.GUOMEN.__slots__}})
    settings.GUOMEN.trust_proxy = True
    told = {"x_forwarded_for": "203.0.113.9", "x_visitor_place": "CNSHA", "user_agent": "Phone"}

    async def scans() -> None:
        await look(goods.path(), **HTML, **told)
        await look(goods.path(), method="HEAD", **told)
        await look(goods.path(), **told, sec_purpose="prefetch")
        await look(goods.path()[:-20] + "0" * 20, **told)

    run(scans)
    guess = Scan.objects.get(index=-1)
    assert guess.range_number == -1
    scan = Scan.objects.exclude(index=-1).get()
    assert (scan.channel, scan.place, scan.range_number, scan.index) == ("public", "CNSHA", goods.range.number, 0)
    assert bytes(scan.device) == visitors.visitor_hash("device", "203.0.113.9", "Phone")
    assert scan.item == item_key(item_uri(goods.range.gtin, goods.serial()))


def test_what_happened_to_one_item_shows_on_it_alone(people, goods):
    tags.sell(people.sam.actor, goods.range.gtin, goods.serial(1))
    key = item_key(item_uri(goods.range.gtin, goods.serial(2)))
    ItemState.objects.create(item=key, range_number=goods.range.number, index=2, state="stolen", at=now())
    stretch = {"first": 4, "last": 9, "state": "destroyed", "at": now()}
    Segment.objects.create(range_number=goods.range.number, **stretch)
    assert [one(goods.path(n), **JSON).json["verdict"]["reasons"][0]["code"] for n in (3, 4, 9, 10)] == [
        "TAG-INSPECTED",
        "TAG-DESTROYED",
        "TAG-DESTROYED",
        "TAG-INSPECTED",
    ]
    sold, stolen, other = (one(goods.path(n), **HTML) for n in (1, 2, 3))
    assert "stated by Corner Shop, not confirmed" in sold.words
    assert "TAG-STOLEN" in stolen.words
    assert "Passed inspection" in other.words
    assert "Corner Shop" not in other.words


def test_earlier_looks_are_told_yours_and_others_apart_and_how_far_away(goods, settings):
    settings.GUOMEN = type("Trusting", (), {**{n: getattr(settings.GUOMEN, n) for n in settings.GUOMEN.__slots__}})
    settings.GUOMEN.trust_proxy = True
    mine = visitors.visitor_hash("device", "203.0.113.9", "Phone")
    at = int(now().timestamp()) - 3600
    Seen.objects.create(
        item=item_key(item_uri(goods.range.gtin, goods.serial())),
        times=7,
        first_at=now() - timedelta(days=2),
        last_at=now(),
        devices=2,
        places=2,
        recent=[[at, mine.hex(), "CNSHA"], [at - 9000, "00" * 8, "ITGOA"], [at - 9900, "11" * 8, "CNSHA"]],
    )
    told = {"x_forwarded_for": "203.0.113.9", "x_visitor_place": "CNSHA", "user_agent": "Phone"}
    checked = one(goods.path(), **JSON, **told).json["code_checked"]
    assert (checked["times"], checked["yours"]) == (8, 2)
    assert [o["place"]["en"] for o in checked["others"]] == ["Genoa", "Shanghai"]
    assert 8000 < checked["others"][0]["km"] < 10000
    page = one(goods.path(), **HTML, **told).words
    assert "8 times, first on" in page
    assert "By this phone today: 2" in page
    assert re.search(r"Genoa · [89],\d{3} km from you", page)
    assert "Shanghai · where you are" in page
    page = one("/zh" + goods.path(), **HTML, **told).words
    assert "热那亚" in page
    assert "Checked" not in page


def test_alarms_of_the_digested_looks_raise_doubt(goods):
    key = item_key(item_uri(goods.range.gtin, goods.serial()))
    looks = {"times": 40, "first_at": now(), "last_at": now(), "devices": 31, "places": 1}
    Seen.objects.create(item=key, **looks, recent=[], alarms=["TAG-MANY-DEVICES"])
    page = one(goods.path(), **HTML)
    assert "We cannot confirm this item" in page.words
    assert "This code was checked 41 times by 31 different phones." in page.words


def test_codes_are_read_as_people_type_them_and_unknown_ones_are_404(goods):
    serial = goods.serial()
    path = goods.path()
    low = path.replace(serial, serial.lower())
    assert one(low, **JSON).json["product"]["serial"] == serial
    without = path.replace(f"/10/{goods.range.batch}", "")
    assert one(without, **JSON).json["verdict"]["state"] == "inspected"
    other = path.replace(f"/10/{goods.range.batch}/", "/10/OTHER/")
    assert "TAG-OTHER-BATCH" in one(other, **HTML).words
    for wrong in (path[:-1] + ("0" if path[-1] != "0" else "1"), path[:-20] + "0" * 20, path[:-20] + "<x>", path[:-2]):
        unknown = one(wrong, **HTML)
        assert unknown.status in (404,), wrong
        assert "<x>" not in unknown.body.decode()
    page = one(path[:-20] + "0" * 20, **HTML)
    assert "This code does not exist." in page.words
    assert goods.range.gtin in page.words
    assert "Infant formula" not in page.words


def test_a_short_code_that_does_not_exist_is_doubted_and_noticed_as_a_guess(goods):
    short = scheme(goods.range.key_version).issue_short_run(goods.range.number, 4, 1)[0]
    wrong = short[:-1] + ("0" if short[-1] != "0" else "1")
    answer = one(f"/{wrong}", **JSON)
    assert (answer.status, answer.json["verdict"]["state"]) == (404, "doubt")
    assert [reason["code"] for reason in answer.json["verdict"]["reasons"]] == ["TAG-UNKNOWN-CODE"]
    page = one(f"/zh/{wrong}", **HTML).words
    assert "该编码不存在" in page
    assert "条码下方的数字" in page


def test_a_short_code_leads_to_the_same_item(goods):
    short = scheme(goods.range.key_version).issue_short_run(goods.range.number, 4, 1)[0]
    facts = one(f"/{short}", **JSON).json
    assert facts["product"]["serial"] == goods.serial(4)
    assert facts["verdict"]["state"] == "inspected"
    assert one("/0123456789ABCDEF", **HTML).status == 404


def test_codes_are_not_called_fake_where_their_keys_are_missing(door, goods):
    short = scheme(1).issue_short_run(goods.range.number, 4, 1)[0]
    Range.objects.filter(number=goods.range.number).update(key_version=900)
    for path in (goods.path(), f"/{short}"):
        answer = one(path, **JSON)
        assert (answer.status, answer.json["code"]) == (503, "unavailable"), path
    for path in (goods.path(), f"/verify?code={short}"):
        answer = door().get(path, headers={"Accept": "application/json"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "2"), path
    assert not Scan.objects.exists()


def test_headers_keep_the_page_strict_open_to_other_sites_and_out_of_caches(goods):
    page = one(goods.path(), **HTML)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["access-control-allow-origin"] == "*"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["content-language"] == "en"
    assert 'rel="linkset"' in page.headers["link"]
    assert "set-cookie" not in page.headers
    assert int(page.headers["content-length"]) == len(page.body) < 30_000
    assert "<script" not in page.body.decode()
    head = one(goods.path(), method="HEAD", **HTML)
    assert (head.body, head.headers["content-length"] != "0") == (b"", True)
    assert one(goods.path(), method="OPTIONS").status == 204
    assert one(goods.path(), **HTML, accept_language="zh-CN,zh;q=0.9,en;q=0.5").headers["content-language"] == "zh-CN"


def test_many_at_once_share_few_questions(goods, fresh):
    asked = []
    question = fresh.store._ask_items

    async def counted(keys: list[Any]) -> Any:
        asked.append(len(keys))
        return await question(keys)

    fresh.store._items._question = counted

    async def scans() -> list[Phone]:
        await look(goods.path(), **JSON)
        return await asyncio.gather(*[look(goods.path(n % 20), **JSON) for n in range(400)])

    found = run(scans)
    assert {phone.json["verdict"]["state"] for phone in found} == {"inspected"}
    assert len(asked) <= 4
    assert Scan.objects.count() == 401


def test_one_address_gets_only_so_many_and_who_guesses_fewer(goods, monkeypatch):
    async def scans() -> tuple[list[int], list[int], Phone]:
        front.edge = Edge(front.parameters, rate=1, burst=30)
        fair = [(await look(goods.path(), peer="192.0.2.1")).status for _ in range(32)]
        wrong = goods.path()[:-20] + "0" * 20
        guesses = [(await look(wrong, peer=f"2001:db8::{n}")).status for n in range(6)]
        return fair, guesses, await look(goods.path(), peer="192.0.2.1", **HTML)

    fair, guesses, page = run(scans)
    assert fair.count(200) == 30
    assert guesses.count(404) < 5
    assert guesses[-1] == 429
    assert page.status == 429
    assert int(page.headers["retry-after"]) >= 1
    assert "from this connection" in page.words


def test_what_is_no_code_gets_a_page_that_helps(goods):
    page = one("/portal/", **HTML)
    assert page.status == 404
    assert 'href="/verify"' in page.body.decode()
    assert one("/01/1", **JSON).json["code"] == "not-a-code"
    assert one("/x" * 3000).status == 404
    assert one("/health").status == 200
    posted = one(goods.path(), **JSON, method="POST")
    assert (posted.status, posted.json["code"], posted.headers["allow"]) == (
        405,
        "method-not-allowed",
        "GET, HEAD, OPTIONS",
    )


def test_people_at_work_are_answered_by_django_whose_looks_do_not_count(goods):
    onward: list[str] = []

    async def led_on(scope: Any, *_: Any) -> None:
        onward.append(scope["path"])

    async def scans() -> None:
        for headers in ([(b"cookie", b"guomen=abc")], [(b"authorization", b"Bearer x")], []):
            path = goods.path()
            scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}

            async def send(_: Any) -> None: ...

            await front.application(scope | {"client": ("192.0.2.1", 1), "headers": headers}, None, send, led_on)

    run(scans)
    assert onward == [goods.path()] * 2
    assert Scan.objects.count() == 1


def test_the_facts_behind_the_code_are_those_of_its_range(goods):
    found = locate(goods.range.gtin, goods.serial(3))
    assert found is not None
    assert (found[0].number, found[1]) == (goods.range.number, 3)
    assert Range.objects.count() == 1
    assert settings.EDGE_DATABASE["USER"] == "guomen_edge"
