"""Acts 3 to 6: the sealed journey and the gate, the inspection, the laboratory, the certificate."""

import re
import time
from datetime import timedelta
from decimal import Decimal

from guomen.core import epcis
from guomen.demo.browser import Browser, StoryError, sentences
from guomen.demo.stage import Stage, check, photo

ROUTE = (
    (-23, "44.40", "8.92"), (-21, "37.20", "11.80"), (-18, "31.30", "32.35"), (-16, "20.10", "38.60"),
    (-14, "12.60", "43.40"), (-11, "9.80", "60.00"), (-8, "5.90", "80.40"), (-5, "1.20", "103.90"),
    (-3, "12.50", "112.00"), (-2, "22.00", "118.50"), (-1, "28.40", "122.60"),
)  # fmt: skip
"""Days before now, latitude, longitude: Genoa, Suez, Malacca, Yangshan."""
GENOA = "geo:44.40,8.92"
GOOD = {
    "lead": ("<", "0.02"),
    "aflatoxin-m1": ("<", "0.005"),
    "cronobacter": ("=", "0"),
    "salmonella": ("=", "0"),
    "melamine": ("<", "0.05"),
}
"""Results of a conforming lot, by analyte."""


def journey(stage: Stage) -> str:
    """Kai's seal reports from Genoa to Yangshan; the makers' and the shipper's events come in; the gate compares."""
    token, seal, box = stage.token("kai", "seal", "capture"), stage.known["seal"], stage.known["box"]
    arm = {"seal": seal, "container": box, "place": "ITGOA", "seal_class": "H", "counter": 1}
    armed = stage.now + timedelta(days=-24)
    stage.api("POST", "/api/seals", token, arm | {"at": armed.isoformat()}, key=f"arm-{seal}")
    readings = [
        {
            "at": (stage.now + timedelta(days=days)).isoformat(),
            "lat": lat,
            "lon": lon,
            "sealed": True,
            "counter": 1,
            "battery": 96 + days,
            "temperature": "21.5",
        }
        for days, lat, lon in ROUTE
    ]
    for part in (readings[6:], readings[:6], readings[3:5]):
        stage.api("POST", f"/api/seals/{seal}/readings", token, {"readings": part})
    events = _events(stage)
    document = epcis.to_document(events, stage.now)
    first = stage.capture(document, stage.tokens["cy"], key=f"events-{stage.run}")
    again = stage.capture(document, stage.tokens["cy"])
    check(first["success"] and again["success"], "the goods flow was not captured")
    check(again["newEvents"] == 0, "the same events were captured twice")
    gate = stage.token("bo", "seal", "read")
    path = f"/api/declarations/{stage.known['first']}/gate"
    seen = stage.api("POST", path, gate, {"container": box, "seal_read": seal, "intact": True, "gate": "CNYSA"})
    check(seen["match"], f"the gate did not recognise the seal: {seen}")
    return f"seal {seal}: {len(readings)} readings, any order, and a match at the gate"


def _events(stage: Stage) -> list[epcis.Event]:
    """The goods flow of the story as EPCIS 2.0 events."""
    shirts = f"https://id.gs1.org/01/{stage.gtin(1)}/10/{stage.batch('S')}"
    formula = f"https://id.gs1.org/01/{stage.gtin(2)}/10/{stage.batch('L')}"
    box = f"urn:epc:id:bic:{stage.known['box']}"
    made, packed, sailed = (stage.now + timedelta(days=d) for d in (-45, -25, -23))
    things = [(shirts, Decimal(500), None), (formula, Decimal(18400), None)]
    return [
        epcis.object_event(made, "ADD", classes=things, biz_step="commissioning", disposition="active"),
        epcis.aggregation_event(packed, "ADD", box, classes=things, biz_step="packing", read_point=GENOA),
        epcis.object_event(
            sailed, "OBSERVE", epcs=[box], biz_step="departing", disposition="in_transit", read_point=GENOA
        ),
    ]


def inspect(stage: Stage) -> str:
    """Ana works through her tasks of this run: answers, measurements, photos, a sample; what conforms is released."""
    ana = stage.person("ana")
    start = time.perf_counter()
    for declaration, batch in ((stage.known["first"], 3), (stage.known["second"], 1)):
        for n in range(1, batch + 1):
            one_task(stage, ana, declaration, n)
    stage.timed("three inspections on the phone's page", start)
    found = stage.api("GET", f"/api/declarations/{stage.known['first']}", stage.tokens["cy"])
    states = [one["state"] for one in found["lines"]]
    check(states == ["released", "sampled", "released"], f"after inspection the lines are {states}")
    return "shirts and press released on the spot, formula sampled"


