"""A Merkle tree that anyone can audit: RFC 6962 hashes and proofs, C2SP tiles, checkpoints and signed notes."""

from guomen.core.merkle.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from guomen.core.merkle.note import NoteError, sign_note, verify_note, vkey
from guomen.core.merkle.proof import ProofError, verify_consistency, verify_inclusion
from guomen.core.merkle.tiles import TILE_WIDTH, TileError, Tiles, tile_path
from guomen.core.merkle.tree import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash, root, root_of_hashes

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "TILE_WIDTH",
    "Checkpoint",
    "CheckpointError",
    "NoteError",
    "ProofError",
    "TileError",
    "Tiles",
    "leaf_hash",
    "node_hash",
    "parse_checkpoint",
    "root",
    "root_of_hashes",
    "sign_note",
    "tile_path",
    "verify_consistency",
    "verify_inclusion",
    "verify_note",
    "vkey",
]
