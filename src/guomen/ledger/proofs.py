"""A proof as a file or as a QR code: entry, path, checkpoint with its cosignatures. Checked without us."""

import json
import zlib
from dataclasses import asdict

import base45
import msgspec

from guomen.core.merkle import Policy
from guomen.kit import paper
from guomen.ledger.queries import Proof, check

PREFIX = "GMP1:"
"""Before the text of a QR code: a proof as JSON, compressed (zlib), in base45."""
MOST_BYTES = 1 << 20


class ProofFileError(ValueError):
    """A text is no proof."""


def qr_text(proof: Proof) -> str:
    """What the QR code says; capitals and digits, which take least room."""
    content = json.dumps(asdict(proof), ensure_ascii=False, separators=(",", ":")).encode()
    return PREFIX + base45.b45encode(zlib.compress(content, 9)).decode()


def qr_svg(proof: Proof) -> str:
    """The QR code, as SVG with its quiet zone. Raises ValueError when the entry is too long for one."""
    return paper.qr_svg(qr_text(proof), error="L")


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
