"""Load against staff, arrivals and waits: charts of the control room, and the page that says who is on duty."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guomen.clearance import queries as clearance
from guomen.faces.forms import send_once
from guomen.faces.told import state
from guomen.inspection import load
from guomen.inspection.services import state_staff
from guomen.kit.chart import Pile, Piles
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.kit.web import page
from guomen.parties.actors import Actor, of_request

OPENED, STOPPED = ("to_inspect", "sampled"), ("held", "refused")


def charts(by: Actor) -> dict[str, Any]:
    """The three charts with the sentence that stands above each."""
    shifts = load.shifts(by)
    arriving, waiting = clearance.arriving(by), clearance.waiting(by)
    return {
        "load": _load(shifts),
        "load_words": _short(shifts),
        "arriving": _arriving(arriving),
        "arriving_words": _ahead(arriving),
        "waiting": _waiting(waiting),
        "waiting_words": _oldest(waiting),
    }


@require_safe
def fragment(request: HttpRequest) -> HttpResponse:
    """The charts anew, for the page that is open: fetched every minute."""
    response = page(request, "desk/load_charts.html", charts(of_request(request)))
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The shifts as a table, and a form that says how many officers are on duty in each."""
    by = of_request(request)
    by.require("controller")
    problems: list[Problem] = []
    typed = {f"shift-{hour}": request.POST.get(f"shift-{hour}", "")[:10] for hour in load.BEGINNINGS}
    if request.method == "POST":
        officers = {hour: _number(typed[f"shift-{hour}"]) for hour in load.BEGINNINGS if typed[f"shift-{hour}"].strip()}
        try:
            if send_once(request, by, lambda: state_staff(by, officers)):
                messages.success(request, _("Saved. It holds from today on, until you change it."))
            return redirect("desk-load")
        except Invalid as error:
            problems = error.problems
    else:
        stated = load.staff(by, timezone.localdate())
        typed = {f"shift-{hour}": str(stated.get(hour, "")) for hour in load.BEGINNINGS}
    shifts = load.shifts(by)
    context = {
        "rows": [(_hours(s), s) for s in shifts],
        "load": _load(shifts),
        "load_words": _short(shifts),
        "fields": [(f"shift-{h}", f"{h:02}:00–{(h + 8) % 24:02}:00", typed[f"shift-{h}"]) for h in load.BEGINNINGS],
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/load.html", context, status=422 if problems else 200)


def _number(text: str) -> int:
    return int(text) if text.strip().isascii() and text.strip().isdecimal() else -1


def _hours(shift: load.Shift) -> str:
    return f"{timezone.localtime(shift.begins):%H:%M}–{timezone.localtime(shift.ends):%H:%M}"


def _load(shifts: list[load.Shift]) -> Piles:
    piles = []
    for shift in shifts:
        words = _("%(shift)s: %(due)s h of work due, %(staff)s h of staff")
        label = words % {"shift": _hours(shift), "due": f"{shift.due:.1f}", "staff": f"{shift.hours:.1f}"}
        parts = [(shift.late, "late"), (shift.due - shift.late, "due")]
        piles.append(Pile(_hours(shift), parts, label, None if shift.officers is None else shift.hours))
    return Piles(piles, _("Hours of inspection due in each shift, beside the hours of the officers on duty"))


def _short(shifts: list[load.Shift]) -> str:
    work = sum(s.due for s in shifts)
    if not work:
        return _("No inspection is due in these shifts.")
    if any(s.officers is None for s in shifts):
        return _("%(hours)s h of work due. Say who is on duty to see whether that is enough.") % {
            "hours": f"{work:.1f}"
        }
    worst = next((s for s in shifts if s.short), None)
    if worst is None:
        return _("%(hours)s h of work due, and enough officers for it.") % {"hours": f"{work:.1f}"}
    more = ngettext("%(num)s more officer", "%(num)s more officers", worst.missing) % {"num": worst.missing}
    values = {"at": f"{timezone.localtime(worst.ends):%H:%M}", "hours": f"{worst.short:.1f}", "more": more}
    return (
        _("By %(at)s there are %(hours)s h more work than officers on duty can do: %(more)s would be needed.") % values
    )


def _arriving(hours: list[dict[str, int]]) -> Piles:
    start = timezone.localtime(now())
    piles = []
    for n, found in enumerate(hours):
        opened, stopped = sum(found.get(s, 0) for s in OPENED), sum(found.get(s, 0) for s in STOPPED)
        gate, free = found.get("screened", 0), found.get("released", 0)
        hour = f"{(start.hour + n) % 24:02}:{start:%M}"
        words = _(
            "from %(hour)s: %(opened)s to open, %(stopped)s stopped, %(gate)s wait for the seal, %(free)s released"
        )
        label = words % {"hour": hour, "opened": opened, "stopped": stopped, "gate": gate, "free": free}
        piles.append(Pile(hour, [(stopped, "hold"), (opened, "due"), (gate, "gate"), (free, "free")], label))
    return Piles(piles, _("Goods lines that arrive in the next 24 hours, by what is decided about them"), every=6)


def _ahead(hours: list[dict[str, int]]) -> str:
    total = sum(sum(found.values()) for found in hours)
    if not total:
        return _("No goods are announced for the next 24 hours.")
    free = sum(found.get("released", 0) for found in hours)
    lines = ngettext("%(num)s goods line arrives", "%(num)s goods lines arrive", total) % {"num": total}
    return _("%(lines)s; %(share)s %% are released already.") % {"lines": lines, "share": round(100 * free / total)}


def _waiting(found: dict[str, list[int]]) -> Piles:
    tones = ("free", "gate", "hold", "late")
    ages = (_("under 4 h"), _("under a day"), _("under 3 days"), _("longer"))
    short = {"held": _("held"), "to_inspect": _("to open"), "sampled": _("at the laboratory")}
    piles = []
    for name, counts in found.items():
        told = ", ".join(f"{age} {count}" for age, count in zip(ages, counts, strict=True))
        piles.append(Pile(short[name], list(zip(counts, tones, strict=True)), f"{state('line', name)}: {told}"))
    return Piles(piles, _("Goods lines that have arrived and wait, by how long"))


def _oldest(found: dict[str, list[int]]) -> str:
    total, long = sum(map(sum, found.values())), sum(counts[-1] for counts in found.values())
    if not total:
        return _("Nothing that has arrived waits.")
    lines = ngettext("%(num)s goods line waits", "%(num)s goods lines wait", total) % {"num": total}
    return _("%(lines)s; %(long)s longer than three days.") % {"lines": lines, "long": long}
