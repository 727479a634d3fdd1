"""Tiles answer like the whole tree does, and a batch touches few of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.merkle import (
    EMPTY_ROOT,
    TILE_WIDTH,
    TileError,
    Tiles,
    leaf_hash,
    root_of_hashes,
    tile_path,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(70_000)]


class Folder:
    """A place for tiles that counts what is read."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads: list[tuple[int, int]] = []

    def read(self, level: int, index: int) -> bytes:
        self.reads.append((level, index))
        return self.tiles.get((level, index), b"")


def filled(size: int) -> tuple[Folder, Tiles]:
    folder = Folder()
    changed, _, _ = Tiles(folder.read).append(0, LEAVES[:size])
    folder.tiles.update(changed)
    return folder, Tiles(folder.read)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=6))
def test_batches_of_any_size_give_the_tree_of_all_leaves(batches: list[int]) -> None:
    folder, size = Folder(), 0
    tiles = Tiles(folder.read)
    for batch in batches:
        changed, new_size, root = tiles.append(size, LEAVES[size : size + batch])
        folder.tiles.update(changed)
        assert new_size == size + batch
        assert root == root_of_hashes(LEAVES[:new_size]) == tiles.root(new_size)
        size = new_size


def test_one_batch_and_many_small_ones_leave_the_same_tiles() -> None:
    whole, _ = filled(3_000)
    folder, size = Folder(), 0
    for batch in (1, 255, 1, 300, 443, 2_000):
        changed, size, _ = Tiles(folder.read).append(size, LEAVES[size : size + batch])
        folder.tiles.update(changed)
    assert folder.tiles == whole.tiles


def test_a_batch_of_a_thousand_leaves_touches_few_tiles() -> None:
    folder, tiles = filled(65_000)
    folder.reads.clear()
    changed, _, _ = tiles.append(65_000, LEAVES[65_000:66_000])
    assert len(changed) <= 1_000 // TILE_WIDTH + 2 * 3, "whole ones, and two partial ones for each of three levels"
    assert len(folder.reads) <= 4


def test_three_levels_of_tiles_answer_like_the_whole_tree() -> None:
    size = 66_000
    folder, tiles = filled(size)
    assert {level for level, _ in folder.tiles} == {0, 1, 2}
    root = root_of_hashes(LEAVES[:size])
    assert tiles.root(size) == root
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        verify_inclusion(index, size, LEAVES[index], tiles.inclusion_proof(index, size), root)
    for old in (1, 256, 257, 65_535, 65_536, 65_537, 65_999):
        verify_consistency(old, size, tiles.consistency_proof(old, size), root_of_hashes(LEAVES[:old]), root)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 3_000), data=st.data())
def test_an_older_size_is_answered_from_newer_tiles(size: int, data: st.DataObject) -> None:
    _, tiles = filled(3_000)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root = root_of_hashes(LEAVES[:size])
    assert tiles.root(size) == root
    verify_inclusion(index, size, LEAVES[index], tiles.inclusion_proof(index, size), root)
    verify_consistency(old, size, tiles.consistency_proof(old, size), root_of_hashes(LEAVES[:old]), root)


def test_an_empty_log_has_the_empty_root_and_needs_no_tile() -> None:
    folder = Folder()
    assert Tiles(folder.read).append(0, []) == ({}, 0, EMPTY_ROOT)
    assert folder.reads == []


def test_appending_over_a_tile_left_by_a_crash_ignores_what_was_never_published() -> None:
    folder, _ = filled(300)
    changed, _, root = Tiles(folder.read).append(260, LEAVES[1_000:1_010])
    assert changed[0, 1] == b"".join([*LEAVES[256:260], *LEAVES[1_000:1_010]])
    assert root == root_of_hashes([*LEAVES[:260], *LEAVES[1_000:1_010]])


def test_a_tile_that_lacks_hashes_is_an_error_and_never_a_root() -> None:
    folder, tiles = filled(300)
    folder.tiles[0, 1] = folder.tiles[0, 1][:-1]
    for ask in (lambda: tiles.root(300), lambda: tiles.append(300, LEAVES[:1])):
        with pytest.raises(TileError, match="tile 0/1 has"):
            ask()


def test_questions_outside_the_log_are_refused() -> None:
    _, tiles = filled(10)
    for ask in (
        lambda: tiles.inclusion_proof(10, 10),
        lambda: tiles.consistency_proof(11, 10),
        lambda: tiles.root(-1),
        lambda: tiles.append(10, [b"short"]),
    ):
        with pytest.raises(TileError):
            ask()


def test_it_names_tiles_as_the_specification_does() -> None:
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path(1, 5, 8) == "tile/1/005.p/8"
    assert tile_path("entries", 3, 17) == "tile/entries/003.p/17"
    assert tile_path(0, 1_000) == "tile/0/x001/000"
    with pytest.raises(TileError):
        tile_path(0, 0, 257)
