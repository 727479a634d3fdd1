"""Numbers that products, makers, packagings and vehicles carry: read where they are declared, matched with the goods.

Pure: no database. What breaks a grammar, or cannot be of these goods, is named at its field; what an officer should
only look at is a remark of :mod:`guomen.clearance.rules.identifiers`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from guomen.catalogue import codes
from guomen.clearance.form.asks import asks
from guomen.core.codes import (
    parse_ccc,
    parse_classification_reference,
    parse_cosmetics,
    parse_fireworks_code,
    parse_food_maker,
    parse_medical,
    parse_packaging_mark,
)
from guomen.kit.words import W

if TYPE_CHECKING:
    from guomen.clearance.form import Form

DEVICE, COSMETICS, CCC, CLASSIFIED = "101909", "101910", "101035", "101908"
FIREWORKS = "3604"
FRESH = ("07", "0803", "0804", "0805", "0806", "0807", "0808", "0809", "0810")
GROUPS = {"1": "I", "2": "II", "3": "III"}
NEAR = ("HK", "MO", "TW")
"""Whose goods are registered as 许 and 制, not as 进 (SAMR Orders 35 and 47 of 2021)."""
PLASTICS = ("1H", "3H", "6H")
PLASTICS_YEARS = 5
"""Drums, jerricans and inner receptacles of plastics hold dangerous goods for five years from their manufacture (UN
Model Regulations, rev. 23, 4.1.1.15)."""
_Wrong = tuple[str, dict[str, Any]]


def un_number(line: Mapping[str, Any]) -> str:
    """The UN number of a line as four digits; empty where none is stated."""
    return str(line.get("un_number") or "").removeprefix("UN")


def is_food(line: Mapping[str, Any]) -> bool:
    """Whether a line is food whose maker has a number: letter R, chapters 2 to 22; fresh fruit and vegetables name an
    orchard and a packhouse instead, numbered as the protocol with their country says.
    """
    hs = line.get("hs_code") or ""
    row = codes.table("hs").rows.get(hs)
    made = "02" <= hs[:2] <= "22" and not hs.startswith(FRESH)
    return row is not None and "R" in row["letters"] and made


def check(form: "Form") -> None:
    """Name every number that breaks its grammar or cannot be of its goods."""
    h = form.header
    mode, imported = h.get("trade_mode"), h.get("direction") == "I"
    retail = bool(mode) and asks(mode).retail
    _vehicles(form)
    for i, line in enumerate(form.lines):
        for name, (code, values) in _line(line, h, imported=imported and not retail, alone=len(form.lines) == 1):
            form.wrong(f"lines.{i}.{name}", code, **values)
    for i, document in enumerate(form.documents):
        one, number = document.get("line"), document.get("number")
        about = [form.lines[one - 1]] if one and one <= len(form.lines) else form.lines
        judge = _PAPERS.get(document.get("kind", "")) if number and about else None
        if judge and (imported or judge is _classified) and (wrong := judge(number, about)):
            form.wrong(f"documents.{i}.number", wrong[0], **wrong[1])


def _vehicles(form: "Form") -> None:
    seen: set[str] = set()
    for i, line in enumerate(form.lines):
        vins, quantity = line.get("vins") or (), line.get("quantity")
        if again := next((vin for vin in vins if vin in seen), ""):
            form.wrong(f"lines.{i}.vins", "vin-twice", vin=again)
        seen.update(vins)
        counted = codes.table("unit").rows[line["unit"]]["counts"] if line.get("unit") else False
        if vins and counted and isinstance(quantity, Decimal) and len(vins) != quantity:
            form.wrong(f"lines.{i}.vins", "vins-differ", vins=len(vins), quantity=f"{quantity.normalize():f}")


def _line(
    line: Mapping[str, Any], header: Mapping[str, Any], *, imported: bool, alone: bool
) -> Iterator[tuple[str, _Wrong]]:
    hs, maker = line.get("hs_code") or "", line.get("maker_registration") or ""
    fireworks, leaves = hs.startswith(FIREWORKS), header.get("direction") == "E"
    if maker and imported and is_food(line) and not _reads(parse_food_maker, maker):
        yield "maker_registration", ("not-a-food-maker", {})
    if maker and leaves and fireworks and not _reads(parse_fireworks_code, maker):
        yield "maker_registration", ("not-a-fireworks-code", {})
    un = un_number(line)
    row = codes.table("un_number").rows.get(un)
    group = line.get("packing_group")
    if un and fireworks and (row is None or FIREWORKS not in row["goods"].split()):
        yield "un_number", ("un-not-fireworks", {})
    elif row and row["goods"] and hs and not hs.startswith(tuple(row["goods"].split())):
        yield "un_number", ("un-of-other-goods", {"un": un, "goods": W(row["en"], row["zh"]), "hs": hs})
    if row and row["groups"] and group and group not in row["groups"].split():
        groups = ", ".join(GROUPS[g] for g in row["groups"].split())
        yield "packing_group", ("packing-group-differs", {"un": un, "groups": groups})
    mark = line.get("packing_specification") or ""
    if "/" in mark:
        explosive = bool(row) and row["class"].startswith("1.")
        for wrong in _mark(mark, "2" if explosive else group, header, alone=alone):
            yield "packing_specification", wrong


def _mark(text: str, group: str | None, header: Mapping[str, Any], *, alone: bool) -> Iterator[_Wrong]:
    """What is wrong with a packaging mark for goods of a packing group, and for the weight of one package."""
    try:
        mark = parse_packaging_mark(text.upper())
    except ValueError:
        yield "not-a-packaging-mark", {}
        return
    if group and GROUPS[group] not in mark.groups:
        yield "mark-too-weak", {"letter": mark.letter, "groups": ", ".join(mark.groups), "group": GROUPS[group]}
    gross, packages, left = (header.get(name) for name in ("gross_weight_kg", "packages", "departed_on"))
    if alone and mark.gross_kg and isinstance(gross, Decimal) and packages:
        each = gross / packages
        if each > mark.gross_kg:
            yield "mark-too-light", {"each": f"{each:.1f}", "most": f"{mark.gross_kg.normalize():f}"}
    if left and mark.year > left.year:
        yield "mark-of-the-future", {"year": mark.year}
    elif left and mark.code.startswith(PLASTICS) and mark.year + PLASTICS_YEARS < left.year:
        yield "mark-too-old", {"year": mark.year, "years": PLASTICS_YEARS}


def _reads(parse: Callable[[str], Any], number: str) -> bool:
    return _read(parse, number) is not None


def _read(parse: Callable[[str], Any], number: str) -> Any:
    try:
        return parse(number)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which goods a character in a number is for."""

    words: W
    meant: Callable[[str], bool]


