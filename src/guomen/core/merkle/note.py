"""Signed notes: C2SP signed-note (https://c2sp.org/signed-note), Ed25519 (signature type 0x01).

A note is a text ending in a newline, an empty line, and signature lines `— <key name> <base64(key id || signature)>`.
"""

import base64
import binascii
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_KEY_ID_SIZE = 4
_SIGNATURE_MARK = "\u2014 "
_MAX_SIGNATURES = 100


class NoteError(ValueError):
    """A note, a key or a signature is malformed, missing or wrong. The message says which."""


class _Signature(NamedTuple):
    name: str
    key_id: bytes
    signature: bytes


def vkey(name: str, public_key: Ed25519PublicKey) -> str:
    """Return the verifier key `<name>+<key id in hex>+<base64(0x01 || public key)>`."""
    key = _ED25519 + public_key.public_bytes_raw()
    return f"{_require_name(name)}+{_key_id(name, key).hex()}+{base64.b64encode(key).decode()}"


def sign_note(text: str, name: str, private_key: Ed25519PrivateKey) -> str:
    """Return `text` (which must end in a newline) as a note signed under the key name `name`."""
    _require_text(text)
    key = _ED25519 + private_key.public_key().public_bytes_raw()
    blob = _key_id(_require_name(name), key) + private_key.sign(text.encode())
    return f"{text}\n{_SIGNATURE_MARK}{name} {base64.b64encode(blob).decode()}\n"


def verify_note(note: str, vkey: str) -> str:
    """Return the text of a note that carries a good signature of the key `vkey`; raise NoteError otherwise.

    Signatures of other keys are ignored, as the specification demands; a bad signature under this very key is an error
    even when a good one follows.
    """
    name, key_id, public_key = _parse_vkey(vkey)
    text, signatures = _split_note(note)
    found = [s for s in signatures if s.name == name and s.key_id == key_id]
    if not found:
        raise NoteError(f"the note carries no signature of {name}+{key_id.hex()}")
    for signature in found:
        try:
            public_key.verify(signature.signature, text.encode())
        except InvalidSignature:
            raise NoteError(f"the signature of {name}+{key_id.hex()} is wrong") from None
    return text


def _key_id(name: str, key: bytes) -> bytes:
    # The name is part of the id, so that one key used under two names gives two verifiers.
    return sha256(name.encode() + b"\n" + key).digest()[:_KEY_ID_SIZE]


def _parse_vkey(vkey: str) -> tuple[str, bytes, Ed25519PublicKey]:
    # Base64 may contain "+", the name and the id may not: split from the left.
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise NoteError("a verifier key has the form name+id+key")
    name, key_id, key = _require_name(parts[0]), parts[1], _decode(parts[2])
    if key[:1] != _ED25519 or len(key) != 33:
        raise NoteError("the verifier key is not an Ed25519 key")
    if key_id != _key_id(name, key).hex():
        raise NoteError("the verifier key's id does not belong to its name and key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(key[1:])


def _split_note(note: str) -> tuple[str, list[_Signature]]:
    text, mark, tail = note.rpartition(f"\n\n{_SIGNATURE_MARK}")
    if not mark or not tail.endswith("\n"):
        raise NoteError("the note has no signature lines")
    text = _require_text(text + "\n")
    lines = (_SIGNATURE_MARK + tail).removesuffix("\n").split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise NoteError(f"the note has more than {_MAX_SIGNATURES} signatures")
    return text, [_parse_signature(line) for line in lines]


def _parse_signature(line: str) -> _Signature:
    name, _, encoded = line.removeprefix(_SIGNATURE_MARK).partition(" ")
    if not line.startswith(_SIGNATURE_MARK):
        raise NoteError("a signature line must begin with an em dash and a space")
    blob = _decode(encoded)
    if len(blob) <= _KEY_ID_SIZE:
        raise NoteError("a signature is too short")
    return _Signature(_require_name(name), blob[:_KEY_ID_SIZE], blob[_KEY_ID_SIZE:])


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
