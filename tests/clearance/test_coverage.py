"""A seeded port through real screening: what the control room is told of all lines holds as often as it says."""

import random
from typing import Any

import pytest

from guomen.catalogue import services as catalogue
from guomen.catalogue.rulepack import newest
from guomen.clearance import performance, services
from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.services import moves
from guomen.parties.actors import SYSTEM
from guomen.risk.selecting import Goods
from guomen.risk.services import record_outcome
from tests.clearance.test_again import HANDBAGS, elsewhere
from tests.clearance.test_changing import on_papers

pytestmark = pytest.mark.django_db
ORIGINS = ("IT", "FR", "DE", "ES", "PT", "NL", "BE", "AT", "PL", "US", "CA", "MX", "JP", "KR", "TH", "VN")
LOTS = 60
KEPT_FROM_LEARNING = "another importer's, so that the pair itself has no record"


def draw_more(people: Any, rate: str) -> None:
    """A rule pack that draws so many of the lines outside the statutory list."""
    row = newest().rows["modes"]["NO-INSPECTION"]
    value = dict(row.value or {}) | {"rate": rate}
    rows = [{"section": "modes", "key": "NO-INSPECTION", "value": value, "source": "A study"}]
    words = {"title_en": "Draw more", "title_zh": "多抽", "why": "To know."}
    version = catalogue.propose_pack(people.bo.actor, rows=rows, **words).version
    services.simulate_pack(people.bo.actor, version)
    catalogue.approve_pack(people.bea.actor, version)
    catalogue.cut_over(people.bea.actor, version, 100, "A study begins today.")


def port(people: Any, story: dict[str, Any]) -> list[Line]:
    """Lots of sixteen origins from good and bad makers, lodged and screened; the bad maker is drawn oftener."""
    for n in range(12):
        goods = Goods(HANDBAGS, "IT", "Bad Bags", f"{KEPT_FROM_LEARNING} {n}")
        record_outcome(SYSTEM, goods, failed=n % 2 == 0)
    payloads = []
    for origin in ORIGINS:
        payload = on_papers(story)
        line = payload["lines"][0] | {"hs_code": HANDBAGS, "name": "Handbags", "origin": origin, "net_weight_kg": "10"}
        makers = ("Bad Bags", *(f"Good Bags {k}" for k in range(5)))
        payload["lines"] = [line | {"maker_name": makers[n % 6], "maker_registration": ""} for n in range(LOTS)]
        weights = {"net_weight_kg": str(10 * LOTS), "gross_weight_kg": str(20 * LOTS), "packages": str(LOTS)}
        box = f"CSQU4{len(payloads):05d}"
        payloads.append(elsewhere(payload | weights, box))
    return [line for d in services.lodge_many(people.cy.actor, payloads) for line in d.line_list]


def ended(people: Any, line: Line, *reasons: str, state: str = "released") -> None:
    moves.move(people.ana.actor, line, state, [Reason(code, {}) for code in reasons], {})


def conclude(people: Any, lines: list[Line], bad: set[str], chance: random.Random) -> int:
    """Inspect what was drawn: not all at once, some let go before it, some twice. And follow up tips about others.

    Returns of how many drawn lines nothing is known yet.
    """
    tips, unknown = 40, 0
    for line in lines:
        is_bad, kind = line.subject in bad, chance.random()
        if line.state == "to_inspect" and kind < 0.70:
            if is_bad:
                ended(people, line, "INSPECTION-FAILED", state="refused")
            else:
                ended(people, line, "INSPECTION-PASSED")
        elif line.state == "to_inspect" and kind < 0.75:
            # The first inspection was wrong, the second is right.
            ended(people, line, "INSPECTION-FAILED" if not is_bad else "OFFICER-HOLD", state="refused")
            ended(people, line, "REINSPECTION", state="to_inspect")
            if is_bad:
                ended(people, line, "INSPECTION-FAILED", state="refused")
            else:
                ended(people, line, "INSPECTION-PASSED")
        elif line.state == "to_inspect" and kind < 0.80:
            ended(people, line, "OVERRIDDEN")
            unknown += 1
        elif line.state == "to_inspect":
            unknown += 1
        elif line.state == "released" and is_bad and tips:
            # A tip: nobody would have looked, and of the good ones nobody is told.
            tips -= 1
            ended(people, line, "OFFICER-DECISION", state="to_inspect")
            ended(people, line, "INSPECTION-FAILED", state="refused")
    return unknown


def test_its_interval_holds_the_truth_whatever_else_happens_to_the_lines(people, story) -> None:
    chance = random.Random(6)
    draw_more(people, "0.4")
    lines = port(people, story)
    bad = {x.subject for x in lines if chance.random() < (0.35 if x.maker_name == "Bad Bags" else 0.06)}
    unknown = conclude(people, lines, bad, chance)
    found = performance.performance(people.bo.actor)
    everything = found.everything
    assert (everything.lines, found.waiting) == (len(lines) - unknown, unknown)
    assert everything.opened > everything.drawn > 150
    held = {}
    for group in found.origins:
        some = [x for x in lines if x.origin == group.code]
        truth = sum(x.subject in bad for x in some) / len(some)
        held[group.code] = group.bad.low <= truth <= group.bad.high
    # 95 of 100: of sixteen, fewer than thirteen would happen once in a thousand times.
    assert (len(held), sum(held.values()) >= 13) == (16, True), held
    truth, half = len(bad) / len(lines), (everything.bad.high - everything.bad.low) / 2
    assert everything.bad.rate == pytest.approx(truth, abs=2 * half)
    assert half < 0.05
