"""Inspection tasks for an authority's programs and people; samples and results for laboratories' programs."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from guomen.inspection import packs, queries, services
from guomen.inspection.models import Order, Sample
from guomen.ledger.services import plain
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request

router = Router(tags=["inspection"], auth=SIGNED_IN)


class Answer(Schema):
    """One answer. ``value`` and ``background`` are decimal strings."""

    item: str
    choice: str = ""
    value: str | None = None
    unit: str | None = None
    background: str | None = None
    note: str = ""


class Result(Schema):
    """One result. ``value`` and ``loq`` are decimal strings; operator "<" means below ``value``."""

    analyte: str
    value: str | None = None
    operator: str = "="
    unit: str
    loq: str | None = None


def _order(order: Order) -> dict[str, Any]:
    fields = "id number subject declaration line checklist checklist_hash open_units population sample_units panel"
    more = "reasons place due_at container seal state taken_at concluded_at outcome outcome_reasons"
    values = {name: getattr(order, name) for name in f"{fields} {more}".split()}
    return plain(values | {"goods": order.goods})


def _sample(sample: Sample) -> dict[str, Any]:
    fields = (
        "number subject seal_number quantity unit panel drawn_at received_at reported_at state verdict fast fast_method"
    )
    values = {name: getattr(sample, name) for name in fields.split()}
    return plain(values | {"goods": sample.goods, "laboratory": sample.laboratory.code})


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _results(sample: Sample) -> list[dict[str, Any]]:
    entered, rows = queries.results(sample), []
    for test in packs.panel_of(sample):
        row = {"analyte": test.analyte, "name": test.name, "unit": test.unit, "low": test.low, "high": test.high}
        row |= {"standard": test.standard, "method": test.method}
        if result := entered.get(test.analyte):
            row |= {"operator": result.operator, "value": _number(result.value), "loq": _number(result.loq)}
            row |= {"verdict": result.verdict}
        rows.append(plain(row))
    return rows


@router.get("/inspections", summary="Open inspection tasks")
def tasks(request: HttpRequest) -> Any:
    return [_order(o) for o in queries.tasks(actor(request))]


@router.get("/inspections/{uuid:order_id}", summary="One inspection with its answers")
def inspection(request: HttpRequest, order_id: str) -> Any:
    order = queries.order(actor(request), order_id)
    fields = ("item", "choice", "unit", "verdict", "answered_at")
    answers = [
        {f: getattr(a, f) for f in fields} | {"value": _number(a.value), "judged": _number(a.judged)}
        for a in queries.answers(order).values()
    ]
    return _order(order) | plain({"answers": answers, "photos": queries.photos(order)})


class Given(Schema):
    """``inspector``: the address of an inspector of the authority."""

    inspector: str


@router.post("/inspections/{uuid:order_id}/officer", summary="Give a task to an inspector")
def give(request: HttpRequest, order_id: str, given: Given) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _order(services.give(by, order_id, given.inspector)))[0]


@router.post("/inspections/{uuid:order_id}/answers", summary="Record one answer")
def record(request: HttpRequest, order_id: str, answer: Answer) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        judged = services.answer(by, order_id, **answer.dict())
        return {"item": answer.item, "verdict": judged.verdict if judged else None}

    return once_request(request, by, do)[0]


class FastTest(Schema):
    """``outcome``: negative or positive; ``method``: as on the kit."""

    outcome: str
    method: str


@router.post("/inspections/{uuid:order_id}/fast-test", summary="Record a fast test of the drawn sample")
def fast_test(request: HttpRequest, order_id: str, said: FastTest) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        return _sample(services.test_fast(by, order_id, said.outcome, said.method))

    return once_request(request, by, do)[0]


@router.get("/samples", summary="A laboratory's samples")
def samples(request: HttpRequest) -> Any:
    return [_sample(s) for s in queries.samples(actor(request))]


@router.get("/samples/{number}", summary="One sample with its tests and results")
def sample(request: HttpRequest, number: str) -> Any:
    found = queries.sample(actor(request), number)
    return _sample(found) | {"results": _results(found)}


@router.post("/samples/{number}/receive", summary="Receive a sample")
def receive(request: HttpRequest, number: str) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _sample(services.receive_sample(by, number)))[0]


@router.post("/samples/{number}/results", summary="Enter or correct results")
def results(request: HttpRequest, number: str, results: list[Result]) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        services.enter_results(by, number, [r.dict() for r in results])
        return {"results": _results(queries.sample(by, number))}

    return once_request(request, by, do)[0]


@router.post("/samples/{number}/report", summary="Sign the report of a sample")
def report(request: HttpRequest, number: str) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _sample(services.report(by, number)))[0]
