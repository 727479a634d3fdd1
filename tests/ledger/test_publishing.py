"""The log as others get it: tiles, files, witnesses, and a database that fell back."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from guomen.core.merkle import Tiles, leaf_hash, parse_checkpoint, parse_tile_path, tile_path, verify_note
from guomen.kit.errors import NotFound
from guomen.ledger import files, proofs, publishing, queries, sequencer, signing, witnesses
from guomen.ledger.models import Entry, Head, Publication, Sequenced, Tile, Waiting
from guomen.ledger.places import Folder
from guomen.ledger.services import Draft, append_many
from guomen.ledger.tree import tiles
from guomen.parties.actors import SYSTEM
from tests.ledger.watchers import watcher


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A home without a memory of what was published, and with the same keys."""
    monkeypatch.setattr(publishing, "_memory", lambda: tmp_path / "log.published")
    return tmp_path


@pytest.fixture
def policy(tmp_path, settings):
    """``policy(text)`` makes it the policy of this installation."""

    def write(text: str) -> None:
        file = tmp_path / "policy"
        file.write_text(text)
        settings.GUOMEN = _with(settings.GUOMEN, log_policy=str(file))
        witnesses.policy.cache_clear()

    yield write
    witnesses.policy.cache_clear()


def _with(config, **changes):
    from dataclasses import replace

    return replace(config, **changes)


def write(n: int = 1) -> list:
    with transaction.atomic():
        ids = append_many([Draft("party.registered", ["urn:x"], {"n": i}) for i in range(n)], SYSTEM)
    sequencer.run_once()
    return ids


