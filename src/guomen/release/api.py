"""Instructions, receipts, parts of lots, overrides, debts and slips over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from guomen.clearance.services import open_balance
from guomen.kit.words import say, vocabulary
from guomen.parties.api import SIGNED_IN, actor, sent_object, shown
from guomen.parties.once import once_request
from guomen.release import queries, services
from guomen.release.models import Debt, Override, Part
from guomen.release.sending import shown as instruction

router = Router(tags=["release"], auth=SIGNED_IN)


def part(one: Part) -> dict[str, Any]:
    return shown(one, "declaration", "line", "number", "quantity", "unit", "place", "state", "outcome", "note")


def override(one: Override) -> dict[str, Any]:
    names = ("declaration", "line", "number", "state", "skipped", "due_at", "destination", "guarantor", "guarantee")
    return shown(one, *names, "amount", "currency", "guaranteed_until")


def debt(one: Debt) -> dict[str, Any]:
    names = ("declaration", "line", "number", "duty", "mode", "place", "due_at", "overdue_at", "paid_at", "outcome")
    return shown(one, *names, "note") | {"owed_by": one.firm.code if one.firm else "office"}


@router.get("/instructions", summary="The newest instructions that you may see, with their receipts")
def instructions(request: HttpRequest, declaration: str = "") -> Any:
    found = queries.instructions(actor(request), declaration)
    names = ("receiver_id", "received_at", "receipt", "done", "done_at", "note")
    rows = [instruction(s.instruction) | {"receipts": [shown(x, *names) for x in s.sendings]} for s in found]
    return {"instructions": rows}


class Done(Schema):
    outcome: str
    note: str = ""


@router.post("/instructions/{number}/{line}/{sequence}/receipt", summary="Say what became of an instruction")
def receipt(request: HttpRequest, number: str, line: int, sequence: int, said: Done) -> Any:
    """``outcome``: done or refused. For the receiver that it was sent to; the same again changes nothing."""
    by = actor(request)

    def do() -> dict[str, Any]:
        row = services.report_done(by, f"{number}/{line}/{sequence}", said.outcome, said.note)
        return shown(row, "declaration", "line", "sequence", "done", "done_at", "note")

    return once_request(request, by, do)[0]


@router.post(
    "/receivers", response={201: Any, 200: Any}, summary="Have instructions sent to a port operator or customs"
)
def add_receiver(request: HttpRequest) -> Any:
    """Body: organisation, kind (port, customs), dest, secret, ports."""
    by, sent = actor(request), sent_object(request)
    do = lambda: shown(services.add_receiver(by, sent), "id", "kind", "ports", "created_at")  # noqa: E731
    answer, is_new = once_request(request, by, do)
    return Status(201 if is_new else 200, answer)


@router.delete("/receivers/{receiver}", response={204: None}, summary="Send nothing more to a receiver")
def end_receiver(request: HttpRequest, receiver: UUID) -> Any:
    by = actor(request)
    once_request(request, by, lambda: services.end_receiver(by, receiver))
    return Status(204, None)


class Start(Schema):
    store: str


class Unload(Schema):
    quantity: str
    place: str


class Look(Schema):
    verdict: str
    note: str = ""


class Settle(Schema):
    outcome: str
    note: str


class Reason(Schema):
    reason: str


BASE = "/declarations/{number}/lines/{line}"


@router.post(BASE + "/unloading", summary="Start to unload a large lot in parts")
def start(request: HttpRequest, number: str, line: int, said: Start) -> Any:
    by = actor(request)
    names = ("declaration", "line", "store", "state")
    return once_request(request, by, lambda: shown(services.start_unloading(by, number, line, said.store), *names))[0]


@router.post(BASE + "/parts", response={201: Any, 200: Any}, summary="Write down a part that was unloaded")
def unload(request: HttpRequest, number: str, line: int, said: Unload) -> Any:
    by = actor(request)
    do = lambda: part(services.unload_part(by, number, line, said.quantity, said.place))  # noqa: E731
    answer, is_new = once_request(request, by, do)
    return Status(201 if is_new else 200, answer)


@router.post(
    BASE + "/parts/{part_number}/examination", summary="Say what was found of a part; a finding stops the line"
)
def examine(request: HttpRequest, number: str, line: int, part_number: int, said: Look) -> Any:
    by = actor(request)
    do = lambda: part(services.examine_part(by, number, line, part_number, said.verdict, said.note))  # noqa: E731
    return once_request(request, by, do)[0]


@router.post(BASE + "/parts/{part_number}/outcome", summary="Say what becomes of a part after a stop")
def settle(request: HttpRequest, number: str, line: int, part_number: int, said: Settle) -> Any:
    by = actor(request)
    do = lambda: part(services.settle_part(by, number, line, part_number, said.outcome, said.note))  # noqa: E731
    return once_request(request, by, do)[0]


@router.post(BASE + "/unloading/resume", summary="Go on unloading after a stop")
def resume(request: HttpRequest, number: str, line: int, said: Reason) -> Any:
    by = actor(request)
    names = ("declaration", "line", "store", "state")
    return once_request(request, by, lambda: shown(services.resume_unloading(by, number, line, said.reason), *names))[0]


@router.post(BASE + "/unloading/finish", summary="All is unloaded and looked at: release the line")
def finish(request: HttpRequest, number: str, line: int) -> Any:
    by = actor(request)
    do = lambda: shown(services.finish_unloading(by, number, line), "declaration", "number", "state")  # noqa: E731
    return once_request(request, by, do)[0]


@router.post(BASE + "/balance", response={201: Any, 200: Any}, summary="Let inspected goods leave the zone lot by lot")
def balance(request: HttpRequest, number: str, line: int) -> Any:
    """A balance of the line's quantity; later lines of the same lot and importer are written off against it."""
    by = actor(request)
    names = ("number", "lot", "quantity", "unit", "used", "valid_until")
    answer, is_new = once_request(request, by, lambda: shown(open_balance(by, number, line), *names))
    return Status(201 if is_new else 200, answer)


