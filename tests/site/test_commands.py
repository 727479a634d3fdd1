"""The operator's commands, run as an operator runs them."""

import contextlib
import json
from collections.abc import Iterator

import pytest

from guomen.site import config, postgres, supervisor
from tests.site.test_supervisor import LEDGER
from tests.site.tree import Tree, open_folder

pytestmark = pytest.mark.slow

TRACE = """
from django.db import transaction
from guomen.ledger.follow import catch_up
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM
line = "urn:guomen:line:1/1"
with transaction.atomic():
    append("party.registered", ["https://id.gs1.org/01/09506000134352/10/LOT7", line], {"n": 1}, SYSTEM)
    append("party.registered", [line, "urn:guomen:declaration:1"], {"n": 2}, SYSTEM)
    append("party.registered", ["urn:guomen:declaration:1", "urn:guomen:container:MSCU6639871"], {"n": 3}, SYSTEM)
    append("party.registered", ["urn:guomen:container:MSCU6639871"], {"n": 4}, SYSTEM)
    append("party.registered", ["urn:guomen:line:1/2", "urn:guomen:declaration:1"], {"n": 5}, SYSTEM)
catch_up()
print("{}")
"""


@contextlib.contextmanager
def database(tree: Tree) -> Iterator[None]:
    """The database of a home for many commands in a row, which spares each of them starting it for itself."""
    server = supervisor.embedded(config.load(tree.environment))
    with postgres.running(server, tree.home / "logs" / "postgres.log", fsync="off"):
        yield


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """One home for all commands. ``up`` is not running: the first commands start the database for themselves."""
    with open_folder() as folder:
        made = Tree(folder / "home")
        made.add_people()
        with database(made):
            made.ask(TRACE)
            yield made


def test_check_finds_a_new_installation_healthy(tree):
    done = tree.run("check", "--json")
    assert done.returncode == 0, done.stdout
    found = {f["name"]: f for f in json.loads(done.stdout)["findings"]}
    assert found["Tables"]["detail"] == "up to date"
    assert "who copies the whole home has both" in found["Keys"]["detail"]
    assert found["Tag keys"]["detail"] == "new ranges take version 1"
    assert "signed with our key" in found["Ledger"]["detail"]


def test_check_says_what_is_wrong_with_keys_and_checkpoint(tree):
    key = tree.home / "keys" / "log"
    good = key.read_bytes()
    key.chmod(0o644)
    try:
        assert "others can read: log" in tree.run("check").stdout
        key.chmod(0o600)
        key.write_bytes(bytes(32))
        done = tree.run("check", "--json")
    finally:
        key.write_bytes(good)
        key.chmod(0o600)
    assert done.returncode == 1
    assert "NOT signed" in {f["name"]: f for f in json.loads(done.stdout)["findings"]}["Ledger"]["detail"]


def test_a_wrong_setting_is_named_in_one_sentence(tree):
    tree.environment["GUOMEN_WEB_WORKERS"] = "many"
    done = tree.run("check")
    del tree.environment["GUOMEN_WEB_WORKERS"]
    assert done.returncode == 1
    assert done.stderr.strip() == "GUOMEN_WEB_WORKERS must be a whole number, not 'many'."


def test_people_are_added_with_the_rules_of_the_house(tree):
    weak = tree.run("user", "add", "91310115MA1K4NAB0X", "cal@example.test", "Cal", "declarant", stdin="short\n")
    assert weak.returncode == 1
    assert "Use at least 10 characters" in weak.stderr
    unknown = tree.run("user", "add", "NOBODY", "cal@example.test", "Cal", "declarant", stdin="long-enough-words\n")
    assert "No organisation has the code NOBODY" in unknown.stderr
    token = tree.run("token", "add", "cy@example.test", "Nightly export", "read")
    assert token.returncode == 0, token.stderr
    assert token.stdout.startswith("gm_")


