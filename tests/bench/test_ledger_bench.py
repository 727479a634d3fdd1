"""The bench of the ledger measures what it says, on a few entries."""

import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import copied
import ledger as bench

from guomen.ledger import publishing, sequencer
from guomen.ledger.services import append_many
from guomen.parties.actors import SYSTEM


@pytest.mark.django_db(transaction=True)
def test_the_yardsticks_write_the_same_rows_once_more():
    with transaction.atomic():
        append_many(bench.drafts(120), SYSTEM)
    sequencer.run_once()
    batches = copied.lift(100, 30)
    try:
        assert [len(one) for one in batches] == [4] * 4
        assert copied.copy(batches, 30, 2) > 0
        assert copied.copy(batches, 30, 1) > 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM raw_ledger_entry r JOIN ledger_entry e ON to_jsonb(e) = to_jsonb(r)")
            assert cursor.fetchone()[0] == 100
            cursor.execute("SELECT count(*) FROM raw_ledger_about")
            assert cursor.fetchone()[0] == 200
            written = copied.commit_rows(bench.FACTS, 0.05)
            cursor.execute("SELECT count(*) FROM raw_ledger_entry")
            assert cursor.fetchone()[0] == 100 + written
            assert written
    finally:
        copied.drop()


@pytest.mark.django_db
def test_the_time_to_the_checkpoint_is_told_by_the_first_that_covers_the_entry():
    marks = []
    for moment in (10.0, 20.0):
        with transaction.atomic():
            marks.append((append_many(bench.drafts(5), SYSTEM)[-1], moment))
        sequencer.run_once()
        publishing.run_once()
    done = [bench.Written(10, 0.0, marks)]
    lags = bench.lags_of(done, bench.places_of(done), [(0, 0.0), (4, 10.5), (5, 11.0), (10, 20.25)])
    assert lags == [(10.0, 1.0), (20.0, 0.25)]


def test_minutes_are_told_one_by_one():
    sizes = [(0, 0.0), (600, 30.0), (1200, 59.0), (4200, 119.0)]
    assert bench.minutes([(1.0, 0.1), (61.0, 0.2)], sizes, 0.0, 120.0) == [(20.0, 0.1), (50.0, 0.2)]
