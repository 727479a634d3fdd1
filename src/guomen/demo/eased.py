"""Easier ways for those who earned them: a test abroad, a lot part by part with a stop, a release before all checks."""

from typing import Any

from guomen.demo.declare import line, payload
from guomen.demo.stage import Stage, check, pdf

CY = "91310115MA1K4ABC4H"


def admit(stage: Stage, mode: str, guarantee: str) -> None:
    """Cy asks for a mode on a guarantee, Bo admits the firm; a suspension of an earlier run is lifted."""
    bo, cy = stage.person("bo"), stage.person("cy")
    waiting = f"importer={CY} mode={mode} do=admit"
    bo.open("/desk/evidence/")
    if not any(form.values.get("mode") == mode and ("do", "admit") in form.buttons for form in bo.forms()):
        cy.open("/portal/evidence/")
        cy.submit("do=standing", press="standing", mode=mode, guarantee=f"{guarantee} (contract {stage.run})")
        bo.open("/desk/evidence/")
    bo.submit(waiting, press="admit", valid_until=stage.day(90))


def shirts(stage: Stage, n: int, batch: str, **change: Any) -> dict[str, Any]:
    """Another consignment of the shirts, of a batch of its own."""
    body = payload(stage, n, "shirts")
    body["lines"] = [line(stage, "shirts") | {"batch": stage.batch(batch)} | change]
    return body


def lodge(stage: Stage, n: int, body: dict[str, Any]) -> dict[str, Any]:
    """Lodge by program; the declaration with its lines and their decisions."""
    token = stage.tokens["cy"]
    made = stage.api("POST", "/api/declarations", token, body, key=f"eased-{stage.run}-{n}", status=201)
    return dict(stage.api("GET", f"/api/declarations/{made['number']}", token))


def abroad(stage: Stage) -> str:
    """外检内放: a body abroad is listed, Cy's firm admitted; the body's report stands for our inspection of the lot."""
    bo, cy, ida = stage.person("bo"), stage.person("cy"), stage.person("ida")
    bo.open("/desk/evidence/")
    body = {"organisation": "ACC-IT-0042", "kind": "overseas", "licence": "Accredia 0042 (example)"}
    days = {"valid_from": stage.day(-300), "valid_until": stage.day(300)}
    bo.submit("do=list", press="list", scope="6205 GB 18401-2010\n6205 GB/T 2660-2017", **body, **days)
    admit(stage, "TESTED-ABROAD", "We keep the chain of every lot and call it back within a day.")
    lot = {k: line(stage, "shirts")[k] for k in ("gtin", "hs_code", "maker_name", "unit")}
    lot |= {"goods": "Men's cotton shirts, white", "batch": stage.batch("T"), "quantity": "2000"}
    cy.open("/portal/evidence/")
    cy.submit("do=report", press="report", body="ACC-IT-0042", due_at=stage.hour(48), **lot)
    air = {"origin": "IT", "waybill": f"020-{stage.run:08d}", "arrives_on": stage.day(1)}
    cy.submit("do=sample", press="sample", **lot | {"batch": stage.batch("V")}, **air)
    ida.open("/laboratory/announced/")
    result = {"verdict": "pass", "tested_on": stage.day(-26), "standards": "GB 18401-2010"}
    report = pdf(f"Test report {stage.batch('T')}")
    ida.submit("verdict", files={"file": ("report.pdf", report, "application/pdf")}, **result)
    found = lodge(stage, 4, shirts(stage, 4, "T"))["lines"][0]
    mode = found["decision"]["mode"]
    check(mode == "TESTED-ABROAD", f"the lot that was tested abroad came by {mode}: {found['decision']['reasons']}")
    cy.open("/portal/evidence/")
    cy.sees(stage.batch("T"))
    return f"the report stands for our inspection ({found['decision']['level']} only); 500 of 2,000 written off"


def parts(stage: Stage) -> str:
    """边检边放: Ana releases the first part of 200 t; what she finds in the second stops the lot."""
    admit(stage, "WHILE-UNLOADING", "The store is ours; we call every part back within a day.")
    body = shirts(stage, 5, "B", net_weight_kg="200000", quantity="1000", value="900000")
    found = lodge(stage, 5, body | {"net_weight_kg": "200000", "gross_weight_kg": "210000"})
    number, decision = found["number"], found["lines"][0]["decision"]
    check(decision["mode"] == "WHILE-UNLOADING", f"the large lot came by {decision['mode']}: {decision['reasons']}")
    ana, path = stage.person("ana"), f"/desk/lines/{number}/1/parts"
    ana.open(path)
    ana.submit("do=start", press="start", store="Store 9, Lingang")
    for quantity in ("400", "300"):
        ana.submit("do=unload", press="unload", quantity=quantity, place="Barge 1")
    ana.submit("part=1 verdict=pass", press="pass")
    ana.submit("part=2 verdict=fail", press="fail", note="Mould on the cartons of the third bay.")
    ana.sees("Unloading is stopped", "Called back")
    terminal = stage.known["terminal"]
    stage.wait_for("the stop at the port operator", lambda: terminal.codes(f"{number}/1") >= {"RELEASE", "HOLD"})
    stage.known["parts"] = path
    return f"400 of 1,000 released, then stopped at the second part and called back: {path}"


def early(stage: Stage) -> str:
    """Bo proposes to release shirts before they are inspected, Bea agrees; what was put off is owed."""
    number = lodge(stage, 6, shirts(stage, 6, "U"))["number"]
    bo, bea, path = stage.person("bo"), stage.person("bea"), f"/desk/lines/{number}/1/override"
    bo.open(path)
    guarantee = {
        "guarantor": "Harbour Bank",
        "guarantee": f"G-{stage.run:04d}",
        "amount": "12500.00",
        "currency": "EUR",
        "guaranteed_until": stage.day(60),
    }
    reason = "The shop opens on Friday; the importer keeps the lot unsold."
    bo.submit("do=propose", press="propose", reason=reason, days="14", destination="Shop 4, Pudong", **guarantee)
    bea.open(path)
    bea.submit("do=approve", press="approve")
    bea.open("/desk/debts/")
    check(number in bea.page.text, "what was put off does not stand in the list of checks owed")
    stage.known["early"] = number
    return f"{number} released on a guarantee; its checks are owed within 14 days"
