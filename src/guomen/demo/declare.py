"""Acts 1 and 2: Cy declares on the form and by program; every line is decided in the same moment."""

import time
from typing import Any

from guomen.core.codes import container_check_digit
from guomen.demo.stage import Stage, check, pdf


def container(run: int, n: int) -> str:
    body = f"GMNU{run:04d}{n:02d}"
    return body + str(container_check_digit(body))


def products(stage: Stage) -> None:
    """The importer registers its products by program."""
    token = stage.token("cy", "declare", "capture", "tags", "read")
    shirts, formula = stage.gtin(1), stage.gtin(2)
    stage.known |= {"shirts": shirts, "formula": formula}
    for gtin, en, zh, hs, maker, country, brand in (
        (shirts, "Men's cotton shirt, white", "男式棉衬衫（白色）", "6205200090", "Camiceria Esempio", "IT", "Esempio"),
        (
            formula,
            "Infant formula, stage 1, 800 g",
            "婴儿配方奶粉 1段 800克",
            "1901101010",
            "Example Dairy",
            "NZ",
            "Example",
        ),
    ):
        body = {
            "gtin": gtin,
            "name_en": en,
            "name_zh": zh,
            "hs_code": hs,
            "maker_name": maker,
            "maker_country": country,
        }
        stage.api("POST", "/api/products", token, body | {"brand": brand}, key=f"product-{gtin}")
        for language, title in (("en", f"How to use: {en}"), ("zh", f"使用说明：{zh}")):
            link = {
                "thing": f"01/{gtin}",
                "link_type": "gs1:instructions",
                "href": f"https://www.example.com/{gtin}/{language}",
                "title": title,
                "languages": [language],
            }
            stage.api("POST", "/api/links", token, link, 201, key=f"link-{gtin}-{language}")


def line(stage: Stage, name: str) -> dict[str, Any]:
    """One goods line as its declarant knows it."""
    common = {"currency": "EUR", "attributes": ["19"]}
    lines: dict[str, dict[str, Any]] = {
        "shirts": {
            "gtin": stage.gtin(1),
            "name": "Men's cotton shirts, white",
            "hs_code": "6205200090",
            "origin": "IT",
            "maker_name": f"Camiceria Esempio {stage.run}",
            "brand": "Esempio",
            "batch": stage.batch("S"),
            "quantity": "500",
            "unit": "C62",
            "net_weight_kg": "120",
            "value": "12500",
            "purpose": "99",
            "produced_on": stage.day(-60),
        },
        "formula": {
            "gtin": stage.gtin(2),
            "name": "Infant formula, stage 1, 800 g",
            "hs_code": "1901101010",
            "origin": "NZ",
            "origin_region": "Waikato",
            "maker_name": "Example Dairy",
            "maker_registration": "CNZL16040900012345",
            "brand": "Example",
            "batch": stage.batch("L"),
            "quantity": "18400",
            "unit": "C62",
            "net_weight_kg": "14720",
            "value": "220000",
            "currency": "NZD",
            "purpose": "12",
            "attributes": ["14", "17"],
            "produced_on": stage.day(-45),
            "expires_on": stage.day(600),
        },
        "press": {
            "name": "Used sheet-fed offset press, four colours",
            "hs_code": "8443131300",
            "origin": "IT",
            "maker_name": "Macchine Esempio",
            "model": "SM 74-4",
            "quantity": "1",
            "unit": "C62",
            "net_weight_kg": "9800",
            "value": "84000",
            "attributes": ["13", "21"],
            "purpose": "26",
            "produced_on": "2014-05-01",
        },
    }
    return common | lines[name]


def header(stage: Stage, n: int) -> dict[str, Any]:
    """The header of consignment ``n`` of this run."""
    return {
        "trade_mode": "0110",
        "consignor_name": "Esempio Export S.p.A.",
        "contract_number": f"HI-{stage.run:04d}-{n}",
        "transport_mode": "2",
        "vessel": "LONG SEA STAR",
        "voyage": f"{stage.run:03d}E",
        "bill_number": f"LSLGOA{stage.run:04d}{n:02d}",
        "departure_country": "IT",
        "departure_port": "ITGOA",
        "departed_on": stage.day(-24),
        "arrival_port": "CNYSA",
        "goods_place": "Yangshan yard 4, bay 12",
        "packages": "1150",
        "packaging": "22",
        "gross_weight_kg": "25400",
        "net_weight_kg": "24640",
    }


