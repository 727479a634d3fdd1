"""What firms do: ask for certificates of their own goods, and declare on their own word."""

import pytest

from guomen.certificates import credential, queries, services
from guomen.certificates.models import Asked, Certificate
from guomen.clearance import services as clearance
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from tests.certificates.kinds import WHOLE
from tests.certificates.making import draft
from tests.clearance.conftest import example

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(people) -> str:
    return Subject.line(clearance.lodge(people.cy.actor, example()).number, 1)


def test_a_firm_asks_once_and_the_draft_answers(people, line):
    asked = services.ask(people.cy.actor, "21", line, "Two originals, please.")
    assert services.ask(people.cal.actor, "21", line) == asked
    assert queries.asked(people.bo.actor) == [asked]
    assert queries.own_asked(people.cal.actor) == [asked]
    assert queries.own_asked(people.eve.actor) == []
    told = history(line)[-1]
    assert (told.kind, "originals" in str(told.facts)) == ("certificate.asked", False)
    made = draft(people, line)
    asked.refresh_from_db()
    assert (asked.state, asked.certificate) == ("drafted", made.number)
    assert queries.asked(people.bo.actor) == []


def test_a_request_is_declined_once_with_a_reason(people, line):
    asked = services.ask(people.cy.actor, "18", line)
    for who in (people.cy.actor, people.eve.actor, people.di.actor, people.gao.actor):
        with pytest.raises(Forbidden):
            services.decline(who, asked.id, "No")
    with pytest.raises(Invalid):
        services.decline(people.bo.actor, asked.id, "")
    services.decline(people.bo.actor, asked.id, "These are no plants.")
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("declined", "These are no plants.")
    with pytest.raises(Refused):
        services.decline(people.bo.actor, asked.id, "Again")
    services.ask(people.cy.actor, "18", line)
    assert Asked.objects.count() == 2


def test_only_ones_own_goods_are_asked_and_declared_about(people, line):
    facts = WHOLE["CD"]
    for who in (people.eve.actor,):
        for subject in (line, Subject.declaration("224820269999999999"), "https://id.gs1.org/01/09506000134352", "x"):
            with pytest.raises(NotFound):
                services.ask(who, "21", subject)
            with pytest.raises(NotFound):
                services.declare(who, subject, facts)
    for who in (people.ana.actor, people.bo.actor, people.di.actor, people.sam.actor):
        with pytest.raises(Forbidden):
            services.ask(who, "21", line)
        with pytest.raises(Forbidden):
            services.declare(who, line, facts)
    for kind in ("CD", "LR", "97", "XX"):
        with pytest.raises(Invalid):
            services.ask(people.cy.actor, kind, line)
    assert not Asked.objects.exists()
    assert not Certificate.objects.exists()


def test_a_declaration_is_the_firms_own_word_and_says_so(people, line):
    with pytest.raises(Invalid) as caught:
        services.declare(people.cy.actor, line, {"goods": "Shirts"})
    assert [p.field for p in caught.value.problems] == ["standard", "statement"]
    one = services.declare(people.cy.actor, line, WHOLE["CD"])
    found = queries.verify(one.jws)
    assert (found.valid, found.state) == (True, "valid")
    document = credential.unsecure(one.jws)
    assert document["type"][1] == "EnterpriseDeclaration"
    assert document["issuer"]["name"][0]["@value"] != "Harbour Imports"
    assert document["credentialSubject"]["declaredBy"]["identifier"] == people.cy.organisation.code
    assert [e.kind for e in history(Subject.of("certificate", one.number))] == ["certificate.declared"]
    # Nobody reviews or signs it for the authority; the firm takes its word back, and the authority may stop it.
    for move in (services.review, services.sign):
        with pytest.raises((Refused, Forbidden)):
            move(people.amy.actor, one.number)
    with pytest.raises(Forbidden):
        services.revoke(people.eve.actor, one.number, "Not true")
    services.suspend(people.bo.actor, one.number, "A test contradicts it.", "investigation")
    services.revoke(people.cal.actor, one.number, "We were wrong.", "false-facts")
    assert queries.verify(one.number).state == "revoked"


def test_a_laboratory_report_is_made_by_three_persons_of_the_laboratory(people):
    from guomen.parties import actors
    from guomen.parties.services import add_person
    from tests.people import PASSWORD

    di, lab = people.di.actor, people.di.organisation
    two, three = (
        actors.of_person(add_person(lab, f"{name}@example.test", name, PASSWORD, ["analyst"]))
        for name in ("Dee", "Dov")
    )
    common = {"subject": "urn:guomen:sample:S-2026-17", "kind": "LR", "facts": WHOLE["LR"], "valid_days": None}
    for who in (people.ana.actor, people.cy.actor):
        with pytest.raises(Forbidden):
            draft(people, by=who, **common)
    one = draft(people, by=di, **common)
    for who in (di, people.amy.actor):
        with pytest.raises((Refused, Forbidden)):
            services.review(who, one.number)
    with pytest.raises(NotFound):
        queries.certificate(one.number, people.bo.actor)
    assert queries.waiting(people.bo.actor) == []
    assert queries.own_waiting(three, "laboratory") == [one]
    services.review(two, one.number)
    with pytest.raises(Refused):
        services.sign(two, one.number)
    services.sign(three, one.number)
    assert Certificate.objects.get().office == lab
    assert queries.verify(one.number).valid
