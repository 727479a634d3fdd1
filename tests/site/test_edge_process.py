"""The scan path as a process of its own: real sockets, killed without warning, beside a database that is cut off."""

import contextlib
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.site.tree import Tree, children, descendants, free_port, open_folder, until

pytestmark = pytest.mark.slow
SETUP = """
from guomen.faces.edge import publishing
from guomen.core.tagcrypto import sun
from guomen.kit.clock import now
from guomen.parties.services import register_organisation
from guomen.tags import chips, visitors
from guomen.tags.models import Activation, Chip, Range
from guomen.tags.scheme import key_of, scheme
visitors.prepare()
firm = register_organisation("trader", "Harbour", "海港", "CN", "HARBOUR-1")
line = "urn:guomen:line:1/1"
one = Range.objects.create(
    number=7, gtin="09506000134352", batch="L1", count=100, subject=line, organisation=firm, state="printed")
Activation.objects.create(subject=line, since=now())
publishing.publish_first([7])
publishing.work_all()
uid = bytes.fromhex("04C767F2066180")
serial = scheme(1).issue(one.gtin, 7, 3)
Chip.objects.create(uid=uid, item=key_of(one.gtin, serial), range_number=7, index=3, kind="ntag424", key_version=1)
keys = chips.chip_keys(1)
taps = [sun.encode(uid, n, meta_key=keys.meta, file_key=keys.file) for n in range(1, 3000)]
paths = [f"/t?p={t.picc_data}&c={t.cmac}" for t in taps]
print(json.dumps({"path": f"/01/{one.gtin}/10/L1/21/{serial}", "taps": paths}))
"""
LOOKS = """
from guomen.tags.models import Scan
print(json.dumps(Scan.objects.exclude(index=-1).count()))
"""
COUNTER = """
from guomen.tags.models import Chip
print(json.dumps(Chip.objects.get().counter))
"""
CUT = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'guomen_edge'")
    print(json.dumps(cursor.fetchone()[0]))
"""


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with open_folder() as folder:
        port = free_port()
        made = Tree(folder / "home", GUOMEN_WEB_WORKERS="1", GUOMEN_EDGE_PORT=str(port), GUOMEN_EDGE_RATE="0")
        made.edge = port
        made.start()
        made.known = made.ask(SETUP)
        yield made
        made.stop()


def asked(tree: Tree, path: str, port: int = 0) -> dict[str, Any]:
    address = f"http://127.0.0.1:{port or tree.edge}{path}"
    answer = httpx.get(address, headers={"Accept": "application/json"}, timeout=10)
    return {"status": answer.status_code} | (answer.json()["verdict"] if answer.status_code == 200 else {})


def edge_of(tree: Tree) -> list[int]:
    """The scan path's process and its worker."""
    parent = [pid for pid, line in children(tree.process.pid).items() if "guomen.site.edge" in line]
    return parent + [pid for one in parent for pid in children(one)]


def database_of(tree: Tree) -> list[int]:
    """All processes of PostgreSQL: nothing is written any more that is not on the disk."""
    return [pid for pid, line in descendants(tree.process.pid).items() if "postgres" in line and "python" not in line]


def test_both_doors_answer_the_same_item_and_the_look_is_recorded(tree):
    before = tree.ask(LOOKS)
    here, there = asked(tree, tree.known["path"]), asked(tree, tree.known["path"], tree.port)
    assert here == there
    assert (here["state"], here["genuine"]) == ("not_selected", False)
    until(lambda: tree.ask(LOOKS) == before + 2, 30, "both looks are recorded")


def test_the_process_of_its_own_has_no_pages_of_the_desk(tree):
    for path in ("/accounts/login/", "/portal/", "/api/tags/ranges", "/epcis/v2/events"):
        assert httpx.get(f"http://127.0.0.1:{tree.edge}{path}").status_code == 404


def exchanged(tree: Tree, sent: bytes) -> bytes:
    """What comes back on one connection until it is closed, or nothing more comes."""
    with socket.create_connection(("127.0.0.1", tree.edge), 10) as line:
        got = b""
        line.settimeout(2)
        with contextlib.suppress(TimeoutError, ConnectionError):
            line.sendall(sent)
            while part := line.recv(65536):
                got += part
        return got


def test_requests_that_come_at_once_are_answered_in_their_order_and_a_head_without_a_body(tree):
    path = tree.known["path"].encode()
    asking = b"%s %s HTTP/1.1\r\nhost: x\r\naccept: application/json\r\n%s\r\n"
    last = b"connection: close\r\n"
    several = [asking % (method, path, b"") for method in (b"HEAD", b"POST", b"OPTIONS")]
    heads = re.findall(rb"HTTP/1.1 (\d+)", exchanged(tree, b"".join([*several, asking % (b"GET", path, last)])))
    assert heads == [b"200", b"405", b"204", b"200"]
    alone = exchanged(tree, asking % (b"HEAD", path, last))
    assert alone.endswith(b"\r\n\r\n")
    assert b"verdict" not in alone


def test_a_head_that_is_too_large_or_of_another_protocol_is_not_kept(tree):
    grows = b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 200_000
    # Longer than may be kept and not yet at its end: it is answered or cut off, not waited for.
    assert not exchanged(tree, grows).startswith(b"HTTP/1.1 200")
    two = exchanged(tree, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5))
    assert b"HTTP/1.1 200" not in two
    # A settings frame of HTTP/2 begins with its length and type 4.
    assert two[3:4] != b"\x04"
    assert asked(tree, tree.known["path"])["status"] == 200


def test_a_counter_once_accepted_is_never_accepted_again_whatever_is_killed(tree):
    """Taps are sent while the scan path is killed twice and the database once; each that was genuine is sent again."""
    accepted: list[str] = []
    taps = iter(tree.known["taps"])
    lock, done = threading.Lock(), threading.Event()

    def tap() -> None:
        while not done.is_set():
            with lock:
                path = next(taps, None)
            if path is None:
                return
            with contextlib.suppress(httpx.HTTPError):
                if asked(tree, path).get("genuine"):
                    accepted.append(path)
                    continue
            # Nobody is there, and the messages are not endless.
            done.wait(0.1)

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for round_, victims in enumerate((edge_of, database_of, edge_of), 1):
        until(lambda n=round_: len(accepted) >= 10 * n, 60, "some taps are accepted")
        found = victims(tree)
        assert found
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: _answers(tree), 60, "the scan path answers again")
    done.set()
    for thread in threads:
        thread.join()
    assert len(accepted) >= 30
    assert tree.ask(COUNTER) >= len(accepted)
    assert [path for path in accepted if asked(tree, path).get("genuine")] == []


def _answers(tree: Tree) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{tree.edge}/health", timeout=2).status_code == 200
    return False


def test_it_answers_on_when_every_connection_to_the_database_was_cut(tree):
    assert asked(tree, tree.known["path"])["status"] == 200
    assert tree.ask(CUT) > 0
    found = [asked(tree, tree.known["path"])["status"] for _ in range(20)]
    assert set(found) <= {200, 503}
    until(lambda: asked(tree, tree.known["path"])["status"] == 200, 20)
