"""Proofs of a public log, worked out here from its tiles: the server shows only what it shows everybody."""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import httpx

from guomen.core.merkle import (
    TILE_WIDTH,
    Checkpoint,
    Policy,
    ProofError,
    Tiles,
    TlogProof,
    parse_checkpoint,
    tile_path,
    tiles_of_proof,
    verify_consistency,
    verify_note,
)
from guomen.core.merkle.tiles import TileId
from guomen.core.merkle.tree import HASH_SIZE

KEPT = 4096
"""Full tiles that are remembered: 32 MB."""
AT_ONCE = 4


class LogReader:
    """Reads the log at ``url`` (C2SP tlog-tiles). Use it as a context, or close it.

    vkeys: the log's verifier key, or several; they come from elsewhere than the log. policy: which witnesses must have
    cosigned. Methods raise ProofError and NoteError when the log is not what it says, httpx.HTTPError when it does not
    answer. One that is kept also sees to it that the log only grows.
    """

    def __init__(self, url: str, vkeys: str | Sequence[str], *, policy: Policy | None = None) -> None:
        self.url, self.vkeys = url.rstrip("/"), [vkeys] if isinstance(vkeys, str) else list(vkeys)
        self.policy, self.note, self.seen = policy, "", Checkpoint("-", 0, bytes(HASH_SIZE))
        self._kept: OrderedDict[TileId, bytes] = OrderedDict()
        self._http = httpx.Client(timeout=30, limits=httpx.Limits(max_connections=AT_ONCE))
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def __enter__(self) -> "LogReader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._pool.shutdown()
        self._http.close()

    def refresh(self) -> Checkpoint:
        """Take the newest checkpoint: signed, cosigned as the policy asks, and continuing the one before."""
        note = self._get("checkpoint").decode(errors="replace")
        new = parse_checkpoint(verify_note(note, *self.vkeys))
        if self.policy and not self.policy.is_met(self.policy.cosigned(note)):
            raise ProofError("too few witnesses cosigned the checkpoint")
        if self.seen.size > new.size:
            raise ProofError(f"the log had {self.seen.size} entries and now has {new.size}")
        if self.seen.size:
            grown = Tiles(lambda level, index: self._tile((level, index), new.size))
            path = grown.consistency_proof(self.seen.size, new.size)
            verify_consistency(self.seen.size, new.size, path, self.seen.root, new.root)
        self.note, self.seen = note, new
        return new

    def prove(self, index: int) -> tuple[bytes, TlogProof]:
        """The leaf hash of entry number ``index`` and the proof that it is in the log, checked.

        Raises TileError for an entry beyond the newest checkpoint.
        """
        if index >= self.seen.size:
            self.refresh()
        size = self.seen.size
        wanted = tiles_of_proof(index, size)
        # Those of one proof together: it takes one round of questions.
        tiles = dict(zip(wanted, self._pool.map(lambda one: self._tile(one, size), wanted), strict=True))
        path = Tiles(lambda level, at: tiles[level, at]).inclusion_proof(index, size)
        first = index % TILE_WIDTH * HASH_SIZE
        leaf = tiles[0, index // TILE_WIDTH][first : first + HASH_SIZE]
        proof = TlogProof(index, tuple(path), self.note)
        proof.verify(leaf, *self.vkeys)
        return leaf, proof

    def forget(self) -> None:
        """Let go of the tiles that are remembered; the checkpoint stays."""
        self._kept.clear()

    def _tile(self, tile: TileId, size: int) -> bytes:
        level, index = tile
        width = min(TILE_WIDTH, (size >> 8 * level) - index * TILE_WIDTH)
        kept = self._kept.get(tile)
        if kept is not None and len(kept) >= width * HASH_SIZE:
            return kept
        try:
            content = self._get(tile_path(level, index, width))
        except httpx.HTTPStatusError as error:
            if error.response.status_code != 404 or width == TILE_WIDTH:
                raise
            # A partial tile may be gone once it is full, and begins with the same (C2SP tlog-tiles).
            content = self._get(tile_path(level, index))[: width * HASH_SIZE]
        if len(content) != width * HASH_SIZE:
            raise ProofError(f"tile {level}/{index} has {len(content)} bytes instead of {width * HASH_SIZE}")
        # A partial one is remembered, too, until a larger one is asked for.
        self._kept[tile] = content
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return content

    def _get(self, path: str) -> bytes:
        answer = self._http.get(f"{self.url}/{path}")
        answer.raise_for_status()
        return answer.content
