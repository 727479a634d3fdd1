"""One signed file with which a device checks printed serials without a network.

It lists ranges with what a checker may hold of their keys, a status list for each (IETF Token Status List, so that a
million items of which a thousand are withdrawn take two kilobytes), and the recalls in force. The lists are also
published, so that a device that meets a network has newer ones (:meth:`Checker.renew`). A bundle for inspectors tells
genuine serials from made-up ones. One for retailers holds no key that makes a serial: it finds a serial's index,
and so only tells that nothing speaks against it (decision 29).
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core import cose
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.core.tagcrypto.codes import SerialError, normalise, number_of, written
from guomen.core.tagcrypto.ranges import RANGE_BITS, SERIAL, SHORT, Form, RangeCodes
from guomen.core.tagcrypto.serial import RangeKeys, head_of, open_range

KIND = "guomen-tags-bundle-1"
MAX_BYTES = 256 << 20
"""Of an unpacked bundle: some million ranges."""
STATE_BITS = 4
STATES = {
    "withdrawn": 1,
    "displayed": 2,
    "destroyed": 3,
    "stolen": 11,
    "spoiled": 12,
    "returned": 13,
    "exported": 14,
    "recalled": 15,
}
"""What a status list says of items: 1 and 2 are the registered invalid and suspended, the rest is ours."""
WAITING = STATES["displayed"]
"""Also of items of which a published list only knows that they are not released."""
_REASONS = {value: f"TAG-{name.upper()}" for name, value in STATES.items()} | {WAITING: "TAG-ON-DISPLAY"}
SMALLEST_LIST = 1024
"""Published lists have the next power of two as length, and at least this: they do not tell how many were ordered."""

Audience = Literal["inspector", "retailer"]
State = Literal["stop", "doubt", "in_progress", "fine"]
Reason = Literal["form", "type", "key", "signature", "expired"]


class BundleError(ValueError):
    """Bytes are no bundle to rely on; ``reason`` is "form", "type", "key" (unknown), "signature" or "expired"."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid bundle: {reason}")
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class BundledRange:
    """One range: what its labels are on, since when they are valid (None: not yet or no longer), its keys, its states.

    ``states`` is a packed status list over the indices, empty when every item is where its range is.
    """

    number: int
    gtin: str
    batch: str
    count: int
    since: int | None
    keys: RangeKeys
    states: bytes = b""
    retired: bool = False
    """Its keys are known to others: its codes prove nothing."""


class Recall(NamedTuple):
    """A recall in force; an empty batch means every batch of the product."""

    gtin: str
    batch: str
    number: str


class Bundle(NamedTuple):
    """What is in the file. Moments are seconds since 1970."""

    issuer: str
    audience: Audience
    issued_at: int
    expires_at: int
    ranges: Sequence[BundledRange]
    recalls: Sequence[Recall] = ()
    status: str = ""
    """Address of a range's published list, with ``{range}`` for its four characters; empty: none is published."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a device can say of one code.

    ``state`` as in the installation's verdicts: "stop" (a recall), "doubt" (no such code, or an item that should not be
    here), "in_progress" (not released, or not for sale yet); and "fine", when nothing of this speaks against it.
    ``reasons`` are the codes that verdicts use. ``proven``: whether the code's tag
    was checked, which a bundle for retailers cannot.
    """

    state: State
    reasons: tuple[str, ...]
    proven: bool
    gtin: str = ""
    batch: str = ""
    index: int | None = None


def write(bundle: Bundle, key: cose.Signer) -> bytes:
    """The signed file. A bundle for retailers that holds a MAC key is refused (ValueError)."""
    if bundle.audience == "retailer" and any(one.keys.mac for one in bundle.ranges):
        raise ValueError("a retailer's bundle must hold no key that makes serials")
    content = [*bundle[:4], _rows(bundle), [list(recall) for recall in bundle.recalls], bundle.status]
    return cose.sign(zlib.compress(cbor2.dumps(content), 9), key, KIND)


