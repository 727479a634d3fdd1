"""Warnings: which alerts there are, what each rests on, how it was judged, and taking goods back."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.faces.desk import names
from guomen.faces.desk.matrix import changes, matrix
from guomen.faces.forms import acted, send_once
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.pictures import image_kind
from guomen.kit.web import number, page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request
from guomen.warning import queries, services
from guomen.warning.words import CHANCES, HOLDER_ROLES, LEVELS, RISKS, SEVERITIES, SOURCES, STATES

SCENARIOS, STEPS = 3, 4
ADVICE = W(
    "Stop using it.\nKeep it away from children.\nTake it back to where you bought it; you get your money back.\n"
    "If someone was hurt, see a doctor and report it here.",
    "立即停止使用。\n放在儿童接触不到的地方。\n退回购买处，可获得退款。\n如有人受伤，请就医并在此报告。",
)
TONES = {"I": "bad", "II": "wait", "III": "", "IV": ""}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All alerts and the signals that have not added up to one."""
    by = of_request(request)
    alerts = list(queries.alerts(by))
    loose = queries.loose_signals(by)
    context = {
        "alerts": alerts,
        "loose": loose,
        "goods": names.goods([a.gtin for a in alerts] + [s.signal.gtin for s in loose]),
        "owners": names.people(a.owner_id for a in alerts),
    }
    return page(request, "desk/warnings.html", _words() | context)


def _words() -> dict[str, Any]:
    return {
        "levels": LEVELS,
        "states": STATES,
        "sources": SOURCES,
        "severities": SEVERITIES,
        "risks": RISKS,
        "roles": HOLDER_ROLES,
        "tones": TONES,
        "name_of": names.of,
        "text_of": _text,
    }


def _text(heard: queries.Heard) -> str:
    """What was written. The scan path writes both languages, one below the other: the reader's is shown."""
    text = heard.told.text
    lines = text.split("\n")
    return say(W(*lines)) if heard.signal.source == "scan" and len(lines) == 2 else text


def _chance(value: Decimal) -> str:
    """A chance as people say it: 4 %, 1 in 2,500."""
    if value >= Decimal("0.01"):
        return f"{number(round(value * 100, 1))} %"
    return _("1 in %(n)s") % {"n": number(int(float(f"{1 / value:.2g}")))} if value else "0 %"