def task_page(ana: Browser, declaration: str, line: int) -> str:
    """Find the task of a line in the list, by the declaration that its card shows."""
    ana.open("/field/")
    for card in ana.page.text.split('<a class="card"')[1:]:
        if re.search(rf"{declaration}/{line}\b", card):
            path = re.search(r'href="(/field/[0-9a-f-]{36})"', card)
            assert path
            ana.open(path.group(1))
            return path.group(1)
    raise StoryError(f"no task for line {line} of {declaration}")


def one_task(stage: Stage, ana: Browser, declaration: str, line: int) -> None:
    path = task_page(ana, declaration, line)
    ana.submit("/take")
    for form in ana.forms():
        item = form.values.get("item")
        if item and "choice" in form.names and "/answer" in form.action:
            ana.open(path)
            ana.submit(f"/answer item={item} choice", press="conforms")
    for form in ana.forms():
        item = form.values.get("item")
        if item and "value" in form.names:
            ana.open(path)
            given = (
                {"value": "0.11", "background": "0.10", "unit": "µGy/h"}
                if "background" in form.names
                else {"value": "21.4"}
            )
            ana.submit(f"/answer item={item} value", **given)
        elif item and "photo" in form.names:
            ana.open(path)
            ana.submit(f"/photo item={item}", files={"photo": ("label.png", photo(line), "image/png")})
    ana.open(path)
    if any("seal_number" in f.names for f in ana.forms()):
        seal = f"S{stage.run:04d}{declaration[-4:]}{line}"
        stage.known.setdefault("seals", {})[f"{declaration}/{line}"] = seal
        ana.submit("seal_number", laboratory="CNAS-L0001", seal_number=seal, quantity="5")
        ana.open(path)
    start = time.perf_counter()
    ana.submit("/release")
    stage.timed("decision on the spot", start)


def laboratory(stage: Stage) -> str:
    """Di receives both samples; one lot conforms, in the other Cronobacter is found and the line is refused."""
    di = stage.person("di")
    first, second = stage.known["first"], stage.known["second"]
    for key, results in ((f"{first}/2", GOOD), (f"{second}/1", GOOD | {"cronobacter": ("=", "1")})):
        _one_sample(di, stage.known["seals"][key], results)
    cy = stage.tokens["cy"]

    def state(number: str, line: int) -> str:
        return stage.api("GET", f"/api/declarations/{number}", cy)["lines"][line]["state"]

    stage.wait_for("the release after the laboratory's report", lambda: state(first, 1) == "released")
    stage.wait_for("the refusal after the laboratory's report", lambda: state(second, 0) == "refused")
    bo = stage.person("bo")
    bo.open(f"/desk/lines/{second}/1")
    bo.submit("outcome", press="outcome", outcome="DESTROY", reason="Cronobacter found; destroyed under supervision.")
    line = stage.api("GET", f"/api/declarations/{second}", cy)["lines"][0]
    check(line["outcome"] == "DESTROY", "the refused line has no outcome")
    return "one lot released, the other refused and destroyed"


def _one_sample(di: Browser, seal: str, results: dict[str, tuple[str, str]]) -> None:
    di.open("/laboratory/")
    for path in dict.fromkeys(re.findall(r'href="(/laboratory/[A-Za-z0-9-]+)"', di.page.text)):
        di.open(path)
        if seal in sentences(di.page.text):
            break
    else:
        raise StoryError(f"no sample with seal {seal} in the laboratory's inbox")
    di.submit("/receive")
    values = {}
    for analyte, (operator, value) in results.items():
        values |= {f"value-{analyte}": value, f"operator-{analyte}": operator}
    di.submit("/results", **values)
    di.submit("/report")


def certify(stage: Stage) -> str:
    """Bo drafts certificates of the released lines, Ari reviews, Amy signs: three persons, none of whom inspected."""
    bo, ari, amy, first = stage.person("bo"), stage.person("ari"), stage.person("amy"), stage.known["first"]
    numbers = []
    for line in (1, 2):
        bo.open(f"/desk/lines/{first}/{line}")
        bo.submit("kind", press="draft", kind="21")
        found = re.search(r"/desk/certificates/(21-[0-9A-Z-]+)", bo.page.text)
        check(found, "the line does not show the certificate that is being made")
        numbers.append(found[1])
    for number in numbers:
        ari.open(f"/desk/certificates/{number}")
        ari.sees(first)
        ari.submit("do=review", press="review")
        amy.open(f"/desk/certificates/{number}")
        amy.submit("do=sign", press="sign")
        amy.sees("Signed. The certificate can be checked by anyone now.")
    fen = stage.shopper()
    for number in numbers:
        fen.open(f"/certificates/{number}")
    paper = fen.http.get(f"/certificates/{numbers[-1]}.pdf")
    check(paper.content.startswith(b"%PDF"), "the certificate is no PDF")
    credential = fen.http.get(f"/certificates/{numbers[-1]}.jwt")
    check(credential.text.count(".") == 2, "the credential is no compact JWS")
    stage.known["certificate"] = numbers[-1]
    return f"{len(numbers)} certificates signed, as PDF and as verifiable credential"
