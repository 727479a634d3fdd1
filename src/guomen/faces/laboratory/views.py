"""The laboratory's doors: the inbox, one sample, and the three writes it can do."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guomen.adoption.queries import body_of
from guomen.catalogue.rulepack import LabTest
from guomen.catalogue.units import amount
from guomen.faces.forms import send_once
from guomen.inspection import packs, queries, rules, services
from guomen.inspection.models import Result, Sample
from guomen.inspection.words import VERDICTS
from guomen.kit.errors import Invalid, Refused
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request


@dataclass(frozen=True, slots=True)
class Row:
    """One test of the panel with what was entered and how it was judged."""

    test: LabTest
    result: Result | None
    operator: str
    value: str
    problem: str

    @property
    def unit(self) -> str:
        return "" if self.test.unit == "1" else self.test.unit

    @property
    def found(self) -> str:
        if self.result is None:
            return ""
        found = self.result
        return say(queries.found_text(found.operator, found.value, found.unit, self.test.analyte))

    @property
    def verdict(self) -> W | None:
        return VERDICTS[self.result.verdict] if self.result else None

    @property
    def is_bad(self) -> bool:
        return self.result is not None and self.result.verdict in {"outside", "unclear"}


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Samples on their way, being tested, reported."""
    by = of_request(request)
    found = queries.samples(by)
    groups = {state: [s for s in found if s.state == state] for state in ("drawn", "received")}
    done = sorted((s for s in found if s.state == "reported"), key=lambda s: s.reported_at, reverse=True)
    more = {"organisation": by.organisation, "reported": done[:50], "has_reports": by.has("analyst")}
    more["is_listed"] = by.has("analyst") and body_of(by.organisation) is not None
    return page(request, "laboratory/inbox.html", groups | more)


@require_GET
def sample(request: HttpRequest, number: str) -> HttpResponse:
    """One sample."""
    by = of_request(request)
    return _show(request, by, queries.sample(by, number), {}, 200)


def _rows(found: Sample, problems: dict[str, str], given: dict[str, str]) -> list[Row]:
    entered, rows = queries.results(found), []
    for test in packs.panel_of(found):
        result, code = entered.get(test.analyte), test.analyte
        scale = rules.scale_of(code, test.unit)
        value = rules.show_number(result.value, scale) if result else ""
        operator = result.operator if result else "="
        typed = given.get(f"value-{code}", value)[:40]
        rows.append(Row(test, result, given.get(f"operator-{code}", operator), typed, problems.get(code, "")))
    return rows


def _sentence(rows: list[Row]) -> str:
    """What stands between these results and the report."""
    left = sum(r.result is None for r in rows)
    if left:
        return ngettext("One result is missing.", "%(left)s results are missing.", left) % {"left": left}
    if any(r.result and r.result.verdict == "unclear" for r in rows):
        return _("A method cannot see as low as its limit. Use a more sensitive one.")
    return ""


def _show(request: HttpRequest, by: Actor, found: Sample, problems: dict[str, str], status: int) -> HttpResponse:
    rows = _rows(found, problems, request.POST if problems else {})
    context = {
        "sample": found,
        "rows": rows,
        "failing": [r for r in rows if r.result and r.result.verdict == "outside"],
        "sentence": _sentence(rows),
        "problem": problems.get("sample", ""),
        "quantity": say(amount(found.quantity, found.unit)),
        "mine": by.has("analyst") and found.laboratory_id == by.organisation_id,
    }
    return page(request, "laboratory/sample.html", context, status=status)


def _try(request: HttpRequest, number: str, do: Any) -> HttpResponse:
    """Run a write; show the sample again, with the sentence when it was refused."""
    by = of_request(request)
    try:
        send_once(request, by, lambda: do(by))
    except (Invalid, Refused) as error:
        named = {p.field: str(p) for p in error.problems} if isinstance(error, Invalid) else {}
        return _show(request, by, queries.sample(by, number), named or {"sample": error.sentence()}, error.status)
    return redirect("laboratory-sample", number=number)


@require_POST
def receive(request: HttpRequest, number: str) -> HttpResponse:
    """The sealed sample has arrived."""
    return _try(request, number, lambda by: services.receive_sample(by, number).number)


@require_POST
def results(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the results that are filled in."""
    form = request.POST

    def do(by: Actor) -> int:
        panel = packs.panel_of(queries.sample(by, number))
        filled = [
            {
                "analyte": test.analyte,
                "value": form[f"value-{test.analyte}"][:40],
                "operator": form.get(f"operator-{test.analyte}", "="),
                "unit": form.get(f"unit-{test.analyte}", ""),
            }
            for test in panel
            if form.get(f"value-{test.analyte}", "").strip()
        ]
        return len(services.enter_results(by, number, filled))

    return _try(request, number, do)


@require_POST
def report(request: HttpRequest, number: str) -> HttpResponse:
    """Sign."""
    return _try(request, number, lambda by: services.report(by, number).number)
