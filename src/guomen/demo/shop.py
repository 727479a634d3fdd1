"""Acts 7 and 8: item tags, the sale, and what a shopper's phone says."""

import csv
import io
import re
import time
import zipfile

import httpx

from guomen.demo.browser import sentences
from guomen.demo.stage import Stage, check


def tag(stage: Stage) -> str:
    """Cy orders 500 tags and prints them; a tag of goods that are not released says so; Sam sells two shirts."""
    cy = stage.person("cy")
    cy.open(f"/portal/declarations/{stage.known['first']}/1/tags/")
    cy.submit("count", count="500")
    start = time.perf_counter()
    sheets = zipfile.ZipFile(io.BytesIO(label_file(stage, "pdf A4-40")))
    pages = [sheets.read(name) for name in sheets.namelist()]
    check(all(one.startswith(b"%PDF") for one in pages), "a label sheet is no PDF")
    stage.timed("sheet of 500 labels", start)
    rows = list(csv.DictReader(io.StringIO(label_file(stage, "csv").decode())))
    check(len(rows) == 500, f"500 tags were ordered, the list has {len(rows)}")
    stage.known["items"] = [httpx.URL(r["url"]).raw_path.decode() for r in rows]
    sam = stage.person("sam")
    for path in stage.known["items"][:2]:
        sam.open("/portal/sell/")
        sam.submit("code", code=stage.origin + path)
    return f"500 labels in {stage.times['sheet of 500 labels']:.1f} s, two items sold"


def label_file(stage: Stage, kind: str) -> bytes:
    """Cy asks for label files of the newest order and fetches them when the worker has made them."""
    cy = stage.person("cy")
    order = re.findall(r'href="(/portal/tags/\w{4}/)"', cy.open("/portal/tags/").text)[0]
    cy.open(order)
    cy.submit("file", file=kind)

    def made() -> list[str]:
        listed = cy.http.get(order).text.partition('id="files"')[2]
        return re.findall(r'href="(/portal/labels/[^"]+)"', listed) if "<progress" not in listed else []

    stage.wait_for(f"the label files ({kind})", lambda: bool(made()))
    return cy.http.get(made()[0]).content


def scan(stage: Stage) -> str:
    """Fen opens the link on the tag: verdict, checks, timeline, in both languages, small and without script."""
    path = stage.known["items"][0]
    fen = stage.shopper("fen")
    start = time.perf_counter()
    page = fen.open(path)
    stage.timed("scan of an item", start)
    fen.sees("Passed inspection", stage.batch("S"), "Where it has been")
    check("<script" not in page.text, "the item's page has a script")
    check(not page.headers.get("set-cookie"), "the item's page sets a cookie")
    check(len(page.content) < 50_000, f"the item's page has {len(page.content)} bytes")
    chinese = stage.shopper("fen", "zh-CN").open(path)
    check("检" in sentences(chinese.text), "the Chinese page is not Chinese")
    facts = fen.http.get(path, headers={"Accept": "application/json"}).json()
    check(facts["verdict"]["state"] == "inspected", f"the verdict for programs is {facts['verdict']}")
    unknown = path[:-20] + "0" * 20
    fen.open(unknown, status=404)
    fen.sees("We cannot confirm this item")
    copied = stage.known["items"][2]
    for n in range(40):
        stage.shopper(f"copy {n}").open(copied)
    # Looks are added up a moment after they were answered.
    doubt = "We cannot confirm this item"
    stage.wait_for("the doubt about a copied code", lambda: doubt in sentences(fen.open(copied).text))
    took = stage.times["scan of an item"] * 1000
    return f"page of {len(page.content) // 1024} KB in {took:.0f} ms; unknown and copied codes say so"
