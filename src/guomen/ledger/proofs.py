"""A proof as a file or as a QR code: entry, path, checkpoint with its cosignatures.

Checked without us: nothing here knows of Django or a database.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import base45
import msgspec

from guomen.core.merkle import Policy, ProofError, leaf_hash, parse_checkpoint, verify_inclusion, verify_note
from guomen.kit import paper
from guomen.ledger.canonical import commitment

PREFIX = "GMP1:"
"""Before the text of a QR code: a proof as JSON, compressed (zlib), in base45."""
MOST_BYTES = 1 << 20
MOST_IN_A_QR_CODE = 4296
"""Capitals and digits in version 40 at level L (ISO/IEC 18004:2024, table 7)."""


class ProofFileError(ValueError):
    """A text is no proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's place in the signed tree. ``path`` is the inclusion proof, hex."""

    content: dict[str, Any]
    position: int
    size: int
    path: list[str]
    root: str
    checkpoint: str
    vkey: str


def check(proof: Proof, *vkeys: str) -> None:
    """Check a proof without the database, against keys of which one has signed. Raises ProofError, NoteError."""
    signed = parse_checkpoint(verify_note(proof.checkpoint, *vkeys))
    if signed.size != proof.size or signed.root.hex() != proof.root:
        raise ProofError("the checkpoint speaks of another tree")
    leaf = leaf_hash(commitment(proof.content))
    path = [bytes.fromhex(p) for p in proof.path]
    verify_inclusion(proof.position, proof.size, leaf, path, signed.root)


def qr_text(proof: Proof) -> str:
    """What the QR code says; capitals and digits, which take least room."""
    content = json.dumps(asdict(proof), ensure_ascii=False, separators=(",", ":")).encode()
    return PREFIX + base45.b45encode(zlib.compress(content, 9)).decode()


def qr_svg(proof: Proof) -> str:
    """The QR code, as SVG with its quiet zone. Raises ProofFileError when the entry is too long for one."""
    text = qr_text(proof)
    if len(text) > MOST_IN_A_QR_CODE:
        raise ProofFileError(f"the proof has {len(text)} characters, and a QR code holds {MOST_IN_A_QR_CODE}")
    return paper.qr_svg(text, error="L")


def read_proof(text: str) -> Proof:
    """A proof out of its file or its QR code. Raises ProofFileError."""
    try:
        if text.startswith(PREFIX):
            unpacked = zlib.decompressobj()
            content = unpacked.decompress(base45.b45decode(text.removeprefix(PREFIX).strip()), MOST_BYTES)
        else:
            content = text.encode()
        return msgspec.json.decode(content, type=Proof)
    except (ValueError, RecursionError, zlib.error, msgspec.MsgspecError) as error:
        raise ProofFileError(f"this is no proof ({error})") from None


def check_file(proof: Proof, *vkeys: str, policy: Policy | None = None) -> list[str]:
    """Check a proof against the log's keys; returns whose cosignatures it carries.

    Raises ProofError, NoteError, ProofFileError.
    """
    check(proof, *vkeys)
    cosigned = sorted(policy.cosigned(proof.checkpoint)) if policy else []
    if policy and not policy.is_met(cosigned):
        raise ProofFileError("too few witnesses cosigned the checkpoint")
    return cosigned
