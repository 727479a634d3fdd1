"""The kinds of certificates, one row each: who issues it, what it must state, how long it lasts, on what ground."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from guomen.kit.words import W

MAX_DAYS = 3650
Issuer = Literal["authority", "laboratory", "firm"]
"""authority: its officers. laboratory: its analysts. firm: the firm's own word, received by the platform."""
INSPECTION = W(
    "Law on Import and Export Commodity Inspection (2021), articles 5 and 6",
    "《进出口商品检验法》（2021年）第五条、第六条",
)
QUARANTINE = W("Law on Entry and Exit Animal and Plant Quarantine", "《进出境动植物检疫法》")
NOTICE = W(
    "Implementing Regulation of the Law on Import and Export Commodity Inspection, article 19",
    "《进出口商品检验法实施条例》第十九条",
)
FOOD = W("Food Safety Law, chapter VI (import and export of food)", "《食品安全法》第六章（食品进出口）")
PACKAGING = W(
    "Law on Import and Export Commodity Inspection (2021), article 17; UN Model Regulations, 6.1",
    "《进出口商品检验法》（2021年）第十七条；联合国《规章范本》6.1",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. ``needs``: facts without which it is not reviewed; ``also``: facts that it may state beside the common
    ones. ``days``: how long it is valid unless the drafter says otherwise; ``longest``: at the most. ``ended``: the day
    since which nobody issues it. ``basis``: its ground in law, "" where the facts name one."""

    code: str
    needs: tuple[str, ...]
    also: tuple[str, ...] = ()
    issuer: Issuer = "authority"
    days: int = 365
    longest: int = MAX_DAYS
    release: Literal["", "line", "always"] = ""
    """Release precedes it: never asked, where it is about a declared line, or always."""
    basis: W | None = None
    ended: date | None = None
    lasting: bool = False
    """It tells what was found or done at one time: its paper names no end of validity."""


_TRADE = ("exporter", "consignee", "import_country", "marks", "packages_described", "transport", "conveyance")
_WEIGHTS = ("net_weight", "gross_weight")
_MADE = ("produced_on", "best_before", "maker_number", "origin_region")
_ROWS = (
    # The certificate codes (证书代码) of the inspection declaration.
    Kind("11", ("goods", "quantity", "standard", "decision"), ("grade", *_TRADE, *_WEIGHTS, *_MADE), basis=INSPECTION),
    Kind("12", ("goods", "net_weight", "weighed"), ("gross_weight", *_TRADE), basis=INSPECTION),
    Kind("13", ("goods", "quantity", "weighed"), (*_TRADE, *_WEIGHTS), basis=INSPECTION),
    Kind(
        "14",
        ("goods", "quantity", "species", "maker_number", "origin", "decision"),
        ("produced_on", "best_before", "origin_region", "additional", *_TRADE, *_WEIGHTS),
        release="line",
        basis=QUARANTINE,
    ),
    Kind(
        "15",
        ("goods", "quantity", "origin", "decision"),
        ("standard", "additional", *_TRADE, *_WEIGHTS, *_MADE),
        release="line",
        basis=FOOD,
    ),
    Kind(
        "16",
        ("goods", "quantity", "origin", "maker", "decision"),
        ("standard", "additional", *_TRADE, *_WEIGHTS, *_MADE),
        release="line",
        basis=FOOD,
    ),
    Kind(
        "17",
        ("species", "animals", "identification", "origin", "decision"),
        ("quarantined_from", "quarantined_until", "treatments", "additional", *_TRADE),
        release="line",
        basis=QUARANTINE,
    ),
    Kind(
        "18",
        ("exporter", "consignee", "export_country", "import_country", "entry_point", "transport", "plants", "marks"),
        ("conveyance", "packages_described", "treatments", "additional", "origin_region"),
        basis=W(
            "International Plant Protection Convention, article V; ISPM 12:2022",
            "《国际植物保护公约》第五条；ISPM 12:2022",
        ),
    ),
    Kind("19", ("goods", "quantity", "treatments"), ("marks", "packages_described", *_TRADE[:3]), basis=QUARANTINE),
    # 60 days is not verified: article 16 says "within the prescribed period", and no official text of the period was at
    # hand. Two pages that repeat the practice of the inspection offices say 60 days for ordinary goods, 21 for plants
    # (35 in a northern winter), 14 for fresh goods and live animals, and that code 20 lasts as it says itself.
    Kind(
        "20",
        ("goods", "quantity", "standard", "decision"),
        ("net_weight", "gross_weight", "marks", "packages_described", *_MADE),
        days=60,
        longest=60,
        release="line",
        basis=W(
            "Law on Import and Export Commodity Inspection (2021), article 16", "《进出口商品检验法》（2021年）第十六条"
        ),
    ),
    Kind(
        "21",
        ("goods", "quantity", "origin", "decision"),
        (*_MADE, *_WEIGHTS, "standard"),
        release="always",
        basis=INSPECTION,
    ),
    Kind("22", ("goods", "quantity", "faults"), ("standard", "measure", "until", "law"), basis=INSPECTION),
    Kind(
        "23",
        ("container", "fit", "inspected_on"),
        ("treatments",),
        basis=W(
            "Law on Import and Export Commodity Inspection (2021), article 18", "《进出口商品检验法》（2021年）第十八条"
        ),
    ),
    Kind("97", ("goods", "quantity"), release="line", ended=date(2018, 6, 1)),
    Kind("98", ("goods", "statement"), ("standard", *_TRADE)),
    Kind("99", ("goods", "decision"), ("standard", "additional", *_TRADE, *_WEIGHTS, *_MADE), release="line"),
    # Kinds that the table of codes has no number for.
    Kind("NC", ("goods", "quantity", "faults", "law"), ("measure", "until", "standard", "origin_region"), basis=NOTICE),
    Kind("TN", ("goods", "quantity", "faults", "measure", "until", "law"), ("standard", "origin_region"), basis=NOTICE),
    Kind(
        "PP",
        (
            "packaging_kind",
            "un_mark",
            "packaging_lot",
            "packaging_maker",
            "packages",
            "produced_on",
            "matter",
            "standard",
        ),
        ("density", "transport"),
        longest=365,
        basis=PACKAGING,
    ),
    Kind(
        "PU",
        ("goods", "performance", "packages", "un_number", "hazard_class", "packing_group", "gross_each"),
        ("packaging_kind", "marks", "net_weight", "import_country", "transport", "standard"),
        longest=365,
        basis=PACKAGING,
    ),
    Kind(
        "LR",
        ("goods", "sample", "received_on", "tests"),
        ("tested_on", "accreditation", "standard", "produced_on"),
        issuer="laboratory",
        days=MAX_DAYS,
        lasting=True,
        basis=W("ISO/IEC 17025:2017, 7.8", "ISO/IEC 17025:2017 第7.8条"),
    ),
    Kind(
        "CD",
        ("goods", "standard", "statement"),
        ("evidence", *_MADE, "packages_described", "marks"),
        issuer="firm",
        basis=W(
            "Assurance of conformity: Law on Import and Export Commodity Inspection (2021), article 6",
            "合格保证：《进出口商品检验法》（2021年）第六条",
        ),
    ),
    Kind(
        "RC",
        ("goods", "recall", "recall_batches", "sold", "recovered", "recall_ended_on", "disposal"),
        ("maker_number", "origin_region"),
        days=MAX_DAYS,
        lasting=True,
        basis=W(
            "Food Safety Law, article 94, and the laws on the recall of goods",
            "《食品安全法》第九十四条及有关召回的法律法规",
        ),
    ),
)
KINDS = {row.code: row for row in _ROWS}
