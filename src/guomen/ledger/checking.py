"""A proof that somebody brings, looked at here: does it hold, and does the log of today still say the same?"""

from dataclasses import dataclass, field
from typing import Any, Literal

from guomen.core.merkle import NoteError, TlogProof, leaf_hash, open_note, parse_tlog_proof, signers_of
from guomen.ledger import files, publishing, signing, witnesses
from guomen.ledger.canonical import commitment
from guomen.ledger.proofs import ProofFileError, read_proof

TLOG = "c2sp.org/tlog-proof@"
Verdict = Literal["holds", "no-proof", "other-log", "changed"]


@dataclass(frozen=True, slots=True)
class Checked:
    """``verdict`` and, where it holds, what is proved. ``reason``: for experts, in English."""

    verdict: Verdict
    reason: str = ""
    position: int = 0
    size: int = 0
    root: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    """The entry itself; empty when only its place was brought (C2SP tlog-proof)."""
    keys: tuple[str, ...] = ()
    cosigned: dict[str, int] = field(default_factory=dict)
    """Witness -> when, in seconds since 1970."""
    still_there: bool = False
    """Whether the log of today has the same entry at this place."""


def check_text(text: str) -> Checked:
    """Check a proof in any of its forms: our JSON file, the text of its QR code, or a C2SP tlog-proof."""
    text, bundle = text.strip(), None
    try:
        if text.startswith(TLOG):
            proof, content = parse_tlog_proof(text + "\n"), {}
            leaf = files.leaf(proof.index, publishing.size())
            if leaf is None:
                return Checked("changed", "the public log has no entry of this number")
        else:
            bundle = read_proof(text)
            content, leaf = bundle.content, leaf_hash(commitment(bundle.content))
            path = tuple(bytes.fromhex(node) for node in bundle.path)
            proof = TlogProof(bundle.position, path, bundle.checkpoint)
    except (ProofFileError, ValueError, KeyError, RecursionError) as error:
        return Checked("no-proof", str(error))
    found = _checked(proof, leaf, content)
    if bundle is not None and found.verdict == "holds" and (bundle.size, bundle.root) != (found.size, found.root):
        return Checked("changed", "the checkpoint speaks of another tree")
    return found


def _checked(proof: TlogProof, leaf: bytes, content: dict[str, Any]) -> Checked:
    vkeys = [one.vkey for one in signing.every_key()]
    try:
        keys = signers_of(*open_note(proof.checkpoint), vkeys)
        if not keys:
            return Checked("other-log", "none of our keys signed the checkpoint")
        signed = proof.verify(leaf, *vkeys)
    except NoteError as error:
        return Checked("other-log", str(error))
    except ValueError as error:
        return Checked("changed", str(error))
    cosigned = witnesses.policy().cosigned(proof.checkpoint)
    there = files.leaf(proof.index, publishing.size()) == leaf
    return Checked("holds", "", proof.index, signed.size, signed.root.hex(), content, tuple(keys), cosigned, there)
