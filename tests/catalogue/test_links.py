"""Links of things: only the firm of a product manages them, every change is an entry, hostile ones stay out."""

import json
import threading
from pathlib import Path

import pytest
from django.db import connection

from guomen.catalogue import services
from guomen.catalogue.models import Link, LinkedKey
from guomen.catalogue.rules import Target
from guomen.kit.errors import Forbidden, Refused
from guomen.ledger.models import Entry
from tests.catalogue.test_products_api import SHIRT, bearer

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
KEY = f"01/{SHIRT['gtin']}"
PIP = {"thing": KEY, "link_type": "gs1:pip", "href": "https://firm.example/shirt", "title": "The shirt"}


@pytest.fixture
def shirt(people):
    return services.register_product(people.cy.actor, **SHIRT)


def call(client, method: str, path: str, body: object = None, **headers: str):
    return client.generic(method, path, json.dumps(body), content_type="application/json", **headers)


def add(client, people, who="cy", **more):
    return call(client, "POST", "/api/links", PIP | more, **bearer(people, who, "declare"))


def named(answer) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {e["field"]: e["code"] for e in answer.json()["errors"]}


def kinds() -> list[str]:
    return list(Entry.objects.filter(kind__startswith="link.").order_by("id").values_list("kind", flat=True))


def test_a_program_adds_reads_changes_and_removes_a_link(client, people, shirt):
    token = bearer(people, "cy", "declare")
    made = add(client, people, languages=["en", "en", " zh-CN "], media_type="Text/HTML", contexts=["NZ"])
    assert made.status_code == 201, made.content
    link = made.json()
    assert link == PIP | {
        "id": link["id"], "languages": ["en", "zh-CN"], "media_type": "text/html", "contexts": ["NZ"],
        "is_default": False, "version": 1,
    }  # fmt: skip
    path = f"/api/links/{link['id']}"
    assert client.get(path, **token).json() == link
    assert client.get("/api/links", {"thing": f"https://any.example/{KEY}/10/A"}, **token).json() == {"links": [link]}
    new = link | {"title": "New"}
    changed = call(client, "PUT", path, new, **token)
    assert changed.json() == new | {"version": 2}
    again = call(client, "PUT", path, changed.json(), **token)
    assert again.json()["version"] == 2
    late = call(client, "PUT", path, new | {"title": "Later"}, **token)
    assert (late.status_code, late.json()["code"]) == (409, "changed-meanwhile")
    assert call(client, "DELETE", path, **token).status_code == 204
    assert call(client, "DELETE", path, **token).status_code == 404
    assert kinds() == ["link.added", "link.changed", "link.removed"]
    entry = Entry.objects.filter(kind="link.changed").get()
    assert entry.subjects == [f"https://id.gs1.org/{KEY}"]
    assert (entry.facts["title"], entry.facts["version"], entry.facts["href"]) == ("New", 2, PIP["href"])
    assert not LinkedKey.objects.exists()


def test_the_example_is_taken_and_leads_to_its_target(client, people, shirt):
    example = json.loads((ROOT / "examples/links/instructions.json").read_text())
    assert call(client, "POST", "/api/links", example, **bearer(people, "cy", "declare")).status_code == 201
    led = client.get(f"/{KEY}/10/L1", {"linkType": "gs1:instructions"})
    assert (led.status_code, led["Location"].partition("?")[0]) == (307, example["href"])


