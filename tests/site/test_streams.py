"""Websockets of a real installation: who may listen, what comes, and how it ends."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from guomen.client import Client, Invalid, NotFound
from guomen.core import epcis
from tests.site.tree import Tree, open_folder, until
from tests.trace.goods import ITEM, document, seen

pytestmark = pytest.mark.slow
TOKENS = """
from guomen.parties.actors import of_person
from guomen.parties.models import Person
from guomen.parties.services import issue_token
cy = of_person(Person.objects.get())
print(json.dumps([issue_token("robot", scopes, cy)[1] for scopes in (["capture", "read"], ["read"], ["tags"])]))
"""
REVOKE = """
from guomen.parties.actors import of_person
from guomen.parties.models import ApiToken, Person
from guomen.parties.services import revoke_token
revoke_token(ApiToken.objects.get(scopes=["read"]).id, of_person(Person.objects.get()))
print("null")
"""


class Firm:
    """Cy's programs: one captures, one listens, one may do neither."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.captures, self.listens, self.other = tree.ask(TOKENS)
        self.client = httpx.Client(
            base_url=f"{tree.address}/epcis/v2", headers={"Authorization": f"Bearer {self.captures}"}, timeout=20
        )
        query = {"name": "stored", "query": {"EQ_bizStep": ["storing"]}}
        assert self.client.post("/queries", json=query).status_code == 201

    def store(self, *numbers: int) -> None:
        events = [seen(n % 28, "storing", ITEM, event_id=f"urn:x:{n}") for n in numbers]
        assert self.client.post("/capture", json=document(*events)).status_code == 202

    def listen(self, query: str = "stream=true", name: str = "stored", token: str | None = None, **headers: str):
        token = self.listens if token is None else token
        address = f"ws://127.0.0.1:{self.tree.port}/epcis/v2/queries/{name}/events?{query}"
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        return connect(address, additional_headers=sent | headers, proxy=None, compression=None, max_size=2**24)


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with open_folder() as folder:
        made = Tree(folder / "home", GUOMEN_WEB_WORKERS="1")
        made.start()
        made.add_people()
        yield made
        if made.process and made.process.poll() is None:
            made.stop()


@pytest.fixture(scope="module")
def firm(tree) -> Iterator[Firm]:
    made = Firm(tree)
    yield made
    made.client.close()


def events(socket: ClientConnection, seconds: float = 15) -> list[str]:
    content = json.loads(socket.recv(timeout=seconds))
    assert content["type"] == "EPCISQueryDocument"
    results = content["epcisBody"]["queryResults"]
    assert results["queryName"] == "stored"
    return [event["eventID"] for event in results["resultsBody"]["eventList"]]


def closed(socket: ClientConnection, seconds: float = 15) -> tuple[int, str]:
    try:
        while True:
            socket.recv(timeout=seconds)
    except ConnectionClosed as ended:
        return ended.rcvd.code, ended.rcvd.reason


def waiting(firm: Firm) -> object:
    return firm.tree.ask("from guomen.ledger.models import Waiting\nprint(Waiting.objects.count())")


def test_listeners_get_new_events_as_they_are_captured(firm):
    firm.store(1)
    until(lambda: waiting(firm) == 0, why="what was before is in order")
    with firm.listen() as one, firm.listen(f"stream=true&MATCH_epc={quote(ITEM, safe='')}") as two:
        firm.store(2, 3)
        for socket in (one, two):
            got = []
            while len(got) < 2:
                got += events(socket)
            assert sorted(got) == ["urn:x:2", "urn:x:3"]
        firm.store(4)
        assert events(one) == ["urn:x:4"]


def test_a_schedule_reports_at_its_seconds(firm):
    with firm.listen("second=*/2&reportIfEmpty=true") as socket:
        assert events(socket) == []
        firm.store(5)
        got: list[str] = []
        while not got:
            got = events(socket)
        assert got == ["urn:x:5"]


def test_documents_are_spelled_as_the_client_asks(firm):
    with firm.listen(**{"GS1-EPC-Format": "Always_EPC_URN"}) as socket:
        firm.store(9)
        assert "urn:epc:id:sgtin:950600" in socket.recv(timeout=15)
    with firm.listen(**{"GS1-EPC-Format": "as you like"}) as socket:
        assert closed(socket)[0] == 4400


def test_an_initial_record_time_brings_what_was_before(firm):
    firm.store(6)
    with firm.listen("stream=true&initialRecordTime=2020-01-01T00:00:00Z") as socket:
        got: list[str] = []
        while "urn:x:6" not in got:
            got += events(socket)
        assert len(got) == len(set(got))


