"""Sign-in, the account page, tokens: who may, and what they see."""

import hashlib

import pytest
from django.core.cache import cache

from guomen.ledger.models import Entry
from guomen.parties.models import ApiToken
from guomen.parties.services import issue_token
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, name, password=PASSWORD, **headers):
    return client.post("/accounts/login/", {"login": f"{name}@example.test", "password": password}, **headers)


def issue(client, **more):
    data = {"name": "Booking system", "scopes": ["declare", "read"], "once": "k1"} | more
    return client.post("/account/tokens", data)


def test_it_signs_in_with_the_right_password_only(people, door):
    assert people.cy
    client = door()
    assert sign_in(client, "cy", "wrong-password").status_code == 200
    assert client.get("/account/").status_code == 401
    assert sign_in(client, "cy").status_code == 302
    assert "Harbour Imports" in client.get("/account/").content.decode()


def test_it_stops_guessing_even_when_the_guess_is_right_at_last(people, door):
    assert people.cy
    cache.clear()
    client = door()
    for _ in range(6):
        sign_in(client, "cy", "wrong-password")
    assert sign_in(client, "cy").status_code == 200
    assert client.get("/account/").status_code == 401
    cache.clear()


def test_nobody_can_sign_up_or_reset_by_themselves(door):
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert door().get(path).status_code == 404


def test_the_page_speaks_chinese(door):
    assert "海港进口有限公司" in door("cy").get("/zh/account/").content.decode()


@pytest.mark.parametrize("path", ["/account/", "/accounts/password/", "/accounts/logout/"])
def test_every_page_of_the_account_can_be_read(door, path):
    assert door("cy").get(path, follow=True).status_code == 200


@pytest.mark.parametrize("path", ["/account/", "/accounts/login/"])
def test_pages_have_no_inline_script_or_style(door, path):
    html = (door("cy") if path == "/account/" else door()).get(path).content.decode()
    assert "<script>" not in html
    assert " style=" not in html


def test_it_shows_a_token_secret_once_and_stores_only_its_hash(door):
    answer = issue(door("cy"))
    secret = answer.content.decode().split('id="secret">')[1].split("<")[0]
    token = ApiToken.objects.get()
    assert answer.status_code == 201
    assert bytes(token.digest) == hashlib.sha256(secret.encode()).digest()
    assert answer["Cache-Control"] == "no-store"
    assert secret not in door("cy").get("/account/").content.decode()


def test_a_repeated_request_issues_nothing_and_shows_no_secret(door):
    client = door("cy")
    issue(client)
    again = issue(client)
    assert again.status_code == 201
    assert "gm_" not in again.content.decode()
    assert ApiToken.objects.count() == 1


def test_it_names_what_is_missing_at_the_field(door):
    answer = issue(door("cy"), name="", scopes=[])
    assert answer.status_code == 422
    assert "Give the token a name" in answer.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("cy", 201), ("cal", 403), ("ana", 403), ("", 401)])
def test_only_administrators_issue_tokens(door, who, status):
    assert issue(door(who)).status_code == status
    assert ApiToken.objects.count() == (status == 201)


@pytest.mark.parametrize(("who", "status"), [("cy", 302), ("cal", 403), ("eve", 404), ("", 401)])
def test_only_its_own_administrators_revoke_a_token(people, door, who, status):
    token, _ = issue_token("Booking system", ["read"], people.cy.actor)
    assert door(who).post(f"/account/tokens/{token.id}/revoke").status_code == status
    token.refresh_from_db()
    assert (token.revoked_at is not None) == (status == 302)
    assert Entry.objects.filter(kind="token.revoked").exists() == (status == 302)


def test_a_colleague_sees_no_tokens(people, door):
    issue_token("Booking system", ["read"], people.cy.actor)
    assert "Booking system" not in door("cal").get("/account/").content.decode()


def test_adding_a_passkey_asks_for_the_password_again(people, door):
    assert people.cy
    client = door()
    sign_in(client, "cy")
    asked = client.get("/accounts/passkeys/webauthn/add/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    answer = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert 'id="passkey_options"' in answer.content.decode()
