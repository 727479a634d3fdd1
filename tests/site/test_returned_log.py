"""Dumps of a real installation whose log a real witness has seen: each goes on as the same log, or says why not."""

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.site.test_commands import database
from tests.site.test_witness import Process
from tests.site.tree import Tree, open_folder, until

pytestmark = pytest.mark.slow

WRITE = """
from django.db import transaction
from guomen.ledger.services import Draft, append_many
from guomen.parties.actors import SYSTEM
with transaction.atomic():
    append_many([Draft("party.registered", ["urn:x"], {"n": n}) for n in range(%d)], SYSTEM)
print(json.dumps(True))
"""


def state(tree: Tree) -> dict:
    return json.loads(tree.run("log", "state").stdout)


def written(tree: Tree, entries: int) -> int:
    """Write so many entries on a running installation; returns the public size once that covers all."""
    size = state(tree)["public"]
    tree.ask(WRITE % entries)
    until(lambda: state(tree)["public"] >= size + entries, 60, "public")
    return state(tree)["public"]


@pytest.fixture
def watched() -> Iterator[tuple[Tree, Process, str]]:
    """An installation that runs, with a witness without which nothing is public; and the log's verifier key."""
    with open_folder() as folder:
        tree = Tree(folder / "first")
        tree.start()
        keys = json.loads(tree.run("log", "keys", "--json").stdout)
        (folder / "witness").mkdir()
        (folder / "witness" / "logs").write_text(keys[0]["vkey"] + "\n")
        witness = Process(folder / "witness")
        vkey = witness.start()
        tree.stop()
        policy = f"witness w {vkey} {witness.address}\nquorum w\n"
        (tree.home / "log.policy").write_text(policy)
        tree.start()
        yield tree, witness, keys[0]["vkey"]
        if tree.process.poll() is None:
            tree.stop()
        witness.stop()


def returned(tree: Tree, dump: str, name: str, *, keys: bool = True) -> Tree:
    """A new home with what a backup has of the first: a dump, the keys and the policy."""
    other = Tree(tree.home.parent / name)
    other.home.mkdir(mode=0o755)
    shutil.copy(tree.home / "log.policy", other.home)
    if keys:
        shutil.copytree(tree.home / "keys", other.home / "keys", ignore=shutil.ignore_patterns("postgres*"))
        shutil.copy(tree.home / "unlock", other.home)
    done = other.run("db", "restore", str(tree.home.parent / dump))
    assert done.returncode == 0, done.stderr
    return other


def test_a_newer_dump_goes_on_and_an_older_one_and_one_without_keys_say_why_not(watched):
    tree, _, vkey = watched
    folder = tree.home.parent
    written(tree, 3)
    assert tree.run("db", "dump", str(folder / "old.dump")).returncode == 0
    size = written(tree, 5)
    assert tree.run("db", "dump", str(folder / "new.dump")).returncode == 0
    mirror = ["--vkey", vkey, "--folder", str(folder / "mirror"), "--policy", str(tree.home / "log.policy")]
    done = tree.run("log", "audit", f"{tree.address}/log", *mirror)
    assert done.returncode == 0, done.stderr
    tree.stop()

    old = returned(tree, "old.dump", "old")
    old.start()
    stopped = until(lambda: state(old)["stopped"], 60, "stopped")
    assert f"on {size} entries" in stopped
    old.ask(WRITE % 2)
    assert old.run("check").returncode == 1
    assert state(old)["signed"] == size - 5
    old.stop()

    bare = returned(tree, "new.dump", "bare", keys=False)
    bare.start()
    stopped = until(lambda: state(bare)["stopped"], 60, "stopped")
    assert "guomen keys import" in stopped
    bare.stop()
    with database(bare):
        theirs = [str(tree.home / "keys"), "--unlock", str(tree.home / "unlock"), "--replace"]
        assert bare.run("keys", "import", *theirs).returncode == 0
        assert bare.run("log", "resume").returncode == 0
    bare.start()
    assert written(bare, 4) == size + 4
    done = bare.run("log", "audit", f"{bare.address}/log", *mirror)
    assert done.returncode == 0, done.stderr
    assert f"All {size + 4} entries" in done.stdout
    bare.stop()