def test_a_repeated_request_adds_one_link(client, people, shirt):
    token = bearer(people, "cy", "declare") | {"HTTP_IDEMPOTENCY_KEY": "one"}
    first, again = (call(client, "POST", "/api/links", PIP, **token) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = call(client, "POST", "/api/links", PIP | {"title": "Other"}, **token)
    assert other.json()["code"] == "idempotency-key-reused"
    assert Link.objects.count() == 1
    gone = [call(client, "DELETE", f"/api/links/{first.json()['id']}", **token | {"HTTP_IDEMPOTENCY_KEY": "two"})] * 2
    assert [one.status_code for one in gone] == [204, 204]


def test_who_may_manage_links(client, people, shirt, door):
    made = add(client, people).json()
    path = f"/api/links/{made['id']}"
    new = made | {"title": "New"}
    for name in ("eve", "ana", "sam", "di", "gao", "kai"):
        one = door(name)
        assert call(one, "POST", "/api/links", PIP).status_code == 403, name
        assert one.get(path).status_code == 404, name
        assert one.get("/api/links", {"thing": KEY}).json() == {"links": []}, name
        assert call(one, "PUT", path, new).status_code in {403, 404}, name
        assert call(one, "DELETE", path).status_code in {403, 404}, name
    for method, where in (
        ("GET", "/api/links"),
        ("POST", "/api/links"),
        ("GET", path),
        ("PUT", path),
        ("DELETE", path),
    ):
        assert call(client, method, where, new).status_code == 401, (method, where)
    read = bearer(people, "cy", "read")
    assert client.get(path, **read).json() == made
    assert call(client, "PUT", path, new, **read).status_code == 403
    assert call(door("cal"), "PUT", path, new).json()["title"] == "New"
    assert Link.objects.get().title == "New"


def test_a_product_must_be_registered_and_be_ones_own(client, people, shirt):
    unknown = add(client, people, thing="01/09506000134352")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "product-unknown")
    assert add(client, people, "eve").status_code == 403
    assert add(client, people, "eve", thing=f"{KEY}/10/A").status_code == 403
    assert add(client, people, "eve", thing=f"8006/{SHIRT['gtin']}0102").status_code == 403
    assert add(client, people, thing=f"8006/{SHIRT['gtin']}0102").status_code == 201
    assert not Link.objects.exclude(of__organisation=people.cy.organisation).exists()


def test_another_key_belongs_to_whoever_links_it_first_until_it_has_no_link(client, people):
    place = {"thing": "414/9506000134352", "link_type": "locationInfo"}
    made = add(client, people, **place)
    assert made.status_code == 201
    assert add(client, people, "eve", **place | {"thing": "414/9506000134352/254/7"}).status_code == 403
    call(client, "DELETE", f"/api/links/{made.json()['id']}", **bearer(people, "cy", "declare"))
    assert add(client, people, "eve", **place).status_code == 201


@pytest.mark.parametrize(
    "href",
    [
        "",
        "http://firm.example/",
        "HTTPS://firm.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://firm.example/",
        "data:text/html,<script>",
        "//firm.example/",
        "/01/09506000134352",
        "https:firm.example",
        "https://",
        "https:///x",
        "https://user:secret@firm.example/",
        "https://firm.example@evil.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://localhost/",
        "https://intranet/",
        "https://firm..example/",
        "https://firm.example:99999/",
        "https://firm.example:x/",
        "https://firm.example/a b",
        "https://firm.example/\r\nSet-Cookie: x=1",
        "https://firm.example/\x00",
        "https://firm.example/中文",
        "https://firm.example/<script>",
        'https://firm.example/"onclick="',
        "https://firm.example\\@evil.example/",
        "https://firm.example/" + "a" * 2000,
        "https://[/",
    ],
)
def test_a_hostile_address_is_refused(client, people, shirt, href):
    assert set(named(add(client, people, href=href))) == {"href"}
    assert not Link.objects.exists()


