"""Mirror a whole log and check every entry of it: needs nothing of whoever runs the log but its verifier key.

The mirror is a folder with the files of C2SP tlog-tiles. What is there already is not fetched again, so that an audit
can be stopped at any time and goes on where it was; it is checked again all the same.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from guomen.core.merkle import (
    Checkpoint,
    Policy,
    leaf_hash,
    node_hash,
    parse_checkpoint,
    root_of_hashes,
    tile_path,
    verify_note,
)
from guomen.core.merkle.tiles import TILE_HEIGHT, TILE_WIDTH
from guomen.core.merkle.tree import EMPTY_ROOT, HASH_SIZE

AT_ONCE = 8
AHEAD = 32
"""Tiles that are fetched before they are checked."""
MOST_BYTES = TILE_WIDTH * (2 + 0xFFFF)
"""Of a bundle: C2SP tlog-tiles gives the length of an entry two bytes."""
MOST_BYTES_OF_A_CHECKPOINT = 64 * 1024


class AuditError(Exception):
    """The log is not what it says; the message says where."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found to be right. ``witnesses``: whose cosignatures the checkpoint carries."""

    checkpoint: Checkpoint
    fetched: int
    """Files that were not in the mirror yet."""
    witnesses: tuple[str, ...]


class Peaks:
    """The root of a growing tree, of which only the tops of full subtrees are kept."""

    def __init__(self, tops: Iterable[tuple[int, bytes]] = ()) -> None:
        self.tops = list(tops)

    def add(self, hash: bytes, height: int = 0) -> None:
        """Add a leaf, or the top of a full subtree where all that is there is as high or higher."""
        while self.tops and self.tops[-1][0] == height:
            hash, height = node_hash(self.tops.pop()[1], hash), height + 1
        self.tops.append((height, hash))

    def with_leaves(self, hashes: Iterable[bytes]) -> "Peaks":
        more = Peaks(self.tops)
        for hash in hashes:
            more.add(hash)
        return more

    def root(self) -> bytes:
        if not self.tops:
            return EMPTY_ROOT
        *rest, (_, found) = self.tops
        for _, top in reversed(rest):
            found = node_hash(top, found)
        return found


