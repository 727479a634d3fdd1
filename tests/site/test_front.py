"""What stands before Django in a web process: real granian, real sockets."""

import contextlib
import os
import socket
from collections.abc import Iterator

import httpx
import pytest

from guomen.core.merkle import Tiles, leaf_hash, open_note, parse_checkpoint, tile_path
from tests.site.tree import PASSWORD, Tree, open_folder, until

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


def test_a_query_may_hold_letters_that_nobody_escaped(tree):
    head = f"GET /verify?code=\u9a8c HTTP/1.1\nHost: 127.0.0.1:{tree.port}\nConnection: close\n\n"
    with sent(tree, head) as connection, connection.makefile("rb") as answer:
        text = answer.read().decode()
    assert text.startswith("HTTP/1.1 404")
    assert 'value="验"' in text


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


LINKED = """
from guomen.catalogue.rules import Target
from guomen.catalogue.services import add_link, register_product
from guomen.parties import actors
from guomen.parties.models import Person
cy = actors.of_person(Person.objects.get(email="cy@example.test"))
more = {"hs_code": "6205200090", "maker_name": "M", "maker_country": "IT"}
register_product(cy, gtin="08012345000012", name_en="Shirt", name_zh="衬衫", **more)
thing = "01/08012345000012/10/A%2FB%25"
add_link(cy, "01/08012345000012", Target("pip", "https://firm.example/shirt", "Shirt", is_default=True))
print(json.dumps(str(add_link(cy, thing, Target("dpp", "https://firm.example/batch", "Batch", is_default=True)).id)))
"""
KILLED = """
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
print(json.dumps(cursor.fetchone()[0]))
"""


def test_codes_lead_where_their_firm_says_with_every_escape_as_it_was_sent(tree, client):
    tree.ask(LINKED)
    shirt, batch = "/01/08012345000012", "/01/8012345000012/10/A%2FB%25"
    for path, target in (
        (shirt, "shirt"),
        (f"{shirt}/", "shirt"),
        (batch, "batch"),
        (f"{shirt}/10/C?a=%2F", "shirt?a=%2F"),
    ):
        for answer in (client.get(path), client.head(path)):
            assert (answer.status_code, answer.headers["location"]) == (307, f"https://firm.example/{target}"), path
            assert answer.headers["access-control-allow-origin"] == "*"
    assert client.get(f"/zh{batch}").headers["location"] == "https://firm.example/batch"
    listed = client.get(batch, headers={"Accept": "application/linkset+json"})
    assert listed.headers["content-type"] == "application/linkset+json"
    assert [one["anchor"].rpartition("/01/")[2] for one in listed.json()["linkset"]] == [
        "08012345000012/10/A%2FB%25",
        "08012345000012",
    ]
    page = client.get(f"{batch}?linkType=gs1:verificationService", headers={"Accept": "text/html"})
    assert (page.status_code, "A/B%" in page.text) == (200, True)
    assert client.get("/01/08012345000013").headers["content-type"] == "application/problem+json"
    assert client.options(shirt).status_code == 204
    assert client.post(shirt, content=b"x").status_code == 405


def test_codes_lead_on_when_the_database_cut_every_connection(tree, client):
    assert client.get("/01/08012345000012").status_code == 307
    assert tree.ask(KILLED) > 0
    for _ in range(5):
        assert client.get("/01/08012345000012/10/NEW").status_code in {307, 503}
    until(lambda: client.get("/01/08012345000012").status_code == 307, 30, "it leads on")


def test_a_body_in_broken_pieces_is_the_senders_mistake_and_not_ours(tree):
    head = "POST /epcis/v2/capture HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/json\n"
    with sent(tree, head + "Transfer-Encoding: chunked\n\nzz\n") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    for _ in range(3):
        sent(tree, head + "Content-Length: 50\n\n", b"{").close()
    with sent(tree, "GET /health HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert "Traceback" not in (tree.home / "logs" / "web.log").read_text()


def test_tiles_come_before_django_and_whatever_else_is_asked_of_them_is_answered_by_it(tree, client):
    tree.ask(LINKED)
    until(lambda: client.get("/log/checkpoint").status_code == 200, 30, "something is public")
    signed = parse_checkpoint(open_note(client.get("/log/checkpoint").text)[0])
    path = f"/log/{tile_path(0, 0, min(signed.size, 256))}"
    tile = client.get(path)
    assert Tiles(lambda level, index: tile.content).root(signed.size) == signed.root
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in tile.headers
    head = client.head(path)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(tile.content)), b"")
    entries = client.get(path.replace("/0/", "/entries/", 1)).content
    assert leaf_hash(entries[2 : 2 + int.from_bytes(entries[:2])]) == tile.content[:32]
    for wrong in (
        f"/log/{tile_path(0, 0, signed.size + 50)}",
        "/log/tile/0/001",
        "/log/tile/0/0",
        "/log/tile/",
        "/log/tile/0/000.p/0",
    ):
        answer = client.get(wrong, headers={"Accept": "application/json"})
        assert answer.status_code == 404, wrong
    assert client.post(path).status_code == 403
