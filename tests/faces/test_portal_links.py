"""The page by which a firm says where the codes of its products lead."""

import pytest

from guomen.catalogue.models import Link
from guomen.catalogue.services import register_product
from guomen.ledger.models import Entry
from tests.catalogue.test_products_api import SHIRT
from tests.faces.portal_form import key, named, text
from tests.faces.test_resolver import HTML, SHIRT_PATH, linked, to

pytestmark = pytest.mark.django_db
HERE = f"/portal/products/{SHIRT['gtin']}/links/"
FORM = {"link_type": "pip", "title": "The shirt", "href": "https://firm.example/shirt", "version": "0"}


@pytest.fixture
def shirt(people):
    return register_product(people.cy.actor, **SHIRT)


def test_a_firm_adds_a_link_leads_codes_to_it_changes_it_and_removes_it(door, people, shirt):
    cy = door("cy")
    assert HERE in text(cy.get("/portal/products/"))
    assert "No links yet." in text(cy.get(HERE))
    assert cy.post(f"{HERE}add/", FORM | key())["Location"] == HERE
    link = Link.objects.get()
    listed = text(cy.get(HERE))
    assert "https://firm.example/shirt" in listed
    assert "The authority's page" in listed
    assert door().get(SHIRT_PATH, headers=HTML).status_code == 200
    assert cy.post(HERE, key() | {"link": link.id, "do": "default"})["Location"] == HERE
    assert to(door().get(SHIRT_PATH, headers=HTML)) == "https://firm.example/shirt"
    assert "Codes lead here" in text(cy.get(HERE))
    form = text(cy.get(f"{HERE}{link.id}/"))
    assert 'value="https://firm.example/shirt"' in form
    assert 'name="version" value="2"' in form
    new = FORM | {"version": "2", "href": "https://firm.example/new", "languages": "en，zh-CN", "contexts": "CN NZ"}
    assert door("cal").post(f"{HERE}{link.id}/", new | key())["Location"] == HERE
    changed = Link.objects.get()
    assert (changed.href, changed.languages, changed.contexts) == (
        "https://firm.example/new", ["en", "zh-CN"], ["CN", "NZ"],
    )  # fmt: skip
    assert not changed.is_default
    cy.post(HERE, key() | {"link": link.id, "do": "remove"})
    assert not Link.objects.exists()
    kinds = Entry.objects.filter(kind__startswith="link.").values_list("kind", flat=True)
    assert sorted(kinds) == ["link.added", "link.changed", "link.changed", "link.removed"]


def test_a_link_of_a_batch_is_shown_with_what_a_scan_of_it_does(door, people, shirt):
    cy = door("cy")
    cy.post(f"{HERE}add/", FORM | key() | {"batch": "A/1", "is_default": "1", "languages": "en"})
    cy.post(f"{HERE}add/", FORM | key() | {"batch": "A/1", "href": "https://firm.example/zh", "languages": "zh"})
    assert set(Link.objects.values_list("anchor", flat=True)) == {f"{SHIRT_PATH}/10/A%2F1"}
    page = text(cy.get(HERE))
    assert "Batch A/1" in page
    assert page.index("https://firm.example/shirt") < page.index("in English") < page.index("in Chinese")
    chinese = text(cy.get(f"/zh{HERE}"))
    for words in ("扫码后的去向", "批次 A/1", "始终为主管部门页面", "产品信息"):
        assert words in chinese


def test_wrong_fields_are_named_and_kept_in_both_languages(door, people, shirt):
    wrong = {"link_type": "", "title": "", "href": "http://firm.example/", "languages": "english", "contexts": "ZZ"}
    answer = door("cy").post(f"{HERE}add/", wrong | key() | {"batch": "中文"})
    assert answer.status_code == 422
    assert "http://firm.example/" in text(answer)
    assert set(named(answer)) == {"batch"}
    answer = door("cy").post(f"/zh{HERE}add/", wrong | key())
    assert set(named(answer)) == {"link_type", "title", "href", "languages", "contexts"}
    assert named(answer)["href"].startswith("请使用 https 网址")
    assert not Link.objects.exists()


def test_a_form_that_is_sent_twice_adds_one_link_and_a_stale_one_changes_nothing(door, people, shirt):
    cy, sent = door("cy"), FORM | key()
    cy.post(f"{HERE}add/", sent)
    cy.post(f"{HERE}add/", sent)
    link = Link.objects.get()
    late = cy.post(f"{HERE}{link.id}/", FORM | key() | {"title": "Late", "version": "7"})
    assert late.status_code == 409
    assert "Somebody changed this link meanwhile." in text(late)
    assert Link.objects.get().title == "The shirt"


def test_only_the_firm_of_the_product_sees_and_changes_its_links(door, people, shirt):
    link = linked(people, SHIRT_PATH)
    sent = FORM | key() | {"link": link.id, "do": "remove"}
    for name in ("eve", "ana", "sam", "bo"):
        for path in (HERE, f"{HERE}add/", f"{HERE}{link.id}/"):
            assert door(name).get(path).status_code in {403, 404}, (name, path)
            assert door(name).post(path, sent).status_code in {403, 404}, (name, path)
    assert door().get(HERE, headers=HTML)["Location"].startswith("/accounts/login/")
    assert door("cal").get(HERE).status_code == 200
    eves = linked(people, "414/9506000134352", "eve")
    assert door("cy").get(f"{HERE}{eves.id}/").status_code == 404
    assert door("cy").post(HERE, key() | {"link": eves.id, "do": "remove"}).status_code == 404
    assert door("cy").post(HERE, key() | {"link": "nonsense"}).status_code == 404
    assert Link.objects.count() == 2
