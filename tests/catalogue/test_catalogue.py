"""Code tables, rule pack, places and products."""

from decimal import Decimal

import pytest

from guomen.catalogue import codes, rulepack
from guomen.catalogue.places import place
from guomen.catalogue.queries import product
from guomen.catalogue.services import register_product
from guomen.catalogue.words import REASONS
from guomen.kit.errors import Forbidden, Invalid, Refused
from guomen.ledger.queries import history

SHIRT = {
    "gtin": "8012345000012",
    "name_en": "Men's cotton shirt",
    "name_zh": "男式棉衬衫",
    "hs_code": "6205200090",
    "maker_name": "Camiceria Esempio",
    "maker_country": "IT",
}


@pytest.mark.parametrize("name", codes.names())
def test_every_code_has_words_in_both_languages_and_its_table_a_source(name: str) -> None:
    found = codes.table(name)
    assert found.version
    assert found.source
    assert found.effective_from.year >= 2018
    for code, words in found.options():
        assert words.en.isascii() or "ü" in words.en, code
        assert any("\u4e00" <= c <= "\u9fff" for c in words.zh), code


def test_an_unknown_code_has_no_words_and_an_unknown_table_is_an_error() -> None:
    assert codes.table("country").get("XX") is None
    for name in ("nothing", "../rulepack/2026.1/pack", ""):
        with pytest.raises(KeyError):
            codes.table(name)


def test_codes_refer_to_codes_that_exist() -> None:
    pack = rulepack.newest()
    for row in codes.table("hs").rows.values():
        assert row["unit"] in codes.table("unit")
        assert row["checklist"] in pack.checklists
        assert set(row["letters"]) <= set("MPRL")
    for row in codes.table("port").rows.values():
        assert row["country"] in codes.table("country")
    for profile in pack.profiles.values():
        pack.lab_panel(profile.panel)
        assert all(paper in codes.table("document_kind") for paper in profile.papers)


def test_the_longest_prefix_is_the_profile() -> None:
    pack = rulepack.newest()
    assert pack.profile("1901101010").panel == "P-INFANT"
    assert pack.profile("1905310000").prefix == "19"
    assert pack.profile("9999999999").prefix == ""


def test_the_ten_modes_are_there_in_words_and_say_that_they_are_reconstructed_or_worse() -> None:
    modes = rulepack.newest().modes
    assert len(modes) == 10
    assert {code for code, m in modes.items() if m.evidence != "reconstructed"} == {"AIR-SAMPLE"}
    assert modes["AIR-SAMPLE"].evidence == "unverified"
    assert all(text.en and text.zh for m in modes.values() for text in m.texts.values())
    assert all(0 < m.rate <= 1 for m in modes.values())


def test_every_checklist_item_is_complete_and_every_failure_has_words() -> None:
    for checklist in rulepack.newest().checklists.values():
        assert len(checklist.version_hash) == 16
        assert len({i.code for i in checklist.items}) == len(checklist.items)
        for item in checklist.items:
            assert item.kind in ("choice", "measure", "sample", "photo")
            assert item.kind == "photo" or (item.standard and item.fail_reason in REASONS)
            assert (item.kind == "measure") == bool(item.unit)
            if item.low is not None and item.high is not None:
                assert item.low < item.high


def test_the_radiation_limit_is_0_25_microgray_above_background() -> None:
    dose = next(i for i in rulepack.newest().checklist("C-RAD").items if i.code == "DOSE")
    assert (dose.high, dose.unit) == (Decimal("0.25"), "µGy/h")


def test_laboratory_limits_are_decimals_with_unit_and_standard() -> None:
    for panel in rulepack.newest().panels.values():
        for test in panel:
            assert test.unit
            assert test.standard
            assert test.method
            assert test.low is not None or test.high is not None


def test_a_place_has_a_position() -> None:
    yangshan = place("CNYSA")
    assert (yangshan.country, yangshan.lat, yangshan.lon) == ("CN", Decimal("30.62"), Decimal("122.07"))
    with pytest.raises(KeyError):
        place("XXXXX")


@pytest.mark.django_db
def test_a_product_is_registered_once_by_its_firm_and_not_by_another(people) -> None:
    first = register_product(people.cy.actor, **SHIRT)
    again = register_product(people.cal.actor, **(SHIRT | {"gtin": "08012345000012"}))
    assert first.gtin == again.gtin == "08012345000012"
    assert product("8012345000012") == first
    assert [e.kind for e in history("https://id.gs1.org/01/08012345000012")] == ["product.registered"]
    with pytest.raises(Refused):
        register_product(people.eve.actor, **SHIRT)


@pytest.mark.django_db
def test_wrong_fields_of_a_product_are_named(people) -> None:
    wrong = SHIRT | {"gtin": "8012345000013", "name_zh": " ", "hs_code": "1", "maker_country": "XX"}
    with pytest.raises(Invalid) as caught:
        register_product(people.cy.actor, **wrong)
    assert [p.field for p in caught.value.problems] == ["gtin", "name_zh", "hs_code", "maker_country"]
    assert product("8012345000013") is None


@pytest.mark.django_db
def test_only_declarants_register_products(people) -> None:
    for name in ("ana", "di", "sam", "gao"):
        with pytest.raises(Forbidden):
            register_product(getattr(people, name).actor, **SHIRT)


@pytest.mark.django_db
def test_the_doors_of_the_catalogue(people, door) -> None:
    def register(name: str) -> int:
        return door(name).post("/api/products", SHIRT, content_type="application/json").status_code

    assert [register(n) for n in ("", "ana", "cy", "cal", "eve")] == [401, 403, 200, 200, 409]
    assert door("eve").get("/api/products/8012345000012").json()["name_zh"] == "男式棉衬衫"
    assert door("cy").get("/api/products/8012345000013").status_code == 404
    assert door("di").get("/api/codes/hs").json()["codes"]["6205200090"]["zh"] == "棉制男衬衫"
    assert door("di").get("/api/codes/secrets").status_code == 404
    assert door().get("/api/codes/hs").status_code == 401
