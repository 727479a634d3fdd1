"""What becomes of goods that do not conform: what the findings allow, and another look once they were put right."""

from django.db import transaction

from guomen.catalogue.packs import deciding
from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.services.about import line_facts, line_subjects
from guomen.clearance.services.deciding import facts_of, select, worded
from guomen.clearance.services.moves import locked
from guomen.clearance.words import OUTCOMES
from guomen.inspection.queries import order_for
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

PUT_RIGHT = {"RECTIFY": "RECTIFIED", "TREAT": "TREATED"}
"""Outcomes after which goods are inspected again, with the reason that the order then gives."""
LAST = ("RETURN", "DESTROY", "REFER")
"""What is left where no outcome suits every finding."""


def allowed(line: Line) -> list[str]:
    """Outcomes that every finding about a refused line allows, by the rule pack's rows for its checklist."""
    rows = deciding(now().date()).of(line.subject).terms.get("outcomes", {})
    order = order_for(line.subject)
    lists = [*(order.checklist.split("+") if order else ()), ""]
    found = [_of(rows, lists, str(reason["code"])) for reason in line.reasons]
    told = [set(one) for one in found if one]
    return [code for code in OUTCOMES if all(code in one for one in told)] or list(LAST)


def _of(rows: dict[str, dict[str, list[str]]], lists: list[str], code: str) -> list[str]:
    return next((rows[name][code] for name in lists if code in rows.get(name, {})), [])


@transaction.atomic
def set_outcome(by: Actor, declaration: str, line: int, outcome: str, note: str) -> Line:
    """What becomes of refused goods: RECTIFY, TREAT, RETURN, DESTROY or REFER, of those that the findings allow.

    The same outcome twice changes nothing. Raises Invalid naming what is allowed, Refused unless the line was refused.
    """
    by.require_officer("controller")
    if outcome not in OUTCOMES:
        raise Invalid([Problem("outcome", "unknown-code", W("Choose what happens to the goods.", "请选择处置方式。"))])
    note = worded(note)
    row = locked(declaration, line)
    if row.state != "refused":
        raise Refused(W("Only refused goods have an outcome.", "仅对不予放行的货物作出处置。"), code="not-refused")
    if row.outcome == outcome:
        return row
    if outcome not in (fit := allowed(row)):
        words = W("These findings allow: {allowed}.", "该不合格项可作的处置：{allowed}。")
        named = [OUTCOMES[code] for code in fit]
        values = (("allowed", W(", ".join(w.en for w in named), "、".join(w.zh for w in named))),)
        raise Invalid([Problem("outcome", "not-for-these-findings", words, values)])
    before, row.outcome = row.outcome, outcome
    row.save(update_fields=["outcome"])
    pack = deciding(now().date()).of(row.subject).version
    facts = line_facts(row, pack) | {"outcome": outcome, "before": before}
    append("line.outcome", line_subjects(row), facts, by)
    return row


@transaction.atomic
def inspect_again(by: Actor, declaration: str, line: int, note: str) -> Line:
    """Order another inspection of goods that were rectified or treated. Raises Refused for any other line."""
    by.require_officer("controller")
    note = worded(note)
    row = locked(declaration, line)
    if row.state == "to_inspect" and any(r["code"] in PUT_RIGHT.values() for r in row.reasons):
        return row
    if row.state != "refused" or row.outcome not in PUT_RIGHT:
        words = W("These goods were neither rectified nor treated.", "该货物未作整改或技术处理。")
        raise Refused(words, code="not-put-right")
    why, row.outcome = Reason(PUT_RIGHT[row.outcome], {}), ""
    facts, whole = facts_of(row)
    select(by, row, whole, facts, why, note)
    return row
