"""The certificate on paper: the same facts, in both languages, on A4."""

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


def pair(value: Any) -> dict[str, str]:
    """Any fact as what stands on paper in both languages."""
    if isinstance(value, dict) and {"en", "zh"} <= set(value):
        return {"en": str(value["en"]), "zh": str(value["zh"])}
    text = "—" if value in (None, "") else str(value)
    return {"en": text, "zh": text}


def _dated(moment: Any) -> dict[str, str]:
    day = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    with translation.override("en"):
        english = written_date(day)
    with translation.override("zh-hans"):
        return {"en": english, "zh": written_date(day)}


def _test(row: dict[str, Any]) -> dict[str, Any]:
    within = bool(row.get("within"))
    result = W("Within limit", "符合") if within else W("Outside limit", "不符合")
    texts = {name: pair(row.get(name)) for name in ("test", "found", "limit")}
    return texts | {"standard": str(row.get("standard") or ""), "result": pair(vars_of(result)), "within": within}


def vars_of(words: W) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}


def render(certificate: Certificate, credential_digest: str) -> bytes:
    """The PDF of a certificate that has its signer's office and moments."""
    assert certificate.office is not None
    assert certificate.signed_at is not None
    facts, holder, office = certificate.facts, certificate.holder, certificate.office
    where = credential.address(certificate.number)
    data = {
        "title": vars_of(title(certificate.kind)),
        "number": certificate.number,
        "holder": {"en": holder.name_en, "zh": holder.name_zh} | {"code": holder.code},
        "office": {"en": office.name_en, "zh": office.name_zh},
        "authority": {"en": settings.GUOMEN.authority_en, "zh": settings.GUOMEN.authority_zh},
        "rows": [
            {"label": vars_of(label), "value": pair(facts[name])} for name, label in ROWS.items() if name in facts
        ],
        "tests": [_test(row) for row in facts.get("tests", [])],
        "decision": pair(facts.get("decision")),
        "signed": _dated(certificate.signed_at),
        "until": _dated(certificate.valid_until),
        "address": where,
        "qr": paper.qr_svg(where, border=0),
        "digest": credential_digest,
        "key": credential.key_id(),
    }
    return paper.pdf(TEMPLATE, data, certificate.signed_at)