def declare(stage: Stage) -> str:
    """Cy fills in the form: leaves and comes back, a wrong check digit is named at its field, then sends it."""
    products(stage)
    cy = stage.person("cy")
    cy.open("/portal/")
    cy.submit("/portal/declare/")
    draft = str(cy.page.url)
    box, seal = container(stage.run, 1), f"GM{stage.run:04d}01"
    stage.known |= {"box": box, "seal": seal, "batch": stage.batch("S")}
    answers = header(stage, 1)
    parties = ("trade_mode", "consignor_name", "contract_number")
    packing = ("packages", "packaging", "gross_weight_kg", "net_weight_kg")
    travel = [k for k in answers if k not in parties + packing]
    cy.open(f"{draft}parties/")
    cy.submit("trade_mode", **{k: answers[k] for k in parties})
    cy.open(f"{draft}transport/")
    cy.submit("vessel", **{k: answers[k] for k in travel}, arrives_at=stage.hour(6))
    cy.open("/portal/")
    cy.open(draft)
    cy.sees("Not started")
    cy.open(f"{draft}packing/")
    wrong = box[:-1] + str((int(box[-1]) + 1) % 10)
    fields = {k: answers[k] for k in packing}
    form = cy.form("packages")
    seen = cy.http.post(
        form.action, data=form.values | fields | {"containers.0.number": wrong, "containers.0.seal": seal}
    )
    check(
        seen.status_code == 422 and "containers.0.number-problem" in seen.text,
        "a wrong container check digit was not named at its field",
    )
    cy.open(f"{draft}packing/")
    cy.submit("packages", **fields, **{"containers.0.number": box, "containers.0.seal": seal})
    for i, name in enumerate(("shirts", "formula", "press")):
        cy.open(f"{draft}goods/{i}/")
        cy.submit(f"lines.{i}.name", **{f"lines.{i}.{k}": v for k, v in line(stage, name).items()})
    for kind, number in (("101002", "INV"), ("101009", "NZHC"), ("101018", "PSI")):
        cy.open(f"{draft}documents/")
        title = f"{number}-{stage.run:04d}"
        cy.submit("file", files={"file": (f"{title}.pdf", pdf(title), "application/pdf")}, kind=kind, number=title)
    cy.open(draft)
    cy.sees("Everything is here")
    start = time.perf_counter()
    cy.submit("/send")
    stage.timed("declaration to decision", start)
    number = str(cy.page.url).rstrip("/").rsplit("/", 1)[-1]
    check(len(number) == 18 and number.isdigit(), f"no declaration number in {cy.page.url}")
    stage.known["first"] = number
    return f"declaration {number}, decided in {stage.times['declaration to decision'] * 1000:.0f} ms"


def payload(stage: Stage, n: int, *names: str) -> dict[str, Any]:
    """A declaration as JSON."""
    arrives = stage.hour(6 + n) + ":00+08:00"
    return header(stage, n) | {
        "direction": "I",
        "importer_code": "91310115MA1K4ABC4H",
        "arrives_at": arrives,
        "containers": [{"number": container(stage.run, n), "seal": f"GM{stage.run:04d}{n:02d}"}],
        "lines": [line(stage, name) for name in names],
        "documents": [{"kind": "101009", "number": f"NZHC-{stage.run:04d}-{n}"}],
    }


def declare_by_program(stage: Stage) -> str:
    """The second declaration comes as JSON; sending it twice lodges it once."""
    body = payload(stage, 2, "formula")
    body["lines"][0]["batch"] = stage.batch("M")
    token, key = stage.tokens["cy"], f"second-{stage.run}"
    first = stage.api("POST", "/api/declarations", token, body, key=key, status=201)
    again = stage.api("POST", "/api/declarations", token, body, key=key)
    check(first["number"] == again["number"], "the same request lodged two declarations")
    broken = body | {"lines": [body["lines"][0] | {"gtin": "09501101530004", "unit": ""}]}
    problem = stage.api("POST", "/api/declarations", token, broken, status=422)
    named = {e["field"] for e in problem["errors"]}
    check({"lines.0.gtin", "lines.0.unit"} <= named, f"wrong fields were not named, only {named}")
    stage.known["second"] = first["number"]
    return f"declaration {first['number']} by program, repeated without effect"


def amend_and_export(stage: Stage) -> str:
    """The marks of the second declaration are corrected, the old version stays; and fireworks are declared to leave."""
    token, number = stage.tokens["cy"], stage.known["second"]
    body = payload(stage, 2, "formula") | {"marks": f"HI / SHANGHAI / {stage.run}"}
    body["lines"][0]["batch"] = stage.batch("M")
    amended = {"declaration": body, "reason": "The marks on the packing list were wrong."}
    for _ in range(2):
        found = stage.api("PUT", f"/api/declarations/{number}", token, amended, key=f"amend-{stage.run}")
    check(found["version"] == 2, f"the declaration has version {found['version']}")
    newest = stage.api("GET", f"/api/declarations/{number}/versions", token)
    check([c["field"] for c in newest[1]["changes"]] == ["marks"], f"other fields changed: {newest[1]['changes']}")
    way = {"direction": "E", "departure_country": "CN", "departure_port": "CNYSA", "arrival_port": "DEHAM"}
    fireworks = {
        "name": "Consumer fireworks, cakes 1.4G",
        "hs_code": "3604100000",
        "origin": "CN",
        "maker_name": "Example Fireworks Co.",
        "maker_registration": "43F0001",
        "quantity": "400",
        "unit": "CT",
        "net_weight_kg": "1200",
        "value": "90000",
        "currency": "CNY",
        "purpose": "99",
        "attributes": ["19"],
        "un_number": "0336",
        "packing_group": "2",
    }
    leaving = (
        payload(stage, 3)
        | way
        | {
            "destination_country": "DE",
            "departed_on": stage.day(3),
            "lines": [fireworks],
            "documents": [{"kind": k, "number": f"{k}-{stage.run:04d}"} for k in ("101901", "101904", "101905")],
        }
    )
    export = stage.api("POST", "/api/declarations", token, leaving, key=f"export-{stage.run}", status=201)
    check(export["lines"][0]["state"] == "to_inspect", f"fireworks are {export['lines'][0]['state']}")
    stage.known["export"] = export["number"]
    return f"version 2 of {number}; export {export['number']} waits for the inspection at origin"


def screen(stage: Stage) -> str:
    """Every line has mode, level, reasons and the rule pack that decided."""
    found = stage.api("GET", f"/api/declarations/{stage.known['first']}", stage.tokens["cy"])
    check(len(found["lines"]) == 3, "the first declaration does not have three lines")
    for one in found["lines"]:
        decision = one["decision"]
        check(decision["reasons"] and decision["rule_pack"], f"line {one['number']} was decided without reasons")
        check(one["state"] == "to_inspect", f"line {one['number']} is {one['state']}: {decision['reasons']}")
    modes = ", ".join(one["decision"]["mode"] for one in found["lines"])
    return f"modes {modes} under rule pack {found['lines'][0]['decision']['rule_pack']}"
