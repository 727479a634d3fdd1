"""SUN messages of NTAG 424 DNA chips: what the chip writes into its own address anew at each tap (NXP calls it SDM).

Sources: datasheet NT4H2421Gx section 9.3, AN12196 (AES), AN12304 (LRP). :func:`decode` reads the encrypted mirror,
:func:`decode_plain` the plain one; :func:`encode` and :func:`encode_plain` write what a chip with given keys would.

A message that decodes was made by a chip that holds the keys, at the count it names. It may still be an old one that
somebody collected: only the counter tells (:mod:`guomen.core.tagcrypto.counters`), so ask it each time.

Texts are the hex digits as mirrored. Chips write capital letters; small ones mean that somebody rewrote the address,
and are refused ("case"), so that one message has one spelling.
"""

import hmac
import secrets
from binascii import unhexlify
from collections.abc import Callable
from typing import Literal, NamedTuple

from guomen.core.tagcrypto.aes import BLOCK, encrypt
from guomen.core.tagcrypto.diversify import KeyOf
from guomen.core.tagcrypto.sessions import MODES, Mode, lrp, read_picc

Reason = Literal["length", "alphabet", "case", "picc", "uid", "counter", "key", "mode", "mac"]

MAX_COUNTER = 0xFFFFFF
MAX_FILE = 256
"""Bytes of the chip's NDEF file: no MAC input or mirrored file data is longer."""
_UID_BYTES = 7
_NOTHING = (b"",)
_UID_AND_COUNTER, _UID_ALONE, _COUNTER_ALONE = 0xC7, 0x87, 0x40


