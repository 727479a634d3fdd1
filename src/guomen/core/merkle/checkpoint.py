"""The text that a log signs: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint)."""

import base64
import binascii
import re
from dataclasses import dataclass

from guomen.core.merkle.tree import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,19}")


class CheckpointError(ValueError):
    """A text is not a checkpoint. The message says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of a log: `origin` (its unique name), number of leaves, 32-byte root, extension lines (usually none)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            raise CheckpointError("origin and extensions are single lines that are not empty")
        if self.size < 0:
            raise CheckpointError("a log cannot have a negative size")
        if len(self.root) != HASH_SIZE:
            raise CheckpointError(f"a root has {HASH_SIZE} bytes, not {len(self.root)}")

    def text(self) -> str:
        """Return the text to be signed: origin, decimal size, base64 root, extensions, a newline after each."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "\n".join(lines) + "\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint written in `text` (the text of a verified note); raise CheckpointError if it is none."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise CheckpointError("a checkpoint has at least three lines and ends in a newline")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointError("the size is not a decimal number without leading zeros")
    try:
        root_hash = base64.b64decode(root, validate=True)
    except (binascii.Error, ValueError):
        raise CheckpointError("the root is not base64") from None
    checkpoint = Checkpoint(origin, int(size), root_hash, tuple(extensions))
    # Only one spelling may exist, or two texts with different signatures could state the same thing.
    if checkpoint.text() != text:
        raise CheckpointError("the checkpoint is not in its canonical spelling")
    return checkpoint
