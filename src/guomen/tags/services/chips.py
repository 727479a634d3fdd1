"""Chips: which chip is on which item, who may write them, what is handed out for that."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection, transaction

from guomen.core.gs1 import item_key
from guomen.core.tagcrypto import SerialError, normalise
from guomen.kit.errors import Forbidden, Invalid, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import encoding
from guomen.tags.chips import KINDS, UID_BYTES
from guomen.tags.models import Range
from guomen.tags.scheme import item_uri, scheme
from guomen.tags.services.ordering import require_made

MOST_TOLD = 1000
"""Refused rows that a report names; the rest is counted."""
BATCH = 5000
_LINE = 400
_UID = re.compile(f"[0-9A-F]{{{2 * UID_BYTES}}}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was refused. ``line`` counts from 1, the header included; ``code`` is one of words.CHIP_ROWS."""

    line: int
    uid: str
    code: str


@dataclass(slots=True)
class Report:
    """What became of a file. Good rows are registered also where others are refused."""

    registered: int = 0
    unchanged: int = 0
    refused: int = 0
    rows: list[Row] = field(default_factory=list)

    def refuse(self, line: int, uid: str, code: str) -> None:
        self.refused += 1
        if len(self.rows) < MOST_TOLD:
            self.rows.append(Row(line, uid[:40], code))


@dataclass(frozen=True, slots=True)
class _Given:
    line: int
    uid: bytes
    index: int
    serial: str
    kind: str


@transaction.atomic
def register_chips(by: Actor, code: str, lines: Iterable[bytes], kind: str = "ntag424") -> Report:
    """Register which chip is on which item, from CSV with the columns ``uid`` and ``serial`` and perhaps ``kind``.

    The range's firm or its encoding house. Each row is checked against what the rows before it and earlier files
    registered; the same file again changes nothing. Memory does not grow with the file. Raises NotFound, Forbidden,
    Refused for a range without chips, Invalid for what is no such file.
    """
    one = chip_range(by, code, kind)
    # Files for the same range wait for each other: two chips must not get one item.
    Range.objects.select_for_update().get(number=one.number)
    digest, report = hashlib.sha256(), Report()
    rows = rows_of(lines, digest)
    columns = columns_of(next(rows, None))
    while batch := list(islice(rows, BATCH)):
        register_rows(one, batch, columns, kind, report)
    if report.registered:
        facts = {"range": one.code, "registered": report.registered, "file": digest.hexdigest()}
        append("chips.registered", [Subject.of("range", one.code)], facts, by)
    return report


def register_rows(
    one: Range, batch: list[tuple[int, list[str]]], columns: dict[str, int], kind: str, report: Report
) -> None:
    """Register some rows of a file; who calls holds the range's row, so that two chips do not get one item."""
    given = [found for line, cells in batch if (found := _checked(one, line, cells, columns, kind, report))]
    _store(one, given, report)


def chip_range(by: Actor, code: str, kind: str = "ntag424") -> Range:
    """The range whose chips an actor may register: its firm's, its encoding house's. Raises as its callers say."""
    by.require("declarant", "tags")
    one = _chip_range(by, code)
    if kind not in KINDS:
        raise Invalid([Problem("kind", "unknown-kind", W("Choose a chip from the list.", "请从列表选择芯片类型。"))])
    return one


def _chip_range(by: Actor, code: str) -> Range:
    one = encoding.range_of(by, code)
    house = encoding.house_of(one)
    if one.organisation_id != by.organisation_id and not (house and house.id == by.organisation_id):
        raise Forbidden
    require_made(one)
    if one.carrier != "chip":
        words = W("These tags were ordered as printed codes, not as chips.", "该批标签订购的是印刷码，不是芯片。")
        raise Refused(words, code="no-chips-ordered")
    return one


