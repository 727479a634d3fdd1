"""The inspector's doors. Every write is one small form that a network may send twice."""

import hashlib
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guomen.clearance.queries import line_by_subject
from guomen.clearance.services import hold_after_inspection, release_after_inspection
from guomen.faces.field import show
from guomen.faces.forms import send_once
from guomen.inspection import queries, services
from guomen.inspection.models import Order
from guomen.inspection.words import HOLD_REASONS, OUTCOMES
from guomen.kit import blobs
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.paper import qr_svg
from guomen.kit.pictures import image_kind
from guomen.kit.web import page
from guomen.kit.words import W, vocabulary
from guomen.parties.actors import Actor, of_request
from guomen.seals import queries as seals
from guomen.seals.services import disarm

MAX_PHOTO = 8 * 1024 * 1024


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """My tasks, what waits for somebody, what I did last."""
    by = of_request(request)
    found = queries.tasks(by)
    names = show.names_of(o.officer_id for o in found)
    groups = {
        "mine": [_card(o, names) for o in found if o.officer_id == by.person_id],
        "waiting": [_card(o, names) for o in found if o.officer_id is None],
        "others": [_card(o, names) for o in found if o.officer_id not in {None, by.person_id}],
        "ended": [_card(o, names) for o in queries.ended(by)],
    }
    return page(request, "field/tasks.html", groups)


def _card(order: Order, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "order": order,
        "due": show.due(order.due_at),
        "place": show.place(order.place),
        "overdue": show.is_overdue(order),
        "reasons": show.reasons(order)[:2],
        "outcome": OUTCOMES.get(order.outcome),
        "officer": names.get(order.officer_id, ""),
    }


@require_GET
def task(request: HttpRequest, order: Any) -> HttpResponse:
    """One task. What has ended is a receipt."""
    by = of_request(request)
    found = queries.order(by, order)
    if found.state in {"concluded", "held", "cancelled"}:
        return redirect("field-receipt", order=found.id)
    return page(request, "field/task.html", show.task(found, by, {}, {}))


def _again(request: HttpRequest, by: Actor, order: Any, error: Invalid | Refused, item: str) -> HttpResponse:
    """The task page with the sentence that says what was wrong, where it was wrong."""
    found = queries.order(by, order)
    problems = (
        {p.field.removeprefix("items."): str(p) for p in error.problems}
        if isinstance(error, Invalid)
        else {item or "task": error.sentence()}
    )
    if found.state in {"concluded", "held", "cancelled"}:
        return page(request, "error.html", {"error": error, "problems": []}, status=error.status)
    given = {k: str(v)[:2000] for k, v in request.POST.items() if k not in {"csrfmiddlewaretoken", "once"}}
    return page(request, "field/task.html", show.task(found, by, problems, given), status=error.status)


def _to_item(order: Any, item: str) -> HttpResponse:
    return redirect(f"{reverse('field-task', args=[order])}#item-{item}")


@require_POST
def take(request: HttpRequest, order: Any) -> HttpResponse:
    """Take a waiting task or take it over."""
    by = of_request(request)
    try:
        send_once(request, by, lambda: services.take(by, order))
    except Refused as error:
        return _again(request, by, order, error, "")
    return redirect("field-task", order=order)


@require_POST
def answer(request: HttpRequest, order: Any) -> HttpResponse:
    """Record one answer."""
    by, form = of_request(request), request.POST
    item = form.get("item", "")[:40]

    def do() -> None:
        services.answer(
            by,
            order,
            item,
            form.get("choice", "")[:12],
            form.get("value", "")[:40],
            form.get("unit", "")[:20],
            form.get("note", ""),
            form.get("background", "")[:40],
        )
        if item == "SEAL" and form.get("choice") == "conforms":
            _end_journey(by, queries.order(by, order))

    try:
        send_once(request, by, do)
    except (Invalid, Refused) as error:
        return _again(request, by, order, error, item)
    return _to_item(order, item)


def _end_journey(by: Actor, one: Order) -> None:
    """The officer read the seal and found it as declared: it comes off now, and its journey has ended."""
    journey = seals.journey(one.container) if one.container else None
    if journey and journey.state == "armed":
        disarm(by, journey.seal, one.place[:100])


@require_POST
def photo(request: HttpRequest, order: Any) -> HttpResponse:
    """Keep one photo."""
    by, item = of_request(request), request.POST.get("item", "")[:40]
    sent = request.FILES.get("photo")
    try:
        if sent is None:
            raise Invalid([Problem(item, "missing", W("Choose or take a photo.", "请选择或拍摄照片。"))])
        content = sent.read(MAX_PHOTO + 1)
        digest = hashlib.sha256(content).hexdigest()
        send_once(request, by, lambda: services.add_photo(by, order, item, content), digest)
    except (Invalid, Refused) as error:
        return _again(request, by, order, error, item)
    return _to_item(order, item)


