"""Taps of NFC chips: from the query of an address to what the chip proves. No database: the item is found by the UID.

Who asks must still look the UID up (:class:`guomen.tags.models.Chip`), see that the item is the one of the address, and
see that the counter is new: a message says nothing about the path it stands behind, and an old one checks too.
"""

import time
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from guomen.core.tagcrypto import sun
from guomen.core.tagcrypto.chips import CHIPS, Proof
from guomen.core.tagcrypto.diversify import Diversifier
from guomen.core.tagcrypto.mirrors import MirrorError, check_22x, read_21x
from guomen.core.tagcrypto.sun import SunError, SunMessage
from guomen.core.tagcrypto.tamper import Tamper, status
from guomen.kit.keys import Secret, names
from guomen.tags.scheme import FIRST_VERSION, tag_key

KINDS = ("ntag424", "ntag424tt", "ntag22x", "ntag22xsd", "ntag21x")
"""Chips that can be registered, by their codes in :data:`guomen.core.tagcrypto.chips.CHIPS`."""
UID_BYTES = 7
APPLICATION = bytes.fromhex("d2760000850101")
"""ISO name of the application on an NTAG 424 DNA; with the UID and the use it makes each chip's key (AN10922)."""
_AES_128 = 16
_LRP_PICC = 48
_LOOK_AGAIN = 10.0
_MAY_BE_ANOTHERS = {"picc", "mac", "uid", "counter"}
"""What a right tap seems to be when another version's key reads it: noise may look like a chip that shows less."""


class Tap(NamedTuple):
    """What one tap says. ``kind`` is the family that its form belongs to; the chip's row says whether it has a loop."""

    uid: bytes
    counter: int | None
    file_data: bytes | None
    tamper: Tamper | None
    kind: str
    proof: Proof
    key_version: int | None
    """None where no key was needed: then nothing is proved."""


class _KeyOf(Diversifier):
    """A chip's own key, as one that does not show itself where a wrong tap is reported with all that was at hand."""

    __slots__ = ()

    def __call__(self, uid: bytes) -> Secret:
        return Secret(super().__call__(uid))


class ChipKeys:
    """The keys of a version: one that reads the UID of all chips, and how to get each chip's own."""

    __slots__ = ("file", "meta", "others")

    def __init__(self, version: int) -> None:
        self.meta: Secret = tag_key("meta", version)[:_AES_128]
        self.file = _KeyOf(tag_key("file", version)[:_AES_128], APPLICATION, b"guomen file")
        app = tag_key("app", version)[:_AES_128]
        self.others = {n: _KeyOf(app, APPLICATION, b"guomen key %d" % n) for n in (0, 3, 4)}
        """Keys that no tap needs, by number: key 0 rewrites the chip, 3 and 4 lock what is not used."""

    def __repr__(self) -> str:
        return "ChipKeys(hidden)"


@cache
def chip_keys(version: int) -> ChipKeys:
    """The chip keys of a version. KeyMissingError when it was never made."""
    return ChipKeys(version)


class _Versions:
    """Versions that exist, newest first. A rotation is noticed at the next unknown tap, at most every ten seconds."""

    def __init__(self) -> None:
        self._known: tuple[int, ...] = ()
        self._looked = 0.0

    def known(self) -> tuple[int, ...]:
        return self._known or self.look()

    def is_old(self) -> bool:
        return time.monotonic() - self._looked > _LOOK_AGAIN

    def look(self) -> tuple[int, ...]:
        self._looked = time.monotonic()
        later = (name.removeprefix("tags-meta-") for name in names() if name.startswith("tags-meta-"))
        self._known = (*sorted((int(v) for v in later if v.isdigit()), reverse=True), FIRST_VERSION)
        return self._known


_versions = _Versions()


def read(query: Mapping[str, str]) -> Tap:
    """What the chip says that wrote this query. SunError, with its reason, for anything that no chip of ours wrote.

    ``p``, ``c`` and perhaps ``e``: encrypted UID and counter, MAC, file data (NTAG 424 DNA). ``u``, ``n``, ``c``: UID
    and counter in plain text, with ``m=lrp`` for a chip in LRP mode. ``x``: the mirror of an NTAG 21x or 22x.
    """
    for version in _versions.known():
        try:
            return _read(query, version)
        except SunError as error:
            wrong = error
            if error.reason not in _MAY_BE_ANOTHERS:
                break
    else:
        if _versions.is_old():
            before = set(_versions.known())
            if set(_versions.look()) - before:
                return read(query)
    raise wrong


def _read(query: Mapping[str, str], version: int) -> Tap:
    enc = query.get("e") or None
    # The MAC covers the mirrored file data and what stands between them and the MAC in our addresses.
    covered = f"{enc}&c=" if enc else None
    if "x" in query:
        return _mirrored(query["x"], version)
    if "p" in query:
        picc, keys = query["p"], chip_keys(version)
        mode = "LRP" if len(picc) == _LRP_PICC else "AES"
        said = sun.decode(
            picc, query.get("c", ""), enc, meta_key=keys.meta, file_key=keys.file, mode=mode, mac_input=covered
        )
    elif "u" in query or "n" in query:
        mode = "LRP" if query.get("m") == "lrp" else "AES"
        file_key = chip_keys(version).file
        uid, counter = query.get("u"), query.get("n")
        said = sun.decode_plain(uid, counter, query.get("c", ""), enc, file_key=file_key, mode=mode, mac_input=covered)
    else:
        raise SunError("length")
    return _tap(said, version)


def _tap(said: SunMessage, version: int) -> Tap:
    tamper = None
    if said.file_data:
        try:
            tamper = status(said.file_data[:2].decode("ascii"))
        except ValueError:
            tamper = None
    return Tap(said.uid, said.counter, said.file_data, tamper, "ntag424", CHIPS["ntag424"].proof, version)


def _mirrored(text: str, version: int) -> Tap:
    try:
        plain = read_21x(text)
        return Tap(plain.uid, plain.counter, None, None, "ntag21x", CHIPS["ntag21x"].proof, None)
    except MirrorError:
        pass
    try:
        found = check_22x(text, chip_keys(version).file)
    except MirrorError as error:
        raise SunError("mac" if error.reason == "mac" else "alphabet") from None
    return Tap(found.uid, found.counter, None, found.tamper, "ntag22x", CHIPS["ntag22x"].proof, version)
