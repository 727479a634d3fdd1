"""What every answer must carry, whoever asks and however it ends; and what no answer may do."""

import pytest
from django.conf import settings
from django.test import Client

from guomen.kit.ids import uuid7
from guomen.kit.web import CSP
from guomen.ledger.models import Entry
from guomen.parties.services import issue_token
from tests.faces.test_portal_goods import PRODUCT
from tests.people import PASSWORD
from tests.safety.test_doors import FORM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/portal/",
        "/nowhere",
        "/api/nowhere",
        "/api/declarations",
        "/accounts/login/",
        "/field/",
        "/zh//evil.example/",
    ],
)
@pytest.mark.parametrize("who", ["", "cy"])
def test_every_answer_is_strict_and_kept_by_nobody(door, path, who):
    answer = door(who).get(path)
    assert answer["Content-Security-Policy"] == CSP
    assert "unsafe-inline" not in CSP
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/jwks.json",
        "/.well-known/jwt-vc-issuer",
        "/.well-known/gs1resolver",
        "/certificates/authority.crt",
        "/api/tags/keys",
    ],
)
def test_what_caches_may_share_is_the_same_for_whoever_asks(door, path):
    signed_in = door("sam")
    signed_in.get("/zh/portal/")
    answers = [door().get(path), signed_in.get(path), signed_in.get(f"/zh{path}")]
    for answer in answers:
        assert answer["Cache-Control"].startswith("public, max-age=")
        assert answer.content == answers[0].content
        assert not answer.cookies
        for name in ("Vary", "Content-Language"):
            assert name not in answer.headers
    assert "Cookie" in door().get("/")["Vary"]


def test_an_answer_to_a_foreign_host_is_a_refusal_with_the_same_headers(door):
    answer = door().get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert answer["Content-Security-Policy"] == CSP


