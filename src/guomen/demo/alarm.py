"""Acts 9 to 11: reports add up, the recall, who is told, and the proof."""

import json
import os
import re
import subprocess
import sys
import time

from guomen.demo.browser import sentences
from guomen.demo.declare import payload
from guomen.demo.stage import Stage, check

WRITING = 2.5
"""Seconds: a form that comes back sooner than a hand can fill it is asked for again."""
REPORTS = (
    "My skin burned and got blisters after an hour in this shirt.",
    "Red rash on both arms, the doctor says contact with a chemical.",
    "Strong smell, then an itching rash on the neck for two days.",
    "Blisters on the back, treated in the clinic.",
)


def warn(stage: Stage) -> str:
    """Fen and others report an injury; the reports add up to an alert; Bo assesses it and orders the recall."""
    path, victims = stage.known["items"][0], [stage.shopper(f"victim {n}") for n in range(len(REPORTS))]
    for shopper in victims:
        shopper.open(path)
        links = re.findall(r'href="([^"]*/report/[^"]*)"', shopper.page.text)
        check(links, "the item's page offers no way to report an injury")
        shopper.open(next(link for link in links if "injury" in link).replace("&amp;", "&"))
    time.sleep(WRITING)
    for shopper, text in zip(victims, REPORTS, strict=True):
        shopper.submit("hazard", hazard="chemical", severity="2", text=text)
    bo = stage.person("bo")

    def alert() -> str | None:
        bo.open("/desk/warnings/")
        for number in dict.fromkeys(re.findall(r'href="/desk/warnings/([A-Za-z0-9-]+)"', bo.page.text)):
            if stage.known["shirts"] in sentences(bo.open(f"/desk/warnings/{number}").text):
                return number
        return None

    stage.times["reports to alert"] = stage.wait_for("an alert about the shirts", lambda: alert() is not None)
    number = alert()
    stage.known["alert"] = number
    bo.open(f"/desk/warnings/{number}")
    bo.submit("do=take", press="take")
    scenario = {
        "s0-words": "A chemical left in the fabric burns the skin",
        "s0-step0-words": "The shirt carries the chemical",
        "s0-step0-chance": "0.2",
        "s0-step1-words": "Sweat dissolves it and it burns the skin",
        "s0-step1-chance": "0.2",
        "s0-severity": "2",
    }
    bo.submit("s0-words", press="assess", **scenario)
    bo.sees("Assessment", "Serious")
    reason = {"reason_en": "A chemical in the fabric burns the skin.", "reason_zh": "面料残留化学物质，会灼伤皮肤。"}
    stage.known["recalled at"] = time.perf_counter()
    bo.submit("reason_en", press="recall", **reason, batches=[stage.batch("S")])
    return (
        f"alert {number} {stage.times['reports to alert']:.1f} s after the last report, assessed as serious, recalled"
    )


def respond(stage: Stage) -> str:
    """The page says stop, the next declaration is held, holders are told, Gao's agency sees the case."""
    fen, start = stage.shopper("fen"), stage.known["recalled at"]
    stage.wait_for("the recall on the item's page", lambda: "Do not use" in fen.http.get(stage.known["items"][0]).text)
    stage.timed("recall to the item's page", start)
    chinese = stage.shopper("fen", "zh-CN").open(stage.known["items"][0])
    check("召回" in sentences(chinese.text), "the Chinese page does not speak of the recall")
    body = payload(stage, 3, "shirts")
    made = stage.api("POST", "/api/declarations", stage.tokens["cy"], body, key=f"third-{stage.run}", status=201)
    line = made["lines"][0]
    codes = {r["code"] for r in line["reasons"]}
    check(line["state"] == "held" and "RECALL" in codes, f"the next declaration is {line['state']} because of {codes}")
    reason = "A chemical in the fabric burns the skin."
    for name in ("cy", "sam"):
        browser = stage.person(name)

        def told(browser=browser) -> bool:
            return reason in sentences(browser.open("/portal/notices/").text)

        stage.wait_for(f"the notice to {name}", told)
    sam = stage.person("sam")
    sam.submit("/portal/notices/")
    gao = stage.person("gao")

    def case() -> bool:
        gao.open("/cases/")
        return any(
            stage.known["shirts"] in sentences(gao.open(f"/cases/{number}").text)
            for number in dict.fromkeys(re.findall(r'href="/cases/([A-Za-z0-9-]+)"', gao.page.text))
        )

    stage.wait_for("the joint case at Gao's agency", case)
    stage.timed("recall to the partner agency", start)
    gao.submit("decision", press="decide", decision=gao_decision(gao.page.text), note="We visit the maker.")
    recalls = gao.http.get("/api/recalls", headers={"Accept": "application/json"}).text
    check(stage.batch("S") in recalls, "the public list of recalls does not have it")
    took = stage.times["recall to the item's page"]
    return f"page after {took:.2f} s, next declaration held, holders told, shared with the partner agency"


def gao_decision(page: str) -> str:
    """The first decision that the form offers."""
    form = page.split('name="decision"', 1)[1]
    found = re.search(r'value="([a-z-]+)"', form)
    return found.group(1) if found else ""


def prove(stage: Stage) -> str:
    """``guomen verify item`` checks the item's whole history against the signed tree."""
    uri = stage.origin + stage.known["items"][0]
    done = subprocess.run(
        [sys.executable, "-m", "guomen", "verify", "item", uri, "--json"],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
        timeout=120,
    )
    check(done.returncode == 0, f"verification failed: {done.stdout[-800:]} {done.stderr[-800:]}")
    answer = json.loads(done.stdout)
    entries = answer["entries"]
    check(len(entries) >= 10, f"only {len(entries)} entries tell of the item")
    return f"{len(entries)} entries, every inclusion proof fits the signed tree"
