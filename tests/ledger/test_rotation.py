"""The log's key is replaced: both sign for a while, nobody loses the log, and nothing is half done."""

import json

import pytest
from django.db import transaction
from typer.testing import CliRunner

from guomen.cli import app
from guomen.client.audit import audit
from guomen.core.merkle import (
    Checkpoint,
    NoteError,
    open_note,
    parse_checkpoint,
    parse_vkey,
    sign_note,
    signers_of,
    verify_note,
    vkey,
)
from guomen.kit.errors import NotFound, Refused
from guomen.kit.keys import signer
from guomen.ledger import proofs, publishing, queries, rotation, sequencer, signing
from guomen.ledger.models import Entry, Head, Position, SigningKey, Tile
from guomen.ledger.tree import tiles
from guomen.parties.actors import SYSTEM
from tests.ledger.test_ledger import STEPS
from tests.ledger.test_publishing import home, policy, write  # noqa: F401
from tests.ledger.watchers import watcher

OTHER = signer("other")


def publish() -> str:
    sequencer.run_once()
    publishing.run_once()
    return publishing.published().note


def who_signed(note: str) -> list[int]:
    text, signatures = open_note(note)
    known = signing.every_key()
    theirs = signers_of(text, signatures, [one.vkey for one in known])
    return [one.number for one in known if one.vkey in theirs]


def id_of(number: int) -> str:
    return parse_vkey(SigningKey.objects.get(number=number).vkey).key_id.hex()


@pytest.mark.django_db
def test_both_keys_sign_from_the_entry_about_the_new_one_until_the_entry_about_the_old_one(home):  # noqa: F811
    write(10)
    assert who_signed(publish()) == [1]
    old = signing.log_vkey()
    rotation.rotate(SYSTEM, reason="yearly")
    assert signing.log_vkeys() == [old]
    both = publish()
    assert who_signed(both) == [1, 2]
    new = signing.log_vkey()
    assert [verify_note(both, key) for key in (old, new)] == [open_note(both)[0]] * 2
    added = Entry.objects.get(kind="log-key.added")
    assert (added.facts["vkey"], added.facts["beside"], added.facts["reason"]) == (new, [old], "yearly")
    assert Position.objects.get(entry_id=added.id).position == 10 == SigningKey.objects.get(number=2).since
    proofs.check(queries.prove(added), old)
    proofs.check(queries.prove(added), new)
    rotation.retire(SYSTEM, id_of(1), reason="yearly")
    one = publish()
    assert who_signed(one) == [2]
    assert parse_checkpoint(open_note(one)[0]).origin == parse_checkpoint(open_note(both)[0]).origin
    with pytest.raises(NoteError):
        verify_note(one, old)
    retired = Entry.objects.get(kind="log-key.retired")
    assert retired.facts["vkey"] == old
    proofs.check(queries.prove(retired), old, new)
    rotation.rotate(SYSTEM, reason="again")
    assert who_signed(publish()) == [2, 3]


@pytest.mark.django_db
def test_a_key_that_leaked_signs_no_more_from_the_same_checkpoint_on(home):  # noqa: F811
    write(3)
    publish()
    rotation.rotate(SYSTEM, reason="leaked", at_once=True)
    assert who_signed(publish()) == [2]
    assert Entry.objects.get(kind="log-key.added").facts["beside"] == []


@pytest.mark.django_db
def test_it_refuses_three_keys_and_none_and_one_that_nobody_has_met(home):  # noqa: F811
    write()
    publish()
    first = signing.every_key()[0].vkey
    only = parse_vkey(first).key_id.hex()
    with pytest.raises(Refused):
        rotation.retire(SYSTEM, only, reason="x")
    rotation.rotate(SYSTEM, reason="x")
    with pytest.raises(Refused, match="Two keys"):
        rotation.rotate(SYSTEM, reason="x")
    sequencer.run_once()
    with pytest.raises(Refused, match="public"):
        rotation.retire(SYSTEM, only, reason="x")
    with pytest.raises(NotFound):
        rotation.retire(SYSTEM, "00000000", reason="x")
    assert Entry.objects.filter(kind__startswith="log-key.").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_cut_off_anywhere_it_is_done_once_or_not_at_all(home, step):  # noqa: F811
    write(5)
    publish()
    # The new key is on the disk; whatever was to say so in the database is not.
    with transaction.atomic():
        lost = rotation.rotate(SYSTEM, reason="cut off").vkey
        transaction.set_rollback(True)
    assert who_signed(publish()) == [1]
    assert not SigningKey.objects.exists()
    assert rotation.rotate(SYSTEM, reason="again").vkey == lost

    def crash(done: str) -> None:
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sequencer.run_once(after=crash)
    assert SigningKey.objects.get(number=2).since is None
    assert who_signed(Head.objects.get().note) == [1]
    assert who_signed(publish()) == [1, 2]
    rotation.retire(SYSTEM, id_of(1), reason="again")
    with pytest.raises(KeyboardInterrupt):
        sequencer.run_once(after=crash)
    assert who_signed(Head.objects.get().note) == [1, 2]
    assert who_signed(publish()) == [2]


