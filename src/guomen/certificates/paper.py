"""The certificate on paper: the same facts, in both languages, on A4."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from guomen.certificates import credential, kinds
from guomen.certificates.kinds.values import both
from guomen.certificates.models import Certificate
from guomen.certificates.titles import title
from guomen.kit import paper
from guomen.kit.web import dated
from guomen.kit.words import W

TEMPLATE = Path(__file__).parent / "certificate.typ"
WITHIN, OUTSIDE = W("Within limit", "符合"), W("Outside limit", "不符合")
CONFORMS, DOES_NOT_CONFORM = W("Conforms", "符合"), W("Does not conform", "不符合")
ROWS = {f.name: f.label for f in kinds.FIELDS.values() if f.section}
"""Names of facts in words."""
_BETWEEN = {"en": ": ", "zh": "："}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one fact: heads and cells, left to right; a column that nothing stands in is left out."""

    title: W
    heads: list[W]
    rows: list[list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Section:
    """Facts that stand together on paper and page. ``title`` is None for the first."""

    title: W | None
    rows: list[tuple[W, dict[str, str]]]
    tables: list[Table]


def sections(kind: str, facts: Mapping[str, Any]) -> list[Section]:
    """The facts of a certificate with their labels, as they stand on paper and page; tests and decision stand apart."""
    found = []
    for code, heading in kinds.SECTIONS.items():
        stated = [f for f in kinds.fields_of(kinds.kind(kind)) if f.section == code and f.name in facts]
        if not code or not stated:
            continue
        order = list(kinds.FIELDS)
        stated = sorted((f for f in stated if f.name != "tests"), key=lambda f: order.index(f.name))
        rows = [(f.label, f.type.write(facts[f.name])) for f in stated if f.type.widget != "rows"]
        tables = [_table(f, facts[f.name]) for f in stated if f.type.widget == "rows"]
        if rows or tables:
            found.append(Section(heading if found or code != "goods" else None, rows, tables))
    return found


def stated(field: kinds.Field, value: Any) -> Any:
    """One fact in both languages; one of several rows as a list of lines."""
    if field.type.widget != "rows":
        return field.type.write(value)
    lines = _table(field, value).rows
    return [
        {tongue: " · ".join(c[tongue] for c in line if c[tongue] != "—") for tongue in ("en", "zh")} for line in lines
    ]


def _table(field: kinds.Field, rows: list[dict[str, Any]]) -> Table:
    used = [c for c in field.type.columns if any(c.name in row for row in rows)]
    cells = [[c.type.write(row[c.name]) if c.name in row else both("") for c in used] for row in rows]
    return Table(field.label, [c.label for c in used], cells)


def checks(facts: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was checked on the spot, and what a laboratory compared with a limit."""
    shown = [_test(row) for row in facts.get("tests", [])]
    return [t for t in shown if not t["limited"]], [t for t in shown if t["limited"]]


def _test(row: dict[str, Any]) -> dict[str, Any]:
    within, limited = bool(row.get("within")), bool(row.get("limit"))
    good, bad = (WITHIN, OUTSIDE) if limited else (CONFORMS, DOES_NOT_CONFORM)
    result = vars_of(good if within else bad)
    texts = {name: both(row.get(name)) for name in ("test", "found", "limit")}
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


def _plain(found: Section) -> dict[str, Any]:
    return {
        "title": vars_of(found.title) if found.title else None,
        "rows": [{"label": vars_of(label), "value": value} for label, value in found.rows],
        "tables": [
            {"title": vars_of(t.title), "heads": [vars_of(h) for h in t.heads], "rows": t.rows} for t in found.tables
        ],
    }


def render(certificate: Certificate, credential_digest: str, slip: str, key_id: str) -> bytes:
    """The PDF of a certificate that has its signer's office and moments.

    ``slip``: what its second code says, which a device checks without a network (:mod:`guomen.core.credentials.slip`).
    ``key_id``: of the key that signed the credential.
    """
    assert certificate.office is not None
    assert certificate.signed_at is not None
    facts, holder, office = certificate.facts, certificate.holder, certificate.office
    where = credential.address(certificate.number)
    site, tests = checks(facts)
    one = kinds.kind(certificate.kind)
    data = {
        "title": vars_of(title(certificate.kind)),
        "number": certificate.number,
        "replaces": certificate.replaces,
        "own_word": one.issuer == "firm",
        "lasting": one.lasting,
        "basis": vars_of(one.basis) if one.basis else None,
        "holder": {"en": holder.name_en, "zh": holder.name_zh} | {"code": holder.code},
        "office": {"en": office.name_en, "zh": office.name_zh},
        "authority": {"en": settings.GUOMEN.authority_en, "zh": settings.GUOMEN.authority_zh},
        "sections": [_plain(found) for found in sections(certificate.kind, facts)],
        "site": site,
        "tests": tests,
        "decision": both(facts["decision"]) if facts.get("decision") else None,
        "signed": vars_of(dated(certificate.signed_at)),
        "until": vars_of(dated(certificate.valid_until)),
        "address": where,
        "qr": paper.qr_svg(where, border=0),
        "slip": paper.qr_svg(slip, border=0),
        "digest": credential_digest,
        "key": key_id,
    }
    return paper.pdf(TEMPLATE, data, certificate.signed_at)