def digest(bundle: Bundle) -> str:
    """What the file says apart from its times, in 64 hex digits: the same for the same ranges, states and recalls."""
    content = [bundle.issuer, bundle.audience, _rows(bundle), [list(recall) for recall in bundle.recalls]]
    return sha256(cbor2.dumps(content)).hexdigest()


def _rows(bundle: Bundle) -> list[list[object]]:
    return [
        [one.number, one.gtin, one.batch, one.count, one.since, *one.keys, one.states, one.retired]
        for one in bundle.ranges
    ]


def read(data: bytes, keys: Iterable[Ed25519PublicKey], at: int) -> Bundle:
    """The bundle in a file that one of ``keys`` signed and that has not expired at a moment; BundleError otherwise."""
    try:
        payload = cose.verify(data, keys, KIND)
    except cose.CoseError as error:
        raise BundleError(error.reason) from None
    unpacking = zlib.decompressobj()
    try:
        content = cbor2.loads(unpacking.decompress(payload, MAX_BYTES))
        issuer, audience, issued, expires, rows, recalls, status = content
        ranges = [_range(*row) for row in rows]
        bundle = Bundle(issuer, audience, issued, expires, ranges, [Recall(*recall) for recall in recalls], status)
    except (ValueError, TypeError, zlib.error, cbor2.CBORDecodeError):
        raise BundleError("form") from None
    if at >= bundle.expires_at:
        raise BundleError("expired")
    return bundle


def _range(
    number: int,
    gtin: str,
    batch: str,
    count: int,
    since: int | None,
    permute: bytes,
    mac: bytes | None,
    states: bytes,
    retired: bool,
) -> BundledRange:
    return BundledRange(number, gtin, batch, count, since, RangeKeys(permute, mac), states, retired)