def scenarios_of(post: Any) -> list[dict[str, Any]]:
    """The scenarios of the form that have anything filled in."""
    found = []
    for s in range(SCENARIOS):
        steps = [
            {"words": post.get(f"s{s}-step{n}-words", "").strip(), "chance": post.get(f"s{s}-step{n}-chance", "")}
            for n in range(STEPS)
        ]
        steps = [t for t in steps if t["words"] or t["chance"]]
        severity = post.get(f"s{s}-severity", "")
        if steps or severity:
            found.append({"words": post.get(f"s{s}-words", "").strip(), "steps": steps, "severity": severity})
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def recall_of(post: Any) -> dict[str, Any]:
    """Batches, reason and advice of the form. Raises Invalid when it does not say what is recalled."""
    batches = [b for b in post.getlist("batches") if b] + _lines(post.get("other", "").replace(",", "\n"))
    if not batches and not post.get("whole"):
        words = W("Choose batches, or say that it is the whole product.", "请选择批次，或注明召回全部产品。")
        raise Invalid([Problem("other", "missing", words)])
    en, zh = _lines(post.get("advice_en", "")), _lines(post.get("advice_zh", ""))
    if len(en) != len(zh):
        words = W("Write the same number of steps in both languages.", "中英文的处理步骤数量应一致。")
        raise Invalid([Problem("advice_zh", "unequal", words)])
    return {
        "batches": None if post.get("whole") else batches,
        "reason": W(post.get("reason_en", "").strip(), post.get("reason_zh", "").strip()),
        "advice": [W(e, z) for e, z in zip(en, zh, strict=True)],
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _act(request: HttpRequest, by: Actor, number: str) -> str:
    """Do what the pressed button says; returns the sentence to show."""
    post = request.POST
    match post.get("do"):
        case "take":
            services.take(by, number)
            return _("You own this alert now.")
        case "assess":
            send_once(request, by, lambda: services.assess(by, number, scenarios_of(post)))
            return _("The assessment is recorded.")
        case "recall":
            send_once(request, by, lambda: services.order_recall(by, number, **recall_of(post)))
            return _("The recall is in force. Holders have been notified.")
        case "erase":
            services.erase(by, _uuid(post.get("signal", "")))
            return _("What was written is erased, and so is the photo.")
        case "lift":
            services.lift(by, number)
            return _("The alert is lifted and its measures have ended.")
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One alert: what it rests on, the judgement, the recall. POST ``do``: take, assess, recall, lift."""
    by = of_request(request)
    view = queries.alert(by, number)
    problems, answer = acted(request, lambda: _act(request, by, number))
    if answer:
        return answer
    return page(
        request, "desk/warning.html", _words() | _context(request, view, problems), status=422 if problems else 200
    )


@require_safe
def photo(request: HttpRequest, signal: UUID) -> HttpResponse:
    """The photo of a report."""
    content = queries.photo(of_request(request), signal)
    return HttpResponse(content, content_type=f"image/{image_kind(content) or 'octet-stream'}")


_FIELDS = {"reason": "reason_en", "advice": "advice_en"}


def _field(problem: Problem) -> Problem:
    """Name the form's field that a service's problem is about."""
    if problem.field.startswith("scenarios."):
        number = problem.field.split(".")[1]
        return Problem(f"s{number}-step0-chance", problem.code, problem.words, problem.values)
    return Problem(_FIELDS.get(problem.field, problem.field), problem.code, problem.words, problem.values)


def _context(request: HttpRequest, view: queries.AlertView, problems: list[Problem]) -> dict[str, Any]:
    newest = view.assessments[0] if view.assessments else None
    shown = [_field(p) for p in problems]
    return {
        "view": view,
        "alert": view.alert,
        "goods": names.goods([view.alert.gtin])[view.alert.gtin],
        "owners": names.people([view.alert.owner_id, *(a.person_id for a in view.assessments)]),
        "newest": newest,
        "worst": newest.scenarios[newest.worst] if newest else None,
        "matrix": matrix(newest),
        "chance": _chance(Decimal(newest.scenarios[newest.worst]["probability"])) if newest else "",
        "changes": changes(newest) if newest else [],
        "chances": list(CHANCES.items()),
        "SCENARIOS": SCENARIOS,
        "STEPS": STEPS,
        "problems": shown,
        "problem_map": {p.field: str(p) for p in shown},
        "sent": request.POST,
        "advice": ADVICE,
        "reasons": _reasons(view.alert, newest),
    }


def _reasons(alert: Any, newest: Any) -> list[str]:
    """Why the alert has its level: what the signals gave, then what an officer's assessment made of it."""
    found = [sentence for r in alert.reasons if (sentence := _reason(r))]
    by_signals = next((r["level"] for r in alert.reasons if r["code"] == "level_reached"), "")
    if newest and by_signals != alert.level:
        found.append(_("The assessment sets the level to %(level)s.") % {"level": say(LEVELS[alert.level])})
    return found


def _reason(reason: dict[str, Any]) -> str:
    """One reason of the signal rule as a sentence."""
    count, points = reason["count"], number(reason["points"])
    level = say(LEVELS.get(reason["level"], reason["level"]))
    match reason["code"]:
        case "counted":
            source = say(SOURCES.get(reason["source"], reason["source"]))
            return _("%(source)s: %(count)s counted, %(points)s points.") % {
                "source": source,
                "count": count,
                "points": points,
            }
        case "same_reporter_same_day":
            return _("%(count)s not counted: the same reporter on the same day.") % {"count": count}
        case "faded":
            return _("%(count)s not counted: too long ago.") % {"count": count}
        case "too_few_reporters":
            return _("Not %(level)s: too few different reporters.") % {"level": level}
        case "level_reached":
            return _("Enough for %(level)s.") % {"level": level}
    return ""
