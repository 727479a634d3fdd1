"""Where codes lead: the resolver over HTTP, as GS1-Conformant Resolver 1.2.0 wants it of a service."""

import json

import pytest

from guomen.catalogue.rules import Target
from guomen.catalogue.services import add_link, register_product
from guomen.core.gs1 import PRIMARY_KEYS
from guomen.core.resolver import LINKSET_TYPE, VOCABULARY
from guomen.tags.models import Scan
from tests.catalogue.test_products_api import SHIRT
from tests.faces import story
from tests.faces.story import words

pytestmark = pytest.mark.django_db
SHIRT_PATH = f"/01/{SHIRT['gtin']}"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def shirt(people, **target):
    """Cy's shirt with a link."""
    register_product(people.cy.actor, **SHIRT)
    return linked(people, SHIRT_PATH, **target)


def linked(people, thing, name="cy", **target):
    given = {"type": "pip", "href": "https://firm.example/shirt", "title": "The shirt"} | target
    return add_link(getattr(people, name).actor, thing, Target(**given))


def sent_as(path: str) -> dict[str, object]:
    """What the server in front of Django tells of a path with an escaped slash; Django's own client cannot."""
    return {"asgi.scope": {"raw_path": path.encode()}}


def to(answer) -> str:
    assert answer.status_code == 307, answer.content
    return answer["Location"]


# SHALL support GET, HEAD and OPTIONS requests; SHALL support CORS.
def test_get_head_and_options_are_answered_to_every_site(people, door):
    shirt(people, is_default=True)
    for answer in (door().get(SHIRT_PATH), door().head(SHIRT_PATH), door().get(f"{SHIRT_PATH}/21/7")):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Link" in answer["Access-Control-Expose-Headers"]
        assert 'rel="linkset"' in answer["Link"]
        assert {"Accept", "Accept-Language"} <= set(answer["Vary"].split(", "))
    asked = door().options(SHIRT_PATH, headers={"Origin": "https://other.example"})
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert door().head(SHIRT_PATH)["Location"] == door().get(SHIRT_PATH)["Location"]
    for method in ("post", "put", "patch", "delete"):
        refused = getattr(door(), method)(SHIRT_PATH)
        assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


