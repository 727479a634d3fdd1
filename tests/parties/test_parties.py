"""Organisations, people, tokens, and requests that a network repeats."""

import threading

import pytest
from django.db import connections

from guomen.kit.errors import Forbidden, Invalid, NotFound
from guomen.parties import services
from guomen.parties.models import ApiToken, Organisation
from guomen.parties.once import KeyReused, once


@pytest.mark.django_db
def test_a_role_must_fit_the_kind_of_organisation(people):
    with pytest.raises(Invalid) as caught:
        services.add_person(people.cy.organisation, "x@example.test", "X", "long-enough-password", ["inspector"])
    assert caught.value.problems[0].code == "wrong-role"


def test_a_token_works_until_it_is_revoked_and_only_its_digest_is_kept(people):
    token, secret = services.issue_token("robot", ["declare"], people.cy.actor)
    actor = services.actor_of_token(secret)
    assert actor.organisation == people.cy.organisation
    assert actor.has("declarant")
    assert not actor.has("admin")
    assert secret.encode() not in bytes(ApiToken.objects.get().digest)
    with pytest.raises(NotFound):
        services.revoke_token(token.id, people.eve.actor)
    with pytest.raises(Forbidden):
        services.revoke_token(token.id, people.cal.actor)
    services.revoke_token(token.id, people.cy.actor)
    with pytest.raises(Forbidden):
        services.actor_of_token(secret)


@pytest.mark.django_db
def test_a_tokens_use_is_noted_but_not_on_every_call(people):
    token, secret = services.issue_token("robot", ["declare"], people.cy.actor)
    services.actor_of_token(secret)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    services.actor_of_token(secret)
    token.refresh_from_db()
    assert token.last_used_at == first
    long_ago = first - services.USE_IS_NOTED_EVERY
    type(token).objects.filter(id=token.id).update(last_used_at=long_ago)
    services.actor_of_token(secret)
    token.refresh_from_db()
    assert token.last_used_at >= first


def test_the_same_key_gives_the_same_answer_once(people):
    done = []
    assert once(people.cy.actor, "k", b"a", lambda: done.append(1) or {"n": 1}) == ({"n": 1}, True)
    assert once(people.cy.actor, "k", b"a", lambda: done.append(1) or {"n": 2}) == ({"n": 1}, False)
    with pytest.raises(KeyReused):
        once(people.cy.actor, "k", b"b", lambda: None)
    once(people.eve.actor, "k", b"b", lambda: done.append(1))
    assert len(done) == 2


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_the_same_moment_do_it_once(people):
    actor, answers = people.cy.actor, []

    def create() -> dict:
        Organisation.objects.create(kind="trader", name_en="N", name_zh="N", country="CN", code="ONCE")
        return {"ok": True}

    def work() -> None:
        try:
            answers.append(once(actor, "same", b"body", create))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(new for _, new in answers) == [False, False, False, True]
