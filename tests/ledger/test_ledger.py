"""The ledger: append, order, tree, followers, and crashes between any two steps."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, connections, transaction

from guomen.core.merkle import ProofError, root_of_hashes
from guomen.ledger import follow, proofs, publishing, queries, sequencer, signing, waking
from guomen.ledger.models import Cursor, Entry, Head, Sequenced, Tile, Waiting
from guomen.ledger.services import Draft, append, append_alone, append_many, plain
from guomen.parties.actors import SYSTEM
from tests.plans import scans_of

STEPS = ["locked", "drained", "ordered", "hashed", "signed"]


def write(n: int = 1, subject: str = "urn:guomen:party:x") -> list:
    with transaction.atomic():
        return append_many([Draft("party.registered", [subject], {"n": i}) for i in range(n)], SYSTEM)


@pytest.mark.django_db
def test_it_refuses_a_kind_nobody_declared():
    with pytest.raises(ValueError, match="not declared"):
        append("party.invented", ["urn:x"], {}, SYSTEM)


@pytest.mark.django_db
def test_it_refuses_floats_and_naive_times():
    with pytest.raises(TypeError):
        append("party.registered", ["urn:x"], {"weight": 1.5}, SYSTEM)
    with pytest.raises(TypeError):
        plain(datetime(2026, 1, 1))  # noqa: DTZ001
    assert plain({"w": Decimal("1.50"), "t": datetime(2026, 1, 1, tzinfo=UTC)}) == {
        "w": "1.50",
        "t": "2026-01-01T00:00:00Z",
    }


@pytest.mark.django_db(transaction=True)
def test_it_writes_only_inside_a_transaction():
    with pytest.raises(RuntimeError):
        append("party.registered", ["urn:x"], {}, SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_an_entry_alone_is_a_transaction_of_its_own_and_part_of_one_that_is_there():
    append_alone("party.registered", ["urn:x"], {"n": 1}, SYSTEM)
    assert (Entry.objects.count(), Waiting.objects.count()) == (1, 1)
    with transaction.atomic():
        append_alone("party.registered", ["urn:x"], {"n": 2}, SYSTEM)
        transaction.set_rollback(True)
    with pytest.raises(ValueError, match="not declared"):
        append_alone("party.invented", ["urn:x"], {}, SYSTEM)
    append_alone("party.registered", ["urn:x"], {"n": 3}, SYSTEM)
    assert sequencer.run_once() == 2
    assert [e.facts["n"] for e in queries.history("urn:x")] == [1, 3]


@pytest.mark.django_db(transaction=True)
def test_the_statement_that_writes_is_planned_once_and_wakes_the_worker_now_and_then(monkeypatch):
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as ear:
        ear.execute("LISTEN guomen_ledger")
        # On a busy machine two writes lie further apart than a writer waits.
        monkeypatch.setattr(waking, "AGAIN", 600)
        monkeypatch.setattr(waking, "_last", float("-inf"))
        write(2)
        write(3)
        assert len(list(ear.notifies(timeout=0.2))) == 1
        monkeypatch.setattr(waking, "_last", float("-inf"))
        write()
        assert len(list(ear.notifies(timeout=0.2))) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%INTO ledger_entry%'")
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_vanishes_with_the_change_that_was_rolled_back():
    def change() -> None:
        with transaction.atomic():
            append("party.registered", ["urn:x"], {}, SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert not Entry.objects.exists()
    assert not Waiting.objects.exists()


@pytest.mark.django_db
def test_positions_have_no_gaps_and_every_entry_can_be_proved():
    ids = write(300) + write(1) + write(700)
    while sequencer.run_once(limit=128):
        pass
    assert list(Sequenced.objects.order_by("position").values_list("position", flat=True)) == list(range(1001))
    assert not Waiting.objects.exists()
    publishing.run_once()
    for id in (ids[0], ids[299], ids[300], ids[1000]):
        proof = queries.prove(Entry.objects.get(id=id))
        proofs.check(proof, signing.log_vkey())


@pytest.mark.django_db
def test_the_root_is_that_of_all_leaves_in_order():
    write(513)
    sequencer.run_once(limit=200)
    sequencer.run_once(limit=500)
    leaves = b"".join(bytes(t.hashes) for t in Tile.objects.filter(level=0).order_by("index"))
    hashes = [leaves[i : i + 32] for i in range(0, len(leaves), 32)]
    assert len(hashes) == 513
    assert root_of_hashes(hashes) == bytes(Head.objects.get().root)


@pytest.mark.django_db
def test_a_changed_fact_no_longer_fits_its_proof():
    [id] = write()
    sequencer.run_once()
    publishing.run_once()
    Entry.objects.filter(id=id).update(facts={"n": 2})
    with pytest.raises(ProofError):
        proofs.check(queries.prove(Entry.objects.get(id=id)), signing.log_vkey())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_loses_nothing_and_doubles_nothing(step):
    before = write(5)
    sequencer.run_once()
    ids = write(20)

    def crash(done: str) -> None:
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sequencer.run_once(after=crash)
    assert Head.objects.get().size == 5
    assert Waiting.objects.count() == 20
    sequencer.run_once()
    order = list(Sequenced.objects.order_by("position").values_list("entry_id", flat=True))
    assert order == before + ids
    publishing.run_once()
    proofs.check(queries.prove(Entry.objects.get(id=ids[-1])), signing.log_vkey())


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_agree_on_one_order():
    write(400)

    def work() -> None:
        try:
            for _ in range(20):
                sequencer.run_once(limit=37)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert list(Sequenced.objects.order_by("position").values_list("position", flat=True)) == list(range(400))
    assert Sequenced.objects.values("entry_id").distinct().count() == 400


@pytest.mark.django_db(transaction=True)
def test_the_outbox_is_read_once_whatever_joins_the_planner_prefers():
    write(50)
    with transaction.atomic(), connection.cursor() as cursor:
        for join in ("hashjoin", "mergejoin", "material"):
            cursor.execute(f"SET LOCAL enable_{join} = off")
        before = scans_of("ledger_waiting")
        assert len(sequencer._drain(50)) == 50
        assert scans_of("ledger_waiting") - before <= 2


@pytest.mark.django_db(transaction=True)
def test_a_follower_sees_each_entry_once_in_order_even_when_it_crashes():
    seen: list[int] = []

    def handle(entry: Entry) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_session VALUES (%s, '', now())", [f"seen-{entry.facts['n']}"])
        if entry.facts["n"] == 7 and not seen:
            seen.append(7)
            raise RuntimeError("crash in the middle")

    one = follow.Follower("test.once", frozenset({"party.registered"}), follow.one_by_one(handle))
    write(10)
    sequencer.run_once()
    with pytest.raises(RuntimeError):
        follow.run_once(one)
    assert follow.run_once(one) == 10
    assert follow.run_once(one) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session WHERE session_key LIKE 'seen-%'")
        assert cursor.fetchone()[0] == 10


@pytest.mark.django_db(transaction=True)
def test_a_stuck_follower_stops_at_the_bad_entry_and_says_why():
    def handle(entry: Entry) -> None:
        if entry.facts["n"] == 2:
            raise RuntimeError("cannot do the third")

    one = follow.Follower("test.stuck", frozenset({"party.registered"}), follow.one_by_one(handle))
    write(5)
    sequencer.run_once()
    for _ in range(4):
        follow.run_patiently(one)
    row = Cursor.objects.get(name="test.stuck")
    assert row.position == 2
    assert "cannot do the third" in row.error


@pytest.mark.django_db
def test_history_is_found_by_subject():
    write(2, "urn:guomen:party:a")
    write(1, "urn:guomen:party:b")
    assert len(queries.history("urn:guomen:party:a")) == 2
    assert len(queries.history("urn:guomen:party:a", "urn:guomen:party:b")) == 3


@pytest.mark.django_db
def test_followers_pass_together_over_what_is_not_theirs():
    seen: list[int] = []
    theirs = follow.Follower(
        "test.theirs", frozenset({"party.registered"}), lambda es: seen.extend(e.facts["n"] for e in es)
    )
    idle = [follow.Follower(f"test.idle{n}", frozenset({"token.issued"}), lambda _: seen.clear()) for n in range(2)]
    with transaction.atomic():
        append_many([Draft("person.added", ["urn:x"], {"n": i}) for i in range(50)], SYSTEM)
    write(2)
    sequencer.run_once()
    for one in (theirs, *idle):
        Cursor.objects.create(name=one.name, paused=one.name == "test.idle1")
    assert follow.pass_over([theirs, *idle]) == 50 + 52
    assert dict(Cursor.objects.filter(name__startswith="test.").values_list("name", "position")) == {
        "test.theirs": 50,
        "test.idle0": 52,
        "test.idle1": 0,
    }
    assert follow.run_once(theirs) == 2
    assert seen == [0, 1]
    assert follow.pass_over([theirs, *idle]) == 0
