"""The life of a certificate: which move is possible when, by whom, and what the ledger has of it."""

from datetime import timedelta

import pytest
from django.utils import translation

from guomen.certificates import queries, rules, services
from guomen.certificates.models import Certificate
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from guomen.ledger.services import append
from tests.certificates.making import FACTS, SUBJECT, decided, draft, sign

pytestmark = pytest.mark.django_db
MOVES = ("change", "review", "send-back", "sign", "suspend", "resume", "replace", "revoke")
TABLE = {
    "draft": ("draft", "reviewed", "returned", "", "", "", "", ""),
    "returned": ("draft", "", "", "", "", "", "", ""),
    "reviewed": ("", "", "returned", "signed", "", "", "", ""),
    "signed": ("", "", "", "", "suspended", "", "replaced", "revoked"),
    "suspended": ("", "", "", "", "", "signed", "replaced", "revoked"),
    "replaced": ("", "", "", "", "", "", "", ""),
    "revoked": ("", "", "", "", "", "", "", ""),
}
"""State -> where each of MOVES leads from it."""


@pytest.fixture(autouse=True)
def released(db) -> None:
    decided("line.released")


def in_state(people, state: str) -> Certificate:
    """A certificate that came into ``state`` by the ordinary doors."""
    one = draft(people)
    if state == "returned":
        return services.send_back(people.ari.actor, one.number, "The batch is missing.")
    if state == "draft":
        return one
    one = services.review(people.ari.actor, one.number)
    if state == "reviewed":
        return one
    one = services.sign(people.amy.actor, one.number)
    if state == "suspended":
        return services.suspend(people.bo.actor, one.number, "We look into it.", "investigation")
    if state == "revoked":
        return services.revoke(people.bo.actor, one.number, "False facts", "false-facts")
    if state == "replaced":
        sign(people, draft(people, replaces=one.number))
    return one


def tried(people, move: str, number: str) -> None:
    match move:
        case "change":
            services.change(people.ana.actor, number, FACTS)
        case "review":
            services.review(people.ari.actor, number)
        case "send-back":
            services.send_back(people.ari.actor, number, "Not clear")
        case "sign":
            services.sign(people.amy.actor, number)
        case "suspend":
            services.suspend(people.amy.actor, number, "We look into it.", "investigation")
        case "resume":
            services.resume(people.amy.actor, number)
        case "revoke":
            services.revoke(people.amy.actor, number, "Wrong batch", "issued-in-error")
        case "replace":
            sign(people, draft(people, replaces=number))


@pytest.mark.parametrize("state", list(TABLE))
def test_each_move_leads_where_the_table_says_and_nowhere_else(people, state):
    assert set(TABLE) == set(rules.STATES)
    for move, leads in zip(MOVES, TABLE[state], strict=True):
        assert (rules.after(move, state) or "") == leads
        number = in_state(people, state).number
        entries = len(history(Subject.of("certificate", number)))
        if leads:
            tried(people, move, number)
            assert Certificate.objects.get(number=number).state == leads
            assert len(history(Subject.of("certificate", number))) == entries + 1
            continue
        again = (state, move) in {("suspended", "suspend"), ("revoked", "revoke")}
        if again:
            tried(people, move, number)
        else:
            with pytest.raises(Refused) as caught:
                tried(people, move, number)
            assert caught.value.code.startswith("certificate-")
            assert caught.value.status == 409
        assert Certificate.objects.get(number=number).state == state
        assert len(history(Subject.of("certificate", number))) == entries


def test_drafter_reviewer_and_signer_are_three_persons(people):
    amy, ari = people.amy.actor, people.ari.actor
    own = draft(people, by=ari)
    with pytest.raises(Refused) as caught:
        services.review(ari, own.number)
    assert caught.value.code == "certificate-same-person"
    services.review(amy, own.number)
    for person in (ari, amy):
        with pytest.raises(Refused) as caught:
            services.sign(person, own.number)
        assert caught.value.code == "certificate-same-person"
    assert Certificate.objects.get().state == "reviewed"