class SunError(ValueError):
    """A message is not what a chip with these keys writes.

    ``reason``: "length", "alphabet" (no hex), "case" (small letters), "picc" (PICC data that no chip makes: a wrong
    meta key or a changed text), "uid" or "counter" (not mirrored, but needed), "key" (not 16 bytes), "mode", "mac".
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid SUN message: {reason}")
        self.reason: Reason = reason


class SunMessage(NamedTuple):
    """What one tap says. ``uid`` is empty and ``counter`` None where the chip is set not to mirror it."""

    uid: bytes
    counter: int | None
    file_data: bytes | None


class SunText(NamedTuple):
    """What a chip mirrors; ``enc`` is empty without file data, ``picc_data`` in the plain mirror."""

    picc_data: str
    cmac: str
    enc: str = ""


def decode(
    picc_data: str,
    cmac: str,
    enc: str | None = None,
    *,
    meta_key: bytes,
    file_key: bytes | KeyOf,
    mode: str = "AES",
    mac_input: str | None = None,
) -> SunMessage:
    """Check a message with encrypted UID and counter, and say what is in it. Every failure is a SunError.

    ``picc_data`` has 32 hex digits in AES mode, 48 in LRP mode, ``cmac`` 16, ``enc`` (mirrored file data) a multiple
    of 32. ``file_key`` is the key of this chip, or how to get it from a UID (``Diversifier(master, aid, system_id)``).

    ``mac_input`` is the part of the file that the chip's MAC covers, as text: from its SDMMACInputOffset to the MAC
    itself. None stands for the documented settings: nothing without ``enc``; with it, ``enc`` and ``&cmac=`` behind it
    (AN12196) or ``enc`` alone. Any other setting has to be told, because what the MAC does not cover proves nothing.
    """
    if mode == "AES":
        picc = read_picc(_key(meta_key), _hex(picc_data, 32))
    elif mode == "LRP":
        data = _hex(picc_data, 48)
        picc = lrp(_key(meta_key)).decrypt(data[8:], data[:8])
    else:
        raise SunError("mode")
    kind = picc[0]
    if kind == _UID_AND_COUNTER:
        uid, counter = picc[1:8], picc[8:11]
    elif kind == _UID_ALONE:
        uid, counter = picc[1:8], b""
    elif kind == _COUNTER_ALONE:
        uid, counter = b"", picc[1:4]
    else:
        raise SunError("picc")
    return _checked(uid, counter, cmac, enc, file_key, mode, mac_input)


def decode_plain(
    uid: str | None,
    counter: str | None,
    cmac: str,
    enc: str | None = None,
    *,
    file_key: bytes | KeyOf,
    mode: str = "AES",
    mac_input: str | None = None,
) -> SunMessage:
    """Check a message that shows UID (14 hex digits) and counter (6, most significant first), as :func:`decode` does.

    None or an empty text stands for what the chip does not mirror; one of the two it must.
    """
    if not uid and not counter:
        raise SunError("uid")
    raw_uid = _hex(uid, 2 * _UID_BYTES) if uid else b""
    raw_counter = _hex(counter, 6)[::-1] if counter else b""
    return _checked(raw_uid, raw_counter, cmac, enc, file_key, mode, mac_input)


def mac_inputs(enc: str | None) -> tuple[str, ...]:
    """The documented texts that a MAC covers when none is told; see :func:`decode`."""
    return (f"{enc}&cmac=", enc) if enc else ("",)


def encode(
    uid: bytes,
    counter: int | None,
    *,
    meta_key: bytes,
    file_key: bytes | KeyOf,
    file_data: bytes | None = None,
    mode: str = "AES",
    mac_input: str | Callable[[str, str], str] | None = None,
    padding: bytes | None = None,
) -> SunText:
    """What a chip with these keys mirrors at its tap number ``counter``: for tests, demonstrations and self-tests.

    ``mac_input`` may be a function from (picc_data, enc) to the covered text, where the MAC covers the mirrors too;
    None covers what AN12196 does. ``padding`` are the chip's random bytes, at least 8; they are drawn when not given.
    """
    raw = _counted(uid, counter)
    kind = (_UID_ALONE if uid else 0) | (_COUNTER_ALONE if raw else 0)
    rand = secrets.token_bytes(BLOCK) if padding is None else padding
    picc = (bytes([kind]) + uid + raw + rand.ljust(BLOCK, b"\0"))[:BLOCK]
    if mode == "LRP":
        data = rand[:8] + lrp(_key(meta_key)).encrypt(picc, rand[:8])
    else:
        data = encrypt(_key(meta_key), picc)
    return _written(data.hex().upper(), uid, raw, file_key, file_data, mode, mac_input)


def encode_plain(
    uid: bytes,
    counter: int | None,
    *,
    file_key: bytes | KeyOf,
    file_data: bytes | None = None,
    mode: str = "AES",
    mac_input: str | Callable[[str, str], str] | None = None,
) -> SunText:
    """As :func:`encode` for a chip that mirrors UID and counter in plain text; ``picc_data`` of the answer is empty."""
    return _written("", uid, _counted(uid, counter), file_key, file_data, mode, mac_input)


def _checked(
    uid: bytes,
    counter: bytes,
    cmac: str,
    enc: str | None,
    file_key: bytes | KeyOf,
    mode: str,
    mac_input: str | None,
) -> SunMessage:
    mac = _hex(cmac, 16)
    data = _file(enc) if enc else None
    if data and not counter:
        raise SunError("counter")
    key = _file_key(file_key, uid)
    make_mac, _, decrypt = _mode(mode)
    for covered in _covered(enc, mac_input):
        if hmac.compare_digest(mac, make_mac(key, uid, counter, covered)):
            plain = decrypt(key, uid, counter, data) if data else None
            return SunMessage(uid, int.from_bytes(counter, "little") if counter else None, plain)
    raise SunError("mac")


def _written(
    picc_data: str,
    uid: bytes,
    counter: bytes,
    file_key: bytes | KeyOf,
    file_data: bytes | None,
    mode: str,
    mac_input: str | Callable[[str, str], str] | None,
) -> SunText:
    key = _file_key(file_key, uid)
    make_mac, encrypt_file, _ = _mode(mode)
    enc = ""
    if file_data:
        if not counter:
            raise SunError("counter")
        if len(file_data) % BLOCK or 2 * len(file_data) > MAX_FILE:
            raise SunError("length")
        enc = encrypt_file(key, uid, counter, file_data).hex().upper()
    if mac_input is None:
        covered = mac_inputs(enc)[0]
    else:
        covered = mac_input if isinstance(mac_input, str) else mac_input(picc_data, enc)
    return SunText(picc_data, make_mac(key, uid, counter, _bytes(covered)).hex().upper(), enc)


def _file_key(file_key: bytes | KeyOf, uid: bytes) -> bytes:
    if not isinstance(file_key, bytes):
        if not uid:
            raise SunError("uid")
        file_key = file_key(uid)
    if len(file_key) != BLOCK:
        raise SunError("key")
    return file_key


def _mode(mode: str) -> Mode:
    found = MODES.get(mode)
    if found is None:
        raise SunError("mode")
    return found


def _counted(uid: bytes, counter: int | None) -> bytes:
    if len(uid) not in (0, _UID_BYTES) or (not uid and counter is None):
        raise SunError("uid")
    if counter is None:
        return b""
    if not 0 <= counter <= MAX_COUNTER:
        raise SunError("counter")
    return counter.to_bytes(3, "little")


def _key(key: bytes) -> bytes:
    if len(key) != BLOCK:
        raise SunError("key")
    return key


def _hex(text: str, length: int) -> bytes:
    if len(text) != length:
        raise SunError("length")
    try:
        data = unhexlify(text)
    except ValueError:
        raise SunError("alphabet") from None
    if text != text.upper():
        raise SunError("case")
    return data


def _file(enc: str) -> bytes:
    if len(enc) > MAX_FILE or len(enc) % (2 * BLOCK):
        raise SunError("length")
    return _hex(enc, len(enc))


def _covered(enc: str | None, mac_input: str | None) -> tuple[bytes, ...]:
    if mac_input is not None:
        return (_bytes(mac_input),)
    return tuple(_bytes(text) for text in mac_inputs(enc)) if enc else _NOTHING


def _bytes(text: str) -> bytes:
    covered = text.encode("utf-8", "surrogatepass")
    if len(covered) > MAX_FILE:
        raise SunError("length")
    return covered
