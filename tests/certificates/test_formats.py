"""One source, four signed forms, and the lists in which their state stands."""

import itertools
import json

import pytest
from django.test import Client

from guomen.certificates import credential, formats, services, signing_keys, statuses
from guomen.certificates.models import Certificate, IssuedForms
from guomen.core.credentials import Reference, jose, sdjwt, slip, status, statuslist, vc, verify
from guomen.core.credentials.reading import recognise
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from tests.certificates.making import FACTS, SUBJECT, draft, sign
from tests.certificates.test_certificates import drafted as drafted
from tests.certificates.test_certificates import signed as signed

pytestmark = pytest.mark.django_db


def published(client: Client, reference: Reference, accept: str = "*/*") -> str | bytes:
    """What lies at the address that a credential names."""
    answer = client.get(
        reference.address.removeprefix(reference.address.split("/certificates/")[0]), HTTP_ACCEPT=accept
    )
    assert answer.status_code == 200
    return answer.content if "cwt" in answer.headers["Content-Type"] else answer.content.decode()


def states(client: Client, number: str) -> dict[str, str]:
    """The state of a certificate by every form and every list that it names, checked with the public keys alone."""
    keys = signing_keys.trusted()
    one, forms = Certificate.objects.get(number=number), formats.kept(number)
    found = {}
    for text in (one.jws, forms.sd_jwt, forms.slip):
        form, body = recognise(text.encode())
        for reference in verify(form, body, keys).states:
            for accept in ("application/statuslist+jwt", "application/statuslist+cwt"):
                token = published(client, reference, accept)
                name = f"{form} {reference.purpose} {type(token).__name__}"
                found[name] = status.state_in(token, reference, keys, now())
    return found


FACTS_DECISION = {"en": "The goods meet the requirements.", "zh": "上述货物经检验合格。"}


def test_every_form_says_the_same_and_verifies_with_the_public_key_alone(signed):
    keys, forms = signing_keys.trusted(), formats.kept(signed.number)
    as_vc = vc.verify(signed.jws, keys).claims
    as_sd = sdjwt.verify(forms.sd_jwt, keys).claims
    as_slip = slip.read(forms.slip, keys)
    assert as_vc["credentialSubject"]["facts"] == as_sd["facts"]
    assert as_sd["certificateNumber"] == as_vc["credentialSubject"]["certificateNumber"] == signed.number
    assert as_slip.subject == as_vc["id"] == credential.address(signed.number)
    assert as_slip.expires_at == signed.valid_until
    assert as_slip.facts["goods"] == ("Cotton shirts, white", "白色棉质衬衫")
    assert as_slip.facts["holder"] == signed.holder.code
    assert len(forms.slip) < 750


def test_the_holder_keeps_back_what_is_nobodys_business_but_not_the_decision(signed):
    forms = formats.kept(signed.number)
    names = [name for name, _ in formats.choices(forms)]
    assert set(names) >= {"goods", "quantity", "holder", "certificateNumber", "subject", "tests"}
    assert "decision" not in names
    shown = sdjwt.verify(formats.shown(forms, {"goods"}), signing_keys.trusted())
    text = json.dumps(shown.claims, ensure_ascii=False)
    goods = {"en": "Cotton shirts, white", "zh": "白色棉质衬衫"}
    assert shown.claims["facts"] == {"goods": goods, "decision": FACTS_DECISION, "tests": []}
    for kept in (signed.number, signed.holder.code, "500 pieces", "Formaldehyde", SUBJECT):
        assert kept not in text
        assert kept not in formats.shown(forms, {"goods"})
    assert shown.hidden == len(sdjwt.disclosures(forms.sd_jwt)) - 1


def test_a_test_that_failed_cannot_be_kept_back(people, signed):
    facts = FACTS | {"tests": [*FACTS["tests"], {"test": "Lead", "found": "90", "limit": "75", "within": False}]}
    one = sign(people, draft(people, facts=facts))
    bare = sdjwt.verify(formats.shown(formats.kept(one.number), set()), signing_keys.trusted())
    assert [test["test"] for test in bare.claims["facts"]["tests"]] == ["Lead"]


def test_a_valid_certificate_is_valid_in_every_list(signed):
    assert set(states(Client(), signed.number).values()) == {"valid"}
    assert len(states(Client(), signed.number)) == 6


def said(found: dict[str, str], purpose: str) -> set[str]:
    return {state for name, state in found.items() if name.split(" ")[1] == purpose}


