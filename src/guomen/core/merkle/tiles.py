"""A log kept as tiles of 256 hashes: C2SP tlog-tiles (https://c2sp.org/tlog-tiles), tile height 8.

The tile (level L, index N) holds the hashes of tree level 8*L from number 256*N on, 32 bytes each, concatenated. The
last tile of a level may be partial. Nothing here reads or writes: a function that reads tiles comes in, and changed
tiles go out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from guomen.core.merkle.tree import EMPTY_ROOT, HASH_SIZE, node_hash, root_of_hashes

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

TileReader = Callable[[int, int], bytes]
TileId = tuple[int, int]


class TileError(ValueError):
    """A tile holds fewer hashes than the size of the log demands, or a question lies outside the log."""


def tile_path(level: int | Literal["entries"], index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile below the log's prefix, e.g. `tile/0/x001/x234/067.p/8` (C2SP tlog-tiles).

    Level "entries" names the bundle of log entries that belongs to tile 0/index. `width` below 256 is a partial tile.
    """
    if not ((level == "entries" or 0 <= level <= 63) and index >= 0 and 1 <= width <= TILE_WIDTH):
        raise TileError(f"there is no tile with level {level}, index {index} and width {width}")
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def parse_tile_path(path: str) -> tuple[int | Literal["entries"], int, int]:
    """Return level, index and width of a tile's path; raise TileError when it is none, or not spelled as it should."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TileError(f"{path} is not the path of a tile")
    level: int | Literal["entries"] = "entries" if found[1] == "entries" else int(found[1])
    index, width = int(found[2].replace("x", "").replace("/", "")), int(found[3] or TILE_WIDTH)
    if tile_path(level, index, width) != path:
        raise TileError(f"{path} is not how the path of this tile is spelled")
    return level, index, width


class Tiles:
    """Arithmetic of one log over `read(level, index) -> bytes`, which may return more hashes than asked for.

    A tile wider than the size demands is cut: after a crash between writing tiles and publishing the checkpoint, tiles
    are ahead of the size, never behind.
    """

    def __init__(self, read: TileReader) -> None:
        self._read = read

    def append(self, size: int, new_leaf_hashes: Sequence[bytes]) -> tuple[dict[TileId, bytes], int, bytes]:
        """Add leaf hashes to `size` leaves; return (changed tiles with their whole content, new size, new root).

        Reads the last tile of each level, if it is partial, and no other; a batch of n touches about n/255 tiles and
        two per level.
        """
        if any(len(value) != HASH_SIZE for value in new_leaf_hashes):
            raise TileError(f"a leaf hash must have {HASH_SIZE} bytes")
        view = _View(self._read, size)
        changed: dict[TileId, bytes] = {}
        level, count, new = 0, size, list(new_leaf_hashes)
        while new:
            new, changed_here = _extend_level(view, level, count, new)
            changed.update(changed_here)
            level, count = level + 1, count >> TILE_HEIGHT
        new_size = size + len(new_leaf_hashes)
        after = _View(self._read, new_size, changed)
        return changed, new_size, after.range_hash(0, new_size)

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` leaves."""
        return _View(self._read, size).range_hash(0, size)

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """Return PATH(index, D[0:size]) of RFC 6962 section 2.1.1, from the leaf upwards."""
        view = _View(self._read, size)
        return [view.range_hash(lo, hi) for lo, hi in _siblings(index, size)]

    def consistency_proof(self, size1: int, size2: int) -> list[bytes]:
        """Return PROOF(size1, D[0:size2]) of RFC 6962 section 2.1.2; empty for size1 = 0 or size1 = size2."""
        if not 0 <= size1 <= size2:
            raise TileError(f"a tree of {size2} leaves cannot continue a tree of {size1} leaves")
        if size1 in (0, size2):
            return []
        view = _View(self._read, size2)
        lo, hi, proof = 0, size2, list[bytes]()
        while size1 != hi:
            split = lo + _split(hi - lo)
            if size1 <= split:
                proof.append(view.range_hash(split, hi))
                hi = split
            else:
                proof.append(view.range_hash(lo, split))
                lo = split
        if lo:
            proof.append(view.range_hash(lo, hi))
        return proof[::-1]