def rows_of(lines: Iterable[bytes], digest: "hashlib._Hash", first: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells, one line after the other; raises Invalid for bytes that are no text."""
    for number, raw in enumerate(lines, first):
        digest.update(raw)
        try:
            text = raw[:_LINE].decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n \0")
        except UnicodeDecodeError:
            raise _not_csv() from None
        if text:
            yield number, [cell.strip() for cell in next(csv.reader(io.StringIO(text)), [])]


def _not_csv() -> Invalid:
    words = W(
        "Send CSV with a first line that names the columns uid and serial.",
        "请上传首行含 uid 和 serial 列的 CSV 文件。",
    )
    return Invalid([Problem("file", "not-chips", words)])


def columns_of(first: tuple[int, list[str]] | None) -> dict[str, int]:
    names = [name.lower() for name in first[1]] if first else []
    if not {"uid", "serial"} <= set(names):
        raise _not_csv()
    return {name: names.index(name) for name in ("uid", "serial", "kind") if name in names}


def _checked(
    one: Range, line: int, cells: list[str], columns: dict[str, int], kind: str, report: Report
) -> _Given | None:
    given = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
    uid, own_kind = given["uid"].replace(":", "").upper(), given.get("kind") or kind
    wrong = ""
    index = -1
    if not _UID.fullmatch(uid):
        wrong = "bad-uid"
    elif own_kind not in KINDS:
        wrong = "unknown-kind"
    else:
        try:
            parts = scheme(one.key_version).check(one.gtin, given["serial"])
            index = parts.index if parts.range_id == one.number else -1
        except SerialError:
            wrong = "bad-serial"
        if not wrong and not 0 <= index < one.count:
            wrong = "other-range"
    if wrong:
        report.refuse(line, uid, wrong)
        return None
    return _Given(line, bytes.fromhex(uid), index, normalise(given["serial"]), own_kind)


def _store(one: Range, given: list[_Given], report: Report) -> None:
    """Register row after row what is new; what is there already is unchanged when it says the same.

    How rows are cut into batches makes no difference.
    """
    chip_of = _chips_on(one, given)
    known = {uid: (c.range_number, c.index, c.kind) for uid, c in encoding.uids_known(g.uid for g in given).items()}
    new = []
    for g in given:
        said = (one.number, g.index, g.kind)
        if g.uid in known:
            if known[g.uid] == said:
                report.unchanged += 1
            else:
                report.refuse(g.line, g.uid.hex().upper(), "uid-taken")
        elif g.index in chip_of:
            report.refuse(g.line, g.uid.hex().upper(), "item-has-chip")
        else:
            known[g.uid], chip_of[g.index] = said, g.uid
            new.append(g)
    made = _insert(one, new)
    report.registered += len(made)
    for g in new:
        # Somebody registered it for another range at this moment.
        if g.uid not in made:
            report.refuse(g.line, g.uid.hex().upper(), "uid-taken")


def _chips_on(one: Range, given: list[_Given]) -> dict[int, bytes]:
    """UIDs of the chips that items have, by their index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, uid FROM tags_chip WHERE range_number = %s AND index = ANY(%s)",
            [one.number, [g.index for g in given]],
        )
        return {index: bytes(uid) for index, uid in cursor.fetchall()}


def _insert(one: Range, new: list[_Given]) -> set[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tags_chip (uid, item, range_number, index, kind, key_version, counter) "
            "SELECT u, i, %s, n, k, %s, -1 FROM unnest(%s::bytea[], %s::uuid[], %s::bigint[], %s::text[]) "
            "AS t (u, i, n, k) ON CONFLICT (uid) DO NOTHING RETURNING uid",
            [
                one.number,
                one.key_version,
                [g.uid for g in new],
                [item_key(item_uri(one.gtin, g.serial)) for g in new],
                [g.index for g in new],
                [g.kind for g in new],
            ],
        )
        return {bytes(row[0]) for row in cursor.fetchall()}


@transaction.atomic
def provisioning(
    by: Actor, code: str, *, first: int = 0, count: int | None = None, lrp: bool = False, kind: str = "ntag424"
) -> Iterator[str]:
    """What is to be written into the chips of a range, as lines of CSV (``encoding.provisioning``); no keys.

    The range's firm or its encoding house. Raises as :func:`register_chips` does.
    """
    by.require("declarant", "tags")
    one = _chip_range(by, code)
    count = one.count - first if count is None else count
    if not (first >= 0 and count >= 1 and first + count <= one.count):
        raise Invalid([Problem("first", "out-of-range", W("There is no such label.", "没有该序号的标签。"))])
    if kind not in encoding.WRITTEN:
        words = W(
            "Files are made for NTAG 424 DNA, with or without TagTamper.",
            "仅提供 NTAG 424 DNA（含 TagTamper）的写码文件。",
        )
        raise Invalid([Problem("kind", "not-written", words)])
    facts = {"range": one.code, "first": first + 1, "count": count, "kind": kind}
    append("chips.provisioned", [Subject.of("range", one.code)], facts, by)
    return encoding.provisioning(one, first, count, lrp=lrp, kind=kind)


@transaction.atomic
def export_chip_keys(by: Actor, code: str) -> Iterator[str]:
    """The keys of a range's registered chips, wrapped to the public key of its encoding house (``encoding.key_lines``).

    Only that house, while the authority approves it. Masters never leave: a chip's own keys open nothing else.
    Raises NotFound, Forbidden, Refused while no chip is registered.
    """
    by.require("declarant", "tags")
    one = _chip_range(by, code)
    house = encoding.house_of(one)
    approval = encoding.approved(house)
    if house is None or house.id != by.organisation_id or approval is None:
        words = W(
            "Only an approved encoding house named for these tags gets keys.",
            "只有被指定且已获批准的写码单位可以取得密钥。",
        )
        raise Forbidden(words, code="no-encoding-house")
    count = sum(n for kind, n in encoding.counts(one).items() if kind in encoding.WRAPPED)
    if not count:
        words = W("Register the chips first: each gets keys of its own.", "请先登记芯片：每个芯片的密钥各不相同。")
        raise Refused(words, code="no-chips")
    about = [Subject.of("range", one.code), Subject.of("party", house.id)]
    facts = {"range": one.code, "count": count, "key": approval.thumbprint, "key_version": one.key_version}
    append("chip-keys.exported", about, facts, by)
    return encoding.key_lines(one, approval)
