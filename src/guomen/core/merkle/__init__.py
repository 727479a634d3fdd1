"""A Merkle tree that anyone can audit: RFC 6962 hashes and proofs, C2SP tiles, checkpoints and signed notes."""

from guomen.core.merkle.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from guomen.core.merkle.cosignature import cosign, verify_cosignature, witness_vkey
from guomen.core.merkle.note import NoteError, open_note, parse_vkey, sign_note, signers_of, verify_note, vkey
from guomen.core.merkle.policy import Policy, PolicyError, parse_policy
from guomen.core.merkle.proof import ProofError, verify_consistency, verify_inclusion
from guomen.core.merkle.tiles import TILE_WIDTH, TileError, Tiles, parse_tile_path, tile_path, tiles_of_proof
from guomen.core.merkle.tlog_proof import TlogProof, parse_tlog_proof
from guomen.core.merkle.tree import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash, root, root_of_hashes
from guomen.core.merkle.witness import WitnessError

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "TILE_WIDTH",
    "Checkpoint",
    "CheckpointError",
    "NoteError",
    "Policy",
    "PolicyError",
    "ProofError",
    "TileError",
    "Tiles",
    "TlogProof",
    "WitnessError",
    "cosign",
    "leaf_hash",
    "node_hash",
    "open_note",
    "parse_checkpoint",
    "parse_policy",
    "parse_tile_path",
    "parse_tlog_proof",
    "parse_vkey",
    "root",
    "root_of_hashes",
    "sign_note",
    "signers_of",
    "tile_path",
    "tiles_of_proof",
    "verify_consistency",
    "verify_cosignature",
    "verify_inclusion",
    "verify_note",
    "vkey",
    "witness_vkey",
]