def test_what_becomes_of_a_certificate_is_in_every_list_at_once(people, signed):
    client, amy = Client(), people.amy.actor
    services.suspend(amy, signed.number, "Under investigation")
    found = states(client, signed.number)
    assert (said(found, ""), said(found, "suspension"), said(found, "revocation")) == (
        {"suspended"},
        {"suspended"},
        {"valid"},
    )
    services.resume(amy, signed.number)
    assert set(states(client, signed.number).values()) == {"valid"}
    services.revoke(amy, signed.number, "Wrong quantity")
    found = states(client, signed.number)
    assert (said(found, ""), said(found, "suspension"), said(found, "revocation")) == (
        {"invalid"},
        {"valid"},
        {"invalid"},
    )


def test_a_replaced_certificate_is_invalid_and_the_new_one_valid(people, signed):
    new = sign(people, draft(people, replaces=signed.number))
    old = states(Client(), signed.number)
    assert (said(old, ""), said(old, "revocation")) == ({"invalid"}, {"invalid"})
    assert set(states(Client(), new.number).values()) == {"valid"}


def test_a_list_is_signed_by_us_and_says_how_long_it_may_be_kept(signed, settings):
    client, where = Client(), f"/certificates/status/{formats.kept(signed.number).list}"
    answer = client.get(where)
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    assert "max-age=15" in answer.headers["Cache-Control"]
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    listed = statuslist.read(answer.content.decode(), signing_keys.trusted())
    assert (listed.uri, listed.ttl, len(listed.list)) == (settings.GUOMEN.origin + where, 60, statuses.SIZE)
    assert jose.read(answer.content.decode()).header["kid"] == signing_keys.jwks()["keys"][0]["kid"]
    assert client.get(where, HTTP_IF_NONE_MATCH=answer.headers["ETag"]).status_code == 304
    assert client.get(where, HTTP_ACCEPT="application/statuslist+cwt").headers["Content-Type"] == (
        "application/statuslist+cwt"
    )
    assert client.get(f"{where}/revocation").headers["Content-Type"] == "application/vc+jwt"
    assert client.post(where).status_code == 405
    for address in (f"{where}?time=1790000000", f"{where}/revocation?time=x"):
        refused = client.get(address, HTTP_ACCEPT="application/json")
        assert (refused.status_code, refused.json()["code"]) == (501, "only-now")
    for nothing in ("/certificates/status/999", f"{where}/other", "/certificates/status/99999999999999999999"):
        assert client.get(nothing).status_code == 404


def test_places_are_a_permutation_that_shows_no_order(db):
    some = [statuses.place(0, count) for count in range(3000)]
    assert len(set(some)) == 3000
    assert all(0 <= at < statuses.SIZE for at in some)
    assert abs(sum(some) / 3000 / statuses.SIZE - 0.5) < 0.03
    neighbours = [abs(a - b) for a, b in itertools.pairwise(some)]
    assert sum(neighbours) / len(neighbours) > statuses.SIZE / 4
    assert some[:100] != [statuses.place(1, count) for count in range(100)]
    with pytest.raises(ValueError):
        statuses.place(0, statuses.SIZE)


def test_two_certificates_never_share_a_place(people, signed):
    for _ in range(2):
        sign(people, draft(people))
    places = list(IssuedForms.objects.values_list("list", "position"))
    assert len(set(places)) == 3


def test_a_draft_has_no_form(people, drafted):
    with pytest.raises(NotFound):
        formats.kept(drafted.number)
    for ending in ("sd-jwt", "slip", "jwt"):
        assert Client().get(f"/certificates/{drafted.number}.{ending}").status_code == 404


def test_the_forms_are_at_the_certificates_address(signed):
    client, where = Client(), f"/certificates/{signed.number}"
    assert client.get(f"{where}.slip").content.decode() == formats.kept(signed.number).slip
    whole = client.get(f"{where}.sd-jwt")
    assert whole.headers["Content-Type"] == "application/dc+sd-jwt"
    some = client.get(f"{where}.sd-jwt?show=goods&show=quantity").content.decode()
    assert set(sdjwt.verify(some, signing_keys.trusted()).claims["facts"]) == {
        "goods",
        "quantity",
        "decision",
        "tests",
    }
    assert client.get("/.well-known/jwt-vc-issuer").json()["jwks"] == signing_keys.jwks()
