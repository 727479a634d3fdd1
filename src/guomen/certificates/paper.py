"""The certificate on paper: the same facts, in both languages, on A4."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from guomen.certificates import credential
from guomen.certificates.models import Certificate
from guomen.certificates.titles import title
from guomen.kit import paper
from guomen.kit.web import written_date
from guomen.kit.words import W

TEMPLATE = Path(__file__).parent / "certificate.typ"
ROWS = {
    "goods": W("Goods", "货物名称"),
    "gtin": W("Product number (GTIN)", "商品条码"),
    "batch": W("Batch", "批号"),
    "hs_code": W("Commodity code", "商品编码"),
    "quantity": W("Quantity", "数量"),
    "origin": W("Origin", "原产地"),
    "maker": W("Maker", "生产企业"),
    "declaration": W("Declaration", "报检号"),
    "container": W("Container", "集装箱号"),
    "seal": W("Seal", "封志号"),
    "place": W("Place of inspection", "检验地点"),
    "inspected_on": W("Date of inspection", "检验日期"),
}
"""Facts that stand in the table of the paper, in this order; others stay in the credential."""
DAYS = frozenset({"inspected_on"})
WITHIN, OUTSIDE = W("Within limit", "符合"), W("Outside limit", "不符合")
CONFORMS, DOES_NOT_CONFORM = W("Conforms", "符合"), W("Does not conform", "不符合")
_BETWEEN = {"en": ": ", "zh": "："}


def pair(value: Any) -> dict[str, str]:
    """Any fact as what stands on paper in both languages."""
    if isinstance(value, dict) and {"en", "zh"} <= set(value):
        return {"en": str(value["en"]), "zh": str(value["zh"])}
    text = "—" if value in (None, "") else str(value)
    return {"en": text, "zh": text}


def dated(day: date | datetime) -> dict[str, str]:
    """A day written out in both languages; that of a moment is the day at the port."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    with translation.override("en"):
        english = written_date(day)
    with translation.override("zh-hans"):
        return {"en": english, "zh": written_date(day)}


def rows(facts: Mapping[str, Any]) -> list[tuple[W, dict[str, str]]]:
    """The facts of the table with their labels, as they stand on paper and page."""
    return [(label, _fact(name, facts[name])) for name, label in ROWS.items() if name in facts]


def _fact(name: str, value: Any) -> dict[str, str]:
    if name in DAYS and value:
        return dated(date.fromisoformat(str(value)[:10]))
    return pair(value)


def checks(facts: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was checked on the spot, and what a laboratory compared with a limit."""
    shown = [_test(row) for row in facts.get("tests", [])]
    return [t for t in shown if not t["limited"]], [t for t in shown if t["limited"]]


def _test(row: dict[str, Any]) -> dict[str, Any]:
    within, limited = bool(row.get("within")), bool(row.get("limit"))
    good, bad = (WITHIN, OUTSIDE) if limited else (CONFORMS, DOES_NOT_CONFORM)
    result = vars_of(good if within else bad)
    texts = {name: pair(row.get(name)) for name in ("test", "found", "limit")}
    if not limited and texts["found"] not in (vars_of(CONFORMS), vars_of(DOES_NOT_CONFORM)):
        # A measured value says more than the verdict alone.
        result = {tongue: f"{texts['found'][tongue]}{_BETWEEN[tongue]}{words}" for tongue, words in result.items()}
    return texts | {
        "standard": str(row.get("standard") or ""),
        "result": result,
        "within": within,
        "limited": limited,
    }


def vars_of(words: W) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


def render(certificate: Certificate, credential_digest: str) -> bytes:
    """The PDF of a certificate that has its signer's office and moments."""
    assert certificate.office is not None
    assert certificate.signed_at is not None
    facts, holder, office = certificate.facts, certificate.holder, certificate.office
    where = credential.address(certificate.number)
    site, tests = checks(facts)
    data = {
        "title": vars_of(title(certificate.kind)),
        "number": certificate.number,
        "holder": {"en": holder.name_en, "zh": holder.name_zh} | {"code": holder.code},
        "office": {"en": office.name_en, "zh": office.name_zh},
        "authority": {"en": settings.GUOMEN.authority_en, "zh": settings.GUOMEN.authority_zh},
        "rows": [{"label": vars_of(label), "value": value} for label, value in rows(facts)],
        "site": site,
        "tests": tests,
        "decision": pair(facts.get("decision")),
        "signed": dated(certificate.signed_at),
        "until": dated(certificate.valid_until),
        "address": where,
        "qr": paper.qr_svg(where, border=0),
        "digest": credential_digest,
        "key": credential.key_id(),
    }
    return paper.pdf(TEMPLATE, data, certificate.signed_at)
