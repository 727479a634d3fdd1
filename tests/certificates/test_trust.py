"""The trust list: two persons, a scope, and an end at once."""

from datetime import UTC, datetime

import pytest

from guomen.certificates import trust
from guomen.certificates.models import TrustedIssuer
from guomen.certificates.services import trusting
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.ledger.queries import history
from tests.certificates.issuing import ISSUER, KEY, entry, jwks, trusted

pytestmark = pytest.mark.django_db


def test_one_proposes_and_another_confirms(people):
    proposed = trusting.propose(people.bo.actor, entry())
    assert trust.issuer(ISSUER) is None
    with pytest.raises(Refused) as caught:
        trusting.confirm(people.bo.actor, proposed.id)
    assert caught.value.code == "issuer-same-person"
    confirmed = trusting.confirm(people.amy.actor, proposed.id)
    assert trust.issuer(ISSUER) == confirmed
    assert [e.kind for e in history(Subject.of("issuer", proposed.id))] == ["issuer.proposed", "issuer.trusted"]
    with pytest.raises(Refused):
        trusting.confirm(people.amy.actor, proposed.id)


def test_the_list_is_kept_by_the_authority_alone(people):
    proposed = trusting.propose(people.bo.actor, entry())
    for other in (people.ana.actor, people.cy.actor, people.di.actor, people.eve.actor):
        for act in (
            lambda by=other: trusting.propose(by, entry()),
            lambda by=other: trusting.confirm(by, proposed.id),
            lambda by=other: trusting.decline(by, proposed.id, "x"),
            lambda by=other: trusting.withdraw(by, proposed.id, "x"),
        ):
            with pytest.raises(Forbidden):
                act()
    with pytest.raises(NotFound):
        trusting.confirm(people.amy.actor, uuid7())


def test_a_change_takes_the_place_of_the_entry_before(people):
    first = trusted(people)
    second = trusted(people, kinds=["*"])
    assert trust.issuer(ISSUER) == second
    first.refresh_from_db()
    assert first.state == "superseded"
    assert TrustedIssuer.objects.filter(state="active").count() == 1


def test_one_person_withdraws_at_once(people):
    one = trusted(people)
    with pytest.raises(Invalid):
        trusting.withdraw(people.bo.actor, one.id, " ")
    trusting.withdraw(people.bo.actor, one.id, "The key was stolen")
    found = trust.issuer(ISSUER)
    assert not trust.is_trusted(found, datetime(2026, 12, 1, tzinfo=UTC))
    with pytest.raises(Refused):
        trusting.withdraw(people.bo.actor, one.id, "Again")


def test_a_declined_proposal_changes_nothing(people):
    one = trusted(people)
    trusting.decline(people.amy.actor, trusting.propose(people.bo.actor, entry(kinds=["*"])).id, "Too wide")
    assert trust.issuer(ISSUER) == one


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": " "}, "identifier"),
        ({"identifier": "x" * 201}, "identifier"),
        ({"country": "XX"}, "country"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["k"] * 101}, "kinds"),
        ({"countries": ["NZ", "QQ"]}, "countries"),
        ({"headings": ["8a"]}, "headings"),
        ({"status_addresses": ["http://plants.example/"]}, "status_addresses"),
        ({"status_addresses": ["https://10.0.0.1/"]}, "status_addresses"),
        ({"status_addresses": ["https://user@plants.example/"]}, "status_addresses"),
        ({"status_addresses": ["file:///etc/passwd"]}, "status_addresses"),
        ({"keys": "{"}, "keys"),
        ({"keys": '{"keys": []}'}, "keys"),
        ({"keys": '{"keys": [{"kty": "oct", "k": "AAAA"}]}'}, "keys"),
        ({"keys": '{"keys": [], "keys": []}'}, "keys"),
        ({"keys": "", "roots": ""}, "keys"),
        ({"roots": "-----BEGIN CERTIFICATE-----"}, "roots"),
        ({"valid_until": datetime(2025, 1, 1, tzinfo=UTC)}, "valid_until"),
        ({"valid_from": None}, "valid_until"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_proposal_must_be_complete_and_harmless(people, changes, field):
    with pytest.raises(Invalid) as caught:
        trusting.propose(people.bo.actor, entry(**changes))
    assert {p.field for p in caught.value.problems} == {field}
    assert not TrustedIssuer.objects.exists()


def test_a_private_key_is_never_kept(people):
    secret = jwks().replace('"kty"', '"d": "AAAA", "kty"')
    with pytest.raises(Invalid):
        trusting.propose(people.bo.actor, entry(keys=secret))
    kept = trusted(people)
    assert set(kept.keys["keys"][0]) == {"kty", "crv", "x", "kid"}
    assert trust.keys_of(kept)[0].verify(b"x", KEY.sign(b"x"))


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://plants.example/status/1", True),
        ("https://plants.example/status/a/b?c=1", True),
        ("https://plants.example/status", False),
        ("https://plants.example/statusx/1", False),
        ("https://plants.example.evil.example/status/1", False),
        ("https://plants.example@evil.example/status/1", False),
        ("https://plants.example/status/../admin", False),
        ("https://plants.example/status/%2e%2e/admin", False),
        ("https://plants.example/status/1#x", False),
        ("http://plants.example/status/1", False),
        ("https://plants.example\\@evil.example/status/1", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_registered_addresses_may_be_asked(address, may):
    one = TrustedIssuer(status_addresses=["https://plants.example/status/"])
    assert trust.may_ask(one, address) is may
