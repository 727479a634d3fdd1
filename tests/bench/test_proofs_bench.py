"""The bench of proofs measures what it says, on a few entries."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import proofs as bench

from guomen.core.merkle import Tiles, leaf_hash, root
from guomen.ledger import proofs, publishing, queries, sequencer, signing
from guomen.ledger.models import Entry, Head


@pytest.mark.django_db
def test_a_log_that_is_filled_at_once_is_as_if_each_entry_was_appended():
    bench.fill(300)
    assert sequencer.run_once() == 300
    publishing.run_once()
    for entry in (Entry.objects.order_by("id")[0], Entry.objects.order_by("id")[299]):
        proofs.check(queries.prove(entry), signing.log_vkey())
    assert Head.objects.get().size == 300


def test_the_trees_are_those_of_their_leaves_and_both_rates_are_taken(tmp_path):
    tiles = bench.tree(1_000)
    assert len(tiles) == 5
    assert tiles[0, 0][:32] == leaf_hash(b"0")
    assert Tiles(lambda level, index: tiles[level, index]).root(1_000) == root(b"%d" % n for n in range(1_000))
    bench.growth([300, 1_000], str(tmp_path / "curve.svg"))
    assert "checked" in (tmp_path / "curve.svg").read_text()