@router.post(BASE + "/override", response={201: Any, 200: Any}, summary="Propose a release before all checks are done")
def propose(request: HttpRequest, number: str, line: int) -> Any:
    by, sent = actor(request), sent_object(request)
    answer, is_new = once_request(request, by, lambda: override(services.propose_override(by, number, line, sent)))
    return Status(201 if is_new else 200, answer)


class Agree(Schema):
    agree: bool


@router.post(BASE + "/override/decision", summary="Approve or refuse a release before all checks, as a second person")
def decide(request: HttpRequest, number: str, line: int, said: Agree) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        if said.agree:
            services.approve_override(by, number, line)
        else:
            services.refuse_override(by, number, line)
        found = queries.override_of(by, number, line)
        assert found is not None
        return override(found)

    return once_request(request, by, do)[0]


@router.get("/debts", summary="Checks and duties that are owed after releases")
def debts(request: HttpRequest) -> Any:
    """All of them for officers, for an importer its own. ``owed_by``: a registration code, or office."""
    by = actor(request)
    return {"debts": [debt(d) for d in queries.debts(by)]} | queries.debt_numbers(by)


class Paid(Schema):
    outcome: str
    note: str


@router.post(BASE + "/debts/{debt_number}", summary="A check or duty that was owed is done")
def pay(request: HttpRequest, number: str, line: int, debt_number: int, said: Paid) -> Any:
    by = actor(request)
    do = lambda: debt(services.pay_debt(by, number, line, debt_number, said.outcome, said.note))  # noqa: E731
    return once_request(request, by, do)[0]


@router.post("/declarations/{number}/slips/{container}", summary="Sign a driver's slip for a container")
def slip(request: HttpRequest, number: str, container: str) -> Any:
    """The text of the QR code, and the path of the page that shows it."""
    by = actor(request)

    def do() -> dict[str, str]:
        text = services.issue_slip(by, number, container)
        return {"text": text, "page": f"/slip/{services.slips.address(text)}"}

    return once_request(request, by, do)[0]


class Shown(Schema):
    text: str
    container: str
    gate: str = ""


@router.post("/gate/slips", summary="Read a driver's slip at the gate")
def read(request: HttpRequest, said: Shown) -> Any:
    """Whether the container may leave now. Its signature can be checked without a network: /.well-known/jwks.json."""
    by = actor(request)

    def do() -> dict[str, Any]:
        found = services.read_slip(by, said.text[:5000], said.container[:20], said.gate)
        words = vocabulary("REASONS")
        lines = [{"line": x.number, "code": x.code} for x in found.slip.lines] if found.slip else []
        reasons = [{"code": r, "text": say(words[r])} for r in found.reasons]
        return {"may_leave": found.good, "reasons": reasons, "lines": lines}

    return once_request(request, by, do)[0]