@pytest.mark.parametrize("path", ["/01/08012345000012", "/zh/01/08012345000012/21/7", "/414/9506000134352"])
def test_a_link_that_leads_back_to_a_code_here_is_refused(client, people, shirt, settings, path):
    from dataclasses import replace

    settings.GUOMEN = replace(settings.GUOMEN, origin="https://gate.example")
    assert named(add(client, people, href=f"https://GATE.example{path}")) == {"href": "loop"}
    assert add(client, people, href="https://gate.example/certificates/1").status_code == 201


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"link_type": ""}, "link_type", "missing"),
        ({"link_type": "gs1:nonsense"}, "link_type", "unknown-code"),
        ({"link_type": "gs1:defaultLink"}, "link_type", "unknown-code"),
        ({"link_type": "gs1:handledBy"}, "link_type", "unknown-code"),
        ({"link_type": "https://evil.example/voc/pip"}, "link_type", "unknown-code"),
        ({"link_type": "gs1:verificationService"}, "link_type", "reserved"),
        ({"link_type": "gs1:recallStatus"}, "link_type", "reserved"),
        ({"title": "  "}, "title", "missing"),
        ({"title": "a" * 201}, "title", "unusable"),
        ({"title": "a\nb"}, "title", "unusable"),
        ({"title": "a\x00b"}, "title", "unusable"),
        ({"languages": ["english"]}, "languages", "not-a-language"),
        ({"languages": ["EN"]}, "languages", "not-a-language"),
        ({"languages": [f"a{c}" for c in "abcdefghijklmnopqrstu"]}, "languages", "not-a-language"),
        ({"media_type": "text/evil"}, "media_type", "unknown-code"),
        ({"contexts": ["ZZ"]}, "contexts", "unknown-code"),
        ({"thing": f"{KEY}/21/7", "is_default": True}, "is_default", "not-for-items"),
        ({"thing": "01/08012345000013"}, "thing", "INCORRECT_CHECK_DIGIT"),
        ({"thing": f"{KEY}?17=301231"}, "thing", "NOT_AN_ATTRIBUTE"),
        ({"thing": "hello"}, "thing", "NOT_A_DIGITAL_LINK"),
        ({"thing": f"{KEY}/10/中"}, "thing", None),
        ({"thing": "01/" + "0" * 5000}, "thing", None),
    ],
)
def test_wrong_fields_are_named_in_both_languages(client, people, shirt, more, field, code):
    found = named(add(client, people, **more))
    assert set(found) == {field}
    assert code in (None, found[field])
    chinese = call(
        client, "POST", "/api/links", PIP | more, HTTP_ACCEPT_LANGUAGE="zh-CN", **bearer(people, "cy", "declare")
    )
    assert all(ord(e["detail"][0]) > 0x2E80 or "GS1" in e["detail"] for e in chinese.json()["errors"])
    assert kinds() == []


def test_one_thing_has_one_default_and_the_entry_says_which_it_replaced(client, people, shirt):
    first = add(client, people, is_default=True).json()
    second = add(client, people, title="Second", is_default=True).json()
    batch = add(client, people, thing=f"{KEY}/10/A", is_default=True).json()
    assert set(Link.objects.filter(is_default=True).values_list("title", flat=True)) == {"Second", "The shirt"}
    assert str(Link.objects.get(is_default=True, anchor=f"/{KEY}").id) == second["id"]
    assert Link.objects.get(id=first["id"]).version == 2
    entry = Entry.objects.get(kind="link.added", facts__id=second["id"])
    assert entry.facts["instead_of"] == first["id"]
    assert "instead_of" not in Entry.objects.get(kind="link.added", facts__id=batch["id"]).facts


def test_a_thing_has_a_bounded_number_of_links(people, shirt, monkeypatch):
    monkeypatch.setattr("guomen.catalogue.services.links.MOST_OF_ONE_THING", 2)
    for n in range(2):
        services.add_link(people.cy.actor, KEY, Target("pip", f"https://firm.example/{n}", "x"))
    with pytest.raises(Refused, match="at most 100"):
        services.add_link(people.cy.actor, KEY, Target("pip", "https://firm.example/3", "x"))
    services.add_link(people.cy.actor, f"{KEY}/10/A", Target("pip", "https://firm.example/3", "x"))


def test_too_much_or_nonsense_in_a_body_is_answered_with_a_problem(client, people, shirt):
    token = bearer(people, "cy", "declare")
    for body in ([], {}, {"thing": 1}, PIP | {"languages": "en"}, PIP | {"is_default": "perhaps"}):
        answer = call(client, "POST", "/api/links", body, **token)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), body
    assert client.get("/api/links", {"thing": "x" * 9000}, **token).status_code == 404
    assert client.get("/api/links/nonsense", **token).status_code in {404, 422}


@pytest.mark.django_db(transaction=True)
def test_two_firms_that_link_a_key_at_the_same_moment_do_not_both_own_it(people):
    outcome: list[str] = []
    actors = [people.cy.actor, people.eve.actor]
    together = threading.Barrier(2)

    def go(by) -> None:
        try:
            together.wait(10)
            services.add_link(by, "414/9506000134352", Target("homepage", "https://firm.example/", "x"))
            outcome.append("added")
        except Forbidden:
            outcome.append("forbidden")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[by]) for by in actors]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(outcome) == ["added", "forbidden"]