@require_GET
def picture(request: HttpRequest, order: Any, digest: str) -> HttpResponse:
    """One photo of the order, for officers."""
    found = queries.order(of_request(request), order)
    if not any(digest in names for names in queries.photos(found).values()):
        raise NotFound
    content = blobs.get(digest)
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return HttpResponse(content, content_type=f"image/{image_kind(content)}", headers=headers)


@require_POST
def sample(request: HttpRequest, order: Any) -> HttpResponse:
    """Draw the sample."""
    by, form = of_request(request), request.POST

    def do() -> None:
        services.draw_sample(
            by,
            order,
            laboratory_code=form.get("laboratory", ""),
            quantity=form.get("quantity", "")[:20],
            unit=form.get("unit", ""),
            seal_number=form.get("seal_number", ""),
        )

    try:
        send_once(request, by, do)
    except (Invalid, Refused) as error:
        return _again(request, by, order, error, "SAMPLE")
    return _to_item(order, "SAMPLE")


@require_POST
def fast(request: HttpRequest, order: Any) -> HttpResponse:
    """Record a fast test of the drawn sample."""
    by, form = of_request(request), request.POST
    outcome, method = form.get("fast", "")[:10], form.get("fast_method", "")[:200]
    try:
        send_once(request, by, lambda: services.test_fast(by, order, outcome, method))
    except (Invalid, Refused) as error:
        return _again(request, by, order, error, "SAMPLE")
    return _to_item(order, "SAMPLE")


@require_POST
def second(request: HttpRequest, order: Any) -> HttpResponse:
    """Name the second officer."""
    by = of_request(request)
    try:
        send_once(request, by, lambda: services.accompany(by, order, request.POST.get("second", "")))
    except (Invalid, Refused) as error:
        return _again(request, by, order, error, "second")
    return redirect("field-task", order=order)


@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, order: Any) -> HttpResponse:
    """Hold the goods, with a reason."""
    by, form = of_request(request), request.POST
    found = queries.order(by, order)
    by.require("inspector")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            reason, note = form.get("reason", ""), form.get("note", "")
            send_once(request, by, lambda: hold_after_inspection(by, order, reason, note))
            return redirect("field-receipt", order=order)
        except Invalid as error:
            problems = error.problems
        except Refused as error:
            return _again(request, by, order, error, "")
    if found.state in {"concluded", "held", "cancelled"}:
        return redirect("field-receipt", order=order)
    context = {
        "order": found,
        "reasons": list(HOLD_REASONS.items()),
        "given": form,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "field/hold.html", context, status=422 if problems else 200)


@require_POST
def release(request: HttpRequest, order: Any) -> HttpResponse:
    """Conclude and let the rules decide: release, laboratory, or refusal."""
    by = of_request(request)
    queries.order(by, order)
    try:
        send_once(request, by, lambda: release_after_inspection(by, order))
    except (Invalid, Refused) as error:
        return _again(request, by, order, error, "")
    if queries.order(by, order).state == "taken":
        return redirect("field-task", order=order)
    return redirect("field-receipt", order=order)


@require_GET
def receipt(request: HttpRequest, order: Any) -> HttpResponse:
    """What was decided, with a code that leads the gate to this page."""
    found = queries.order(of_request(request), order)
    if found.state not in {"concluded", "held", "cancelled"}:
        return redirect("field-task", order=found.id)
    address = f"{settings.GUOMEN.origin}{reverse('field-receipt', args=[found.id])}"
    line = line_by_subject(found.subject)
    state = line.state if line else ""
    words = vocabulary("REASONS")
    context = {
        "order": found,
        "state": state,
        "state_words": vocabulary("STATES").get(f"line.{state}"),
        "tone": {"released": "ok", "held": "wait", "sampled": "wait", "refused": "bad"}.get(state, "doubt"),
        "reasons": [show.reason(words.get(code, W(code, code)), {}) for code in found.outcome_reasons],
        "place": show.place(found.place),
        "officer": show.name_of(found.officer_id),
        "second": show.name_of(found.second_officer_id),
        "sample": queries.sample_of(found),
        "code": f"data:image/svg+xml,{quote(qr_svg(address, border=2))}",
        "photos": [digest for names in queries.photos(found).values() for digest in names],
    }
    return page(request, "field/receipt.html", context)
