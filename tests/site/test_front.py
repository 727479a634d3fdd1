"""What stands before Django in a web process: real granian, real sockets."""

import contextlib
import os
import socket
from collections.abc import Iterator

import httpx
import pytest

from tests.site.tree import PASSWORD, Tree, open_folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """One web process with two threads."""
    with open_folder() as folder:
        made = Tree(folder / "home", GUOMEN_WEB_WORKERS="1", GUOMEN_WEB_THREADS="2", GUOMEN_TRUST_PROXY="true")
        made.start()
        made.add_people()
        yield made
        made.stop()


@pytest.fixture
def client(tree: Tree) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=tree.address, timeout=10) as made:
        yield made


def sent(tree: Tree, head: str, body: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", tree.port), timeout=10)
    connection.sendall(head.replace("\n", "\r\n").encode() + body)
    return connection


def test_forms_work_whether_their_length_is_told_or_not(tree, client):
    client.get("/accounts/login/").raise_for_status()
    form = f"login=cy%40example.test&password={PASSWORD}&csrfmiddlewaretoken={client.cookies['csrftoken']}"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    halves = iter([form[:20].encode(), form[20:].encode()])
    answer = client.post("/accounts/login/", content=halves, headers=kind)
    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert answer.status_code == 302, answer.text


def test_slow_senders_hold_no_thread(tree, client):
    head = f"POST /api/documents HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nContent-Length: 5000000\n\n"
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            stack.enter_context(sent(tree, head, b"x" * 1000))
        for _ in range(5):
            assert client.get("/").status_code == 200


def test_a_body_that_is_too_large_is_refused_with_and_without_a_length(tree, client):
    large = b"x" * (13 * 2**20)
    head = f"POST /api/documents HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nContent-Length: {len(large)}\n\n"
    with sent(tree, head) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
    head = f"POST /api/documents HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nTransfer-Encoding: chunked\n\n"
    with sent(tree, head) as connection:
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(large), 2**20):
                connection.sendall(b"100000\r\n" + large[at : at + 2**20] + b"\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_header_with_an_underscore_does_not_pass_for_the_one_with_a_hyphen(tree):
    head = (
        f"GET /accounts/login/ HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nAccept_Language: zh-Hans\nConnection: close\n\n"
    )
    with sent(tree, head) as connection, connection.makefile("rb") as answer:
        assert b'lang="en"' in answer.read()


def test_a_path_comes_as_it_was_sent(client):
    uri = "https%3A%2F%2Fid.gs1.org%2F01%2F09506000134352%2F21%2Fab%2520c"
    answer = client.get(f"/epcis/v2/eventTypes/{uri}")
    assert answer.status_code == 401
    assert answer.json()["instance"] == "/epcis/v2/eventTypes/https://id.gs1.org/01/09506000134352/21/ab%20c"


def test_a_websocket_that_nobody_waits_for_is_refused(tree):
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    head = (
        f"GET /nothing HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nConnection: Upgrade\nUpgrade: websocket\n"
        f"Sec-WebSocket-Version: 13\nSec-WebSocket-Key: {key}\n\n"
    )
    with sent(tree, head) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 403")


def test_clients_that_go_away_in_the_middle_leave_nothing_behind(tree, client):
    head = f"POST /api/documents HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nContent-Length: 5000000\n\n"
    web = tree.pid("web-worker")
    for _ in range(30):
        sent(tree, head, os.urandom(100_000)).close()
    assert client.get("/").status_code == 200
    assert tree.pid("web-worker") == web
