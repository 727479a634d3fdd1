"""Signed notes: C2SP signed-note (https://c2sp.org/signed-note), Ed25519 (signature type 0x01).

A note is a text ending in a newline, an empty line, and signature lines `— <key name> <base64(key id || signature)>`.
"""

import base64
import binascii
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\x01"
_KEY_ID_SIZE = 4
_MARK = "\u2014 "
_MAX_SIGNATURES = 100


class NoteError(ValueError):
    """A note, a key or a signature is malformed, missing or wrong. The message says which."""


class Signer(Protocol):
    """An Ed25519 key that signs, for example an ``Ed25519PrivateKey`` or one that stays in a security module."""

    def sign(self, data: bytes, /) -> bytes:
        """The signature."""

    def public_key(self) -> Ed25519PublicKey:
        """The public half."""


class Signature(NamedTuple):
    """One signature line. ``signature`` is what stands after the key id."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class Verifier(NamedTuple):
    """What a verifier key says. ``kind``: the byte of the signature type."""

    name: str
    key_id: bytes
    kind: bytes
    key: Ed25519PublicKey


def vkey(name: str, public_key: Ed25519PublicKey, kind: bytes = _ED25519) -> str:
    """Return the verifier key `<name>+<key id in hex>+<base64(signature type || public key)>`."""
    key = kind + public_key.public_bytes_raw()
    return f"{_require_name(name)}+{_key_id(name, key).hex()}+{base64.b64encode(key).decode()}"


def sign_note(text: str, name: str, *private_keys: Signer) -> str:
    """Return `text` (which must end in a newline) as a note signed by each key under the key name `name`."""
    _require_text(text)
    lines = [signed(name, key, _ED25519, key.sign(text.encode())).line() for key in private_keys]
    return f"{text}\n{''.join(lines)}"


def signed(name: str, private_key: Signer, kind: bytes, signature: bytes) -> Signature:
    """The signature line of a key under this name."""
    key = kind + private_key.public_key().public_bytes_raw()
    return Signature(_require_name(name), _key_id(name, key), signature)


def verify_note(note: str, *vkeys: str) -> str:
    """Return the text of a note that carries a good signature of one of the keys; raise NoteError otherwise.

    Signatures of other keys are ignored, as the specification demands; a bad signature under one of these very keys is
    an error even when a good one follows.
    """
    text, signatures = open_note(note)
    if not signers_of(text, signatures, vkeys):
        wanted = " or ".join(f"{one.name}+{one.key_id.hex()}" for one in map(parse_vkey, vkeys)) or "any known key"
        raise NoteError(f"the note carries no signature of {wanted}")
    return text


def signers_of(text: str, signatures: list[Signature], vkeys: Sequence[str]) -> list[str]:
    """Those of the keys that signed the text; raises NoteError when a signature under one of them is wrong."""
    found = []
    for vkey in vkeys:
        verifier = parse_vkey(vkey)
        if verifier.kind != _ED25519:
            raise NoteError("the verifier key is not an Ed25519 key")
        theirs = [s for s in signatures if s.name == verifier.name and s.key_id == verifier.key_id]
        for signature in theirs:
            try:
                verifier.key.verify(signature.signature, text.encode())
            except InvalidSignature:
                raise NoteError(f"the signature of {verifier.name}+{verifier.key_id.hex()} is wrong") from None
        if theirs:
            found.append(vkey)
    return found


def signatures_of(verifier: Verifier, signatures: list[Signature]) -> list[Signature]:
    """Those of one key; raises NoteError when there is none."""
    found = [s for s in signatures if s.name == verifier.name and s.key_id == verifier.key_id]
    if not found:
        raise NoteError(f"the note carries no signature of {verifier.name}+{verifier.key_id.hex()}")
    return found


def _key_id(name: str, key: bytes) -> bytes:
    # The name is part of the id, so that one key used under two names gives two verifiers.
    return sha256(name.encode() + b"\n" + key).digest()[:_KEY_ID_SIZE]


def parse_vkey(vkey: str) -> Verifier:
    """Read a verifier key; raises NoteError."""
    # Base64 may contain "+", the name and the id may not: split from the left.
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise NoteError("a verifier key has the form name+id+key")
    name, key_id, key = _require_name(parts[0]), parts[1], _decode(parts[2])
    if len(key) != 33:
        raise NoteError("the verifier key is not an Ed25519 key")
    if key_id != _key_id(name, key).hex():
        raise NoteError("the verifier key's id does not belong to its name and key")
    return Verifier(name, bytes.fromhex(key_id), key[:1], Ed25519PublicKey.from_public_bytes(key[1:]))


def open_note(note: str) -> tuple[str, list[Signature]]:
    """Text and signatures of a note, none of them checked; raises NoteError when it is none."""
    text, mark, tail = note.rpartition(f"\n\n{_MARK}")
    if not mark or not tail.endswith("\n"):
        raise NoteError("the note has no signature lines")
    text = _require_text(text + "\n")
    lines = (_MARK + tail).removesuffix("\n").split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise NoteError(f"the note has more than {_MAX_SIGNATURES} signatures")
    return text, [parse_signature(line) for line in lines]


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline; raises NoteError."""
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK):
        raise NoteError("a signature line must begin with an em dash and a space")
    blob = _decode(encoded)
    if len(blob) <= _KEY_ID_SIZE:
        raise NoteError("a signature is too short")
    return Signature(_require_name(name), blob[:_KEY_ID_SIZE], blob[_KEY_ID_SIZE:])


def _require_name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("a key name must not be empty nor contain a plus sign or a space")
    return name


def _require_text(text: str) -> str:
    if not text.endswith("\n"):
        raise NoteError("the text of a note must end in a newline")
    if any(character < " " and character != "\n" for character in text):
        raise NoteError("the text of a note must not contain control characters")
    return text


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("a part of the note is not base64") from None
