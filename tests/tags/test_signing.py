"""Signed codes: who may have the authority name a thing, and what the code says."""

from datetime import timedelta

import pytest

from guomen.core.tagcrypto.signed import SignedCodeError
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.tags.services import read_signed, sign_code

CARTON = "https://id.gs1.org/00/080012345000000016"


def test_a_carton_is_named_and_read(people):
    code = read_signed(sign_code(people.bo.actor, CARTON, days=30))
    assert (code.subject, code.issuer) == (CARTON, "http://127.0.0.1:8000")
    assert code.expires_at - code.issued_at == timedelta(days=30)
    assert abs(code.issued_at - now()) < timedelta(minutes=1)
    assert read_signed(sign_code(people.amy.actor, CARTON)).expires_at is None
    assert Entry.objects.filter(kind="code.signed", subjects__contains=[CARTON]).count() == 2


def test_a_changed_code_is_none_of_ours(people):
    text = sign_code(SYSTEM, CARTON)
    with pytest.raises(SignedCodeError):
        read_signed(text[:-6] + "0" + text[-5:])


def test_only_controllers_and_certifiers_sign(people):
    for other in (people.ana.actor, people.cy.actor, people.sam.actor, people.eve.actor, people.di.actor):
        with pytest.raises(Forbidden):
            sign_code(other, CARTON)
    assert not Entry.objects.filter(kind="code.signed").exists()


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "carton 5",
        "https://id.gs1.org/00/1",
        "https://evil.example/00/080012345000000016",
        "https://evil.example/certificates/1",
    ],
)
def test_what_cannot_be_named_is_said(people, subject, settings):
    with pytest.raises(Invalid) as caught:
        sign_code(SYSTEM, subject, days=0)
    assert {p.field for p in caught.value.problems} == {"subject", "days"}
    assert sign_code(SYSTEM, f"{settings.GUOMEN.origin}/certificates/C-1")
