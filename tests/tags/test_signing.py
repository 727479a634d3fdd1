"""Signed codes: who may have the authority name a thing, and what the code says."""

from datetime import timedelta

import pytest

from guomen.core.tagcrypto import signed
from guomen.core.tagcrypto.signed import SignedCodeError
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound
from guomen.kit.keys import signer
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.tags.services import read_signed, revoke_code, sign_code, signing

CARTON = "https://id.gs1.org/00/080012345000000016"


def test_a_carton_is_named_and_read(people):
    code = read_signed(sign_code(people.bo.actor, CARTON, days=30).text)
    assert (code.subject, code.issuer) == (CARTON, "http://127.0.0.1:8000")
    assert code.expires_at - code.issued_at == timedelta(days=30)
    assert abs(code.issued_at - now()) < timedelta(minutes=1)
    assert read_signed(sign_code(people.amy.actor, CARTON).text).expires_at is None
    assert Entry.objects.filter(kind="code.signed", subjects__contains=[CARTON]).count() == 2


def test_a_changed_code_is_none_of_ours(people):
    text = sign_code(SYSTEM, CARTON).text
    with pytest.raises(SignedCodeError):
        read_signed(text[:-6] + ("0" if text[-6] != "0" else "1") + text[-5:])


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
        "https://id.gs1.org/00/080012345000000016/" + "x" * 400,
        "http://127.0.0.1:8000/certificates/\0",
    ],
)
def test_what_cannot_be_named_is_said(people, subject, settings):
    with pytest.raises(Invalid) as caught:
        sign_code(SYSTEM, subject, days=0)
    assert {p.field for p in caught.value.problems} == {"subject", "days"}
    assert sign_code(SYSTEM, f"{settings.GUOMEN.origin}/certificates/C-1")


def test_numbers_follow_each_other_and_the_text_follows_from_the_row(people):
    made = [sign_code(people.bo.actor, CARTON, days=days) for days in (None, 3, 5)]
    assert [one.row.number for one in made] == [0, 1, 2]
    assert [signing.text_of(row) for row in signing.newest_codes(people.amy.actor)] == [m.text for m in reversed(made)]
    assert read_signed(made[1].text).status == signed.Status(1, "http://127.0.0.1:8000/tags/status/codes-0")


def test_a_revoked_code_is_valid_no_more(people):
    kept, gone = sign_code(SYSTEM, CARTON), sign_code(SYSTEM, CARTON)
    for other in (people.ana, people.cy, people.sam, people.eve, people.di):
        with pytest.raises(Forbidden):
            revoke_code(other.actor, gone.row.number, "printed twice")
    for why in ("", "  x ", "x" * 301, "a\0b"):
        with pytest.raises(Invalid):
            revoke_code(people.bo.actor, gone.row.number, why)
    with pytest.raises(NotFound):
        revoke_code(people.bo.actor, 77, "printed twice")
    assert read_signed(gone.text)
    for _ in (1, 2):
        revoke_code(people.amy.actor, gone.row.number, "printed twice")
    with pytest.raises(SignedCodeError, match="revoked"):
        read_signed(gone.text)
    assert read_signed(kept.text).subject == CARTON
    entry = Entry.objects.get(kind="code.revoked")
    assert (entry.facts["number"], entry.facts["why"]) == (gone.row.number, "printed twice")


def test_a_code_without_a_number_of_ours_is_still_read(people):
    """As they were signed before there were lists."""
    old = signed.SignedCode("http://127.0.0.1:8000", CARTON, now())
    assert read_signed(signed.sign(old, signer(signing.SIGNER))).status is None
