"""The criteria of GS1-Conformant Resolver 1.2.0 that are decisions, one by one, at the function that decides."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.gs1 import GS1Error
from guomen.core.resolver import VOCABULARY, Known, ask, decide
from tests.core.resolver.asked import BATCH, RICE, ROOT, entries, header, link, resolve, to


# SHALL extract and syntactically validate the URI and report errors.
@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/01/09506000134353", "", "INCORRECT_CHECK_DIGIT"),
        ("/01/0950600013435", "", "INCORRECT_CHECK_DIGIT"),
        ("/01/x", "", None),
        ("/01/", "", None),
        (f"{RICE}/21/1/10/A", "", "BAD_QUALIFIER"),
        (f"{RICE}/235/1/21/A", "", "BAD_QUALIFIER"),
        (f"{RICE}/foo", "", None),
        (f"{RICE}/foo/bar", "", None),
        (f"{RICE}/10/", "", None),
        (f"{RICE}/10/A/10/B", "", None),
        (f"{RICE}/10/{'A' * 21}", "", None),
        (f"{RICE}/10/%ZZ", "", "INVALID_PERCENT_SEQUENCE"),
        (f"{RICE}/414/9506000134352", "", "BAD_QUALIFIER"),
        ("/414/9506000134352/21/1", "", "BAD_QUALIFIER"),
        ("/00/106141412345678900", "", "INCORRECT_CHECK_DIGIT"),
        (RICE, "17=2512", None),
        (RICE, "999=1", "UNKNOWN_AI"),
        ("/8017/095060001343529999", "", None),
    ],
)
def test_what_breaks_the_syntax_is_an_error_with_a_code(path, query, code):
    with pytest.raises(GS1Error) as caught:
        ask(path, query)
    assert caught.value.code
    assert code in (None, caught.value.code)


# For primary keys that have key qualifiers, all key qualifiers SHALL be supported.
@pytest.mark.parametrize(
    "path",
    [
        "/00/106141412345678908",
        f"{RICE}/22/V/10/A/21/S",
        f"{RICE}/235/T",
        "/253/9506000134352X1",
        "/255/95060001343521",
        "/401/9506000A",
        "/402/95060001343528884",
        "/414/9506000134352/254/32a",
        "/414/9506000134352/7040/1ABC",
        "/415/9506000134352/8020/ref",
        "/417/9506000134352/7040/1ABC",
        "/8003/09506000134352A1",
        "/8004/9506000A/7040/1ABC",
        "/8006/095060001343520102/22/V/10/A/21/S",
        "/8010/9506000A/8011/1",
        "/8013/1987654Ad4X4bL5ttr2310c2K",
        "/8017/950600013435254322/8019/1",
        "/8018/950600013435254322/8019/1",
    ],
)
def test_every_primary_key_and_every_qualifier_leads_to_a_link(path):
    try:
        thing = ask(path).thing
    except GS1Error as error:
        pytest.fail(f"{path}: {error.code} {error}")
    for level in thing.levels:
        query = "linkType=gs1:homepage"
        assert to(resolve(path, link("homepage", anchor=level), query=query)) == f"https://firm.example/?{query}"


def test_walking_up_takes_the_nearest_level_that_has_the_link():
    links = [link(href="https://firm.example/rice"), link(href="https://firm.example/a1", anchor=BATCH)]
    query = "linkType=gs1:pip"
    for path, target in (
        (RICE, "rice"),
        (BATCH, "a1"),
        (f"{BATCH}/21/7", "a1"),
        (f"{RICE}/22/V/10/A1/21/7", "a1"),
        (f"{RICE}/10/B2/21/7", "rice"),
        (f"{RICE}/22/V", "rice"),
    ):
        assert to(resolve(path, *links, query=query)).startswith(f"https://firm.example/{target}?"), path


def test_an_item_is_found_whatever_batch_stands_before_it():
    item = link("instructions", anchor=f"{RICE}/21/7")
    assert resolve(f"{BATCH}/21/7", item, query="linkType=gs1:instructions").status == 307


# The resolver SHALL redirect to the default link unless the request can be used to make a better match.
def test_without_a_firms_default_our_own_page_is_answered_in_place():
    for path in (RICE, BATCH, f"{BATCH}/21/7", f"{RICE}/235/T"):
        answer = resolve(path, link(), link("dpp"))
        assert (answer.in_place, answer.status) == (True, 200)


def test_a_firm_leads_products_and_batches_to_its_own_page():
    default = link(href="https://firm.example/rice", is_default=True)
    assert to(resolve(RICE, default)) == "https://firm.example/rice"
    assert to(resolve(BATCH, default)) == "https://firm.example/rice"
    own = link("dpp", href="https://firm.example/a1", anchor=BATCH, is_default=True)
    assert to(resolve(BATCH, default, own)) == "https://firm.example/a1"


def test_no_firm_leads_an_item_or_recalled_goods_away_from_our_page():
    default = link(is_default=True)
    forged = link(anchor=f"{RICE}/21/7", is_default=True)
    assert resolve(f"{RICE}/21/7", default, forged).in_place
    assert resolve(f"{RICE}/235/T", default).in_place
    assert resolve(RICE, default, recalled=True).in_place
    (listed,) = entries(resolve(RICE, default, query="linkType=linkset", recalled=True))
    assert listed[f"{VOCABULARY}defaultLink"][0]["href"].startswith(ROOT)


def test_our_page_has_an_address_that_leads_to_it_and_not_round_in_circles():
    for path in (RICE, BATCH, f"{BATCH}/21/7"):
        for links in ((), (link(is_default=True),)):
            for entry in entries(resolve(path, *links, query="linkType=linkset")):
                for targets in entry.values():
                    for href in (one["href"] for one in targets if isinstance(one, dict)):
                        if href.startswith(ROOT) and not href.startswith(f"{ROOT}/trace/"):
                            there, _, query = href.removeprefix(ROOT).partition("?")
                            assert resolve(there, *links, query=query).in_place, href


def test_only_our_page_answers_for_verification_and_recall():
    fake = [link("verificationService", is_default=True), link("recallStatus")]
    for name in ("verificationService", "recallStatus"):
        assert resolve(BATCH, *fake, query=f"linkType=gs1:{name}").in_place


def test_a_key_without_a_page_of_ours_leads_to_the_oldest_link_until_its_firm_chooses():
    place = "/414/9506000134352"
    first, second = (link("locationInfo", f"https://firm.example/{n}", place) for n in (1, 2))
    assert to(resolve(place, first, second)) == "https://firm.example/1"
    assert to(resolve(f"{place}/254/7", first)) == "https://firm.example/1"
    chosen = link("homepage", "https://firm.example/3", place, is_default=True)
    assert to(resolve(place, first, chosen)) == "https://firm.example/3"
    assert to(resolve(place, name="")) == f"{ROOT}/trace{place}"


def test_the_history_of_a_thing_is_offered_unless_its_firm_offers_one():
    query = "linkType=gs1:traceability"
    for path in (BATCH, f"{BATCH}/21/7", "/00/106141412345678908"):
        assert to(resolve(path, query=query)) == f"{ROOT}/trace{path}?{query}"
    own = link("traceability", "https://firm.example/track")
    assert to(resolve(BATCH, own, query=query)).startswith("https://firm.example/track?")


# SHALL redirect to the requested type of link if available; 404 if it is not.
@pytest.mark.parametrize(
    "name",
    ["gs1:dpp", "gs1%3Adpp", "https://ref.gs1.org/voc/dpp", "https://gs1.org/voc/dpp", "http://www.gs1.org/voc/dpp"],
)
def test_a_link_type_is_named_shortly_or_in_full(name):
    answer = resolve(RICE, link(is_default=True), link("dpp", "https://firm.example/dpp"), query=f"linkType={name}")
    assert to(answer).startswith("https://firm.example/dpp?")


@pytest.mark.parametrize("name", ["gs1:dpp", "gs1:nonsense", "schema:url", "dpp", "https://evil.example/dpp", "%00"])
def test_a_link_type_that_is_not_there_is_not_found(name):
    assert resolve(RICE, link(is_default=True), query=f"linkType={name}").status == 404


@pytest.mark.parametrize("name", ["gs1:defaultLink", "gs1:defaultLinkMulti"])
def test_asking_for_the_default_by_name_gives_the_default(name):
    assert to(resolve(RICE, link(is_default=True), query=f"linkType={name}")).startswith("https://firm.example/?")


def test_several_equally_good_links_are_a_choice_and_not_a_guess():
    both = [link(href="https://firm.example/1"), link(href="https://firm.example/2")]
    answer = resolve(RICE, *both, query="linkType=gs1:pip")
    assert answer.status == 300
    (entry,) = json.loads(answer.body)["linkset"]
    assert [one["href"] for one in entry[f"{VOCABULARY}pip"]] == [one.href for one in both]
    assert set(entry) == {"anchor", "itemDescription", f"{VOCABULARY}pip"}


# SHOULD support Accept-Language and MAY support Accept and context to disambiguate.
@pytest.mark.parametrize(
    ("languages", "target"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("en;q=0.2, zh;q=0.4", "zh"),
        ("fr", "any"),
        ("zh-Hans-CN", "zh"),
        ("en-AU, zh;q=0.9", "en"),
        ("fr, en;q=0.1", "en"),
        ("zh;q=0, en", "en"),
        ("*", "choice"),
        ("", "choice"),
        ("en;q=nonsense, zh;q=0.1", "zh"),
    ],
)
def test_the_language_decides_between_links_of_one_type(languages, target):
    links = [
        link(href="https://firm.example/en", languages=("en",)),
        link(href="https://firm.example/zh", languages=("zh",)),
        link(href="https://firm.example/any"),
    ]
    answer = resolve(RICE, *links, query="linkType=gs1:pip", languages=languages)
    if target == "choice":
        assert answer.status == 300
    else:
        assert to(answer).startswith(f"https://firm.example/{target}?")


def test_the_nearest_of_several_forms_of_a_language_is_taken():
    links = [link(href=f"https://firm.example/{one}", languages=(one,)) for one in ("en-US", "en", "en-GB", "zh-CN")]
    for languages, target in (("en-GB", "en-GB"), ("en-AU", "en"), ("en", "en"), ("zh-Hans-CN", "zh-CN")):
        answer = resolve(RICE, *links, query="linkType=gs1:pip", languages=languages)
        assert to(answer).startswith(f"https://firm.example/{target}?")


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("application/json", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/*;q=0.5, text/html;q=0.1", "json"),
        ("image/png", "choice"),
        ("*/*", "choice"),
    ],
)
def test_the_media_type_decides_between_links_of_one_type(accept, target):
    links = [
        link(href="https://firm.example/html", media_type="text/html"),
        link(href="https://firm.example/json", media_type="application/json"),
    ]
    answer = resolve(RICE, *links, query="linkType=gs1:pip", accept=accept)
    if target == "choice":
        assert answer.status == 300
    else:
        assert to(answer).startswith(f"https://firm.example/{target}?")


def test_the_context_decides_between_links_of_one_type():
    links = [link(href="https://firm.example/nz", contexts=("NZ",)), link(href="https://firm.example/all")]
    assert to(resolve(RICE, *links, query="linkType=gs1:pip&context=NZ")).startswith("https://firm.example/nz?")
    assert to(resolve(RICE, *links, query="linkType=gs1:pip&context=CN")).startswith("https://firm.example/all?")
    assert to(resolve(RICE, *links, query="linkType=gs1:pip")).startswith("https://firm.example/all?")


def test_a_variant_of_the_default_wins_only_when_the_request_decides_for_it():
    links = [
        link(href="https://firm.example/en", languages=("en",), is_default=True),
        link(href="https://firm.example/zh", languages=("zh",)),
        link("dpp", href="https://firm.example/dpp", languages=("fr",)),
    ]
    for languages, target in (("zh-CN", "zh"), ("en", "en"), ("fr", "en"), ("", "en"), ("*", "en")):
        assert to(resolve(RICE, *links, languages=languages)) == f"https://firm.example/{target}"


# By default, SHALL pass on all key=value pairs in the query string.
@pytest.mark.parametrize(
    ("href", "query", "target"),
    [
        ("https://f.example/a", "foo=bar&x=%E4%B8%AD", "https://f.example/a?foo=bar&x=%E4%B8%AD"),
        ("https://f.example/a?b=1", "foo=bar", "https://f.example/a?b=1&foo=bar"),
        ("https://f.example/a?b=1#top", "foo", "https://f.example/a?b=1&foo#top"),
        ("https://f.example/a?", "foo=bar", "https://f.example/a?foo=bar"),
        ("https://f.example/a", "x=\xe4\xb8\xad", "https://f.example/a?x=%E4%B8%AD"),
        ("https://f.example/a", "17=301231&foo=1", "https://f.example/a?17=301231&foo=1"),
    ],
)
def test_the_query_is_passed_on_as_it_came(href, query, target):
    assert to(resolve(RICE, link(href=href, is_default=True), query=query)) == target


# SHOULD tolerate trailing slashes; GTIN in 14 digits.
@pytest.mark.parametrize("path", ["/01/09506000134352/", "/01/9506000134352", "/01/9506000134352/"])
def test_a_trailing_slash_and_a_shorter_gtin_are_the_same_thing(path):
    assert to(resolve(path, link(is_default=True))) == "https://firm.example/"
    assert entries(resolve(path, query="linkType=linkset"))[0]["anchor"] == ROOT + RICE
    assert ask("/01/95050003/").thing.gtin == "00000095050003"
    assert ask("/01/950110153007").thing.gtin == "00950110153007"


# SHALL support CORS; SHOULD expose a link to the linkset, even when redirecting.
def test_every_answer_may_be_read_by_other_sites_and_names_the_list_of_links():
    for answer in (resolve(BATCH, link(is_default=True)), resolve(BATCH), resolve(BATCH, link(), link(title="B"))):
        assert header(answer, "Access-Control-Allow-Origin") == "*"
        assert "Link" in header(answer, "Access-Control-Expose-Headers")
        assert header(answer, "Link").startswith(f'<{ROOT}{BATCH}?linkType=linkset>; rel="linkset"')


pieces = st.sampled_from(
    ["/01/", "/10/", "/21/", "09506000134352", "%2F", "%", "/", "A", "?", "linkType=", "gs1:pip", "&", ";", "=", "q=0."]
)
texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join))


@given(path=texts, query=texts, accept=texts, languages=texts)
def test_whatever_is_sent_is_answered_or_breaks_the_syntax(path, query, accept, languages):
    links = (link(languages=("en",), media_type="text/html"), link(languages=("zh",), contexts=("NZ",)))
    for start in ("", f"{BATCH}/"):
        try:
            asked = ask(start + path, query, accept, languages)
        except GS1Error:
            continue
        answer = decide(asked, Known(links, "Rice"), ROOT, "Our page")
        assert answer.status in {200, 300, 307, 404}
        assert answer.in_place == (answer.status == 200 and not answer.body)
