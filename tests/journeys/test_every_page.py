"""Every page that the desk, the laboratory and the partner agency reach by links, on a phone, in both languages."""

import re
from datetime import timedelta

import pytest

from guomen.adoption import services as adoption
from guomen.clearance.services import register_licence
from guomen.kit.clock import now
from guomen.release import services as release
from guomen.risk import services as risk
from tests.adoption.test_adoption import SHIRTS, listed, reported
from tests.clearance.test_packs import approved
from tests.journeys.conftest import narrow_enough
from tests.risk.test_learning import outcomes
from tests.safety.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STARTS = {"bo": ["/desk/", "/gate/slips/"], "di": ["/laboratory/"], "gao": ["/cases/"]}
OWN = re.compile(r"/(desk|laboratory|cases|foreign|inspection-bodies|gate|log)(/|$|\?)")
FILES = re.compile(r"/photos/|/log/(checkpoint|proofs)|\.(pdf|jwt|json|csv)$")
RAW = re.compile(r"\b20\d\d-\d\d-\d\d\b|\bNone\b(?! found)|urn:guomen|\bTrue\b|\bFalse\b|Traceback")
"""What only a program writes: days, nothing, names of rows."""
QUOTING = "/desk/requirements/"
"""Shows sources as they were cited, with their days."""


def kind(path: str) -> str:
    """What pages have in common: their address without numbers, and the names of their questions."""
    path, _, asked = path.partition("?")
    path = re.sub(r"/(?=[^/]*\d)[^/]+", "/*", path)
    path = re.sub(r"/(rows|change)/[a-z]+", r"/\1/*", path)
    return path + "".join(sorted(f"?{part.partition('=')[0]}" for part in asked.split("&") if asked))


def filled(people) -> World:
    """One of everything that has a page."""
    world = build(people)
    bo, cy, day = people.bo.actor, people.cy.actor, now().date()
    listed(people)
    reported(people)
    flight = {"batch": "S2610", "origin": "IT", "waybill": "020-12345675", "arrives_on": str(day)}
    adoption.declare_air_sample(cy, SHIRTS | flight)
    adoption.ask_standing(cy, "AIR-SAMPLE", "The sample and the bulk are of one batch.")
    register_licence(
        bo,
        {
            "kind": "101030",
            "number": "QP-1",
            "holder": people.cy.organisation.code,
            "quantity": "5000",
            "unit": "KGM",
            "hs_prefix": "0303",
            "valid_from": str(day),
            "valid_until": str(day + timedelta(days=90)),
        },
    )
    approved(people)
    outcomes()
    risk.train_model(bo)
    told = {"reason": "The factory stands still.", "days": "7", "destination": "Factory, Pudong"}
    guaranteed = {"guarantor": "Bank", "guarantee": "G-1", "amount": "9000", "currency": "CNY"}
    last = {"guaranteed_until": str(day + timedelta(days=60))}
    release.propose_override(bo, world.declaration, 1, told | guaranteed | last)
    release.approve_override(people.bea.actor, world.declaration, 1)
    return world


def test_no_page_scrolls_sideways_or_shows_what_only_programs_write(visit, people, door) -> None:
    filled(people)
    seen: set[str] = set()
    wrong: list[str] = []
    # The first question to a process makes it read everything: that may take longer than a browser waits.
    assert door("bo").get("/desk/").status_code == 200
    page = visit("/en/log")
    page.set_default_timeout(60_000)
    for who, starts in STARTS.items():
        page.context.add_cookies([{"name": "guomen", "value": door(who).cookies["guomen"].value, "url": page.url}])
        todo = list(starts)
        while todo:
            path = todo.pop(0)
            if kind(path) in seen or not OWN.match(path) or FILES.search(path):
                continue
            seen.add(kind(path))
            for language in ("zh", "en"):
                answer = page.goto(f"/{language}{path}", wait_until="domcontentloaded")
                assert answer is not None
                assert answer.status == 200, path
                narrow_enough(page)
                words = "" if path.startswith(QUOTING) else page.inner_text("main")
                wrong += [f"{who} {language} {path}: {found}" for found in RAW.findall(words)]
            links = page.eval_on_selector_all(
                "main a[href], nav a[href]", "all => all.map(a => a.getAttribute('href'))"
            )
            for href in links:
                where = f"{path.partition('?')[0]}{href}" if href.startswith("?") else href
                todo.append(re.sub(r"^/(en|zh)(?=/)", "", where.partition("#")[0]))
    assert len(seen) > 45, sorted(seen)
    assert not wrong, "\n".join(wrong)
    assert page.problems == []