# SHALL report syntax errors with 400; SHALL NOT use 200 for an error.
@pytest.mark.parametrize(
    "path",
    [
        "/01/09506000134353",
        "/01/09506000134352/21/1/10/A",
        "/01/09506000134352/99/1",
        "/01/09506000134352/foo",
        "/01/09506000134352/10/%E4%B8%AD",
        "/01/09506000134352/10/" + "A" * 4000,
        "/01/",
        "/414/1",
        "/00/106141412345678900",
        "/01/09506000134352?17=991399",
        "/01/09506000134352/10/A/B",
        "/01//09506000134352",
        "/01/09506000134352/10/%00",
    ],
)
def test_wrong_syntax_is_a_problem_with_400_for_programs_and_a_page_for_people(door, db, path):
    for headers in ({}, {"Accept": "application/json"}, {"Accept": LINKSET_TYPE}, {"Accept": "*/*"}):
        answer = door().get(path, headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer.json()["code"].isupper()
    page = door().get(f"/zh{path}", headers=HTML)
    assert page.status_code == 400
    assert "请重新扫描" in words(page)
    assert '<small lang="en">' in page.content.decode()


def test_our_page_is_answered_in_place_and_is_the_default_of_the_list(people, door, formula):
    answer = door().get(formula.path(), headers=HTML)
    assert answer.status_code == 200
    assert "Passed inspection" in words(answer)
    (entry,) = door().get(formula.path(), {"linkType": "linkset"}).json()["linkset"]
    (default,) = entry[f"{VOCABULARY}defaultLink"]
    assert default["href"] == entry[f"{VOCABULARY}pip"][0]["href"]
    path = default["href"].split("8000", 1)[1]
    assert "Passed inspection" in words(door().get(path, headers=HTML))
    facts = door().get(path, headers={"Accept": "application/json"}).json()
    assert facts["verdict"]["title"]["en"] == "Passed inspection"


def test_a_firms_default_leads_batches_away_but_never_an_item_nor_recalled_goods(people, door, formula):
    gtin = formula.range.gtin
    linked(people, f"01/{gtin}", is_default=True)
    batch = f"/01/{gtin}/10/{formula.range.batch}"
    assert to(door().get(batch, headers=HTML)) == "https://firm.example/shirt"
    assert "Passed inspection" in words(door().get(formula.path()))
    assert door().get(f"/01/{gtin}/21/{'0' * 20}").status_code == 404
    ours = door().get(batch, {"linkType": "gs1:verificationService"})
    assert "This code names a batch, not one item." in words(ours)
    story.recalled(people, formula)
    assert "Do not use. Recalled." in words(door().get(batch, headers=HTML))
    assert to(door().get(f"/01/{gtin}/10/OTHER")) == "https://firm.example/shirt"


def test_the_firms_links_stand_on_our_page_as_its_own_and_only_while_nothing_is_wrong(people, door, formula):
    gtin, batch = formula.range.gtin, formula.range.batch
    linked(people, f"01/{gtin}", title="Firm's <page>", languages=("en",))
    linked(people, f"01/{gtin}", title="企业页面", href="https://firm.example/zh", languages=("zh",))
    linked(people, f"01/{gtin}", type="instructions", title="Any batch")
    linked(people, f"01/{gtin}/10/{batch}", type="instructions", title="This batch")
    linked(people, f"01/{gtin}", type="masterData", title="Data", media_type="application/json")
    for path in (formula.path(), f"/01/{gtin}/10/{batch}"):
        page = door().get(path, headers=HTML)
        assert "We do not check them." in words(page)
        assert "Firm&#39;s &lt;page&gt;" in page.content.decode()
        assert "This batch" in words(page)
        for other in ("企业页面", "Any batch", "Data"):
            assert other not in words(page)
        assert "企业页面" in words(door().get(f"/zh{path}", headers=HTML))
    unknown = door().get(formula.path()[:-20] + "0" * 20, headers=HTML)
    assert "https://firm.example" not in unknown.content.decode()
    story.recalled(people, formula)
    for path in (formula.path(), f"/01/{gtin}/10/{batch}"):
        assert "https://firm.example" not in door().get(path, headers=HTML).content.decode()


def test_looking_at_the_list_or_at_another_link_is_no_scan_of_the_item(people, door, formula):
    linked(people, f"01/{formula.range.gtin}", type="instructions")
    door().get(formula.path(), {"linkType": "linkset"})
    door().get(formula.path(), {"linkType": "gs1:instructions"})
    door().get(formula.path(), headers={"Accept": LINKSET_TYPE})
    assert Scan.objects.count() == 0
    door().get(formula.path())
    assert Scan.objects.count() == 1


def test_what_nobody_knows_is_not_found_in_every_form(people, door, db):
    unknown = "/01/08001234567897"
    assert "We have no record of this product" in words(door().get(unknown, headers=HTML))
    box = "/00/106141412345678908"
    for path in (f"{unknown}?linkType=linkset", f"{unknown}?linkType=gs1:dpp", f"{box}?linkType=gs1:pip", unknown):
        for headers in ({}, HTML, {"Accept": LINKSET_TYPE}):
            listed = "Accept" in headers and headers["Accept"] == LINKSET_TYPE and path.startswith("/00/")
            assert door().get(path, headers=headers).status_code == (200 if listed else 404), (path, headers)


def test_a_type_that_is_not_there_is_not_found_and_the_page_shows_what_there_is(people, door):
    shirt(people)
    answer = door().get(SHIRT_PATH, {"linkType": "gs1:dpp"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-link")
    assert 'rel="linkset"' in answer["Link"]
    page = door().get(SHIRT_PATH, {"linkType": "gs1:dpp"}, headers=HTML)
    assert page.status_code == 404
    assert 'href="https://firm.example/shirt"' in page.content.decode()
    assert "该编码没有此类链接" in words(door().get(f"/zh{SHIRT_PATH}", {"linkType": "gs1:dpp"}, headers=HTML))


def test_several_equally_good_links_are_a_page_for_people_and_a_list_for_programs(people, door):
    shirt(people, title="Made in <Italy>")
    linked(people, SHIRT_PATH, href="https://firm.example/2", title="Second")
    answer = door().get(SHIRT_PATH, {"linkType": "gs1:pip"})
    assert (answer.status_code, answer["Content-Type"]) == (300, LINKSET_TYPE)
    assert len(answer.json()["linkset"][0][f"{VOCABULARY}pip"]) == 2
    page = door().get(SHIRT_PATH, {"linkType": "gs1:pip"}, headers=HTML)
    assert (page.status_code, page["Content-Type"]) == (300, "text/html; charset=utf-8")
    assert "Made in &lt;Italy&gt;" in page.content.decode()
    assert "请选择要前往的页面" in words(door().get(f"/zh{SHIRT_PATH}", {"linkType": "gs1:pip"}, headers=HTML))


def test_the_language_of_the_page_chooses_the_variant(people, door):
    shirt(people, languages=("en",), is_default=True)
    linked(people, SHIRT_PATH, href="https://firm.example/zh", title="衬衫", languages=("zh",))
    chinese = {"Accept-Language": "zh-CN"}
    assert to(door().get(SHIRT_PATH, headers=chinese)) == "https://firm.example/zh"
    assert to(door().get(f"/zh{SHIRT_PATH}")) == "https://firm.example/zh"
    assert to(door().get(f"/en{SHIRT_PATH}", headers=chinese)) == "https://firm.example/shirt"


@pytest.mark.conformance
def test_every_list_is_valid_against_the_schema_of_gs1(people, door, formula, shared_data):
    from jsonschema_rs import Draft7Validator

    schema = json.loads((shared_data / "gs1/linkset/gs1-linkset-schema.json").read_text())
    check = Draft7Validator(schema)
    gtin, batch = formula.range.gtin, formula.range.batch
    asked = [formula.path(), f"/01/{gtin}", f"/01/{gtin}/22/V/10/{batch}/21/7"]
    for path in asked:
        check.validate(door().get(path, headers={"Accept": LINKSET_TYPE}).json())
    linked(people, f"01/{gtin}", languages=("en", "zh-CN"), media_type="text/html", is_default=True)
    linked(people, f"01/{gtin}", href="https://firm.example/zh?x=%20#y", languages=("zh",), contexts=("CN", "NZ"))
    linked(people, f"01/{gtin}/10/{batch}", type="dpp", media_type="application/ld+json")
    linked(people, "414/9506000134352/254/A%2F1", type="locationInfo", title="仓库")
    for path in [*asked, f"/01/{gtin}/10/{batch}", "/414/9506000134352/254/A%2F1"]:
        answer = door().get(path, headers={"Accept": LINKSET_TYPE}, **sent_as(path))
        assert answer["Content-Type"] == LINKSET_TYPE, path
        check.validate(answer.json())
        typed = door().get(path, {"linkType": "linkset"}, **sent_as(path))
        assert typed.json() == answer.json()
    choice = door().get(f"/01/{gtin}", {"linkType": "gs1:pip", "context": "x"})
    check.validate(choice.json() if choice.status_code == 300 else answer.json())
    for name in ("invalid-gs1-example", "invalid-basic-example"):
        assert not check.is_valid(json.loads((shared_data / f"gs1/linkset/{name}.json").read_text()))


def test_a_thing_that_no_firm_links_leads_to_its_history_for_those_who_may_see_it(people, door, settings):
    led = to(door().get("/00/106141412345678908", headers=HTML))
    assert led == f"{settings.GUOMEN.origin}/trace/00/106141412345678908"
    path = led.removeprefix(settings.GUOMEN.origin)
    assert door().get(path, headers=HTML)["Location"].startswith("/accounts/login/")
    assert door("cy").get(path, headers=HTML).status_code == 404


# SHALL provide a resolver description file.
def test_the_resolver_describes_itself(door, db, settings):
    answer = door().get("/.well-known/gs1resolver")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    assert told["resolverRoot"] == settings.GUOMEN.origin
    assert told["supportedPrimaryKeys"] == ["all"]
    assert told["supportedLinkType"] == [{"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"}]
    assert told["linkTypeDefaultCanBeLinkset"] is False
    assert {"CN", "NZ"} <= set(told["supportedContextValuesEnumerated"])
    assert told["contact"]["fn"]
    assert told["jsonLdContextLocation"].startswith("https://")
    assert door().post("/.well-known/gs1resolver").status_code == 405


@pytest.mark.parametrize("key", sorted(PRIMARY_KEYS))
def test_every_primary_key_has_its_address_here(door, db, key):
    assert door().get(f"/{key}/x").status_code == 400
