"""What witnesses say of a checkpoint: C2SP tlog-cosignature (https://c2sp.org/tlog-cosignature), version 1, Ed25519.

A cosignature states that at its time the checkpoint was the largest that the witness had seen of this log, and that it
continued all earlier ones.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core.merkle.note import NoteError, Signature, Signer, open_note, parse_vkey, signatures_of, signed, vkey

_COSIGNATURE = b"\x04"


def witness_vkey(name: str, public_key: Ed25519PublicKey) -> str:
    """Return the verifier key of a witness."""
    return vkey(name, public_key, _COSIGNATURE)


def cosign(text: str, name: str, private_key: Signer, at: int) -> Signature:
    """Cosign the text of a checkpoint; `at` is in seconds since 1970."""
    signature = at.to_bytes(8) + private_key.sign(_message(text, at))
    return signed(name, private_key, _COSIGNATURE, signature)


def verify_cosignature(note: str, vkey: str) -> int:
    """Return when (seconds since 1970) the witness `vkey` last cosigned the note; raise NoteError when it did not."""
    verifier = parse_vkey(vkey)
    if verifier.kind != _COSIGNATURE:
        raise NoteError("the verifier key is not a witness's")
    text, signatures = open_note(note)
    times = []
    for found in signatures_of(verifier, signatures):
        at, signature = int.from_bytes(found.signature[:8]), found.signature[8:]
        try:
            verifier.key.verify(signature, _message(text, at))
        except InvalidSignature:
            raise NoteError(f"the cosignature of {verifier.name}+{verifier.key_id.hex()} is wrong") from None
        times.append(at)
    return max(times)


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
