"""What people see of chips: those of a range, the file that tells a house what to write, and its keys, wrapped."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count
from joserfc import jwe
from joserfc.jwk import import_key

from guomen.core.tagcrypto.ndef import file_settings, sun_file
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.tags import labels, queries
from guomen.tags.chips import chip_keys
from guomen.tags.models import Chip, Encoding, EncodingHouse, Range
from guomen.tags.scheme import address

WRAPPED = ("ntag424", "ntag424tt", "ntag22x", "ntag22xsd")
"""Chips that hold keys of ours."""
CONTENT = "A256GCM"
_CHUNK = 1000
_IN_ONE = 100
"""Chips in one JWE: common libraries open texts up to 64 KB."""
_COLUMNS = ("number", "serial", "url", "ndef", "sdm_offsets", "file_settings")


def range_of(by: Actor, code: str) -> Range:
    """A range for those who see its chips: its firm, officers, and the house that writes them. Raises NotFound."""
    try:
        return queries.range_by_code(by, code)
    except NotFound:
        found = queries.range_named(code)
        if found is None or not _is_house_of(by, found):
            raise
        return found


def _is_house_of(by: Actor, one: Range) -> bool:
    return Encoding.objects.filter(range_number=one.number, house=by.organisation_id).exists()


def house_of(one: Range) -> Organisation | None:
    """The house that writes a range's chips."""
    found = Encoding.objects.select_related("house").filter(range_number=one.number).first()
    return found.house if found else None


def approved(organisation: Organisation | None) -> EncodingHouse | None:
    """The approval of a house that holds now."""
    return EncodingHouse.objects.filter(organisation=organisation, ended_at=None).first() if organisation else None


def houses() -> list[EncodingHouse]:
    """All houses that are approved now."""
    held = EncodingHouse.objects.filter(ended_at=None).select_related("organisation")
    return list(held.order_by("organisation__code"))


def given_to(by: Actor) -> list[Range]:
    """Ranges that firms gave to the actor's house, newest first."""
    numbers = Encoding.objects.filter(house=by.organisation_id).values("range_number")
    return list(Range.objects.filter(number__in=numbers).select_related("organisation").order_by("-ordered_at"))


def counts(one: Range) -> dict[str, int]:
    """How many chips of each kind are registered."""
    rows = Chip.objects.filter(range_number=one.number).values("kind").annotate(n=Count("uid"))
    return {row["kind"]: row["n"] for row in rows.order_by("kind")}


def chips_of(one: Range, after: int = -1, limit: int = _CHUNK) -> list[tuple[Chip, str]]:
    """Chips of a range in the order of their items, from behind index ``after`` on, each with its serial."""
    rows = list(Chip.objects.filter(range_number=one.number, index__gt=after).order_by("index")[:limit])
    return list(zip(rows, _serials(one, rows), strict=True))


def _serials(one: Range, rows: list[Chip]) -> list[str]:
    """Chips mostly lie one beside the other: a run of serials costs far less than as many single ones."""
    if rows and rows[-1].index - rows[0].index < 4 * len(rows):
        run = labels.serials(one, rows[0].index, rows[-1].index - rows[0].index + 1)
        return [run[row.index - rows[0].index] for row in rows]
    return [labels.serials(one, row.index, 1)[0] for row in rows]


WRITTEN = ("ntag424", "ntag424tt")
"""Kinds of chips for which we say what to write."""


def template(one: Range, serial: str, kind: str = "ntag424") -> str:
    """The address on an item's chip, with places for what the chip mirrors: the item's own Digital Link.

    A TagTamper also mirrors encrypted file data, which its wire loop's state is the beginning of.
    """
    told = "p={picc}&e={enc}&c={cmac}" if kind == "ntag424tt" else "p={picc}&c={cmac}"
    return f"{address(one.gtin, one.batch, serial)}?{told}"


def provisioning(one: Range, first: int, count: int, *, lrp: bool = False, kind: str = "ntag424") -> Iterator[str]:
    """CSV for an encoding house, one line for each item: address, bytes of the NDEF file, offsets, settings.

    No keys and no UIDs: which chip goes on which item is the house's to say. Made a thousand at a time.
    """
    yield ",".join(_COLUMNS) + "\r\n"
    for start in range(first, first + count, _CHUNK):
        made = labels.serials(one, start, min(_CHUNK, first + count - start))
        out = io.StringIO()
        writer = csv.writer(out)
        for number, serial in enumerate(made, start + 1):
            url = template(one, serial, kind)
            file = sun_file(url, lrp=lrp)
            offsets = " ".join(f"{name}={at}" for name, at in {**file.offsets, "mac_input": file.mac_input}.items())
            writer.writerow(
                [number, serial, url, file.data.hex(), offsets, file_settings(file, tamper=kind == "ntag424tt").hex()]
            )
        yield out.getvalue()


def key_lines(one: Range, house: EncodingHouse) -> Iterator[str]:
    """The keys of a range's registered chips, a hundred to a line, each line a JWE (RFC 7516) to the house's key.

    A line holds JSON: range, key_version, and chips with uid, serial, kind and keys by their number in the chip.
    """
    key = import_key(house.key)
    algorithm = "RSA-OAEP-256" if key.key_type == "RSA" else "ECDH-ES+A256KW"
    header = {"alg": algorithm, "enc": CONTENT, "kid": house.thumbprint, "cty": "json"}
    after = -1
    while rows := chips_of(one, after, _IN_ONE):
        after = rows[-1][0].index
        found = [_with_keys(chip, serial) for chip, serial in rows if chip.kind in WRAPPED]
        if found:
            plain = {
                "issuer": settings.GUOMEN.origin,
                "range": one.code,
                "key_version": one.key_version,
                "chips": found,
            }
            yield jwe.encrypt_compact(header, json.dumps(plain).encode(), key, algorithms=[algorithm, CONTENT]) + "\n"


def _with_keys(chip: Chip, serial: str) -> dict[str, Any]:
    uid = bytes(chip.uid)
    told = {"uid": uid.hex().upper(), "serial": serial, "kind": chip.kind}
    return told | {"keys": keys_on(uid, chip.kind, chip.key_version)}


def keys_on(uid: bytes, kind: str, version: int) -> dict[str, str]:
    """Keys in hex by their number in the chip. Key 2 is the same for all chips; the others open this one alone."""
    keys = chip_keys(version)
    if kind.startswith("ntag22x"):
        return {"suncmac": keys.file(uid).hex()}
    made = {1: keys.file(uid), 2: keys.meta} | {n: key_of(uid) for n, key_of in keys.others.items()}
    return {str(number): made[number].hex() for number in sorted(made)}


def uids_known(uids: Iterable[bytes]) -> dict[bytes, Chip]:
    """Registered chips by their UIDs."""
    return {bytes(c.uid): c for c in Chip.objects.extra(where=["uid = ANY(%s)"], params=[list(uids)])}