def test_the_client_listens_and_is_told_why_it_may_not(firm):
    firm.store(10)
    with Client(firm.tree.address, firm.listens) as program:
        found = program.listen("stored", since=datetime(2020, 1, 1, tzinfo=UTC), MATCH_epc=ITEM)
        got: list[str] = []
        for number in (10, 11):
            while f"urn:x:{number}" not in got:
                got += [event["eventID"] for event in next(found)]
            firm.store(number + 1)
        assert len(got) == len(set(got))
        found.close()
        with pytest.raises(NotFound, match="no query"):
            next(program.listen("unknown"))
        with pytest.raises(Invalid):
            next(program.listen("stored", schedule={"second": "61"}))


@pytest.mark.parametrize(
    ("query", "name", "token", "code"),
    [
        ("stream=true", "stored", "gm_unknown", 4403),
        ("stream=true", "stored", "", 4401),
        ("stream=true", "unknown", None, 4404),
        ("", "stored", None, 4400),
        ("stream=true&second=0", "stored", None, 4400),
        ("second=61", "stored", None, 4400),
        ("stream=perhaps", "stored", None, 4400),
        ("stream=true&EQ_nonsense=1", "stored", None, 4400),
    ],
)
def test_a_refusal_is_a_close_with_a_reason(firm, query, name, token, code):
    with firm.listen(query, name, token) as socket:
        found, reason = closed(socket)
    assert found == code
    assert reason


def test_a_listener_gets_xml_when_it_accepts_that_and_is_refused_when_it_accepts_neither(firm):
    with firm.listen(Accept="application/xml") as socket:
        firm.store(61)
        message = socket.recv(timeout=15)
        assert isinstance(message, str)
        found = epcis.event_objects(epcis.xml_to_document(message.encode()))
        assert [event["eventID"] for event in found[1]] == ["urn:x:61"]
    with firm.listen(Accept="text/csv") as socket:
        assert closed(socket)[0] == 4406


def test_a_token_without_the_scope_does_not_listen(firm):
    with firm.listen(token=firm.other) as socket:
        assert closed(socket)[0] == 4404


def test_a_session_listens_from_our_pages_only(firm):
    with httpx.Client(base_url=firm.tree.address) as browser:
        firm.tree.sign_in(browser)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with firm.listen(token="", Cookie=cookie, Origin=firm.tree.address) as socket:
        firm.store(7)
        got: list[str] = []
        while "urn:x:7" not in got:
            got += events(socket)
    for origin in ({"Origin": "https://evil.example"}, {}):
        with firm.listen(token="", Cookie=cookie, **origin) as socket:
            assert closed(socket)[0] == 4401


def test_another_path_has_no_websocket(firm):
    with pytest.raises(Exception, match="403"), connect(f"ws://127.0.0.1:{firm.tree.port}/epcis/v2/events", proxy=None):
        pass


def hangs_up(socket: ClientConnection) -> bool:
    try:
        socket.send("hello " * 1000)
    except ConnectionClosed:
        return True
    return False


def test_one_that_talks_too_much_is_closed(firm):
    with firm.listen() as socket:
        assert any(hangs_up(socket) for _ in range(100_000))
    assert firm.client.get("/queries").status_code == 200


def test_a_client_that_does_not_read_holds_nobody_back(firm):
    with firm.listen(), firm.listen() as socket:
        for n in range(100, 130):
            note = {"ex:note": "x" * 600_000}
            large = document(seen(1, "storing", ITEM, event_id=f"urn:x:{n}") | note)
            assert firm.client.post("/capture", json=large).status_code == 202
        got: list[str] = []
        while len(got) < 30:
            got += events(socket)
        assert got == [f"urn:x:{n}" for n in range(100, 130)]


def test_listeners_that_vanish_leave_nothing_and_the_server_serves_on(firm):
    for _ in range(60):
        socket = firm.listen()
        socket.socket.close()
    until(lambda: _answers(firm), 30, "there is room again")


def _answers(firm: Firm) -> bool:
    with firm.listen() as socket:
        firm.store(8)
        try:
            return bool(socket.recv(timeout=3))
        except TimeoutError:
            return True
        except ConnectionClosed:
            return False


def test_deleting_the_query_or_revoking_the_token_ends_the_connection(firm):
    firm.client.post("/queries", json={"name": "short", "query": {"EQ_bizStep": ["storing"]}})
    with firm.listen(name="short", token=firm.captures) as one, firm.listen() as two:
        assert firm.client.delete("/queries/short").status_code == 204
        firm.tree.ask(REVOKE)
        assert closed(one, 45)[0] == 4404
        assert closed(two, 45)[0] == 4403