_ORIGINS = {
    "进": _Origin(W("abroad", "境外"), lambda o: o not in ("CN", *NEAR)),
    "许": _Origin(W("Hong Kong, Macao or Taiwan", "港澳台地区"), NEAR.__contains__),
    "制": _Origin(W("Hong Kong, Macao or Taiwan", "港澳台地区"), NEAR.__contains__),
    "准": _Origin(W("China", "境内"), lambda o: o == "CN"),
}


def _of_origin(character: str, lines: Sequence[Mapping[str, Any]]) -> _Wrong | None:
    wanted = _ORIGINS.get(character)
    origins = [line["origin"] for line in lines if line.get("origin")]
    if wanted is None or not origins or any(map(wanted.meant, origins)):
        return None
    origin = codes.table("country").get(origins[0])
    return "number-of-other-origin", {"place": wanted.words, "origin": origin}


def _device(number: str, lines: Sequence[Mapping[str, Any]]) -> _Wrong | None:
    found = _read(parse_medical, number)
    return _of_origin(found.origin, lines) if found else ("not-a-device-number", {})


def _cosmetics(number: str, lines: Sequence[Mapping[str, Any]]) -> _Wrong | None:
    found = _read(parse_cosmetics, number)
    return _of_origin(found.origin or "准", lines) if found else ("not-a-cosmetics-number", {})


def _ccc(number: str, lines: Sequence[Mapping[str, Any]]) -> _Wrong | None:
    # Beside 12 and 13 the paper is the one that says why no certificate is needed: its number has no grammar.
    mine = [line for line in lines if not {"12", "13"} & set(line.get("attributes") or ())]
    if not mine:
        return None
    found = _read(parse_ccc, number)
    if found is None:
        return "not-a-ccc-number", {}
    goods = [line["hs_code"] for line in mine if line.get("hs_code")]
    if goods and not any(map(found.fits, goods)):
        return "ccc-of-other-goods", {"category": found.category, "hs": goods[0]}
    return None


def _classified(number: str, lines: Sequence[Mapping[str, Any]]) -> _Wrong | None:
    fireworks = any((line.get("hs_code") or "").startswith(FIREWORKS) for line in lines)
    return ("not-a-reference", {}) if fireworks and not _reads(parse_classification_reference, number) else None


_PAPERS: Mapping[str, Callable[[str, Sequence[Mapping[str, Any]]], _Wrong | None]] = {
    DEVICE: _device,
    COSMETICS: _cosmetics,
    CCC: _ccc,
    CLASSIFIED: _classified,
}
NUMBERED = (DEVICE, COSMETICS, CCC)
"""Papers that an officer looks up by their number."""
