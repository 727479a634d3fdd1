"""Errors as answers: who is sent to sign in, and who is told so."""

import pytest

pytestmark = pytest.mark.django_db
HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/portal/", "/field/", "/desk/", "/laboratory/", "/cases/", "/account/"])
def test_a_browser_without_session_is_sent_to_sign_in(door, path):
    sent = door().get(path, **HTML)
    assert sent.status_code == 302
    assert sent["Location"] == f"/accounts/login/?next={path.replace('/', '%2F')}"
    assert sent["Cache-Control"] == "no-store"


def test_a_program_is_told_and_not_redirected(door):
    assert door().get("/portal/").status_code == 401
    assert door().get("/portal/", HTTP_ACCEPT="application/json").json()["code"] == "not-signed-in"
    assert door().get("/api/declarations", **HTML).status_code == 401


def test_a_form_without_session_is_told_and_not_lost_without_a_word(door):
    answer = door().post("/portal/declare/", **HTML)
    assert answer.status_code == 401
    assert "Sign in" in answer.content.decode()


def test_somebody_who_may_not_is_told_so_and_not_sent_round(door):
    answer = door("ana").get("/portal/", **HTML)
    assert answer.status_code == 403
    assert "You are not allowed to do this." in answer.content.decode()
