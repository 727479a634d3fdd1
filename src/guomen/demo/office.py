"""What officers do beside single goods: an export from origin to port, a change of a rule, the audit of the draw."""

import os
import re
import subprocess
import sys

from guomen.demo.declare import payload
from guomen.demo.port import one_task
from guomen.demo.stage import Stage, check
from guomen.kit.clock import now


def export(stage: Stage) -> str:
    """Ana finds the fireworks conforming where they were made; the port compares them with her record: they leave."""
    number, token = stage.known["export"], stage.tokens["cy"]
    one_task(stage, stage.person("ana"), number, 1)

    def state() -> str:
        return str(stage.api("GET", f"/api/declarations/{number}", token)["lines"][0]["state"])

    check(state() == "transferred", f"after the inspection at origin the fireworks are {state()}")
    bo = stage.person("bo")
    bo.open(f"/desk/lines/{number}/1")
    bo.submit("do=port-check", press="port-check", agrees="yes", reason="UN marks, names and cartons agree.")
    check(state() == "released", f"after the check at the port the fireworks are {state()}")
    return f"{number} passed at origin, agreed at the port, released"


def permit(stage: Stage) -> str:
    """Bo puts a permit with its quantity on record, Cy's next lot is written off from it; Cy shares a batch."""
    bo, cy, number = stage.person("bo"), stage.person("cy"), f"AQ-{stage.run:04d}"
    days = {"valid_from": stage.day(-10), "valid_until": stage.day(170)}
    bo.open("/desk/licences/")
    terms = {"kind": "101030", "holder": "91310115MA1K4ABC4H", "quantity": "50000", "unit": "C62", "hs_prefix": "1901"}
    bo.submit("hs_prefix", number=number, **terms, **days)
    body = payload(stage, 7, "formula")
    body["lines"][0]["batch"] = stage.batch("N")
    body["documents"].append({"kind": "101030", "number": number, "quantity": "18400", "unit": "C62"})
    stage.api("POST", "/api/declarations", stage.tokens["cy"], body, key=f"permit-{stage.run}", status=201)
    cy.open("/portal/licences/")
    cy.sees(number, "31,600")
    cy.open("/portal/shares/")
    batch = f"https://id.gs1.org/01/{stage.gtin(1)}/10/{stage.batch('S')}"
    cy.submit("thing", thing=batch, **{"with": "SHOP-0001"})
    return f"18,400 of 50,000 written off from {number}; batch {stage.batch('S')} shared with the shop"


def change_a_rule(stage: Stage) -> str:
    """Bo proposes a row of a watch list and simulates it; Bea approves: it decides without effect."""
    bo, bea = stage.person("bo"), stage.person("bea")
    bo.open("/desk/rules/")
    for version in dict.fromkeys(re.findall(r'href="(/desk/rules/\d[^"/]*)"', bo.page.text)):
        bo.open(version)
        if any(("do", "cut-over") in form.buttons for form in bo.forms()):
            bo.submit("do=undo", press="undo", why="The next run of the story tries its own.")
    bo.open("/desk/rules/change/watch")
    row = {
        "key": f"SHIRTS-{stage.run}", "f.en": "Shirts of one origin", "f.zh": "某产地衬衫", "f.effect": "hold",
        "f.hs": "6205", "f.origins": "IT", "source": "Notice 7 of this port",
    }  # fmt: skip
    bo.submit("f.hs", **row)
    bo.open("/desk/rules/proposal")
    words = {"title_en": "Hold shirts from Italy", "title_zh": "暂扣意大利衬衫", "why": "Two lots failed elsewhere."}
    bo.submit("title_en", press="propose", **words)
    stage.known["change"] = bo.page.url.path
    bo.submit("do=simulate", press="simulate")
    bo.sees("Somebody else approves what you proposed.")
    bea.open(stage.known["change"])
    bea.submit("do=approve", press="approve")
    bea.sees("In the shadow")
    return f"{stage.known['change'].rpartition('/')[2]} proposed, simulated on history, approved by another person"


def shadow(stage: Stage) -> str:
    """What the change would have done is on its page, line by line; nothing happened to the goods."""
    bea = stage.person("bea")
    bea.open(stage.known["change"])
    early = stage.known["early"]
    check(early in bea.page.text, "the page of the change does not show the line that it would have held")
    found = stage.api("GET", f"/api/declarations/{early}", stage.tokens["cy"])["lines"][0]
    check(found["state"] == "released", f"a change without effect left the line {found['state']}")
    return f"the change would have held {early}, which was released"


def audit(stage: Stage) -> str:
    """The day's seed is committed to in the ledger; nobody gets it before the day is over, and its draws repeat."""
    day = now().date().isoformat()
    refused = _risk("disclose", day)
    check(refused.returncode == 1 and "only when its day is over" in refused.stderr + refused.stdout, refused.stdout)
    done = _risk("audit", day)
    check(done.returncode == 0, f"the draws cannot be repeated: {done.stdout[-800:]} {done.stderr[-800:]}")
    return f"the seed stays secret today; {done.stdout.strip().splitlines()[0]}"


def _risk(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "guomen", "risk", *words],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
        timeout=120,
    )