def tiles_of_proof(index: int, size: int) -> list[TileId]:
    """The tiles that :meth:`Tiles.inclusion_proof` reads, and the one of the leaf itself, so that they can be fetched
    together. Raises TileError."""
    wanted = {(0, index // TILE_WIDTH)}
    for lo, hi in _siblings(index, size):
        wanted |= {_tile_of(height, number)[:2] for height, number in _perfect_subtrees(lo, hi)}
    return sorted(wanted)


class _View:
    """The hashes of a log of a given size, each tile read once."""

    def __init__(self, read: TileReader, size: int, fresh: dict[TileId, bytes] | None = None) -> None:
        if size < 0:
            raise TileError("a log cannot have a negative size")
        self._read = read
        self._size = size
        self._tiles = dict(fresh or {})

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        """Return `count` hashes of tile level `level` from number `start` on; they lie in one tile."""
        index, offset = divmod(start, TILE_WIDTH)
        tile = self._tiles.get((level, index))
        if tile is None:
            tile = self._tiles[level, index] = self._read(level, index)
        if len(tile) < (offset + count) * HASH_SIZE:
            raise TileError(f"tile {level}/{index} has {len(tile)} bytes; {(offset + count) * HASH_SIZE} are needed")
        first = offset * HASH_SIZE
        return [tile[at : at + HASH_SIZE] for at in range(first, first + count * HASH_SIZE, HASH_SIZE)]

    def range_hash(self, lo: int, hi: int) -> bytes:
        """Return MTH(D[lo:hi]) where `lo` is a multiple of the largest power of two not above hi - lo."""
        if lo == hi:
            return EMPTY_ROOT
        parts = [self._perfect_subtree(height, number) for height, number in _perfect_subtrees(lo, hi)]
        found = parts.pop()
        while parts:
            found = node_hash(parts.pop(), found)
        return found

    def _perfect_subtree(self, height: int, index: int) -> bytes:
        level, tile, offset, count = _tile_of(height, index)
        return root_of_hashes(self.hashes(level, tile * TILE_WIDTH + offset, count))


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose hashes make up an inclusion proof, from the leaf upwards."""
    if not 0 <= index < size:
        raise TileError(f"leaf {index} is not in a tree of {size} leaves")
    lo, hi, found = 0, size, list[tuple[int, int]]()
    while hi - lo > 1:
        split = lo + _split(hi - lo)
        found.append((split, hi) if index < split else (lo, split))
        lo, hi = (lo, split) if index < split else (split, hi)
    return found[::-1]


def _perfect_subtrees(lo: int, hi: int) -> Iterator[tuple[int, int]]:
    """Height and number of the full subtrees that make up a range, from left to right."""
    while lo < hi:
        height = (hi - lo).bit_length() - 1
        yield height, lo >> height
        lo += 1 << height


def _tile_of(height: int, number: int) -> tuple[int, int, int, int]:
    """Where the hashes below a full subtree are: level and index of the tile, offset in it, how many."""
    level, rest = divmod(height, TILE_HEIGHT)
    tile, offset = divmod(number << rest, TILE_WIDTH)
    return level, tile, offset, 1 << rest


def _extend_level(view: _View, level: int, count: int, new: list[bytes]) -> tuple[list[bytes], dict[TileId, bytes]]:
    """Return (hashes that the level above gains, changed tiles) when `new` hashes join the `count` of this level."""
    index, width = divmod(count, TILE_WIDTH)
    row = (view.hashes(level, count - width, width) if width else []) + new
    above: list[bytes] = []
    changed: dict[TileId, bytes] = {}
    for start in range(0, len(row), TILE_WIDTH):
        tile = row[start : start + TILE_WIDTH]
        changed[level, index] = b"".join(tile)
        if len(tile) == TILE_WIDTH:
            above.append(root_of_hashes(tile))
        index += 1
    return above, changed


def _split(count: int) -> int:
    """Return the largest power of two below `count` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)
