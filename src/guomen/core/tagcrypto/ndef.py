"""What is written into an NFC tag: one address, with room where the chip puts its own digits at each tap.

A template is an address with ``{uid}``, ``{counter}``, ``{picc}``, ``{enc}`` and ``{cmac}`` where the chip is to mirror
them (``{enc}`` alone stands for 16 bytes of file data). The positions count bytes from the start of the file, as the
chip's ChangeFileSettings wants them: its first two bytes are the length of the message.
"""

import re
from typing import Literal, NamedTuple

from ndef import UriRecord, message_encoder  # type: ignore[import-untyped]

Mirrored = Literal["uid", "counter", "picc", "enc", "cmac"]

FILE_SIZE = 256
"""Bytes of the NDEF file of an NTAG 424 DNA."""
_DIGITS = {"uid": 14, "counter": 6, "picc": 32, "enc": 32, "cmac": 16}
_LRP_PICC = 48
_LENGTH_BYTES = 2
_PLACE = re.compile(r"\{(\w*)\}")
_FREE = 0xE


class NdefFile(NamedTuple):
    """The bytes of the file, and where in it each mirror stands; ``enc_digits`` is the length of mirrored file data.

    ``covered`` is the text between ``{enc}`` and ``{cmac}``: the MAC covers the file data and this text. Without
    ``{enc}`` it covers nothing.
    """

    data: bytes
    offsets: dict[str, int]
    enc_digits: int
    covered: str

    @property
    def mac_input(self) -> int:
        """Where the covered text begins (SDMMACInputOffset): at the MAC itself when it covers nothing."""
        return self.offsets.get("enc", self.offsets["cmac"])


def uri_message(uri: str) -> bytes:
    """An NDEF message of one URI record; the address is kept as it is, its query too."""
    record = UriRecord()
    # Not .uri, which escapes the signs of a query.
    record.iri = uri
    return b"".join(message_encoder([record]))


def sun_file(template: str, *, lrp: bool = False, file_bytes: int = 16) -> NdefFile:
    """The NDEF file of a chip that mirrors into ``template``, zeros in each place. ValueError for what cannot be.

    ``lrp``: the chip runs in LRP mode, whose PICC data is longer. ``file_bytes``: how much file data ``{enc}`` shows,
    a multiple of 16.
    """
    sizes = _DIGITS | {"enc": 2 * file_bytes} | ({"picc": _LRP_PICC} if lrp else {})
    names = _PLACE.findall(template)
    _require_possible(names, file_bytes)
    uri = _PLACE.sub(lambda place: "0" * sizes[place[1]], template)
    message = uri_message(uri)
    data = len(message).to_bytes(_LENGTH_BYTES) + message
    if len(data) > FILE_SIZE:
        raise ValueError(f"the file has {FILE_SIZE} bytes, this address needs {len(data)}")
    offsets, covered = {}, ""
    for place in _PLACE.finditer(template):
        # The end of an address stands in the file as it is, so positions are counted from there.
        rest = _PLACE.sub(lambda found: "0" * sizes[found[1]], template[place.start() :])
        offsets[place[1]] = len(data) - len(rest.encode())
    if "enc" in offsets:
        covered = data[offsets["enc"] + sizes["enc"] : offsets["cmac"]].decode()
    return NdefFile(data, offsets, sizes["enc"] if "enc" in offsets else 0, covered)


def file_settings(
    file: NdefFile, *, meta_key: int = 2, file_key: int = 1, counter_key: int = 0xF, tamper: bool = False
) -> bytes:
    """What ChangeFileSettings of an NTAG 424 DNA takes for this file (datasheet section 10.7.1).

    Anybody may read it, key 0 writes and changes it. ``meta_key`` and ``file_key`` are numbers of the chip's keys;
    ``counter_key`` may ask for the counter by command (0xF: nobody). ``tamper``: a TagTamper (NT4H2421Tx) puts the two
    letters of its wire loop first into the encrypted file data; ValueError for an address without ``{enc}``.
    """
    if tamper and not file.enc_digits:
        raise ValueError("the state of the wire loop stands in {enc}")
    at = file.offsets
    plain = "picc" not in at
    options = 0x01 | (0x80 if plain <= ("uid" in at) else 0) | (0x40 if plain <= ("counter" in at) else 0)
    options |= 0x10 if file.enc_digits else 0
    options |= 0x08 if tamper else 0
    positions = [at[name] for name in ("uid", "counter", "picc") if name in at]
    if tamper:
        positions.append(at["enc"])
    positions.append(file.mac_input)
    if file.enc_digits:
        positions += [at["enc"], file.enc_digits]
    positions.append(at["cmac"])
    rights = bytes([0xF0 | counter_key, (_FREE if plain else meta_key) << 4 | file_key])
    return bytes.fromhex("4000e0") + bytes([options]) + rights + b"".join(p.to_bytes(3, "little") for p in positions)


def _require_possible(names: list[str], file_bytes: int) -> None:
    wrong = set(names) - set(_DIGITS)
    plain = {"uid", "counter"} & set(names)
    if wrong or len(set(names)) < len(names):
        raise ValueError(f"places are {', '.join(_DIGITS)}, each at most once")
    if "cmac" not in names or (not plain and "picc" not in names):
        raise ValueError("an address needs {cmac}, and {picc} or {uid} or {counter}")
    if plain and "picc" in names:
        raise ValueError("a chip mirrors its number and counter either encrypted or plain")
    if "enc" in names:
        if names.index("enc") > names.index("cmac") or len(plain) == 1:
            raise ValueError("{enc} stands before {cmac}, and needs the number and the counter")
        if file_bytes < 16 or file_bytes % 16:
            raise ValueError("file data are a multiple of 16 bytes")
