"""What a trader sees: consignments, each with its next step, and one declaration with its decisions."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import ngettext

from guomen.catalogue import codes
from guomen.catalogue.units import amount
from guomen.certificates.queries import of_subject
from guomen.certificates.queries import state as certificate_state
from guomen.clearance import queries as clearance
from guomen.clearance.models import Declaration, Line
from guomen.clearance.rules import EXPORT_HOLDS, HOLDS, Severity
from guomen.clearance.versions import kin
from guomen.clearance.words import DECLARATION_STATES, LEVELS, OUTCOMES
from guomen.faces import told
from guomen.faces.portal.next_step import next_step, tone_of
from guomen.kit.ids import Subject
from guomen.kit.web import page
from guomen.kit.words import W, is_chinese, say
from guomen.parties.actors import of_request
from guomen.tags import queries as tag_queries
from guomen.tags.services.bundling import audience_of
from guomen.warning import queries as warnings

TRADERS = ("declarant", "seller", "carrier")
MENDED = frozenset(
    code for rule in (*HOLDS, *EXPORT_HOLDS) if rule.severity >= Severity.QUARANTINE for code in rule.codes
)
"""Reasons of holds that an amendment takes away: documents and registrations."""


def home(request: HttpRequest) -> HttpResponse:
    """Consignments of the organisation, newest first, each with one next step."""
    by = of_request(request)
    by.require(*TRADERS)
    sought = request.GET.get("q", "").strip()[:40]
    declarations = clearance.declarations(by, find=sought) if by.has("declarant") else []
    known = called(line for d in declarations for line in d.line_list)
    rows = [(d, _step(d), in_one([known[x.subject] for x in d.line_list])) for d in declarations]
    context = {
        "groups": [(tone, [row for row in rows if row[1][1] == tone]) for tone in ("bad", "wait")],
        "ended": [row for row in rows if row[1][1] not in ("bad", "wait")],
        "sought": sought,
        "most": len(rows) >= clearance.MOST_LISTED,
        "drafts": [(d, in_one([x.get("name", "") for x in d.data.get("lines", [])])) for d in clearance.drafts(by)]
        if by.has("declarant")
        else [],
        "notices": [(n, recall) for n, recall in warnings.noticed(by) if n.acknowledged_at is None],
        "may_declare": by.has("declarant"),
        "may_sell": by.has("seller"),
        "may_check": audience_of(by) is not None,
    }
    return page(request, "portal/home.html", context)


def _step(declaration: Declaration) -> tuple[W, str]:
    """The next step, or what became of a declaration that stands no longer."""
    if declaration.state != "lodged":
        return DECLARATION_STATES[declaration.state], ""
    return next_step(declaration.line_list)


def called(lines: Iterable[Line]) -> dict[str, str]:
    """Subject of a line -> its goods: in the declarant's own words, on Chinese pages as registered in Chinese."""
    found = list(lines)
    return told.goods(found) if is_chinese() else {x.subject: x.name for x in found}


def in_one(names: Sequence[str]) -> str:
    """What is in a consignment, in one line: the first goods and how many more there are."""
    given = [name for name in names if name]
    more = len(names) - 1
    if not given:
        return ""
    if more < 1:
        return given[0]
    return ngettext("%(goods)s and %(more)d more", "%(goods)s and %(more)d more", more) % {
        "goods": given[0],
        "more": more,
    }


def declaration(request: HttpRequest, number: str) -> HttpResponse:
    """One declaration: each line's decision in words, documents, certificates, tags."""
    by = of_request(request)
    by.require("declarant")
    found = clearance.declaration(by, number)
    subjects = [Subject.line(number, line.number) for line in found.line_list]
    kinds, names = codes.table("document_kind"), called(found.line_list)
    ordered = {r.subject for r in tag_queries.ranges(by)}
    context = {
        "declaration": found,
        "mine": found.organisation_id == by.organisation_id,
        "stands": say(DECLARATION_STATES[found.state]),
        "after": kin(number)[1],
        "step": next_step(found.line_list),
        "lines": [_line(line, line.subject in ordered) | {"goods": names[line.subject]} for line in found.line_list],
        "certificates": [(c, told.state("certificate", certificate_state(c))) for c in of_subject(*subjects)],
        "papers": [(d, say(kinds.get(d.kind) or d.kind)) for d in found.document_list],
        "ports": [say(codes.table("port").get(p) or p) for p in (found.departure_port, found.arrival_port)],
    }
    return page(request, "portal/declaration.html", context)


def _line(line: Any, has_tags: bool) -> dict[str, Any]:
    """A goods line in words: its state, why, what comes next."""
    decision = line.decision
    return {
        "line": line,
        "state": told.state("line", line.state),
        "tone": tone_of(line.state),
        "quantity": say(amount(line.quantity, line.unit)),
        "origin": say(codes.table("country").get(line.origin) or line.origin),
        "level": say(LEVELS.get(line.level, "")),
        "outcome": say(OUTCOMES.get(line.outcome, "")),
        "reasons": [told.sentence(r) for r in line.reasons],
        "rule_pack": decision.rule_pack if decision else "",
        "has_tags": has_tags,
        "may_mend": line.state == "held" and any(r["code"] in MENDED for r in line.reasons),
        "may_ask": line.state == "refused" and not line.outcome,
        "may_tag": bool(line.gtin and line.batch) and line.state != "refused",
    }


def document(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """A document of a declaration, as it was attached."""
    by = of_request(request)
    by.require("declarant")
    content, filename = clearance.document(by, number, sha256)
    headers = {"Content-Disposition": content_disposition_header(True, filename) or "attachment"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
