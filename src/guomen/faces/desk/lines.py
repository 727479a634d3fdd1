"""One consignment and one goods line: facts on the left as one timeline, the decision on the right."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes
from guomen.catalogue.packs import current
from guomen.catalogue.units import amount
from guomen.certificates import kinds
from guomen.certificates.queries import of_subject
from guomen.certificates.titles import title
from guomen.clearance import queries, services
from guomen.clearance.models import Declaration, Line
from guomen.clearance.words import DECLARATION_STATES, LEVELS, OUTCOMES
from guomen.faces.desk import names, plans, score
from guomen.faces.desk.drafting import draft_for_line, waiting_draft
from guomen.faces.forms import acted, send_once
from guomen.faces.told import Told, goods, in_short, sentence, state, told
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.inspection.queries import inspectors, order_for
from guomen.kit.errors import NotFound
from guomen.kit.ids import Subject
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.actors import Actor, of_request
from guomen.seals.queries import known as seals_of

QUIET = {
    "inspection.answered",
    "inspection.photographed",
    "sample.measured",
    "seal.reported",
    "tags.printed",
    "notice.sent",
}
"""Entry kinds too fine for the timeline; they stay in the ledger."""
CHOICES = (
    ("release", W("Release", "放行")),
    ("inspect", W("Order an inspection", "下达查验指令")),
    ("refuse", W("Refuse", "不予放行")),
)


def _officer(request: HttpRequest) -> Actor:
    by = of_request(request)
    by.require("controller", "certifier")
    return by


def _withdraw(request: HttpRequest, by: Actor, number: str) -> str:
    reason = request.POST.get("reason", "")
    send_once(request, by, lambda: services.withdraw(by, number, reason))
    return _("The declaration is withdrawn.")


@require_http_methods(["GET", "HEAD", "POST"])
def declaration(request: HttpRequest, number: str) -> HttpResponse:
    """A consignment: its lines and their states, containers, papers, and all that happened. POST: withdraw it."""
    by = _officer(request)
    found = queries.declaration(by, number)
    problems, answer = acted(request, lambda: _withdraw(request, by, number))
    if answer:
        return answer
    subjects = [Subject.declaration(number), *(x.subject for x in found.line_list)]
    subjects += [Subject.container(c.number) for c in found.container_list]
    context = {
        "declaration": found,
        "facts": _facts(*subjects),
        "head": _head(found),
        "seals": seals_of(c.seal for c in found.container_list),
        "called": goods(found.line_list),
        "line_state": lambda line: state("line", line.state),
        "sentence": sentence,
        "paper": lambda kind: names.of("document_kind", kind),
        "may_withdraw": by.has("controller") and found.state == "lodged",
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "sent": request.POST,
    }
    return page(request, "desk/declaration.html", context, status=422 if problems else 200)


def _head(found: Declaration) -> list[tuple[str, str]]:
    return [
        (_("Trade mode"), names.of("trade_mode", found.trade_mode)),
        (_("Importer"), str(found.importer)),
        (_("Declarant"), str(found.organisation)),
        (_("Consignor"), found.consignor_name),
        (_("From"), f"{names.of('port', found.departure_port)}, {names.of('country', found.departure_country)}"),
        (_("To"), names.of("port", found.arrival_port)),
        (_("State"), say(DECLARATION_STATES[found.state])),
        (_("Version"), str(found.version)),
        (_("Arrives"), names.moment(found.arrives_at)),
        (_("Vessel"), f"{found.vessel} {found.voyage}".strip()),
        (_("Bill of lading"), found.bill_number),
        (
            _("Containers"),
            ", ".join(f"{c.number} ({c.seal})" if c.seal else c.number for c in found.container_list) or "—",
        ),
    ]


def _facts(*subjects: str, line: str = "") -> list[Told]:
    """All that happened to ``subjects``; with ``line``, without what is about other lines of the same container."""
    entries = {e.id: e for e in history(*subjects) if e.kind not in QUIET}
    found = in_short(told(e for e in entries.values() if not line or _is_about(e, line)))
    return [replace(f, lines=()) for f in found] if line else found


def _is_about(entry: Entry, line: str) -> bool:
    named = {s for s in entry.subjects if s.startswith("urn:guomen:line:")}
    return not named or line in named


def _act(request: HttpRequest, by: Actor, declaration: str, line: int) -> str:
    """Do what the pressed button says; returns the sentence to show."""
    post = request.POST
    match post.get("do"):
        case "decide":
            outcome, reason = post.get("outcome", ""), post.get("reason", "")
            send_once(request, by, lambda: services.decide_held(by, declaration, line, outcome, reason))
            return _("The decision is recorded.")
        case "outcome":
            outcome, note = post.get("outcome", ""), post.get("reason", "")
            send_once(request, by, lambda: services.set_outcome(by, declaration, line, outcome, note))
            return _("What happens to the goods is recorded.")
        case "again":
            note = post.get("reason", "")
            send_once(request, by, lambda: services.inspect_again(by, declaration, line, note))
            return _("The goods are inspected again.")
        case "port-check":
            agrees, note = post.get("agrees") == "yes", post.get("reason", "")
            send_once(request, by, lambda: services.check_at_port(by, declaration, line, agrees=agrees, note=note))
            return _("The check at the port is recorded.")
        case "give":
            order, who = order_for(Subject.line(declaration, line)), post.get("inspector", "")
            if order is None:
                raise NotFound
            send_once(request, by, lambda: inspection.give(by, order.id, who))
            return _("The task is given.")
        case "draft":
            kind = post.get("kind", "")
            send_once(request, by, lambda: draft_for_line(by, declaration, line, kind))
            return _("The certificate waits for a colleague to review it.")
        case "balance":
            send_once(request, by, lambda: services.open_balance(by, declaration, line))
            return _("These goods can leave the zone lot by lot now, written off against the balance.")
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, declaration: str, line: int) -> HttpResponse:
    """One goods line. POST ``do``: decide (a held line), outcome (a refused one), draft (a certificate)."""
    by = _officer(request)
    found = queries.declaration(by, declaration)
    row = next((x for x in found.line_list if x.number == line), None)
    if row is None:
        raise NotFound
    problems, answer = acted(request, lambda: _act(request, by, declaration, line))
    if answer:
        return answer
    context = _context(by, found, row) | {
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "sent": request.POST,
    }
    return page(request, "desk/line.html", context, status=422 if problems else 200)


def _context(by: Actor, found: Declaration, row: Line) -> dict[str, Any]:
    order = order_for(row.subject)
    decisions = queries.decisions(by, row.declaration, row.number)
    batch = [f"https://id.gs1.org/01/{row.gtin}/10/{row.batch}"] if row.gtin and row.batch else []
    boxes = [Subject.container(c.number) for c in found.container_list]
    officers = names.people([*(d.person for d in decisions), order.officer_id if order else None])
    return {
        "line": row,
        "declaration": found,
        "name": goods([row])[row.subject],
        "goods": _goods(row),
        "facts": _facts(row.subject, *batch, *boxes, line=row.subject),
        "state": state("line", row.state),
        "tone": {"released": "ok", "refused": "bad", "held": "wait"}.get(row.state, ""),
        "decision": decisions[-1] if decisions else None,
        "score": score.shown(decisions),
        "reasons": [sentence(r) for r in row.reasons],
        "officers": officers,
        "order": order,
        "plan": plans.of(order),
        "may_decide": by.has("controller"),
        "inspectors": _inspectors(by, order),
        "choices": CHOICES,
        "outcomes": [(c, OUTCOMES[c]) for c in services.allowed_outcomes(row)] if row.state == "refused" else [],
        "put_right": row.state == "refused" and row.outcome in ("RECTIFY", "TREAT"),
        "outcome_words": say(OUTCOMES[row.outcome]) if row.outcome else "",
        "certificates": [(c, title(c.kind)) for c in of_subject(row.subject)],
        "waiting": waiting_draft(row.subject),
        "kinds": [(code, title(code)) for code in kinds.issued_by("authority")],
    }


def _inspectors(by: Actor, order: Order | None) -> list[tuple[str, str]]:
    """To whom a task that has not ended can be given; nobody where the reader gives none."""
    if order is None or order.state not in ("waiting", "taken") or not by.has("controller"):
        return []
    return [(p.email, p.name) for p in inspectors().exclude(id__in=order.not_for)]


def _goods(row: Line) -> list[tuple[str, str]]:
    level = LEVELS.get(row.level)
    mode = current().modes.get(row.mode)
    return [
        (_("Importer"), str(row.importer)),
        (_("Maker"), row.maker_name),
        (_("Origin"), say(codes.table("country").get(row.origin) or row.origin)),
        (_("Heading"), f"{row.hs_code} {names.of('hs', row.hs_code)}"),
        (_("Batch"), row.batch or "—"),
        (_("Quantity"), say(amount(row.quantity, row.unit))),
        (_("Arrives"), names.moment(row.arrives_at)),
        (_("Risk score"), _("%(score)s of 100") % {"score": row.score}),
        (_("Release mode"), say(mode.name) if mode else row.mode),
        (_("Checked"), say(level) if level else row.level),
    ]
