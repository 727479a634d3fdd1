"""Each door that writes for clearance, adoption, release and inspection, opened rightly and with every odd value."""

import json
import os
from datetime import timedelta
from typing import Any

import pytest

from guomen.adoption import services as adoption
from guomen.clearance import services as clearance
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.release import services as release
from guomen.release.models import Sending
from tests.adoption.test_adoption import SHIRTS
from tests.clearance.conftest import example
from tests.release.conftest import bulk, shirts, story
from tests.safety.hostile import RAW, undone, variants, wrong

__all__ = ["bulk", "shirts", "story"]
pytestmark = pytest.mark.django_db
STEP = 29
"""Of so many odd requests one is sent; with the number of values it has no divisor in common."""
CALM = "Because it has to be so."


@pytest.fixture
def stage(people, story, bulk) -> dict[str, Any]:
    """Names of things that are in the state in which each door can be opened."""
    for name in ("ana", "bo", "cy", "di", "kai"):
        getattr(people, name)
    cy, bo, ana, day = people.cy.actor, people.bo.actor, people.ana.actor, now().date()
    sent = {"organisation": people.kai.organisation.code, "kind": "port", "dest": "https://port.example/in"}
    receiver = release.add_receiver(bo, sent | {"secret": "sixteen characters or more", "ports": ""})
    listing = {"kind": "overseas", "licence": "CMA 1", "scope": "6205 GB 18401-2010", "valid_until": "2099-01-01"}
    body = adoption.list_body(bo, listing | {"organisation": "LAB-1", "valid_from": str(day)})
    due = {"due_at": (now() + timedelta(days=3)).isoformat()}
    report = adoption.ask_report(cy, SHIRTS | {"body": "LAB-1"} | due)
    flight = {"origin": "IT", "waybill": "020-1", "arrives_on": str(day)}
    air = adoption.declare_air_sample(cy, SHIRTS | flight)
    two = clearance.lodge_many(cy, [example(), example(), example()])
    order = Order.objects.filter(declaration=two[2].number).order_by("number").first()
    inspection.take(ana, order.id)
    release.start_unloading(ana, bulk.declaration, 1, "Store 9")
    release.unload_part(ana, bulk.declaration, 1, "10", "Berth 3")
    catch_up()
    sending = Sending.objects.filter(receiver_id=receiver.id).order_by("declaration", "line", "sequence").first()
    return {
        "own": two[0].number, "other": two[1].number, "bulk": bulk.declaration, "order": order.id, "body": body.id,
        "report": report.number, "air": air.number, "receiver": receiver.id,
        "instruction": f"{sending.declaration}/{sending.line}/{sending.sequence}",
    }  # fmt: skip