@pytest.mark.django_db
def test_the_old_key_stays_until_enough_witnesses_know_the_new_one(home, policy):  # noqa: F811
    with watcher("w1", home) as one, watcher("w2", home) as two:
        policy(f"witness a {one.vkey} {one.url}\nwitness b {two.vkey} {two.url}\ngroup g 2 a b\nquorum g\n")
        write(20)
        publish()
        rotation.rotate(SYSTEM, reason="x")
        assert who_signed(publish()) == [1, 2]
        with (one.witness.folder / "logs").open("a") as file:
            file.write(f"{signing.log_vkey()}\n")
        with pytest.raises(Refused, match="without the old one: b"):
            rotation.retire(SYSTEM, id_of(1), reason="x")
        with (two.witness.folder / "logs").open("a") as file:
            file.write(f"{signing.log_vkey()}\n")
        rotation.retire(SYSTEM, id_of(1), reason="x")
        assert who_signed(publish()) == [2]
        write(5)
        publish()
        assert one.witness.latest(signing.settings.GUOMEN.log_name)[0] == 27
        # Another history under the new key is another history all the same.
        Tile.objects.filter(level=0).update(hashes=b"x" * 32 * 27)
        root = tiles().root(27)
        Head.objects.update(root=root, note=signing.sign(27, root))
        publishing.Publication.objects.update(size=3)
        assert not publishing.run_once()
        assert "another history" in Head.objects.get().stopped


@pytest.mark.django_db(transaction=True)
def test_an_audit_goes_on_across_it(home, live_server, tmp_path):  # noqa: F811
    write(300)
    publish()
    old = signing.log_vkey()
    url = f"{live_server.url}/log"
    assert audit(url, old, tmp_path / "m").checkpoint.size == 300
    rotation.rotate(SYSTEM, reason="x")
    publish()
    assert audit(url, old, tmp_path / "m").checkpoint.size == 301
    rotation.retire(SYSTEM, id_of(1), reason="x")
    publish()
    new = signing.log_vkey()
    with pytest.raises(NoteError):
        audit(url, old, tmp_path / "m")
    assert audit(url, [old, new], tmp_path / "m").checkpoint.size == 302
    assert audit(url, new, tmp_path / "n").checkpoint.size == 302


@pytest.mark.django_db
def test_a_log_whose_keys_are_not_here_signs_nothing_and_says_so(home):  # noqa: F811
    write(5)
    publish()
    rotation.rotate(SYSTEM, reason="x")
    publish()
    publishing.guard()
    assert not Head.objects.get().stopped
    SigningKey.objects.filter(number=2).update(name="log-99")
    publishing.guard()
    assert "log-99" in Head.objects.get().stopped
    assert "log-99" not in signing.names()
    write()
    assert sequencer.run_once() == 0


@pytest.mark.django_db
def test_a_restored_log_without_its_key_does_not_go_on_under_another(home):  # noqa: F811
    write(5)
    publish()
    name = signing.settings.GUOMEN.log_name
    head = Head.objects.get()
    text = Checkpoint(name, head.size, bytes(head.root)).text()
    Head.objects.update(note=sign_note(text, name, OTHER))
    publishing.guard()
    assert "Bring them back" in Head.objects.get().stopped
    assert vkey(name, OTHER.public_key()) not in signing.log_vkeys()


@pytest.mark.django_db(transaction=True)
def test_the_commands_do_it(home):  # noqa: F811
    write()
    publish()
    run = CliRunner().invoke
    assert run(app, ["log", "rotate", "--reason", "yearly"]).exit_code == 0
    publish()
    rows = json.loads(run(app, ["log", "keys", "--json"]).stdout)
    assert [(r["name"], r["from"], r["here"]) for r in rows] == [("log", 0, True), ("log-2", 2, True)]
    assert run(app, ["log", "rotate", "--reason", "x"]).exit_code == 1
    assert run(app, ["log", "retire", "ffffffff", "--reason", "x"]).exit_code == 1
    assert run(app, ["log", "retire", rows[0]["id"], "--reason", "yearly"]).exit_code == 0
    publish()
    assert "log-2" in run(app, ["log", "keys"]).stdout
    assert signing.log_vkeys() == [rows[1]["vkey"]]