@pytest.mark.django_db
def test_what_is_served_makes_the_tree_that_was_signed(home):
    write(300)
    publishing.run_once()
    door = Client()
    new = parse_checkpoint(verify_note(door.get("/log/checkpoint").content.decode(), signing.log_vkey()))
    assert new.size == 300

    def read(level: int, index: int) -> bytes:
        width = min(256, (300 >> 8 * level) - 256 * index)
        return door.get(f"/log/{tile_path(level, index, width)}").content

    assert Tiles(read).root(300) == new.root
    entries = [door.get(f"/log/{tile_path('entries', n, width)}").content for n, width in ((0, 256), (1, 44))]
    for content, hashes in zip(entries, (read(0, 0), read(0, 1)), strict=True):
        at = n = 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 2])
            assert length <= 200
            assert leaf_hash(content[at + 2 : at + 2 + length]) == hashes[32 * n : 32 * n + 32]
            at, n = at + 2 + length, n + 1
        assert n == len(hashes) // 32
    partial = door.get("/log/tile/0/001.p/7")
    assert partial.content == read(0, 1)[:224]
    assert "immutable" in partial["Cache-Control"]
    checkpoint = door.get("/log/checkpoint")
    assert "no-cache" in checkpoint["Cache-Control"]
    assert "Vary" not in {*partial.headers, *checkpoint.headers}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["tile/0/001", "tile/0/001.p/45", "tile/0/002.p/1", "tile/1/000", "tile/0/000.p/0", "tile/0/0", "tile/00/000",
     "tile/0/x000/000", "tile/64/000", "tile/entries/001", "tile/data/000", "../health", "tile/0/999999", "",
     "tile/0/x999/x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_what_is_not_published_is_not_there(home, path):
    write(300)
    publishing.run_once()
    write(100)
    assert Client().get(f"/log/{path}").status_code == 404


@pytest.mark.parametrize("place", [(0, 0, 256), (3, 1234067, 8), ("entries", 999, 256), (63, 0, 255)])
def test_a_tile_is_found_by_its_path(place):
    assert parse_tile_path(tile_path(*place)) == place


@pytest.mark.django_db
def test_the_folder_alone_can_serve_the_log(home):
    folder = home / "static"
    sizes = (3, 300, 520)
    for before, size in zip((0, *sizes), sizes, strict=False):
        write(size - before)
        head = Head.objects.get()
        files.write(Folder(folder), before, size, head.note)
        new = parse_checkpoint(verify_note((folder / "checkpoint").read_text(), signing.log_vkey()))

        def read(level: int, index: int, size: int = size) -> bytes:
            return (folder / tile_path(level, index, min(256, (size >> 8 * level) - 256 * index))).read_bytes()

        assert Tiles(read).root(size) == new.root
    assert (folder / "tile/entries/001").exists()
    assert not list(folder.rglob("000.p/3"))


@pytest.mark.django_db
def test_a_folder_that_was_left_out_for_a_while_or_spoiled_is_made_whole(home):
    folder = home / "static"
    write(300)
    files.write(Folder(folder), 0, 300, Head.objects.get().note)
    write(900)
    # What the database says was published is more than the folder has.
    write(10)
    head = Head.objects.get()
    files.write(Folder(folder), 1200, 1210, head.note)
    for level, index, width in files.changed(0, 1210):
        assert (folder / tile_path(level, index, width)).read_bytes() == files.tile(level, index, width, 1210)
    (folder / "checkpoint").write_text("spoiled")
    (folder / tile_path(0, 2)).unlink()
    files.write(Folder(folder), 1210, 1210, head.note)
    assert (folder / tile_path(0, 2)).read_bytes() == files.tile(0, 2, 256, 1210)


@pytest.mark.django_db
def test_nothing_is_public_before_enough_witnesses_have_seen_it(home, policy):
    with watcher("w1", home) as one, watcher("w2", home) as two:
        policy(f"witness a {one.vkey} {one.url}\nwitness b {two.vkey} {two.url}\ngroup g 2 a b\nquorum g\n")
        [first] = write()
        two.away = True
        assert not publishing.run_once()
        assert publishing.published() is None
        assert queries.prove(Entry.objects.get(id=first)) is None
        two.away = False
        assert publishing.run_once()
        note = publishing.published().note
        assert set(witnesses.policy().cosigned(note)) == {"a", "b"}
        proofs.check(queries.prove(Entry.objects.get(id=first)), signing.log_vkey())
        write(300)
        assert publishing.run_once()
        assert not publishing.run_once()
        assert one.witness.latest(settings.GUOMEN.log_name)[0] == 301
    assert "cosigned" in Client(headers={"accept-language": "en"}).get("/log").content.decode()


@pytest.mark.django_db
def test_a_witness_that_has_seen_more_stops_a_database_that_lost_entries(home, policy):
    with watcher("w1", home) as one:
        policy(f"witness a {one.vkey} {one.url}\nquorum a\n")
        write(20)
        assert publishing.run_once()
        _lose(5)
        # Restored in a home that knows nothing of what was published.
        (home / "log.published").unlink()
        publishing.guard()
        assert "on 20 entries" in Head.objects.get().stopped
        write(30)
        assert Waiting.objects.count() == 30
        assert Head.objects.get().size == 15


@pytest.mark.django_db
def test_a_witness_refuses_a_log_that_was_rewritten(home, policy):
    with watcher("w1", home) as one:
        policy(f"witness a {one.vkey} {one.url}\nquorum a\n")
        write(20)
        assert publishing.run_once()
        _lose(5)
        write(40)
        assert not publishing.run_once()
        assert "another history" in Head.objects.get().stopped
        assert one.witness.latest(settings.GUOMEN.log_name)[0] == 20


@pytest.mark.django_db
def test_an_older_database_in_the_same_home_signs_nothing(home):
    write(20)
    assert publishing.run_once()
    publishing.guard()
    assert not Head.objects.get().stopped
    _lose(5)
    publishing.guard()
    assert "has published 20 entries" in Head.objects.get().stopped
    write()
    assert Head.objects.get().size == 15


@pytest.mark.django_db
def test_a_database_with_other_entries_signs_nothing(home):
    write(20)
    assert publishing.run_once()
    _lose(5)
    write(10)
    publishing.guard()
    assert "not those that were published" in Head.objects.get().stopped


def _lose(n: int) -> None:
    """As after the restore of a dump that is ``n`` entries older."""
    head = Head.objects.get()
    head.size -= n
    keep = bytes(Tile.objects.get(level=0, index=0).hashes)[: 32 * head.size]
    Tile.objects.filter(level=0, index=0).update(hashes=keep)
    Sequenced.objects.filter(position__gte=head.size).delete()
    head.root = tiles().root(head.size)
    head.note = signing.sign(head.size, head.root)
    head.save()
    Publication.objects.update(size=head.size, note=head.note)


@pytest.mark.django_db
def test_a_tile_beyond_what_is_public_is_refused_also_by_the_function(home):
    with pytest.raises(NotFound):
        files.tile(0, 0, 1, 0)
