"""The scan path answers whatever strangers send, keeps little of it, and takes nothing from others."""

import asyncio
import random
from typing import Any

import pytest

from guomen.faces.edge import asking, front, gathering
from guomen.faces.edge.gathering import BusyError, Gathering
from guomen.faces.edge.limits import network_of
from guomen.tags.models import Chip
from guomen.tags.visitors import without_port
from tests.faces.phone import HTML, JSON, asked, look, one, run
from tests.faces.test_resolver import SHIRT_PATH, shirt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh")]
PIECES = (
    "..",
    "%2e%2e",
    "/",
    "//",
    "%2F",
    "%00",
    "%",
    "%zz",
    "%ff",
    "\xff\xfe",
    "国",
    "%E5%9B%BD",
    "'",
    '"',
    "<svg>",
    ";",
)
MORE = ("&", "&" * 40, "=", "p=", "c=0", "u=1", "x=" + "F" * 20, "linkType=", "linkType=gs1:", "\x7f", "a" * 500)
METHODS = ("GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "DELETE", "TRACE", "get", "")


def test_whatever_is_sent_gets_an_answer_and_never_a_fault(goods):
    chance = random.Random(4)

    def path() -> bytes:
        whole = chance.choice((goods.path(), "/t", "/01/", "/8003/", "/0123456789ABCDEF", "/zh" + goods.path(), ""))
        at = chance.randrange(len(whole) + 1)
        return (whole[:at] + "".join(chance.choices(PIECES, k=chance.randrange(3))) + whole[at:]).encode()

    async def sent() -> list[int]:
        found = []
        for _ in range(400):
            raw, query = path(), "".join(chance.choices(PIECES + MORE, k=chance.randrange(4))).encode()
            method, headers = chance.choice(METHODS), [(b"accept", chance.choice((b"*/*", b"text/html", b"\xff;q=x")))]
            headers += [(chance.choice((b"cookie", b"accept-language", b"x-forwarded-for")), b"\xff=;q," * 900)]
            scope = asked(raw.decode("latin-1"), "", method, {}) | {"raw_path": raw, "query_string": query}
            answers: list[Any] = []

            async def send(message: Any, answers: list[Any] = answers) -> None:
                answers.append(message)

            await front.alone(scope | {"headers": headers, "client": None}, None, send)
            assert [a["type"] for a in answers] == ["http.response.start", "http.response.body"]
            assert method != "HEAD" or answers[1]["body"] == b""
            found.append(answers[0]["status"])
        return found

    statuses = run(sent)
    assert set(statuses) <= {200, 204, 300, 307, 404, 405}
    assert {200, 404, 405} <= set(statuses)


def test_a_query_of_many_fields_is_no_message_of_a_chip_and_nothing_of_it_is_code_on_the_page(goods):
    page = one(f'{goods.path()}?%22%3E%3Cscript%3E=1&"><script>', **HTML)
    assert (page.status, "<script>" in page.body.decode()) == (200, False)
    assert one(f"/t?{'&' * 30}p=1&c=2", **JSON).status == 404
    assert one(f"{goods.path()}?{'a=1&' * 30}", **JSON).json["verdict"]["state"] == "inspected"
    assert Chip.objects.count() == 0


def test_of_long_headers_only_the_beginning_is_read_and_remembered():
    wordy = asking.NOTHING._replace(
        headers={b"accept-language": b"zh," + b"en;q=0.1," * 9000, b"user-agent": b"x" * 9000}
    )
    assert len(wordy.header(b"accept-language")) == len(wordy.header(b"user-agent")) == asking.LONGEST_HEADER
    assert wordy.language == "zh"


def test_what_a_proxy_adds_counts_however_much_a_visitor_sent_before_it():
    sent = asking.NOTHING._replace(
        is_behind_proxy=True, headers={b"x-forwarded-for": b"1.1.1.1, " * 900 + b"192.0.2.9:4711"}
    )
    assert sent.network == "192.0.2.9"


@pytest.mark.parametrize(
    ("told", "network"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("192.0.2.9:4711", "192.0.2.9"),
        ("[2001:db8::7]:4711", "2001:db8::/64"),
        ("[2001:db8::7]", "2001:db8::/64"),
        ("2001:db8::7", "2001:db8::/64"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_address_is_the_same_whatever_port_it_comes_from(told, network):
    assert network_of(without_port(told)) == network


def test_who_waits_is_bounded_also_when_all_want_the_same(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_WAITERS", 10)

    async def crowd() -> list[Any]:
        open_, questions = asyncio.Event(), []

        async def question(keys: list[int]) -> dict[int, str]:
            questions.append(keys)
            await open_.wait()
            return dict.fromkeys(keys, "told")

        gathered = Gathering(question)
        first = [asyncio.create_task(gathered.ask(1))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        crowd = [asyncio.create_task(gathered.ask(1)) for _ in range(12)]
        await asyncio.sleep(0)
        open_.set()
        found = await asyncio.gather(*first, *crowd, return_exceptions=True)
        return [*found, await gathered.ask(1), len(questions)]

    *found, later, questions = asyncio.run(crowd())
    assert [type(one) for one in found].count(BusyError) == 2
    assert found.count("told") == 11
    assert (later, questions) == ("told", 3)


def test_who_asks_and_goes_away_takes_no_answer_from_others(people):
    shirt(people, is_default=True)

    async def two() -> Any:
        # While this question is on its way, the others wait together for the next.
        busy = asyncio.create_task(look("/414/9506000134352"))
        await asyncio.sleep(0)
        hasty = asyncio.create_task(look(SHIRT_PATH))
        patient = asyncio.create_task(look(SHIRT_PATH))
        await asyncio.sleep(0)
        hasty.cancel()
        await asyncio.gather(busy, hasty, return_exceptions=True)
        return await patient

    found = run(two)
    assert (found.status, found.headers["location"]) == (307, "https://firm.example/shirt")


def test_what_strangers_have_written_of_one_range_counts_in_the_memory_that_there_is(goods):
    async def looks() -> list[int]:
        sizes = []
        for batch in (goods.range.batch, "OTHER", "ANOTHER"):
            for prefix in ("", "/zh"):
                await look(prefix + goods.path().replace(f"/10/{goods.range.batch}/", f"/10/{batch}/"), **HTML)
            await look(goods.path(), **JSON)
            sizes.append(front.edge.store._published.size)
        return sizes

    one, two, same = run(looks)
    # Of the second kind of look a page in each language is kept, of the third nothing that the second had not.
    assert two > one > 20_000
    assert same == two