def audit(
    url: str,
    vkey: str | Sequence[str],
    folder: Path,
    *,
    policy: Policy | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Mirror the log at ``url`` into ``folder`` and check all of it. Raises AuditError, NoteError, httpx.HTTPError.

    ``vkey``: the log's verifier key, or all that it had, when the mirror was begun under one that is retired.
    ``progress`` is told entries checked and entries in all. ``policy``: the checkpoint must be cosigned as it asks.
    """
    with httpx.Client(timeout=30, limits=httpx.Limits(max_connections=AT_ONCE)) as client:
        source = _Source(client, url.rstrip("/"), folder)
        note = source.get("checkpoint").decode()
        vkeys = [vkey] if isinstance(vkey, str) else vkey
        new = parse_checkpoint(verify_note(note, *vkeys))
        cosigned = tuple(policy.cosigned(note)) if policy else ()
        if policy and not policy.is_met(cosigned):
            raise AuditError("the checkpoint is not cosigned by as many witnesses as the policy asks for")
        before = _before(folder, vkeys)
        if before is not None and before.size > new.size:
            raise AuditError(f"the log had {before.size} entries and now has {new.size}")
        _check(source, new, before, progress or (lambda _done, _all: None))
        _keep(folder / "checkpoint", note.encode())
    return Report(new, source.fetched, cosigned)


def _check(source: "_Source", new: Checkpoint, before: Checkpoint | None, progress: Callable[[int, int], None]) -> None:
    peaks, upper, done = Peaks(), _Upper(source), 0
    for hashes in source.tiles(new.size):
        if before is not None and done < before.size <= done + len(hashes):
            so_far = peaks.with_leaves(hashes[: before.size - done])
            _same(so_far, before, f"the first {before.size} entries are not those that were there before")
        if len(hashes) == TILE_WIDTH:
            top = root_of_hashes(hashes)
            peaks.add(top, TILE_HEIGHT)
            upper.add(top)
        else:
            peaks = peaks.with_leaves(hashes)
        done += len(hashes)
        progress(done, new.size)
    upper.end()
    _same(peaks, new, "the entries do not make the tree that was signed")


class _Upper:
    """The tiles above the lowest level: each must hold the tops of those below it."""

    def __init__(self, source: "_Source") -> None:
        self.source = source
        self.rows: list[tuple[int, list[bytes]]] = []
        """Of each level from 1 on: index of its last tile, and the hashes that it has so far."""

    def add(self, top: bytes) -> None:
        level = 0
        while True:
            if level == len(self.rows):
                self.rows.append((0, []))
            index, row = self.rows[level]
            row.append(top)
            if len(row) < TILE_WIDTH:
                return
            self._compare(level + 1, index, row)
            self.rows[level] = (index + 1, [])
            top, level = root_of_hashes(row), level + 1

    def end(self) -> None:
        for level, (index, row) in enumerate(self.rows, 1):
            if row:
                self._compare(level, index, row)

    def _compare(self, level: int, index: int, row: list[bytes]) -> None:
        if self.source.file(tile_path(level, index, len(row))) != b"".join(row):
            raise AuditError(f"tile {index} of level {level} does not hold the tops of the tiles below it")


def _same(peaks: Peaks, signed: Checkpoint, why: str) -> None:
    if peaks.root() != signed.root:
        raise AuditError(why)


def _before(folder: Path, vkeys: Sequence[str]) -> Checkpoint | None:
    try:
        return parse_checkpoint(verify_note((folder / "checkpoint").read_text(), *vkeys))
    except FileNotFoundError:
        return None


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


class _Source:
    """The files of a log: of the mirror where it has them, else of the log itself."""

    def __init__(self, client: httpx.Client, url: str, folder: Path) -> None:
        self.client, self.url, self.folder, self.fetched = client, url, folder, 0

    def get(self, path: str, most: int = MOST_BYTES_OF_A_CHECKPOINT) -> bytes:
        content = b""
        with self.client.stream("GET", f"{self.url}/{path}") as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                content += part
                if len(content) > most:
                    raise AuditError(f"{path} is longer than it can be")
        return content

    def tiles(self, size: int) -> Iterator[list[bytes]]:
        """The leaf hashes, a tile at a time, each checked against its entry."""
        places = [(at // TILE_WIDTH, min(TILE_WIDTH, size - at)) for at in range(0, size, TILE_WIDTH)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = [pool.submit(self._tile, *place) for place in places[:AHEAD]]
            for n in range(len(places)):
                hashes = waiting.pop(0).result()
                if n + AHEAD < len(places):
                    waiting.append(pool.submit(self._tile, *places[n + AHEAD]))
                yield hashes

    def _tile(self, index: int, width: int) -> list[bytes]:
        hashes = self.file(tile_path(0, index, width))
        if len(hashes) != width * HASH_SIZE:
            raise AuditError(f"the tile of entry {index * TILE_WIDTH} and following has {len(hashes)} bytes")
        told = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
        for n, (entry, hash) in enumerate(zip(self._entries(index, width), told, strict=True)):
            if leaf_hash(entry) != hash:
                raise AuditError(f"entry {index * TILE_WIDTH + n} is not the one that is in the tree")
        return told

    def _entries(self, index: int, width: int) -> list[bytes]:
        content = self.file(tile_path("entries", index, width))
        found, at = [], 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 2])
            found.append(content[at + 2 : at + 2 + length])
            at += 2 + length
        if len(found) != width or at != len(content):
            raise AuditError(f"the bundle of entry {index * TILE_WIDTH} and following does not hold {width} entries")
        return found

    def file(self, path: str) -> bytes:
        """A tile or bundle, of which nothing may change: from the mirror if it is there."""
        kept = self.folder / path
        if kept.exists():
            return kept.read_bytes()
        content = self._fetched(path)
        self.fetched += 1
        _keep(kept, content)
        if ".p/" not in path:
            # What was partial before is in the full one.
            shutil.rmtree(kept.with_name(f"{kept.name}.p"), ignore_errors=True)
        return content

    def _fetched(self, path: str) -> bytes:
        try:
            return self.get(path, MOST_BYTES)
        except httpx.HTTPStatusError as error:
            full, partial, width = path.partition(".p/")
            if error.response.status_code != 404 or not partial:
                raise
            # A partial one may be gone once it is full, and the full one begins with the same (C2SP tlog-tiles).
            return _beginning(self.get(full, MOST_BYTES), int(width), path.startswith("tile/entries/"))


def _beginning(content: bytes, width: int, is_bundle: bool) -> bytes:
    """The first so many hashes of a tile, or entries of a bundle."""
    if not is_bundle:
        return content[: width * HASH_SIZE]
    at = 0
    for _ in range(width):
        at += 2 + int.from_bytes(content[at : at + 2])
    return content[:at]
