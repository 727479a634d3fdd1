"""One entry's place in a log as a text that is checked offline: C2SP tlog-proof (https://c2sp.org/tlog-proof).

c2sp.org/tlog-proof@v1
extra <base64, only when there is something>
index <from 0>
<inclusion proof from the leaf upwards, a base64 hash a line>

<checkpoint as a signed note, with its cosignatures>
"""

import base64
import binascii
import re
from dataclasses import dataclass

from guomen.core.merkle.checkpoint import Checkpoint, parse_checkpoint
from guomen.core.merkle.note import verify_note
from guomen.core.merkle.proof import ProofError, verify_inclusion
from guomen.core.merkle.tree import HASH_SIZE

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,19})")
MAX_PATH = 63
MAX_LENGTH = 64 * 1024


@dataclass(frozen=True, slots=True)
class TlogProof:
    """`index` counts from 0, `path` holds 32-byte hashes from the leaf upwards, `checkpoint` is a signed note."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        """Return the proof as its file holds it."""
        extra = [] if self.extra is None else [f"extra {_encode(self.extra)}"]
        return "\n".join([_FIRST, *extra, f"index {self.index}", *map(_encode, self.path), "", self.checkpoint])

    def verify(self, leaf_hash: bytes, *vkeys: str) -> Checkpoint:
        """Check that the leaf is in the log whose checkpoint one of the keys signed.

        Raises ProofError, NoteError, CheckpointError.
        """
        signed = parse_checkpoint(verify_note(self.checkpoint, *vkeys))
        verify_inclusion(self.index, signed.size, leaf_hash, self.path, signed.root)
        return signed


def parse_tlog_proof(text: str) -> TlogProof:
    """Read a proof; nothing of it is checked yet. Raises ProofError when it is none."""
    if len(text) > MAX_LENGTH:
        raise ProofError("the proof is too long")
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != _FIRST or not blank or not lines:
        raise ProofError(f"a proof begins with {_FIRST}")
    extra = None
    if lines[0].startswith("extra "):
        extra = _decode(lines.pop(0).removeprefix("extra "))
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None or len(lines) > 1 + MAX_PATH:
        raise ProofError("the proof does not say which entry it is of, or is longer than a tree is high")
    path = tuple(_decode(line) for line in lines[1:])
    if any(len(node) != HASH_SIZE for node in path):
        raise ProofError(f"a hash in the proof has not {HASH_SIZE} bytes")
    return TlogProof(int(index[1]), path, note, extra)


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decode(line: str) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise ProofError("a line of the proof is not base64") from None