def test_followers_are_listed_paused_and_resumed(tree):
    def paused() -> dict[str, bool]:
        return {f["name"]: f["paused"] for f in json.loads(tree.run("followers", "list", "--json").stdout)}

    assert tree.run("followers", "pause", "no.such").returncode == 1
    assert tree.run("followers", "pause", "cases.recall").returncode == 0
    assert [name for name, stopped in paused().items() if stopped] == ["cases.recall"]
    assert tree.run("followers", "resume", "cases.recall").returncode == 0
    assert not any(paused().values())


def test_verify_tells_the_items_history_and_leaves_out_other_goods(tree):
    done = tree.run("verify", "item", "https://example.com/01/09506000134352/10/LOT7/21/A1", "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout)
    assert told["fits"]
    assert len(told["entries"]) == 4
    assert all(entry["fits"] for entry in told["entries"])
    assert not any("urn:guomen:line:1/2" in entry["subjects"] for entry in told["entries"])


def test_verify_fails_for_an_unknown_item_and_for_no_link(tree):
    assert tree.run("verify", "item", "https://id.gs1.org/01/09506000134369/21/X").returncode == 1
    done = tree.run("verify", "item", "hello")
    assert done.returncode == 1
    assert "not a GS1 Digital Link" in done.stderr


def test_verify_notices_an_entry_that_was_changed_afterwards(tree):
    change = """
from guomen.ledger.models import Entry
entry = Entry.objects.filter(subjects__contains=["urn:guomen:line:1/1"], facts__n=2).get()
Entry.objects.filter(id=entry.id).update(facts={"n": %s})
print("{}")
"""
    tree.ask(change % 99)
    done = tree.run("verify", "item", "https://id.gs1.org/01/09506000134352/10/LOT7")
    back = change.replace("facts__n=2", "facts__n=99")
    tree.ask(back % 2)
    assert done.returncode == 1
    assert "1 of 4 entries do not fit the signed tree." in done.stderr


def test_a_dump_is_restored_into_a_new_home_where_the_ledger_goes_on_with_the_old_keys(tree):
    dump = tree.home.parent / "guomen.dump"
    assert tree.run("db", "dump", str(dump)).returncode == 0
    refused = tree.run("db", "restore", str(dump))
    assert refused.returncode == 1
    assert "The database is not empty" in refused.stderr
    other = Tree(tree.home.parent / "other")
    done = other.run("db", "restore", str(dump))
    assert done.returncode == 0, done.stderr
    assert "signed with another key: bring back the old ones with: guomen keys import" in done.stdout.replace("\n", " ")
    with database(other):
        assert other.run("check").returncode == 1
        theirs = [str(tree.home / "keys"), "--unlock", str(tree.home / "unlock")]
        refused = other.run("keys", "import", *theirs)
        assert refused.returncode == 1
        assert "has other keys of these names: log, web" in refused.stderr
        done = other.run("keys", "import", *theirs, "--replace")
        assert done.returncode == 0, done.stderr
        assert other.run("check").returncode == 0
        before = tree.ask(LEDGER)
        assert other.ask(LEDGER) == before
        other.ask(TRACE)
        later = other.ask(LEDGER)
        assert later["positions"] == list(range(len(before["positions"]) + before["waiting"] + 5))
        assert later["proved"] == later["entries"] == before["entries"]
        assert other.run("verify", "item", "https://id.gs1.org/01/09506000134352/10/LOT7").returncode == 0


def test_risk_commands_audit_a_day_and_say_why_nothing_is_trained(tree):
    done = tree.run("risk", "audit", "2026-11-12", "--json")
    assert (done.returncode, [f["code"] for f in json.loads(done.stdout)["findings"]]) == (1, ["no-commitment"])
    assert "64 hex digits" in tree.run("risk", "audit", "2026-11-12", "--seed", "abc").stderr
    assert "Too little is known" in tree.run("risk", "train").stderr
