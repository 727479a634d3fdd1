"""Looks of people at work do not count against an item, also where the scan path knows no session: they show a pass."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from guomen.faces.edge import front
from guomen.faces.edge.at_work import give_pass
from guomen.kit.clock import now
from guomen.parties.models import Person
from guomen.parties.services import issue_token
from guomen.tags import passes, services
from guomen.tags.models import Chip, Scan, Seen, Tally, Traffic
from guomen.tags.scheme import key_of
from tests.faces.phone import JSON, one, run
from tests.faces.test_edge_taps import address, told
from tests.tags.test_taps import UID, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh")]


def pass_of(door: Any, name: str) -> str:
    """What a page of the desk gives to who is signed in."""
    client = door(name)
    client.get("/")
    return client.cookies[passes.COOKIE].value if passes.COOKIE in client.cookies else ""


def channels() -> list[str]:
    return sorted(Scan.objects.values_list("channel", flat=True))


def test_looks_of_the_shop_and_the_inspector_do_not_count_and_a_strangers_do(door, goods):
    sam, ana = pass_of(door, "sam"), pass_of(door, "ana")
    for cookie in (f"{passes.COOKIE}={sam}", f"guomen-language=zh; {passes.COOKIE}={ana}; guomen=x"):
        facts = one(goods.path(), **JSON, cookie=cookie).json
        assert facts["verdict"]["state"] == "inspected"
        assert facts["code_checked"]["times"] == 0
    assert one(goods.path(), **JSON, guomen_at_work=sam).json["code_checked"]["times"] == 0
    assert one(goods.path(), **JSON).json["code_checked"]["times"] == 1
    assert channels() == ["inspector", "public", "retailer", "retailer"]
    services.digesting.work()
    assert Seen.objects.get().times == 1
    assert list(Traffic.objects.values_list("times", "at_work")) == [(1, 3)]


def test_forged_expired_and_altered_passes_are_the_public(door, goods):
    sam, moment = pass_of(door, "sam"), now()
    expired = passes.issue("inspector", moment - passes.LIFE - timedelta(seconds=1))
    channel, end, mark = sam.split(".")
    wrong = [
        expired,
        f"inspector.{end}.{mark}",
        f"{channel}.{int(end) + 1}.{mark}",
        f"{channel}.{end}.{'0' * 32}",
        f"{channel}.{end}",
        f"{channel}.{end}.",
        "..",
        "é",
        "x" * 5000,
    ]
    for text in wrong:
        assert passes.read(text, moment) == ("public", 0.0), text
        assert one(goods.path(), **JSON, guomen_at_work=text).status == 200
    assert channels() == ["public"] * len(wrong)
    assert passes.read(sam, moment)[0] == "retailer"
    with pytest.raises(ValueError, match="nobody"):
        passes.issue("public", moment)


def test_a_tap_at_work_moves_the_counter_and_does_not_count(door, goods):
    key = key_of(goods.range.gtin, goods.serial(5))
    Chip.objects.create(uid=UID, item=key, range_number=goods.range.number, index=5, kind="ntag424", key_version=1)
    first = one(address(written(counter=7)), **JSON, guomen_at_work=pass_of(door, "ana"))
    assert told(first) == ("inspected", "PROOF-CHIP", True)
    assert first.json["code_checked"]["times"] == 0
    # The address that the inspector's phone showed proves nothing to whoever copies it.
    assert told(one(address(written(counter=7)), **JSON, user_agent="Eve"))[0] == "doubt"
    assert told(one(address(written(counter=8)), **JSON, user_agent="Fen")) == ("inspected", "PROOF-CHIP", True)
    assert channels() == ["inspector", "public", "public"]


def test_strange_codes_at_work_are_no_guesses(door, goods):
    wrong = goods.path()[:-20] + goods.range.code + "0" * 16
    one(wrong, **JSON, guomen_at_work=pass_of(door, "sam"))
    services.digesting.work()
    assert not Tally.objects.exists()
    one(wrong, **JSON)
    services.digesting.work()
    assert Tally.objects.get().what == f"guessed:{goods.range.number}"


def test_pages_give_the_pass_to_people_at_work_only_renew_it_and_take_it_back_at_sign_out(door, goods, client):
    assert pass_of(door, "eve") == pass_of(door, "gao") == pass_of(door, "") == ""
    sam = door("sam")
    cookie = sam.get("/").cookies[passes.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 0 < int(cookie["max-age"]) <= 12 * 3600
    # A new one is left alone, one of the hour before is renewed.
    assert passes.COOKIE not in sam.get("/").cookies
    sam.cookies[passes.COOKIE] = passes.issue("retailer", now() - timedelta(minutes=61))
    assert passes.COOKIE in sam.get("/").cookies
    # Another channel's pass in the same browser does not stay.
    sam.cookies[passes.COOKIE] = passes.issue("inspector", now())
    assert sam.get("/").cookies[passes.COOKIE].value.startswith("retailer.")
    sam.post("/accounts/logout/")
    gone: HttpResponse = sam.get("/verify")
    assert passes.COOKIE not in sam.cookies or sam.cookies[passes.COOKIE].value == "", gone


def test_with_a_pass_the_web_process_answers_by_the_scan_path_without_one_by_django(door, goods):
    onward: list[bytes] = []
    shown = [pass_of(door, "sam"), passes.issue("retailer", now() - passes.LIFE)]

    async def led_on(scope: Any, *_: Any) -> None:
        onward.append(dict(scope["headers"])[b"cookie"])

    async def scans() -> None:
        path = goods.path()
        for one_pass in shown:
            headers = [(b"cookie", f"guomen=abc; {passes.COOKIE}={one_pass}".encode())]
            scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}

            async def send(_: Any) -> None: ...

            await front.application(scope | {"client": ("192.0.2.1", 1), "headers": headers}, None, send, led_on)

    run(scans)
    assert onward == [f"guomen=abc; {passes.COOKIE}={shown[1]}".encode()]
    assert channels() == ["retailer"]


def test_a_page_that_could_not_be_made_is_asked_nothing_more(door, people, rf):
    request = rf.get("/", HTTP_COOKIE="sessionid=x")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    person = Person.objects.get(id=people.ana.actor.person_id)
    request.user = request._cached_user = person
    with CaptureQueriesContext(connection) as asked:
        answer = give_pass(lambda _: HttpResponse(status=503))(request)
        assert not asked.captured_queries
        assert passes.COOKIE not in answer.cookies
        assert passes.COOKIE in give_pass(lambda _: HttpResponse())(request).cookies
        assert asked.captured_queries


@pytest.mark.parametrize(
    ("name", "scope", "status"),
    [("ana", "read", 200), ("sam", "tags", 200), ("sam", "read", 403), ("eve", "tags", 403), ("", "", 401)],
)
def test_programs_ask_for_a_pass(door, people, goods, name, scope, status):
    headers = {}
    if name:
        admin = replace(getattr(people, name).actor, roles=frozenset({"admin"}))
        headers = {"Authorization": f"Bearer {issue_token('scanner', [scope], admin)[1]}"}
    answer = door().post("/api/tags/passes", content_type="application/json", headers=headers)
    assert answer.status_code == status
    if status == 200:
        given = answer.json()
        assert given["header"] == "Guomen-At-Work"
        one(goods.path(), **JSON, guomen_at_work=given["pass"])
        assert channels() == [given["channel"]]
