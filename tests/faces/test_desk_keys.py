"""The page of keys: two officers rotate and retire there, nobody else opens it, and no key is on it."""

import re
from pathlib import Path

import pytest

from guomen.certificates.services.keys import rotate_keys as rotate_papers
from guomen.faces.desk import keys as desk
from guomen.kit import keys as keystore
from guomen.kit.keystore import KeyMissingError
from guomen.parties.actors import SYSTEM
from guomen.tags import keys, services
from guomen.tags.models import KeyVersion
from tests.faces.portal_form import key, text
from tests.tags.conftest import lodged, made  # noqa: F401 - fixtures
from tests.tags.goods import BATCH, GTIN, LINE

pytestmark = pytest.mark.django_db
HERE = "/desk/keys/"
WHY = "Found on a stolen laptop"


def send(client, do: str, version: int, reason: str = ""):
    return client.post(HERE, key() | {"do": do, "version": str(version), "reason": reason}, follow=True)


def test_two_officers_rotate_and_retire_and_the_page_tells_what_hangs_on_it(people, door, made):  # noqa: F811
    bo, bea = door("bo"), door("bea")
    first = text(bo.get(HERE))
    assert "New orders use these" in first
    assert "500 (100 % of all)" in first
    assert "New orders take the new keys" in text(send(bo, "rotate", 1, WHY))
    assert "Somebody else took new keys" in text(send(bea, "rotate", 1, WHY))
    services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=1500, subject=LINE)
    page = text(send(bo, "ask", 1, WHY))
    hanging = "The codes of 500 tags in 1 order then"
    for words in ("Another officer", "Bo asks to retire", hanging, "1,500 (75 % of all)"):
        assert words in page, words
    assert "Agree" not in page
    assert "Somebody else must agree" in text(send(bo, "agree", 1))
    assert keys.retired_at(1) is None
    assert "同意作废" in text(bea.get(f"/zh{HERE}"))
    bea.get(f"/en{HERE}")
    done = text(send(bea, "agree", 1))
    for words in ("Retired. 1 order says so now.", WHY, "Asked to retire tag keys", "New tag keys taken into use"):
        assert words in done, words
    assert keys.retired_at(1)
    rotate_papers(SYSTEM, reason="The officer who ran the machine left")
    assert "The officer who ran the machine left" in text(bo.get(HERE))


def test_what_is_wrong_is_said_at_its_field_and_a_form_sent_twice_is_done_once(people, door, made):  # noqa: F811
    bo, form = door("bo"), key() | {"do": "rotate", "version": "1", "reason": WHY}
    wrong = bo.post(HERE, form | {"reason": "x"})
    assert wrong.status_code == 422
    assert 'href="#reason-1"' in text(wrong)
    assert 'id="reason-1-problem"' in text(wrong)
    assert {bo.post(HERE, form).status_code for _ in range(2)} == {302}
    assert keys.newest_version() == 2
    for version in ("", "-1", "²", "99999", "1' OR 1=1"):
        assert bo.post(HERE, form | {"version": version}).status_code == 404, version
    assert send(bo, "burn", 1).status_code == 404
    assert send(bo, "ask", 77, WHY).status_code == 404
    assert "Nobody asks" in text(send(bo, "drop", 1))
    assert keys.newest_version() == 2


def test_nobody_else_opens_it_or_sends_its_forms(people, door):
    for name in ("ana", "amy", "cy", "sam", "di", "gao"):
        assert door(name).get(HERE).status_code == 403, name
        assert send(door(name), "rotate", 1, WHY).status_code == 403, name
    assert door().get(HERE, headers={"Accept": "text/html"}).status_code == 302
    assert door().post(HERE, {"do": "rotate"}).status_code == 401
    assert not KeyVersion.objects.exists()


def test_looking_makes_no_key_and_shows_none_and_misses_what_is_lost(door, made):  # noqa: F811
    before = keystore.names()
    page = text(door("bo").get(HERE))
    assert keystore.names() == before
    for name in before:
        secret = keystore.secret(name)
        assert secret.hex() not in page
        assert name in page
    KeyVersion.objects.create(version=1, since=made.ordered_at, check_value="0" * 16)
    assert "does not hold the keys" in text(door("bo").get(HERE))
    KeyVersion.objects.create(version=900, since=made.ordered_at, check_value="1" * 16)
    assert text(door("bo").get(HERE)).count("does not hold the keys") == 2
    with pytest.raises(KeyMissingError):
        keys.check_value(900)


def test_every_key_has_a_purpose_on_the_page_and_in_the_document():
    home = Path(__file__).resolve().parents[2]
    described = home.joinpath("docs/keys.md").read_text()
    table = {name for row in re.findall(r"^\| (`.*?) \|", described, re.M) for name in re.findall(r"`([^`]+)`", row)}
    assert desk.PURPOSES.keys() <= table
    assert not [name for name in table if not desk.purpose(name)]
    source = "".join(path.read_text() for path in home.joinpath("src/guomen").rglob("*.py"))
    used = set(re.findall(r'\b(?:secret|signer|seal|unseal)\(\s*"([a-z-]+)"', source))
    assert {"draw", "buyers"} <= used
    assert not [name for name in used if not desk.purpose(name)]
    assert desk.purpose("tags-mac-3") == desk.purpose("tags-mac")
    assert desk.purpose("log-2")
    assert desk.purpose("unknown") == ""
