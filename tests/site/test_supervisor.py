"""The process tree under fire: what was acknowledged is there, what should be gone is gone."""

import os
import shutil
import signal
import subprocess
import threading
import time

import httpx
import pytest

from guomen.site import postgres
from tests.site.tree import Tree, alive, descendants, until

pytestmark = pytest.mark.slow

LEDGER = """
from guomen.ledger import proofs, queries, sequencer, signing
from guomen.ledger.models import Entry, Sequenced, Waiting
from guomen.parties.models import ApiToken
entries = list(Entry.objects.filter(kind="token.issued"))
vkey = signing.log_vkey()
proved = 0
for entry in entries:
    proof = queries.prove(entry)
    if proof:
        proofs.check(proof, vkey)
        proved += 1
print(json.dumps({
    "entries": len(entries), "proved": proved, "waiting": Waiting.objects.count(),
    "positions": list(Sequenced.objects.order_by("position").values_list("position", flat=True)),
    "tokens": sorted(ApiToken.objects.values_list("name", flat=True)),
}))
"""


class Writer(threading.Thread):
    """Cy's program: issues token after token, repeating each one with the same key until it is acknowledged."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[str] = []
        self.refused: list[int] = []
        self.stopping = threading.Event()
        self.client = httpx.Client(base_url=tree.address, timeout=10)
        tree.sign_in(self.client)

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            name = f"token-{number:05}"
            if self.post(name):
                self.acknowledged.append(name)
                number += 1

    def end(self) -> None:
        self.stopping.set()
        self.join(20)
        self.client.close()

    def post(self, name: str) -> bool:
        token = self.client.cookies["csrftoken"]
        data = {"name": name, "scopes": ["read"], "once": name, "csrfmiddlewaretoken": token}
        try:
            answer = self.client.post("/account/tokens", data=data)
        except httpx.HTTPError:
            time.sleep(0.1)
            return False
        if answer.status_code != 201:
            self.refused.append(answer.status_code)
            time.sleep(0.1)
        return answer.status_code == 201


def test_kill_9_of_any_child_loses_nothing_that_was_acknowledged(tree):
    tree.start()
    tree.add_people()
    writer = Writer(tree)
    writer.start()
    for victim in ("postgres", "web-worker", "web", "worker", "postgres"):
        before = len(writer.acknowledged)
        until(lambda before=before: len(writer.acknowledged) > before + 5, why="writes go on")
        old = tree.pid(victim)
        os.kill(old, signal.SIGKILL)
        until(lambda old=old, victim=victim: tree.pid(victim) not in (0, old), why=f"{victim} is started again")
        before = len(writer.acknowledged)
        until(lambda before=before: len(writer.acknowledged) > before + 5, why=f"writes go on after {victim} died")
    writer.end()
    until(lambda: tree.ask(LEDGER)["waiting"] == 0, why="everything gets its position")
    until(lambda: (ledger := tree.ask(LEDGER))["proved"] == ledger["entries"], why="everything is published")
    ledger = tree.ask(LEDGER)
    assert set(writer.refused) <= {503}
    assert set(writer.acknowledged) <= set(ledger["tokens"])
    assert len(set(ledger["tokens"])) == len(ledger["tokens"]) == ledger["entries"] == ledger["proved"]
    assert ledger["positions"] == list(range(len(ledger["positions"])))
    assert "Traceback" not in (tree.home / "logs" / "web.log").read_text()
    everyone = descendants(tree.process.pid)
    started = time.monotonic()
    assert tree.stop() == 0
    assert time.monotonic() - started < 20
    assert not [line for pid, line in everyone.items() if alive(pid)]


def test_kill_9_of_the_supervisor_leaves_no_orphan_and_the_next_start_recovers(tree):
    tree.start()
    tree.add_people()
    writer = Writer(tree)
    writer.start()
    until(lambda: len(writer.acknowledged) > 10)
    everyone = descendants(tree.process.pid)
    tree.process.kill()
    tree.process.wait()
    writer.end()
    until(lambda: not [line for pid, line in everyone.items() if alive(pid)], 30, "the children end")
    tree.start()
    until(lambda: tree.ask(LEDGER)["waiting"] == 0)
    until(lambda: (ledger := tree.ask(LEDGER))["proved"] == ledger["entries"])
    ledger = tree.ask(LEDGER)
    assert set(writer.acknowledged) <= set(ledger["tokens"])
    assert ledger["entries"] == ledger["proved"]


def test_a_second_up_on_the_same_home_is_refused_with_a_sentence(tree):
    tree.start()
    second = tree.run("up")
    assert second.returncode == 1
    assert f"Guomen already runs in {tree.home} (process {tree.process.pid})." in second.stderr
    assert tree.run("check").returncode == 0


def test_a_used_port_is_named(tree):
    with httpx.Client():
        import socket

        with socket.socket() as other:
            other.bind(("127.0.0.1", tree.port))
            other.listen()
            done = tree.run("up")
    assert done.returncode == 1
    assert f"Another program already uses port {tree.port}" in done.stderr


def test_a_lost_database_is_answered_with_503_and_comes_back(tree):
    tree.start()
    server = tree.pid("postgres")
    os.kill(server, signal.SIGKILL)
    seen = set()

    def back() -> bool:
        answer = httpx.get(f"{tree.address}/health", timeout=10)
        seen.add(answer.status_code)
        if answer.status_code == 503:
            assert answer.headers["Retry-After"] == "2"
            assert "restarting" in answer.text
        return answer.status_code == 200 and tree.pid("postgres") not in (0, server)

    until(back)
    assert 503 in seen
    assert seen <= {200, 503}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start in a folder that nobody else can reach")
def test_root_starts_in_a_folder_that_only_root_can_reach(tree):
    tree.home.mkdir()
    tree.home.parent.chmod(0o700)
    tree.start()
    data = tree.home / "pg"
    assert data.is_symlink()
    assert data.readlink().is_relative_to("/var/lib/guomen")
    assert tree.run("check").returncode == 0
    assert tree.stop() == 0
    tree.start()
    assert tree.run("check").returncode == 0
    tree.stop()
    shutil.rmtree(data.readlink().parent)


def test_programs_that_only_root_can_reach_are_copied_with_their_libraries(tmp_path):
    found = postgres.find_programs()
    package, hidden = found.parents[1], tmp_path / "hidden"
    for one in (found.parent, package.with_name(f"{package.name}.libs")):
        if one.exists():
            shutil.copytree(one, hidden / one.relative_to(package.parent), symlinks=True)
    copy = postgres._open_copy(hidden / found.relative_to(package.parent), tmp_path / "open")
    shutil.rmtree(hidden)
    for name in ("initdb", "postgres", "pg_dump"):
        done = subprocess.run([copy / name, "--version"], capture_output=True, text=True)
        assert postgres.version(found) in done.stdout, done.stderr
