"""The criteria of GS1-Conformant Resolver 1.2.0 about lists of links."""

import pytest

from guomen.core.resolver import LINKSET_TYPE, VOCABULARY
from tests.core.resolver.asked import BATCH, RICE, ROOT, entries, header, link, resolve, to


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("linkType=linkset", ""),
        ("linkType=all", ""),
        ("linkType=linkset", "text/html"),
        ("", LINKSET_TYPE),
        ("", f"{LINKSET_TYPE}, application/json;q=0.5, */*;q=0.1"),
    ],
)
def test_the_list_is_given_to_who_asks_for_it(query, accept):
    assert entries(resolve(RICE, link(is_default=True), query=query, accept=accept))


@pytest.mark.parametrize("accept", ["*/*", "application/*", f"text/html, {LINKSET_TYPE};q=0.5", f"{LINKSET_TYPE};q=0"])
def test_the_list_is_not_forced_on_who_would_rather_have_a_page(accept):
    assert resolve(RICE, link(is_default=True), accept=accept).status == 307


def test_the_list_holds_the_links_of_each_level_up_to_the_key():
    links = [
        link(is_default=True, languages=("en",), media_type="text/html"),
        link("dpp", anchor=BATCH, contexts=("NZ",)),
        link("instructions", anchor=f"{RICE}/21/7"),
    ]
    found = entries(resolve(f"{BATCH}/21/7", *links, query="linkType=linkset"))
    assert [one["anchor"] for one in found] == [f"{ROOT}{BATCH}/21/7", f"{ROOT}{RICE}/21/7", ROOT + BATCH, ROOT + RICE]
    assert found[2][f"{VOCABULARY}dpp"] == [{"href": "https://firm.example/", "title": "A page", "context": ["NZ"]}]
    assert found[3][f"{VOCABULARY}pip"][0]["hreflang"] == ["en"]
    assert found[0]["itemDescription"] == "Rice, BATCH/LOT A1, SERIAL 7"


@pytest.mark.parametrize("path", [RICE, BATCH, f"{BATCH}/21/7"])
@pytest.mark.parametrize("has_default", [True, False])
def test_exactly_one_link_is_the_default_with_a_title_and_nothing_else_and_typed_too(path, has_default):
    links = [
        link(is_default=has_default, languages=("en",), media_type="text/html"),
        link(href="https://firm.example/zh", title="页面", languages=("zh",)),
    ]
    found = entries(resolve(path, *links, query="linkType=linkset"))
    defaults = [one for entry in found for one in entry.get(f"{VOCABULARY}defaultLink", [])]
    (default,) = defaults
    assert set(default) == {"href", "title"}
    typed = [
        one["href"] for entry in found for name, targets in entry.items() if name.startswith(VOCABULARY)
        and "default" not in name for one in targets
    ]  # fmt: skip
    assert default["href"] in typed
    multi = [one for entry in found for one in entry.get(f"{VOCABULARY}defaultLinkMulti", [])]
    leads_to_firm = has_default and "/21/" not in path
    assert [one["hreflang"] for one in multi] == ([["en"], ["zh"]] if leads_to_firm else [])
    assert {one["href"] for one in multi} <= set(typed)
    assert (default["href"] == "https://firm.example/") == leads_to_firm


def test_the_default_of_the_list_is_where_a_request_without_wishes_leads():
    links = [link("dpp", href="https://firm.example/a1", anchor=BATCH, is_default=True), link(is_default=True)]
    for path in (RICE, BATCH, f"{RICE}/10/B2"):
        found = entries(resolve(path, *links, query="linkType=linkset"))
        (default,) = [one["href"] for entry in found for one in entry.get(f"{VOCABULARY}defaultLink", [])]
        assert to(resolve(path, *links)) == default


def test_the_list_names_its_json_ld_context():
    context = header(resolve(RICE, query="linkType=linkset"), "Link")
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in context
    assert 'type="application/ld+json"' in context


def test_a_product_that_nobody_knows_has_no_list():
    assert resolve(RICE, name="", query="linkType=linkset").status == 404


def test_a_thing_that_no_firm_links_is_named_by_its_key_and_leads_to_its_history():
    (entry,) = entries(resolve("/00/106141412345678908", name="", query="linkType=linkset"))
    assert entry["itemDescription"] == "SSCC 106141412345678908"
    (default,) = entry[f"{VOCABULARY}defaultLink"]
    assert default["href"] == entry[f"{VOCABULARY}traceability"][0]["href"] == f"{ROOT}/trace/00/106141412345678908"