def doors(s: dict[str, Any], story: dict[str, Any]) -> list[tuple[str, str, str, Any]]:
    """Who, method, path and a body that is right."""
    own, lots, day = f"/api/declarations/{s['own']}", f"/api/declarations/{s['bulk']}/lines/1", str(now().date())
    override = {
        "reason": "The plant stands still.", "days": "5", "destination": "Plant 1", "guarantor": "Bank",
        "guarantee": "G-1", "amount": "100.50", "currency": "CNY", "guaranteed_until": "2099-01-01",
    }  # fmt: skip
    licence = {
        "kind": "101030", "number": "L-1", "holder": "91310115MA1K4NAB5L", "quantity": "10.5", "unit": "KGM",
        "hs_prefix": "62", "valid_from": day, "valid_until": "2099-01-01",
    }  # fmt: skip
    body = {
        "organisation": "LAB-1", "kind": "home", "licence": "CMA 2", "valid_from": day, "valid_until": "2099-01-01",
        "scope": [{"hs": "6205", "standard": "GB 18401-2010"}],
    }  # fmt: skip
    receiver = {
        "organisation": "SEA-1", "kind": "port", "dest": "https://port.example/two", "ports": ["CNYSA"],
        "secret": "sixteen characters or more",
    }  # fmt: skip
    flight = {"origin": "IT", "waybill": "020-2", "arrives_on": day}
    row = {
        "section": "watch", "key": "w-1", "source": "GACC 1/2026", "effective_from": day, "effective_to": None,
        "value": {"en": "Watch", "zh": "布控", "effect": "full", "hs": ["6205"], "origins": ["IT"]},
    }  # fmt: skip
    reason = {"reason": CALM}
    later = {"reason": CALM, "due_at": (now() + timedelta(days=9)).isoformat()}
    gate = {"container": "MSKU1234565", "seal_read": "MSK558201", "intact": True, "gate": "1", "portal_alarm": False}
    return [
        ("cy", "POST", "/api/declarations", story),
        ("cy", "PUT", own, {"declaration": story, "reason": CALM}),
        ("bo", "POST", f"{own}/withdraw", reason),
        ("cy", "POST", f"{own}/split", {
            "lines": [2], "containers": [], "packages": 5, "gross_weight_kg": "5600", "reason": CALM}),
        ("cy", "POST", "/api/declaration-mergers", {"numbers": [s["own"], s["other"]], "reason": CALM}),
        ("cy", "POST", f"{own}/arrival", {"at": (now() - timedelta(hours=1)).isoformat()}),
        ("cy", "POST", f"{own}/lines/1/reinspection", reason),
        ("bo", "POST", f"{own}/lines/1/port-check", {"agrees": True, "note": "x"}),
        ("bo", "POST", f"{own}/gate", gate),
        ("bo", "POST", "/api/licences", licence),
        ("bo", "POST", "/api/rule-packs", {"title_en": "a", "title_zh": "b", "why": CALM, "rows": [row]}),
        ("bo", "POST", "/api/rule-packs/2026.2/simulation", {"days": 1, "lines": 1}),
        ("bo", "POST", "/api/rule-packs/2026.2/cut-over", {"share": 10, "urgent": CALM}),
        ("bo", "POST", "/api/rule-packs/2026.2/undo", {"why": CALM}),
        ("bo", "POST", "/api/rule-packs/2026.2/withdrawal", {"why": CALM}),
        ("bo", "POST", "/api/inspection-bodies", body),
        ("bo", "POST", f"/api/inspection-bodies/{s['body']}/suspend", reason),
        ("cy", "POST", "/api/reports", SHIRTS | {"body": "LAB-1", "due_at": later["due_at"]}),
        ("cy", "POST", f"/api/reports/{s['report']}/delay", later),
        ("bo", "POST", f"/api/reports/{s['report']}/void", reason),
        ("cy", "POST", "/api/air-samples", SHIRTS | flight),
        ("ana", "POST", f"/api/air-samples/{s['air']}/forward", {
            "laboratory": "LAB-1", "quantity": "3", "unit": "C62", "seal_number": "AS1"}),
        ("cy", "POST", "/api/standings", {"mode": "AIR-SAMPLE", "guarantee": CALM}),
        ("bo", "POST", "/api/standings/admit", {
            "importer": "91310115MA1K4NAB5L", "mode": "WHILE-UNLOADING", "valid_until": "2099-01-01"}),
        ("kai", "POST", f"/api/instructions/{s['instruction']}/receipt", {"outcome": "done", "note": "x"}),
        ("bo", "POST", "/api/receivers", receiver),
        ("ana", "POST", f"{lots}/unloading", {"store": "Store 9"}),
        ("ana", "POST", f"{lots}/parts", {"quantity": "5.5", "place": "Berth 3"}),
        ("ana", "POST", f"{lots}/parts/1/examination", {"verdict": "fail", "note": CALM}),
        ("bo", "POST", f"{lots}/parts/1/outcome", {"outcome": "TREAT", "note": CALM}),
        ("bo", "POST", f"{lots}/unloading/resume", reason),
        ("bo", "POST", f"{own}/lines/1/override", override),
        ("bo", "POST", f"{own}/lines/1/override/decision", {"agree": True}),
        ("bo", "POST", f"{own}/lines/1/debts/1", {"outcome": "pass", "note": CALM}),
        ("bo", "POST", "/api/gate/slips", {"text": "HC1:X", "container": "MSKU1234565", "gate": "1"}),
        ("ana", "POST", f"/api/inspections/{s['order']}/answers", {
            "item": "IDENTITY", "choice": "conforms", "value": "1", "unit": "mg/kg", "background": "1", "note": "x"}),
        ("cy", "POST", "/api/products", {
            "gtin": "09506000134352", "name_en": "a", "name_zh": "b", "hs_code": "6205200090", "maker_name": "c",
            "maker_country": "IT", "brand": "x", "description_en": "x", "description_zh": "x"}),
    ]  # fmt: skip


OPEN = {
    "/reinspection": 409,
    "/port-check": 409,
    "2026.2/": 404,
    "/outcome": 409,
    "/resume": 409,
    "/decision": 404,
    "/debts/1": 404,
}
"""What the right body is answered where nothing is in the state for it; everything else is done."""


def test_every_odd_value_in_every_place_of_every_body_is_answered_and_not_broken_by(door, stage, story):
    """A few values in each place, others in the next; all of them in all places with ``GUOMEN_EXAMPLES=all``."""
    found, every = [], os.environ.get("GUOMEN_EXAMPLES") == "all"
    for turn, (who, method, path, body) in enumerate(doors(stage, story)):
        client = door(who)
        first = undone(client, method, path, json.dumps(body).encode())
        expected = next((status for part, status in OPEN.items() if part in path), 200)
        if first.status_code // 100 != expected // 100:
            found.append(f"{method} {path} rightly: {first.status_code} {first.content[:300]!r}")
        sent = [*((repr(r[:30]), r) for r in RAW), *variants(body)]
        for what, content in sent if every else sent[turn % STEP :: STEP]:
            if why := wrong(undone(client, method, path, content)):
                found.append(f"{method} {path} {what}: {why}")
    assert not found, "\n".join(found)
