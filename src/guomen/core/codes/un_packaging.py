"""The mark of packagings that passed the tests for dangerous goods, such as `4G/Y20/S/26/CN/C231234 PI:012`.

Source: UN Model Regulations on the Transport of Dangerous Goods, 23rd revised edition, 6.1.2 and 6.1.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

GROUPS = {"X": ("I", "II", "III"), "Y": ("II", "III"), "Z": ("III",)}
"""Performance letter -> packing groups whose goods the packaging may hold (6.1.3.1 c)."""
_TYPES = {"1": "ABDGHN", "3": "ABH", "4": "ABCDFGHN", "5": "HLM"}
_CODE = re.compile(r"([1345])([A-HLMN])(\d?)|6([A-HLMNP])([A-HLMNP])(\d?)")
_MARK = re.compile(
    r"(?:UN[ /]+)?(?P<code>\d[A-Z]{1,2}?\d?)(?P<special>[TVW]?)/(?P<letter>[XYZ])(?P<figure>\d{1,4}(?:\.\d{1,2})?)?"
    r"/(?P<test>S|\d{2,4})/(?P<year>\d{2})/(?P<state>[A-Z]{1,3})/(?P<maker>[!-~][ -~]{0,60})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PackagingMark:
    """A mark, read. Solids: ``gross_kg`` is the most that one package may weigh. Liquids: ``density`` (kg/L) and
    ``pressure_kpa`` of the hydraulic test; a density that is not written is 1.2. ``year`` is that of manufacture."""

    code: str
    letter: str
    solids: bool
    gross_kg: Decimal | None
    density: Decimal | None
    pressure_kpa: int | None
    year: int
    state: str
    maker: str

    @property
    def groups(self) -> tuple[str, ...]:
        """Packing groups it may hold."""
        return GROUPS[self.letter]


def parse_packaging_mark(text: str) -> PackagingMark:
    """Read a mark in capitals, with or without `UN` before it. ValueError when it breaks the grammar."""
    found = _MARK.fullmatch(text.strip())
    if found is None or not _is_code(found["code"]):
        raise ValueError("not a packaging mark of the Model Regulations, 6.1.3")
    solids, figure = found["test"] == "S", found["figure"]
    if solids and not figure:
        raise ValueError("the mark of a packaging for solids says the gross mass in kilograms")
    number = Decimal(figure) if figure else None
    return PackagingMark(
        code=found["code"] + found["special"],
        letter=found["letter"],
        solids=solids,
        gross_kg=number if solids else None,
        density=None if solids else number or Decimal("1.2"),
        pressure_kpa=None if solids else int(found["test"]),
        year=2000 + int(found["year"]),
        state=found["state"],
        maker=found["maker"].strip(),
    )


def _is_code(code: str) -> bool:
    found = _CODE.fullmatch(code)
    if found is None:
        return False
    kind, material = found[1], found[2]
    # Composite packagings (6) name the inner receptacle's material, then the outer packaging's.
    return kind is None or material in _TYPES[kind]
