"""What witnesses say of a checkpoint: C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature), version 1, Ed25519.

A cosignature states that at its time the checkpoint was the largest that the witness had seen of this log, and that it
continued all earlier ones.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core.merkle.note import (
    NoteError,
    Signature,
    Signer,
    Verifier,
    open_note,
    parse_vkey,
    signatures_of,
    signed,
    vkey,
)

_COSIGNATURE = b"\x04"
_LATEST = (1 << 63) - 1


def witness_vkey(name: str, public_key: Ed25519PublicKey) -> str:
    """Return the verifier key of a witness."""
    return vkey(name, public_key, _COSIGNATURE)


def cosign(text: str, name: str, private_key: Signer, at: int) -> Signature:
    """Cosign the text of a checkpoint; `at` is in seconds since 1970."""
    signature = at.to_bytes(8) + private_key.sign(_message(text, at))
    return signed(name, private_key, _COSIGNATURE, signature)


def verify_cosignature(note: str, vkey: str) -> int:
    """Return when (seconds since 1970) the witness `vkey` last cosigned the note; raise NoteError when it did not."""
    text, signatures = open_note(note)
    verifier = parse_witness(vkey)
    return max(_time(verifier, text, found) for found in signatures_of(verifier, signatures))


def cosignature_line(note: str, answer: str, vkey: str) -> tuple[str, int]:
    """The newest cosignature of ``vkey`` among the signature lines that a witness answered, and its time.

    Nothing else of the answer is returned: a line under another name could spoil the note. Raises NoteError.
    """
    text, signatures = open_note(note + answer)
    verifier = parse_witness(vkey)
    if text != open_note(note)[0]:
        raise NoteError("the answer does not consist of signature lines")
    at, found = max((_time(verifier, text, one), one) for one in signatures_of(verifier, signatures))
    return found.line(), at


def parse_witness(vkey: str) -> Verifier:
    """Read the verifier key of a witness; raises NoteError."""
    verifier = parse_vkey(vkey)
    if verifier.kind != _COSIGNATURE:
        raise NoteError("the verifier key is not a witness's")
    return verifier


def _time(verifier: Verifier, text: str, found: Signature) -> int:
    at, signature = int.from_bytes(found.signature[:8]), found.signature[8:]
    if at > _LATEST:
        raise NoteError("the time of a cosignature is beyond all times")
    try:
        verifier.key.verify(signature, _message(text, at))
    except InvalidSignature:
        raise NoteError(f"the cosignature of {verifier.name}+{verifier.key_id.hex()} is wrong") from None
    return at


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
