"""Kinds of certificates: each names what it needs, refuses what is wrong in both languages, and keeps what is right."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.catalogue.codes import table
from guomen.certificates import kinds
from guomen.certificates.kinds.values import Amount, BadValueError, Text, Whole, decimal
from guomen.ledger.services import plain
from tests.certificates.kinds import FAULT, PACKAGING, PLANT, TREATED, WHOLE

ISSUED = [code for code, one in kinds.KINDS.items() if one.ended is None]


def test_every_code_of_the_trade_has_its_kind_and_every_kind_its_title():
    trade = {"11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "97", "98", "99"}
    assert set(kinds.KINDS) == set(table("certificate_kind").words)
    assert trade < set(kinds.KINDS)
    assert set(WHOLE) == set(ISSUED)
    for one in kinds.KINDS.values():
        assert 1 <= one.days <= one.longest <= kinds.MAX_DAYS
        assert {*one.needs, *one.also} <= set(kinds.FIELDS)
        assert not set(one.needs) & set(one.also), one.code


@pytest.mark.parametrize("code", ISSUED)
def test_complete_facts_are_kept_and_read_again_to_the_same(code):
    one = kinds.kind(code)
    kept, problems = kinds.read(one, WHOLE[code])
    assert problems == []
    assert kinds.missing(one, kept) == []
    stored = json.loads(json.dumps(plain(kept)))
    assert kinds.read(one, stored) == (stored, [])


@pytest.mark.parametrize("code", ISSUED)
def test_each_needed_fact_is_missed_by_name(code):
    one = kinds.kind(code)
    kept, _ = kinds.read(one, WHOLE[code])
    for name in one.needs:
        assert [f.name for f in kinds.missing(one, {k: v for k, v in kept.items() if k != name})] == [name]


def wrong(code: str, **facts: Any) -> list[tuple[str, str]]:
    _, problems = kinds.read(kinds.kind(code), WHOLE[code] | facts)
    for one in problems:
        # A sentence in each language, with its values in it.
        for text in (one.words.en, one.words.zh):
            assert text.format(**dict(one.values))
    return [(p.field, p.code) for p in problems]


@pytest.mark.parametrize(
    ("code", "facts", "expected"),
    [
        ("21", {"origin": {"code": "XX"}}, ("origin", "unknown-code")),
        ("21", {"quantity": {"value": "0", "unit": "KGM"}}, ("quantity", "too-small")),
        ("21", {"quantity": {"value": "1e400", "unit": "KGM"}}, ("quantity", "not-a-number")),
        ("21", {"quantity": {"value": 1.5, "unit": "KGM"}}, ("quantity", "not-a-number")),
        ("21", {"quantity": {"value": "NaN", "unit": "KGM"}}, ("quantity", "not-a-number")),
        ("21", {"quantity": {"value": "1", "unit": "QQQ"}}, ("quantity", "unknown-unit")),
        ("21", {"gtin": "12ab"}, ("gtin", "bad-form")),
        ("21", {"container": "CSQU3054384"}, ("container", "bad-form")),
        ("21", {"inspected_on": "2026-02-30"}, ("inspected_on", "not-a-day")),
        ("21", {"goods": "x" * 301}, ("goods", "too-long")),
        ("21", {"goods": "a\x00b"}, ("goods", "too-long")),
        ("21", {"goods": ["a"]}, ("goods", "not-text")),
        ("21", {"tests": "all fine"}, ("tests", "not-a-list")),
        ("21", {"tests": [{"found": "1"}]}, ("tests.0.test", "required")),
        ("21", {"un_mark": "4G"}, ("un_mark", "unknown-fact")),
        ("21", {"produced_on": "2026-02-01", "best_before": "2026-01-01"}, ("best_before", "before")),
        ("12", {"gross_weight": {"value": "24", "unit": "TNE"}}, ("net_weight", "more-than")),
        ("12", {"net_weight": "24 tonnes"}, ("net_weight", "no-unit")),
        ("12", {"weighed": "guessed"}, ("weighed", "unknown-code")),
        ("17", {"animals": "1.5"}, ("animals", "out-of-range")),
        ("17", {"quarantined_until": "2026-09-01"}, ("quarantined_until", "before")),
        ("18", {"import_country": "EC"}, ("import_country", "same-country")),
        ("18", {"import_country": "Ecuador"}, ("import_country", "unknown-code")),
        ("18", {"plants": [PLANT | {"net": {"value": "1", "unit": "C62"}}]}, ("plants.0.net", "unknown-unit")),
        ("18", {"plants": [PLANT, {}]}, ("plants.1.produce", "required")),
        ("18", {"plants": [PLANT] * 51}, ("plants", "too-many")),
        ("18", {"treatments": [TREATED | {"type": "LUCK"}]}, ("treatments.0.type", "unknown-code")),
        ("18", {"treatments": [TREATED | {"magic": "x"}]}, ("treatments.0.magic", "unknown-fact")),
        ("22", {"faults": [FAULT | {"found": ""}]}, ("faults.0.found", "required")),
        ("PP", {"un_mark": "4G/Q20/S/26/CN/C231234"}, ("un_mark", "bad-form")),
        ("PP", {"matter": "liquid"}, ("un_mark", "other-matter")),
        ("PP", {"packaging_maker": "C239999"}, ("packaging_maker", "other-maker")),
        ("PP", {"packaging_maker": "1234567"}, ("packaging_maker", "bad-form")),
        ("PP", {"produced_on": "2025-07-01"}, ("produced_on", "other-year")),
        ("PP", {"packages": 0}, ("packages", "out-of-range")),
        ("PU", {"un_number": "0336"}, ("un_number", "bad-form")),
        ("PU", {"packing_group": "IV"}, ("packing_group", "unknown-code")),
        ("RC", {"recovered": {"value": "501", "unit": "CA"}}, ("recovered", "more-than")),
    ],
)
def test_what_is_wrong_is_named(code, facts, expected):
    assert wrong(code, **facts) == [expected]


def test_packaging_for_liquids_states_a_density_that_was_tested():
    drum = PACKAGING | {"un_mark": "1A1/Y1.4/150/26/CN/C231234", "matter": "liquid"}
    assert wrong("PP", **drum) == [("density", "required")]
    assert wrong("PP", **drum, density={"value": "1.5", "unit": "KGL"}) == [("density", "too-dense")]
    assert wrong("PP", **drum, density={"value": "1.4", "unit": "KGL"}) == []


def test_what_is_empty_counts_as_not_said():
    kept, problems = kinds.read(kinds.kind("21"), {"goods": " ", "quantity": {"value": "", "unit": "KGM"}, "tests": []})
    assert (kept, problems) == ({}, [])
    assert len(kinds.missing(kinds.kind("21"), kept)) == 4


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_no_value_whatever_breaks_the_reading(value):
    for code in ("18", "PP", "LR"):
        one = kinds.kind(code)
        for field in kinds.fields_of(one):
            kept, problems = kinds.read(one, {field.name: value})
            assert len(kept) + len(problems) <= 1
            plain(kept)


def test_numbers_stay_exact():
    assert decimal("18400.50") == Decimal("18400.50")
    read = Amount(("KGM",), strict=True).read({"value": "18400.50", "unit": "KGM"})
    assert (read["value"], read["en"]) == ("18400.5", "18,400.5 kilograms")
    assert Whole(0).read("0") == 0
    with pytest.raises(BadValueError):
        Text().read(5)