class Checker:
    """Checks serials against a bundle that was read. Ranges are opened when they are first met."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._ranges = {one.number: one for one in bundle.ranges}
        self._recalls = {(recall.gtin, recall.batch): recall.number for recall in bundle.recalls}
        self._open: dict[tuple[int, Form], RangeCodes] = {}
        self._states: dict[int, StatusList] = {}
        self._newer: dict[int, SignedList] = {}

    def check(self, serial: str, gtin: str = "", batch: str = "") -> Finding:
        """Say what is known of a serial or a short code, typed or scanned; GTIN and batch as far as the code shows."""
        form = SHORT if len(normalise(serial)) == SHORT.length else SERIAL
        try:
            number = number_of(serial, form.length)
        except SerialError:
            return Finding("doubt", ("TAG-UNKNOWN-CODE",), proven=True)
        one = self._ranges.get(number >> 5 * form.length - RANGE_BITS)
        if one is None:
            return Finding("doubt", ("TAG-UNKNOWN-CODE",), proven=False)
        if gtin and gtin.zfill(14) != one.gtin:
            return Finding("doubt", ("TAG-UNKNOWN-CODE",), proven=True)
        codes = self._opened(one, form)
        head = head_of(one.gtin) if form is SERIAL else 0
        try:
            parts = codes.check(head, number) if one.keys.mac else codes.read(number)
        except SerialError:
            return Finding("doubt", ("TAG-UNKNOWN-CODE",), proven=True)
        if parts.index >= one.count:
            return Finding("doubt", ("TAG-UNKNOWN-CODE",), proven=True)
        return self._judged(one, parts.index, batch)

    def address_of(self, number: int) -> str:
        """Where the newest states of a range are published; empty for ranges that are not in the bundle."""
        return self.bundle.status.format(range=written(number, 4)) if number in self._ranges else ""

    def newer(self, number: int) -> SignedList | None:
        """The published list of a range that is held beside the bundle's."""
        return self._newer.get(number)

    def renew(self, number: int, found: SignedList) -> bool:
        """Use a published list of a range, whose signature was checked; whether it is newer than what is held.

        ValueError for a list of another range, or one that is too short for this.
        """
        one = self._ranges.get(number)
        if one is None or found.uri != self.address_of(number):
            raise ValueError("the list of another range")
        if found.list.bits != STATE_BITS or len(found.list) < one.count:
            raise ValueError("not a list of this range's states")
        held = self._newer.get(number)
        if found.issued_at <= (held.issued_at if held else self.bundle.issued_at):
            return False
        self._newer[number], self._states[number] = found, found.list
        return True

    def _judged(self, one: BundledRange, index: int, batch: str) -> Finding:
        kept = self._state(one, index)
        listed = any((one.gtin, wanted) in self._recalls for wanted in ("", one.batch))
        # A published list knows recalls and releases of later days than the bundle.
        newer = one.number in self._newer
        recalled = kept == STATES["recalled"] or (listed and not newer)
        waiting = kept == WAITING
        unreleased = one.since is None
        checks: tuple[tuple[State, str, bool], ...] = (
            ("stop", "TAG-RECALLED", recalled),
            ("doubt", "TAG-KEYS-RETIRED", one.retired),
            ("doubt", "TAG-OTHER-BATCH", bool(batch) and batch != one.batch),
            ("doubt", _REASONS.get(kept, "TAG-WITHDRAWN"), kept not in (0, STATES["recalled"]) and not waiting),
            ("in_progress", _REASONS[WAITING], waiting and not (newer and unreleased)),
            ("in_progress", "TAG-NOT-RELEASED", unreleased and waiting if newer else unreleased and not waiting),
        )
        found = [(state, reason) for state, reason, holds in checks if holds]
        state: State = found[0][0] if found else "fine"
        reasons = tuple(reason for _, reason in found)
        return Finding(state, reasons, one.keys.mac is not None, one.gtin, one.batch, index)

    def _opened(self, one: BundledRange, form: Form) -> RangeCodes:
        found = self._open.get((one.number, form))
        if found is None:
            found = self._open[one.number, form] = open_range(one.number, one.keys, form)
        return found

    def _state(self, one: BundledRange, index: int) -> int:
        if one.number not in self._states:
            if not one.states:
                return 0
            self._states[one.number] = StatusList.unpack(STATE_BITS, one.states)
        return self._states[one.number][index]


def states_of(
    count: int, items: Iterable[tuple[int, str]], stretches: Iterable[tuple[int, int, str]] = (), whole: str = ""
) -> bytes:
    """The packed status list of a range: of items (index, state), of stretches (first, last, state), of the whole.

    The nearest counts. States that are no reason to keep an item from anybody's hands (sold, shipped) are not told
    apart. Empty when there is nothing to tell.
    """
    made = list_of(count, items, stretches, whole)
    return made.packed() if any(made.raw) else b""


def list_of(
    count: int,
    items: Iterable[tuple[int, str]],
    stretches: Iterable[tuple[int, int, str]] = (),
    whole: str = "",
    ordinary: int = 0,
) -> StatusList:
    """As :func:`states_of`, not packed. ``ordinary``: what is said of states that are not told apart."""
    made = StatusList(STATE_BITS, count)
    made.fill(0, count - 1, STATES.get(whole, ordinary))
    for first, last, state in stretches:
        made.fill(first, min(last, count - 1), STATES.get(state, ordinary))
    for index, state in items:
        if 0 <= index < count:
            made[index] = STATES.get(state, ordinary)
    return made


def padded(found: StatusList, count: int) -> StatusList:
    """A list of ``count`` things in one of the next power of two, at least ``SMALLEST_LIST``, filled as its last is."""
    made = StatusList(found.bits, max(SMALLEST_LIST, 1 << (count - 1).bit_length()))
    made.raw[: len(found.raw)] = found.raw
    made.fill(count, len(made) - 1, found[count - 1])
    return made