def test_who_changed_a_draft_later_is_no_reviewer_either(people):
    one = draft(people)
    services.change(people.ari.actor, one.number, FACTS)
    with pytest.raises(Refused):
        services.review(people.ari.actor, one.number)
    services.review(people.amy.actor, one.number)


def test_who_accepted_or_inspected_may_neither_review_nor_sign(people):
    amy, ari = people.amy, people.ari
    # Told by the drafter.
    one = draft(people, by=people.bo.actor, excluded_persons=[amy.person.id])
    with pytest.raises(Refused):
        services.review(amy.actor, one.number)
    services.review(ari.actor, one.number)
    with pytest.raises(Refused):
        services.sign(amy.actor, one.number)
    # Known to the ledger, though nobody told: inspecting, going along as the second officer, selecting.
    for kind, by, facts in (
        ("inspection.taken", amy.actor, {}),
        ("inspection.accompanied", people.ana.actor, {"second_officer": str(amy.person.id)}),
        ("line.selected", amy.actor, {}),
    ):
        subject = Subject.line(f"2248202610000001{len(facts)}{len(kind)}", 1)
        append(kind, [subject], facts, by)
        decided("line.released", subject)
        found = draft(people, subject=subject, by=people.bo.actor)
        with pytest.raises(Refused):
            services.review(amy.actor, found.number)
        services.review(ari.actor, found.number)
        with pytest.raises(Refused) as caught:
            services.sign(amy.actor, found.number)
        assert caught.value.code == "certificate-same-person"
        # It is the same when the certificate is about the whole declaration.
        whole = Subject.declaration(subject.split(":")[-1].split("/")[0])
        append("line.released", [subject, whole], {"reasons": []}, people.bo.actor)
        found = draft(people, subject=whole, by=people.bo.actor)
        with pytest.raises(Refused):
            services.review(amy.actor, found.number)


def test_release_precedes_the_certificate(people):
    held = Subject.line("224820261000000099", 1)
    one = draft(people, subject=held)
    for kind in ("", "line.selected", "line.held", "line.refused"):
        if kind:
            decided(kind, held)
        with pytest.raises(Refused) as caught:
            services.review(people.ari.actor, one.number)
        assert caught.value.code == "not-released"
    decided("line.released", held)
    services.review(people.ari.actor, one.number)
    # Held again before the signature: the certificate waits.
    decided("line.held", held)
    with pytest.raises(Refused) as caught:
        services.sign(people.amy.actor, one.number)
    assert caught.value.code == "not-released"
    decided("line.released", held)
    services.sign(people.amy.actor, one.number)


def test_a_declaration_is_released_when_all_its_lines_are(people):
    whole = Subject.declaration("224820261000000055")
    for number, kind in ((1, "line.released"), (2, "line.held")):
        append(kind, [Subject.line("224820261000000055", number), whole], {"reasons": []}, people.bo.actor)
    one = draft(people, subject=whole)
    with pytest.raises(Refused):
        services.review(people.ari.actor, one.number)
    append("line.released", [Subject.line("224820261000000055", 2), whole], {"reasons": []}, people.bo.actor)
    services.review(people.ari.actor, one.number)


def test_only_certifying_people_review_sign_and_end(people):
    one = draft(people)
    strangers = (people.cy.actor, people.eve.actor, people.di.actor, people.gao.actor)
    for who in (*strangers, people.ana.actor):
        for act in (services.review, services.sign):
            with pytest.raises(Forbidden):
                act(who, one.number)
        with pytest.raises(Forbidden):
            services.send_back(who, one.number, "No")
    for who in strangers:
        with pytest.raises(Forbidden):
            services.change(who, one.number, FACTS)
    sign(people, one)
    for who in (*strangers, people.ana.actor):
        for act in (services.suspend, services.revoke):
            with pytest.raises(Forbidden):
                act(who, one.number, "No")
        with pytest.raises(Forbidden):
            services.resume(who, one.number)
    with pytest.raises(NotFound):
        services.revoke(people.bo.actor, "21-2026-999999-AAAAAA", "No")


