"""What a result that was found elsewhere is worth here. Values in, reason codes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Proof:
    """A result about the lot of a line. ``wrong``: the reason codes for which it does not count, none when it does."""

    mode: str
    number: str
    place: str
    source: str
    left: Decimal
    wrong: tuple[str, ...] = ()
    failed: bool = False

    @property
    def counts(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, slots=True)
class Need:
    """What a line asks of a proof. ``on``: the day of the decision; ``shipped_on``, ``arrives_on``: their voyage."""

    importer: str
    quantity: Decimal
    unit: str
    hs_code: str
    place: str
    on: date
    shipped_on: date
    arrives_on: date


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of evidence as the rules look at it. ``body_state`` is empty without a body."""

    mode: str
    number: str
    importer: str
    verdict: str
    place: str
    source: str
    quantity: Decimal
    left: Decimal
    unit: str
    tested_on: date
    valid_until: date
    ended_by: str
    limited: bool = True
    body_state: str = ""
    body_until: date | None = None


def covers(scope: Iterable[Mapping[str, str]], hs_code: str, standards: Iterable[str]) -> list[str]:
    """The standards by which the body may not test these goods; empty: its scope covers all of them."""
    allowed = {row["standard"] for row in scope if hs_code.startswith(row["hs"])}
    return [s for s in standards if s not in allowed]


def lot_key(gtin: str, hs_code: str, maker: str, batch: str) -> str:
    """Under which key results about a lot meet; empty without a batch: then nothing can be said of the same lot.

    Goods without GTIN are the same lot by heading (six digits), maker as written in small letters, and batch.
    """
    if not batch:
        return ""
    if gtin:
        return f"01/{gtin.zfill(14)}/10/{batch}"[:80]
    return f"{hs_code[:6]}/{' '.join(maker.lower().split())[:40]}/{batch}"[:80]


def judge(found: Found, need: Need) -> Proof:
    """Whether a result counts for a line: same importer, unit and enough left; in time; its body still listed.

    Only in 通检通放, where an office and not a firm found it, it counts for anybody's part of the lot. Tests abroad are
    made before shipment, samples by air have passed before the ship arrives.
    """
    wrong = []
    if found.ended_by:
        wrong.append(found.ended_by)
    if found.verdict != "pass":
        wrong.append("EVIDENCE-FAILED")
    if found.importer != need.importer and found.mode != "ACCEPTED-EVERYWHERE":
        wrong.append("EVIDENCE-OF-ANOTHER-FIRM")
    if found.valid_until < need.on:
        wrong.append("EVIDENCE-EXPIRED")
    if found.mode == "ACCEPTED-EVERYWHERE" and found.place == need.place:
        wrong.append("EVIDENCE-OF-THIS-OFFICE")
    if found.mode == "TESTED-ABROAD" and found.tested_on > need.shipped_on:
        wrong.append("TESTED-AFTER-SHIPMENT")
    if found.mode == "AIR-SAMPLE" and found.tested_on > need.arrives_on:
        wrong.append("TESTED-AFTER-ARRIVAL")
    if found.limited and (found.unit != need.unit or found.left < need.quantity):
        wrong.append("EVIDENCE-USED-UP")
    if found.body_state and found.body_state != "listed":
        wrong.append("BODY-NOT-LISTED")
    if found.body_until is not None and found.body_until < need.on:
        wrong.append("BODY-NOT-LISTED")
    failed = found.verdict == "fail" and found.valid_until >= need.on and not found.ended_by
    unique = tuple(dict.fromkeys(wrong))
    return Proof(found.mode, found.number, found.place, found.source, found.left, unique, failed)


def standing(state: str, valid_until: date | None, on: date) -> str:
    """``admitted``, ``suspended``, or empty where nothing was agreed or the guarantee ran out."""
    if state == "suspended":
        return "suspended"
    if state == "admitted" and (valid_until is None or valid_until >= on):
        return "admitted"
    return ""
