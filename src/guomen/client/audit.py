"""Mirror a whole log and check every entry of it: needs nothing of whoever runs the log but its verifier key.

The mirror is a folder with the files of C2SP tlog-tiles. What is there already is not fetched again, so that an audit
can be stopped at any time and goes on where it was; it is checked again all the same.
"""

import os
from collections.abc import Callable, Iterator, Sequence
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
    tile_path,
    verify_note,
)
from guomen.core.merkle.tiles import TILE_WIDTH
from guomen.core.merkle.tree import EMPTY_ROOT, HASH_SIZE

AT_ONCE = 8
AHEAD = 32
"""Tiles that are fetched before they are checked."""


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

    def __init__(self) -> None:
        self.tops: list[tuple[int, bytes]] = []

    def add(self, hash: bytes) -> None:
        height = 0
        while self.tops and self.tops[-1][0] == height:
            hash, height = node_hash(self.tops.pop()[1], hash), height + 1
        self.tops.append((height, hash))

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
    peaks, done = Peaks(), 0
    for hashes in source.tiles(new.size):
        for hash in hashes:
            if before is not None and done == before.size:
                _same(peaks, before, f"the first {before.size} entries are not those that were there before")
            peaks.add(hash)
            done += 1
        progress(done, new.size)
    if before is not None and done == before.size:
        _same(peaks, before, f"the first {before.size} entries are not those that were there before")
    _same(peaks, new, "the entries do not make the tree that was signed")


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

    def get(self, path: str) -> bytes:
        answer = self.client.get(f"{self.url}/{path}")
        answer.raise_for_status()
        return answer.content

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
        hashes = self._file(tile_path(0, index, width))
        if len(hashes) != width * HASH_SIZE:
            raise AuditError(f"the tile of entry {index * TILE_WIDTH} and following has {len(hashes)} bytes")
        told = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
        for n, (entry, hash) in enumerate(zip(self._entries(index, width), told, strict=True)):
            if leaf_hash(entry) != hash:
                raise AuditError(f"entry {index * TILE_WIDTH + n} is not the one that is in the tree")
        return told

    def _entries(self, index: int, width: int) -> list[bytes]:
        content = self._file(tile_path("entries", index, width))
        found, at = [], 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 2])
            found.append(content[at + 2 : at + 2 + length])
            at += 2 + length
        if len(found) != width or at != len(content):
            raise AuditError(f"the bundle of entry {index * TILE_WIDTH} and following does not hold {width} entries")
        return found

    def _file(self, path: str) -> bytes:
        kept = self.folder / path
        # A partial tile is fetched anew: it is small, and soon another.
        if ".p/" not in path and kept.exists():
            return kept.read_bytes()
        content = self.get(path)
        self.fetched += 1
        if ".p/" not in path:
            _keep(kept, content)
        return content
