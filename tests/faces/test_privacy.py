"""What visitors leave behind: no cookie anywhere in public, nothing from others, and a page that says what is kept."""

import re

import pytest
from django.conf import settings

from tests.faces.story import words

pytestmark = pytest.mark.django_db


def public_pages(goods) -> list[str]:
    item = goods.path()
    return [
        "/",
        "/verify",
        "/verify?code=hello",
        "/recalls",
        "/developers",
        "/privacy",
        item,
        item.rsplit("/21/", 1)[0],
        item[:-20] + "0" * 20,
        f"/report/injury{item}",
        f"/report/problem{item}",
        f"/claim{item}",
        f"/claim/mine{item}",
        "/report/thanks/injury",
        "/certificates/check",
    ]


WITH_CAMERA = {"/certificates/check": ['<script type="module" src="/static/check.js">']}
"""It may use a phone's camera, and does all else without script (tests/journeys/test_certificate_check.py)."""


@pytest.mark.parametrize("language", ["", "/zh"])
def test_no_public_page_sets_a_cookie_or_loads_anything_from_others(door, shirts, language):
    client = door()
    for path in public_pages(shirts):
        answer = client.get(language + path, headers={"Accept": "text/html"})
        assert answer.status_code in (200, 400, 404, 422), path
        assert "Set-Cookie" not in answer.headers, path
        assert not answer.cookies, path
        loaded = re.findall(r'(?:src|<link[^>]*href|action)="([^"]+)"', answer.content.decode())
        assert [u for u in loaded if u.startswith(("http", "//")) and not u.startswith(settings.GUOMEN.origin)] == []
        scripts = re.findall(r"<script[^>]*>", answer.content.decode())
        assert scripts == WITH_CAMERA.get(path, []), path


def test_the_page_says_what_is_kept_and_for_how_long_in_both_languages(door):
    assert f"Kept for {settings.GUOMEN.scan_days} days" in words(door().get("/privacy"))
    assert f"保存{settings.GUOMEN.scan_days}天" in words(door().get("/zh/privacy"))
    assert 'href="/privacy"' in door().get("/").content.decode()
