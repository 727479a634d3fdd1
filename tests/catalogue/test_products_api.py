"""Products and code tables over HTTP: registered once, looked up by everyone with an account."""

import json

import pytest

from guomen.catalogue import codes
from guomen.catalogue.models import Product
from guomen.ledger.models import Entry
from guomen.parties.services import issue_token

pytestmark = pytest.mark.django_db
SHIRT = {
    "gtin": "08012345000012",
    "name_en": "Men's cotton shirt",
    "name_zh": "男式棉衬衫",
    "hs_code": "6205200090",
    "maker_name": "Camiceria Esempio S.r.l.",
    "maker_country": "IT",
}


def bearer(people, name: str, *scopes: str) -> dict[str, str]:
    secret = issue_token("test", list(scopes), getattr(people, name).actor)[1]
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def post(client, body: object, **headers: str):
    return client.post("/api/products", json.dumps(body), content_type="application/json", **headers)


def test_a_program_registers_a_product_once_however_often_it_sends(client, people):
    token = bearer(people, "cy", "declare") | {"HTTP_IDEMPOTENCY_KEY": "shirt"}
    first, again = post(client, SHIRT, **token), post(client, SHIRT, **token)
    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    assert first.json()["gtin"] == "08012345000012"
    product = Product.objects.get()
    assert (product.organisation_id, product.name_zh) == (people.cy.organisation.id, "男式棉衬衫")
    entry = Entry.objects.get(kind="product.registered")
    assert entry.subjects == ["https://id.gs1.org/01/08012345000012"]


def test_the_same_key_for_another_product_is_refused(client, people):
    token = bearer(people, "cy", "declare") | {"HTTP_IDEMPOTENCY_KEY": "shirt"}
    post(client, SHIRT, **token)
    other = post(client, SHIRT | {"brand": "Other"}, **token)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_short_gtin_is_kept_with_fourteen_digits(client, people):
    answer = post(client, SHIRT | {"gtin": "8012345000012"}, **bearer(people, "cy", "declare"))
    assert answer.json()["gtin"] == "08012345000012"
    assert client.get("/api/products/8012345000012", **bearer(people, "cy", "read")).json() == answer.json()


def test_registering_again_returns_what_is_there(client, people):
    token = bearer(people, "cy", "declare")
    post(client, SHIRT, **token)
    assert post(client, SHIRT | {"name_en": "Renamed"}, **token).json()["name_en"] == "Men's cotton shirt"
    assert Entry.objects.filter(kind="product.registered").count() == 1


def test_wrong_fields_are_named(client, people):
    wrong = SHIRT | {"gtin": "08012345000013", "name_zh": " ", "hs_code": "6205", "maker_country": "ZZ"}
    answer = post(client, wrong, **bearer(people, "cy", "declare"))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    found = {e["field"]: e["code"] for e in answer.json()["errors"]}
    assert found == {
        "gtin": "bad-check-digit",
        "name_zh": "missing",
        "hs_code": "unknown-code",
        "maker_country": "unknown-code",
    }
    assert not Product.objects.exists()


def test_who_may_register(client, people, door):
    assert post(client, SHIRT).status_code == 401
    assert post(client, SHIRT, **bearer(people, "cy", "read")).status_code == 403
    for name in ("ana", "sam", "di"):
        assert post(door(name), SHIRT).status_code == 403, name
    assert post(client, SHIRT, **bearer(people, "cy", "declare")).status_code == 200
    assert post(door("cal"), SHIRT).status_code == 200
    taken = post(client, SHIRT, **bearer(people, "eve", "declare"))
    assert (taken.status_code, taken.json()["code"]) == (409, "gtin-taken")


def test_who_may_look_a_product_up(client, people, door):
    post(client, SHIRT, **bearer(people, "cy", "declare"))
    path = "/api/products/08012345000012"
    found = {n: door(n).get(path).status_code for n in ("cy", "cal", "eve", "ana", "sam", "")}
    assert found == {"cy": 200, "cal": 200, "eve": 200, "ana": 200, "sam": 200, "": 401}
    assert door("cy").get("/api/products/09501101530003").status_code == 404
    assert door("cy").get("/api/products/nonsense").status_code == 404


@pytest.mark.parametrize("name", codes.names())
def test_every_code_table_can_be_read_with_version_and_source(door, name):
    answer = door("cy").get(f"/api/codes/{name}")
    assert answer.status_code == 200
    found = answer.json()
    assert found["version"]
    assert found["source"]
    assert list(found["codes"]) == [code for code, _words in codes.table(name).options()]
    assert all(words["en"] and words["zh"] for words in found["codes"].values())


def test_a_table_that_does_not_exist_is_not_found(door):
    assert door("cy").get("/api/codes/nonsense").status_code == 404
    assert door("cy").get("/api/codes/..%2Fcountry").status_code == 404
    assert door().get("/api/codes/country").status_code == 401
