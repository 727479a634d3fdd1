"""Numbers that authorities in China give to products and makers: read them, or say that they break the grammar.

Grammar only: whether a number exists, and whether it still holds, is known by the register of its authority.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
"""One character for each province-level region, as filings write them."""
CCC_GOODS = {"11": ("87",), "22": ("95", "8712", "8715"), "09": ("84", "85"), "16": ("8517",), "07": ("84", "85")}
"""First two digits of the product category in a CCC number -> HS headings of such goods, where that is certain."""

_MEDICAL = re.compile(
    r"国械注(?P<origin>[准进许])(?P<year>\d{4})(?P<level>[23])(?P<category>\d{2})(?P<serial>\d{4,5})"
    r"|国械备(?P<filed>\d{4})(?P<number>\d{4,6})号?",
    re.ASCII,
)
_COSMETICS = re.compile(
    rf"国妆特(?P<special>[进制])?字J?\(?(?P<y1>\d{{4}})\)?第?(?P<s1>\d{{4}})号?"
    rf"|国妆网备(?P<origin>[进制])字[(（]?(?P<province>[{PROVINCES}])[)）]?(?P<y2>\d{{4}})(?P<s2>\d{{6}})"
    r"|国妆备进字J(?P<y3>\d{4})(?P<s3>\d{4,6})",
    re.ASCII,
)
_CCC = re.compile(r"(?P<year>20\d\d)(?P<body>\d\d)(?P<category>\d{4})(?P<serial>\d{6})", re.ASCII)
_MAKER = re.compile(r"C(?P<country>[A-Z]{3})(?P<number>\d{14})", re.ASCII)
_FIREWORKS = re.compile(
    r"(?P<region>\d{2})F(?P<enterprise>\d{3,4})(?:[/-]?(?P<batch>\d{1,4})[/-](?P<year>\d{2,4}))?", re.ASCII
)
_REFERENCE = re.compile(r"(?P<state>[A-Z]{1,3})\s*/\s*(?P<authority>[A-Z][A-Z0-9.]{0,9})\s*(?P<serial>[A-Z0-9/-]*\d)")


def plain(number: str) -> str:
    """The number in capitals, without blanks, its brackets and slashes as ASCII."""
    found = "".join(number.split()).upper()
    return found.translate(str.maketrans("（）／－〔〕", "()/-()"))


def _match(pattern: re.Pattern[str], text: str, what: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"not {what}")
    return found


@dataclass(frozen=True, slots=True)
class MedicalNumber:
    """``device_class``: 1 filed, 2 or 3 registered. ``origin``: 进 abroad, 许 Hong Kong, Macao and Taiwan, 准 made
    here, empty for a filing. ``year``: of the first registration; a renewal keeps it."""

    device_class: int
    origin: str
    year: int
    category: str
    serial: str


def parse_medical(number: str) -> MedicalNumber:
    """Read 国械注进20183210123 or 国械备20190123号 (NMPA: SAMR Order 47 of 2021, article 116). ValueError else."""
    found = _match(_MEDICAL, plain(number), "a registration or filing of a medical device")
    if found["filed"]:
        return MedicalNumber(1, "", int(found["filed"]), "", found["number"])
    return MedicalNumber(int(found["level"]), found["origin"], int(found["year"]), found["category"], found["serial"])


@dataclass(frozen=True, slots=True)
class CosmeticsNumber:
    """``special``: registered (sun, dye, perm, whitening, hair loss, new effect); else filed. ``origin``: 进 abroad, 制
    Hong Kong, Macao and Taiwan, empty made here. ``province``: of the responsible person, of filings since 2021."""

    special: bool
    origin: str
    year: int
    province: str
    serial: str


def parse_cosmetics(number: str) -> CosmeticsNumber:
    """Read 国妆特进字20212345, 国妆网备进字(沪)2023001234 or the older 国妆备进字J20181234 (SAMR Order 35 of 2021).

    ValueError for anything else, filings of goods made here included.
    """
    found = _match(_COSMETICS, plain(number), "a registration or filing of cosmetics")
    if found["y1"]:
        return CosmeticsNumber(True, found["special"] or "", int(found["y1"]), "", found["s1"])
    if found["y2"]:
        return CosmeticsNumber(False, found["origin"], int(found["y2"]), found["province"], found["s2"])
    return CosmeticsNumber(False, "进", int(found["y3"]), "", found["s3"])


@dataclass(frozen=True, slots=True)
class CccNumber:
    """``year`` of issue, certification ``body``, product ``category`` of four digits, ``serial``."""

    year: int
    body: str
    category: str
    serial: str

    def fits(self, hs_code: str) -> bool:
        """Whether goods of this HS code can be of the certificate's category; true where that is not certain."""
        goods = CCC_GOODS.get(self.category[:2])
        return goods is None or hs_code.startswith(goods)


def parse_ccc(number: str) -> CccNumber:
    """Read 2020011101234567: year, body, category, serial; 16 digits. ValueError else."""
    found = _match(_CCC, plain(number), "the number of a CCC certificate")
    return CccNumber(int(found["year"]), found["body"], found["category"], found["serial"])


def parse_food_maker(number: str) -> tuple[str, str]:
    """Country (ISO 3166-1 alpha-3) and 14 digits of CNZL06030101010001, the number under which a foreign maker of food
    is registered in China (GACC Order 280 of 2025, before it Order 248 of 2021). ValueError else."""
    found = _match(_MAKER, plain(number), "the registration of a foreign maker of food")
    return found["country"], found["number"]


@dataclass(frozen=True, slots=True)
class FireworksCode:
    """``region`` of the producer's office, ``enterprise``; on packages ``batch`` and ``year`` as well."""

    region: str
    enterprise: str
    batch: str
    year: str


def parse_fireworks_code(number: str) -> FireworksCode:
    """Read 43F0001 or, as on packages, 43F0001/12-26 (SN/T 0306.1-2024). ValueError else."""
    found = _match(_FIREWORKS, plain(number), "the code of a producer of fireworks")
    return FireworksCode(found["region"], found["enterprise"], found["batch"] or "", found["year"] or "")


def parse_classification_reference(text: str) -> tuple[str, str, str]:
    """State (sign of vehicles in international traffic), authority and serial of ``IND / DGS 01234``, without which
    fireworks do not go by sea (IMDG Code, 5.4.1.5.15). ValueError else."""
    found = _match(_REFERENCE, " ".join(text.upper().split()), "a classification reference of fireworks")
    return found["state"], found["authority"], found["serial"]
