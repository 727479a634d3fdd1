"""Pages of the rule pack: look requirements up; propose, simulate, approve, cut over and undo a change."""

from typing import Any

import pytest

from guomen.catalogue.models import Pack
from guomen.catalogue.rulepack import newest
from tests.clearance.test_packs import proposed, shirts

ROW = "/en/desk/rules/change/modes?key=NO-INSPECTION"


def form(**more: str) -> dict[str, str]:
    from guomen.faces.desk.rulepacks import flat_fields

    value = newest().rows["modes"]["NO-INSPECTION"].value or {}
    fields = {f"f.{name}": text for name, text in flat_fields(value).items()}
    told = {
        "key": "NO-INSPECTION",
        "source": "Study 4",
        "title_en": "Draw more",
        "title_zh": "提高抽查",
        "why": "Misses.",
    }
    return fields | told | {"once": "a"} | more


def test_a_controller_proposes_a_rate_and_a_second_one_brings_it_into_force(door, people) -> None:
    shirts(people)
    bo, bea = door("bo"), door("bea")
    assert 'name="f.rate" type="text" value="0.03"' in bo.get(ROW).content.decode()
    wrong = bo.post(ROW, form(**{"f.rate": "3", "source": ""}))
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Enter a number from 0 to 1." in page
    assert 'value="3"' in page
    made = bo.post(ROW, form(**{"f.rate": "0.5"}))
    one = made["Location"]
    assert bo.post(ROW, form(**{"f.rate": "0.5"}))["Location"] == one
    version = Pack.objects.get().version
    page = bo.get(one).content.decode()
    assert "<del>0.03</del>" in page
    assert "<ins>0.5</ins>" in page
    bo.post(one, {"do": "simulate"})
    page = bo.get(one).content.decode()
    assert "1 line was screened by both rule packs." in page
    assert '<svg class="bars"' in page
    assert 'do" value="approve' not in page
    bea.post(one, {"do": "approve", "once": "b"})
    assert bea.post(one, {"do": "cut-over", "share": "20", "once": "c"}).status_code == 422
    bea.post(one, {"do": "cut-over", "share": "20", "urgent": "A holiday.", "once": "d"})
    assert f"{version} counts for 20 % of the lines." in bo.get("/en/desk/rules/").content.decode()
    bo.post(one, {"do": "undo", "why": "It was enough.", "once": "e"})
    assert Pack.objects.get().state == "undone"
    assert "It was enough." in bea.get(f"/zh{one.removeprefix('/en')}").content.decode()


def test_rows_of_every_section_open_and_a_row_as_json_says_what_is_wrong_with_it(door, people) -> None:
    from guomen.catalogue.proposed import SECTIONS

    bo = door("bo")
    for section in SECTIONS:
        assert bo.get(f"/en/desk/rules/rows/{section}").status_code == 200
        assert bo.get(f"/en/desk/rules/change/{section}").status_code == 200
    for key in newest().rows["risk"]:
        assert bo.get(f"/en/desk/rules/change/risk?key={key}").status_code == 200, key
    broken = bo.post("/en/desk/rules/change/country?key=IT", form(key="IT", value="{"))
    assert "This is not readable JSON." in broken.content.decode()
    assert bo.get("/en/desk/rules/rows/secrets").status_code == 404


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("q=8703236110", ("CCC certificate", "at least 60 %", "GB 7258-2017", "Check a VIN")),
        ("q=toys", ("9503008900", "at most 90 mg/kg")),
        ("q=9503008900&vin=1M8GDM9AXKP042788", ("Migration: Lead",)),
        ("q=8703236110&vin=WDB1240661F123456", ("The check character should be",)),
        ("q=zzzz", ("No goods of the code list are called so.",)),
        ("", ("Documents, checks and limits by HS code",)),
    ],
    ids=["car", "toys", "toy", "vin", "nothing", "empty"],
)
def test_an_inspector_looks_up_what_goods_need(door, people, query: str, parts: tuple[str, ...]) -> None:
    page = door("ana").get(f"/en/desk/requirements/?{query}").content.decode()
    for part in parts:
        assert part in page, part


def test_pages_of_the_rule_pack_are_for_controllers_and_requirements_for_officers(door, people) -> None:
    version = proposed(people).version

    def answers(path: str) -> list[Any]:
        return [door(name).get(path).status_code for name in ("bea", "ana", "cy", "")]

    assert answers(f"/en/desk/rules/{version}") == [200, 403, 403, 401]
    assert answers("/en/desk/rules/") == [200, 403, 403, 401]
    assert answers("/en/desk/rules/change/modes") == [200, 403, 403, 401]
    assert answers("/en/desk/requirements/") == [200, 200, 403, 401]