def test_a_breakdown_says_nothing_about_the_inside(door, monkeypatch):
    from guomen.clearance import queries

    monkeypatch.setattr(queries, "declarations", lambda by: 1 / 0)
    client = door("cy")
    client.raise_request_exception = False
    for path in ("/portal/", "/api/declarations"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert b"ZeroDivision" not in answer.content
        assert b"Traceback" not in answer.content
        assert answer["Content-Security-Policy"] == CSP


@pytest.mark.parametrize(
    "path", ["/api/documents", "/epcis/v2/capture", "/portal/products/add/", "/certificates/check"]
)
def test_a_body_of_a_hundred_megabytes_is_refused_before_it_is_read(door, path):
    class Unread:
        def read(self, *_size):
            raise AssertionError("read although it is too large")

        readline = read

    answer = door("cy").generic(
        "POST",
        path,
        b"",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(100 * 2**20),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert answer["Content-Security-Policy"] == CSP


def test_a_file_of_twelve_megabytes_is_refused(door):
    from django.core.files.uploadedfile import SimpleUploadedFile

    big = SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(12 * 2**20) + b"%%EOF")
    assert door("cy").post("/api/documents", {"file": big, "kind": "101001"}).status_code in {413, 422}


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\r\n\r\n'),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nothing\r\n\r\n\xff\r\n--x--"),
        ("text/plain; charset=nonsense", b"x"),
        ("application/json", b"\xff"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"\xff%zz&&==&%00=%00"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_no_breakdown(door, media_type, body):
    client = door("cy")
    client.raise_request_exception = False
    for path in (
        "/api/documents",
        "/api/declarations",
        "/epcis/v2/capture",
        "/portal/products/add/",
        "/portal/declare/",
    ):
        answer = client.generic("POST", path, body, media_type)
        assert answer.status_code < 500, path
    assert door().generic("POST", "/report/problem/01/09506000134352", body, media_type).status_code < 500


# --- sessions, cookies, other sites


def test_a_session_of_a_person_cannot_be_used_from_another_site(people):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.cy.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    before = Entry.objects.count()
    for path in ("/api/declarations", "/api/products", "/api/tags/sales"):
        assert strict.post(path, "{}", content_type="application/json").status_code == 403, path
        assert strict.post(path, "{}", content_type="text/plain").status_code == 403, path
    for path in ("/portal/declare/", "/account/tokens", "/portal/products/add/", "/accounts/logout/"):
        assert strict.post(path, FORM).status_code == 403, path
    assert Entry.objects.count() == before


def test_a_token_needs_no_cookie_and_a_wrong_one_is_refused_beside_a_session(people, door):
    _, secret = issue_token("till", ["declare"], people.cy.actor)
    strict = Client(enforce_csrf_checks=True)
    sent = strict.post(
        "/api/declarations", "{}", content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {secret}"
    )
    assert sent.status_code == 422
    for wrong in (f"Bearer {secret}x", "Bearer ", "Bearer gm_", "Basic eDp5", f"bearer  {secret[:-1]}"):
        assert strict.get("/api/declarations", HTTP_AUTHORIZATION=wrong).status_code in {401, 403}, wrong


def test_cookies_are_closed_to_scripts_and_to_other_sites(people):
    client = Client()
    answer = client.post("/accounts/login/", {"login": "cy@example.test", "password": PASSWORD})
    people.cy  # noqa: B018
    answer = client.post("/accounts/login/", {"login": "cy@example.test", "password": PASSWORD})
    session = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert settings.GUOMEN.origin.startswith("https://") == settings.SESSION_COOKIE_SECURE


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "///evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(people, target):
    people.cy  # noqa: B018
    answer = Client().post("/accounts/login/", {"login": "cy@example.test", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize(
    "path", ["/zh//evil.example", "/en//evil.example/portal", "//evil.example/..", "/zh/%2fevil.example"]
)
def test_no_address_leads_to_another_site(door, path):
    for who in ("", "cy"):
        answer = door(who).get(path, HTTP_ACCEPT="text/html")
        where = answer.get("Location", "/")
        assert where.startswith("/")
        assert not where.startswith("//")


def test_signing_in_tells_nobody_who_has_an_account(people):
    people.cy  # noqa: B018
    said = set()
    for login in ("cy@example.test", "nobody@example.test"):
        answer = Client().post("/accounts/login/", {"login": login, "password": "wrong-wrong-wrong"})
        said.add((answer.status_code, answer.content.decode().replace(login, "").split("<main", 1)[-1].count("<li")))
    assert len(said) == 1


def test_a_password_is_not_guessed_by_trying_many(people):
    people.cy  # noqa: B018
    client = Client()
    for n in range(6):
        client.post("/accounts/login/", {"login": "cy@example.test", "password": f"wrong-wrong-{n}"})
    answer = client.post("/accounts/login/", {"login": "cy@example.test", "password": PASSWORD})
    assert answer.status_code != 302


def test_a_forged_header_gives_no_new_address_to_guess_from(people):
    people.cy  # noqa: B018
    for n in range(12):
        address = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{n}"}
        Client().post("/accounts/login/", {"login": f"x{n}@example.test", "password": "wrong-wrong-x"}, **address)
    answer = Client().post(
        "/accounts/login/", {"login": "cy@example.test", "password": PASSWORD}, HTTP_X_FORWARDED_FOR="203.0.113.99"
    )
    assert answer.status_code != 302


def test_who_was_closed_out_is_out_at_once(people, door):
    client, person = door("cy"), people.cy.person
    assert client.get("/portal/").status_code == 200
    person.is_active = False
    person.save()
    assert client.get("/api/declarations").status_code == 401
    assert client.get("/portal/").status_code == 401


# --- keys that repeat


def test_a_key_that_was_used_at_one_door_opens_no_answer_at_another(people, door):
    client, key = door("cy"), str(uuid7())
    body = '{"readings": []}'
    first = client.post("/api/tags/sales", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    assert first.status_code == 422
    product = PRODUCT
    made = client.post("/api/products", product, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    assert made.status_code == 200
    again = client.post("/api/declarations", product, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    assert again.status_code == 422
    assert again.json()["code"] == "idempotency-key-reused"


def test_a_key_of_another_person_is_a_key_of_ones_own(people, door):
    key, product = str(uuid7()), PRODUCT
    door("cy").post("/api/products", product, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    eves = door("eve").post("/api/products", product, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)
    assert eves.status_code == 409, "the product is Cy's: Eve hears so, and does not get Cy's answer"