def test_a_draft_sent_back_says_why_and_the_ledger_does_not(people):
    one = draft(people)
    with pytest.raises(Invalid):
        services.send_back(people.ari.actor, one.number, "   ")
    services.send_back(people.ari.actor, one.number, "Mr Wang's batch is missing.")
    one.refresh_from_db()
    assert (one.state, one.returned_reason) == ("returned", "Mr Wang's batch is missing.")
    told = history(Subject.of("certificate", one.number))[-1]
    assert told.kind == "certificate.returned"
    assert "Wang" not in str(told.facts)
    services.change(people.ana.actor, one.number, FACTS | {"batch": "M-2292"})
    services.review(people.ari.actor, one.number)
    one.refresh_from_db()
    assert (one.facts["batch"], one.returned_reason) == ("M-2292", "")


def test_a_replaced_certificate_names_the_new_one_and_the_new_one_the_old(people):
    old = sign(people, draft(people))
    new = draft(people, replaces=old.number, facts=FACTS | {"quantity": "480 pieces"})
    assert queries.verify(old.number).valid, "the old one holds until the new one is signed"
    sign(people, new)
    old.refresh_from_db()
    assert (old.state, old.replaced_by) == ("replaced", new.number)
    found = queries.verify(old.number)
    assert (found.valid, found.state, found.reasons) == (False, "replaced", ("CERTIFICATE-SUPERSEDED",))
    assert queries.verify(new.number).valid
    assert [e.kind for e in history(Subject.of("certificate", old.number))][-1] == "certificate.replaced"
    # Two drafts that replace the same one: the second is too late.
    third = sign(people, draft(people))
    first, second = draft(people, replaces=third.number), draft(people, replaces=third.number)
    sign(people, first)
    services.review(people.ari.actor, second.number)
    with pytest.raises(Refused):
        services.sign(people.amy.actor, second.number)
    second.refresh_from_db()
    assert (second.state, second.pdf) == ("reviewed", "")
    with pytest.raises(Invalid):
        draft(people, kind="11", replaces=new.number)
    with pytest.raises(NotFound):
        draft(people, replaces="21-2026-999999-AAAAAA")


def test_suspension_shows_at_once_and_ends_or_runs_out(people):
    one = sign(people, draft(people))
    with pytest.raises(Invalid):
        services.suspend(people.amy.actor, one.number, "Why", "no-such-code")
    services.suspend(people.amy.actor, one.number, "A complaint came in.", "investigation")
    found = queries.verify(one.number)
    assert (found.state, found.reasons) == ("suspended", ("CERTIFICATE-SUSPENDED",))
    services.resume(people.amy.actor, one.number)
    assert queries.verify(one.number).valid
    services.suspend(people.amy.actor, one.number, "Another one.", "investigation")
    passed = {"signed_at": now() - timedelta(days=61), "valid_until": now() - timedelta(days=1)}
    Certificate.objects.filter(number=one.number).update(**passed)
    assert queries.verify(one.number).state == "expired"
    with pytest.raises(Refused) as caught:
        services.resume(people.amy.actor, one.number)
    assert caught.value.code == "certificate-expired"
    services.revoke(people.amy.actor, one.number, "False", "false-facts")
    assert queries.verify(one.number).state == "revoked"


def test_what_is_wrong_or_abolished_is_not_drafted(people):
    for kind, facts in (("97", {}), ("21", {"quantity": {"value": "-1", "unit": "KGM"}}), ("21", {"un_mark": "4G"})):
        with pytest.raises(Invalid):
            draft(people, kind=kind, facts=facts)
    assert not Certificate.objects.exists()
    # What is merely missing waits until somebody reviews, who is told what it is.
    one = draft(people, facts={"goods": "Shirts"})
    with pytest.raises(Refused) as caught:
        services.review(people.ari.actor, one.number)
    assert caught.value.code == "certificate-incomplete"
    for label in ("Quantity", "Origin", "Decision"):
        assert label in caught.value.sentence()
    with translation.override("zh-hans"):
        assert "数量、原产地、结论" in caught.value.sentence()


def test_a_drafts_validity_has_a_reasonable_end(people):
    for days in (0, -1, 3651):
        with pytest.raises(Invalid):
            draft(people, valid_days=days)
    assert draft(people, subject=SUBJECT, valid_days=None).valid_days == 365
