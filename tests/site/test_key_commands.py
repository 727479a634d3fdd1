"""Keys on a running installation: nothing written, started or dumped holds one; rotation and copies by command."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from guomen.kit.keystore.sealed import SealedFolder
from guomen.kit.keystore.unlock import opened
from guomen.site import postgres
from tests.safety.leaks import leaked
from tests.site.tree import Tree, descendants, open_folder

pytestmark = pytest.mark.slow

USE_KEYS = """
from guomen.certificates.signing_keys import jwks
from guomen.kit import keys
from guomen.ledger import follow
from guomen.tags.scheme import scheme
from guomen.tags.keys import check_value
scheme(1).issue("08001234567897", 7, 1)
keys.seal("webhooks", b"x", b"y")
check_value(1)
jwks()
follow.catch_up()
print("{}")
"""


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """A running installation that has used every kind of key."""
    with open_folder() as folder:
        made = Tree(folder / "home", GUOMEN_LOG_LEVEL="DEBUG")
        made.start()
        try:
            made.add_people()
            made.ask(USE_KEYS)
            yield made
        finally:
            made.stop()


def keys_of(tree: Tree) -> list[tuple[str, bytes]]:
    store = SealedFolder(tree.home / "keys", opened(tree.home / "keys", tree.home, ""))
    phrase = (tree.home / "unlock").read_bytes().strip()
    return [*((name, store.secret(name)) for name in sorted(store.names())), ("unlock", phrase)]


def test_new_tag_keys_are_taken_into_use_and_old_ones_retired_by_command(tree):
    done = tree.run("keys", "rotate", "tags", "--reason", "Yearly rotation")
    assert done.returncode == 0, done.stderr
    assert "New ranges take version 2" in done.stdout
    done = tree.run("keys", "retire", "1", "--reason", "Known to others")
    assert done.returncode == 0, done.stderr
    refused = tree.run("keys", "retire", "2", "--reason", "Known to others")
    assert refused.returncode == 1
    assert "Rotate the tag keys first" in refused.stderr
    assert tree.run("keys", "rotate", "log", "--reason", "because").returncode == 1
    checked = json.loads(tree.run("check", "--json").stdout)["findings"]
    assert {f["name"]: f["detail"] for f in checked}["Tag keys"] == "new ranges take version 2"


def test_check_notices_tag_keys_of_another_installation(tree):
    key = tree.home / "keys" / "tags-mac-2"
    good = key.read_bytes()
    key.write_bytes(bytes(32))
    done = tree.run("check", "--json")
    key.write_bytes(good)
    assert done.returncode == 1
    assert "not those that made the tags of version 2" in done.stdout
    key.rename(tree.home / "away")
    done = tree.run("check", "--json")
    (tree.home / "away").rename(key)
    assert done.returncode == 1
    assert "bring it back from the backup" in done.stdout


def test_the_list_of_keys_shows_places_and_check_values_only(tree):
    done = tree.run("keys", "list", "--json")
    listed = {k["name"]: k for k in json.loads(done.stdout)}
    assert {"log", "web", "postgres", "tags-mac", "tags-mac-2", "tags-file-2"} <= set(listed)
    assert {k["where"] for k in listed.values()} == {"file"}
    assert leaked((done.stdout + tree.run("keys", "list").stdout).encode(), keys_of(tree)) == []


def test_an_export_opens_with_its_own_passphrase_in_another_home(tree):
    copy = tree.home.parent / "copy"
    done = tree.run("keys", "export", str(copy), stdin="of the safe in room 3\n")
    assert done.returncode == 0, done.stderr
    assert not (copy / "postgres").exists()
    assert leaked(b"".join(p.read_bytes() for p in copy.iterdir()), keys_of(tree)) == []
    assert "is not empty" in tree.run("keys", "export", str(copy), stdin="of the safe in room 3\n").stderr
    assert "at least 12" in tree.run("keys", "export", str(copy / "more"), stdin="short\n").stderr
    other = Tree(tree.home.parent / "other")
    wrong = other.run("keys", "import", str(copy), "--replace", stdin="of the safe in room 4\n")
    assert "This passphrase does not open" in wrong.stderr
    done = other.run("keys", "import", str(copy), "--replace", stdin="of the safe in room 3\n")
    assert done.returncode == 0, done.stderr
    ours = {name: key for name, key in keys_of(tree) if not name.startswith(("postgres", "unlock"))}
    assert {name: key for name, key in keys_of(other) if name in ours} == ours


def test_a_changed_passphrase_opens_the_keys_at_the_next_start(tree):
    other = Tree(tree.home.parent / "moved")
    assert other.run("keys", "list").returncode == 0
    file = tree.home.parent / "phrase"
    file.write_text("a passphrase that somebody chose\n")
    assert other.run("keys", "passphrase", str(file)).returncode == 0
    done = other.run("keys", "list")
    assert done.returncode == 1
    assert "does not open the keys" in done.stderr
    other.environment["GUOMEN_KEYS_UNLOCK"] = str(file)
    assert other.run("keys", "list").returncode == 0


def test_no_key_stands_in_logs_dumps_arguments_or_environments(tree):
    secret = keys_of(tree)
    assert len(secret) > 8
    text = {"output": tree.output.encode()}
    for log in (tree.home / "logs").iterdir():
        text[log.name] = log.read_bytes()
    for pid in [tree.process.pid, *descendants(tree.process.pid)]:
        for what in ("cmdline", "environ"):
            text[f"{pid} {what}"] = Path(f"/proc/{pid}/{what}").read_bytes()
    assert len(text) > 10
    dump = tree.home.parent / "guomen.dump"
    assert tree.run("db", "dump", str(dump)).returncode == 0
    program = postgres.find_programs("") / "pg_restore"
    plain = subprocess.run([program, "--file=-", str(dump)], capture_output=True, check=True).stdout
    assert b"COPY public.ledger_entry " in plain
    text["dump"] = plain
    assert {where: names for where, found in text.items() if (names := leaked(found, secret))} == {}


def test_files_of_keys_are_closed_to_others(tree):
    for path in [tree.home / "unlock", *(tree.home / "keys").iterdir()]:
        assert path.stat().st_mode & 0o077 == 0, path
    (tree.home / "unlock").chmod(0o644)
    done = tree.run("check", "--json")
    (tree.home / "unlock").chmod(0o600)
    assert done.returncode == 1
    assert "others can read: unlock" in done.stdout
