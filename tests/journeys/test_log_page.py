"""Fen looks at the public log, at one entry of it, and at a proof that somebody gave her."""

import pytest
from playwright.sync_api import expect

from guomen.ledger import publishing, queries, rotation, sequencer
from guomen.ledger.models import Entry
from guomen.ledger.proofs import qr_text
from guomen.parties.actors import SYSTEM
from tests.journeys.look import look
from tests.ledger.test_publishing import home, policy, write  # noqa: F401
from tests.ledger.watchers import watcher

pytestmark = pytest.mark.django_db(transaction=True)


def test_fen_reads_the_log(visit, home, policy) -> None:  # noqa: F811
    with watcher("w1", home) as one, watcher("w2", home) as two:
        policy(
            f"witness customs.example {one.vkey} {one.url}\nwitness university.example {two.vkey} {two.url}\n"
            "group g 1 customs.example university.example\nquorum g\n"
        )
        two.away = True
        ids = write(300)
        rotation.rotate(SYSTEM, reason="Yearly rotation")
        sequencer.run_once()
        publishing.run_once()
        proof = queries.prove(Entry.objects.get(id=ids[7]))
        fen = visit("/log", java_script_enabled=False)
        fen.fill("#number", "999")
        fen.click("main .button")
        expect(fen.locator("#number-problem")).to_be_visible()
        fen.fill("#number", "7")
        fen.click("main .button")
        expect(fen.locator("h1")).to_have_text("Entry 7")
        fen.click("text=The public log")
        fen.click("text=Check a proof")
        fen.fill("#text", qr_text(proof))
        fen.click("main .button")
        expect(fen.locator(".notice")).to_have_text("This proof holds.")
        fen.fill("#text", "hello")
        fen.click("main .button")
        expect(fen.locator(".notice")).to_contain_text("no proof")
        seen = visit("/log")
        for path, name in (("/log", "log"), ("/log/entries/300", "log-entry"), ("/log/check", "log-check")):
            seen.goto(path)
            look(seen, name)
        assert all("404" in problem or "422" in problem for problem in [*fen.problems, *seen.problems])
