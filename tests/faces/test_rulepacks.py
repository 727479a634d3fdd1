"""Pages of the rule pack: look requirements up; propose, simulate, approve, cut over and undo a change."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.catalogue import typed
from guomen.catalogue.models import Pack, PackRow
from guomen.catalogue.rulepack import newest
from tests.clearance.test_packs import proposed, shirts

ROW = "/en/desk/rules/change/modes?key=NO-INSPECTION"


def form(**more: str) -> dict[str, str]:
    value = newest().rows["modes"]["NO-INSPECTION"].value or {}
    fields = {f"f.{name}": text for name, text in typed.shown(value).items()}
    return fields | {"key": "NO-INSPECTION", "source": "Study 4", "once": "a"} | more


MINE = "/en/desk/rules/proposal"
TITLES = {"title_en": "Draw more", "title_zh": "提高抽查", "why": "Misses.", "do": "propose", "once": "p"}


def test_a_controller_proposes_a_rate_and_a_second_one_brings_it_into_force(door, people) -> None:
    shirts(people)
    bo, bea = door("bo"), door("bea")
    assert 'name="f.rate" type="text" value="0.03"' in bo.get(ROW).content.decode()
    wrong = bo.post(ROW, form(**{"f.rate": "3", "source": ""}))
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Enter a number from 0 to 1." in page
    assert 'value="3"' in page
    assert bo.post(ROW, form(**{"f.rate": "0.5"}))["Location"].endswith("/desk/rules/proposal")
    assert not Pack.objects.exists()
    assert "<del>0.03</del> <ins>0.5</ins>" in bo.get(MINE).content.decode()
    unnamed = bo.post(MINE, TITLES | {"title_zh": ""})
    assert (unnamed.status_code, "Fill in this field." in unnamed.content.decode()) == (422, True)
    one = bo.post(MINE, TITLES)["Location"]
    assert bo.post(MINE, TITLES)["Location"] == one
    version = Pack.objects.get().version
    assert "No rows gathered yet." in bo.get(MINE).content.decode()
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


WATCHES = """key,en,zh,hs,origins,effect,source
SHIRTS-IT,Shirts of one origin,某产地衬衫,6205,IT,{effect},Notice 7
SHOES,Shoes,鞋,"6403;6404",,full,Notice 7
"""


def test_many_rows_from_forms_and_tables_become_one_change(door, people) -> None:
    shirts(people)
    bo, bea = door("bo"), door("bea")

    def send(text: str, section: str = "watch", once: str = "f") -> Any:
        file = SimpleUploadedFile("watch.csv", text.encode(), "text/csv")
        return bo.post(MINE, {"do": "file", "section": section, "file": file, "once": once})

    wrong = send(WATCHES.format(effect="burn"))
    page = wrong.content.decode()
    assert (wrong.status_code, "F2 effect: burn is not in the table." in page) == (422, True)
    assert "Nothing was gathered" in page
    assert send("name\nx\n").status_code == 422
    assert "2 rows were gathered." in send(WATCHES.format(effect="hold")).content.decode()
    table = bo.get("/api/rule-packs/tables/modes").content.decode()
    assert "The table says what the rule pack says already." in send(table, "modes").content.decode()
    bo.post(ROW, form(**{"f.rate": "0.5"}))
    end = "key,remove,source,effective_from\n0901,yes,Study 5,2027-01-01\n"
    key = next(k for k in newest().rows["profiles"] if k)
    assert "1 row was gathered." in send(end.replace("0901", key), "profiles").content.decode()
    page = bo.get(MINE).content.decode()
    assert (page.count('value="drop"'), "goes away" in page) == (4, True)
    bo.post(MINE, {"do": "drop", "section": "watch", "key": "SHOES", "once": "d"})
    assert "No rows gathered yet." in bea.get(MINE).content.decode()
    one = bo.post(MINE, TITLES)["Location"]
    rows = [(r.section, r.key, r.value is None) for r in PackRow.objects.order_by("section")]
    assert rows == [("modes", "NO-INSPECTION", False), ("profiles", key, True), ("watch", "SHIRTS-IT", False)]
    bo.post(one, {"do": "simulate"})
    assert "1 would be decided otherwise." in bo.get(one).content.decode()


def test_a_program_proposes_a_table_and_is_told_what_each_row_does(door, people) -> None:
    bo, path = door("bo"), "/api/rule-packs/tables/watch?title_en=Watch&title_zh=%E7%9B%AF&why=Two+lots."
    wrong = bo.post(path, WATCHES.format(effect="burn"), content_type="text/csv")
    assert (wrong.status_code, wrong.json()["version"]) == (422, None)
    assert [(r["row"], r["does"]) for r in wrong.json()["rows"]] == [(2, "wrong"), (3, "add")]
    assert wrong.json()["rows"][0]["problems"][0]["column"] == "F"
    for status in (201, 200):
        keyed = {"HTTP_IDEMPOTENCY_KEY": "t1"}
        made = bo.post(path, WATCHES.format(effect="hold"), content_type="text/csv", **keyed)
        assert (made.status_code, made.json()["version"]) == (status, Pack.objects.get().version)
    assert bo.post(path.split("?")[0], WATCHES.format(effect="lab"), content_type="text/csv").status_code == 422
    assert bo.get("/api/rule-packs/tables/secrets").status_code == 404
    shut = [door(name).get("/api/rule-packs/tables/watch").status_code for name in ("ana", "cy", "")]
    assert shut == [403, 403, 401]


@pytest.mark.parametrize(
    "kind", ["single", "double", "ispm31", "zero", "points", "variables", "variables-points", "csp"]
)
def test_every_sampling_plan_is_shown_with_its_curve(door, people, kind: str) -> None:
    page = door("ana").get(f"/en/desk/plans/?kind={kind}").content.decode()
    assert ('<polyline class="curve"' in page, "Show the plan" in page) == (True, True)
    plan = door("ana").get(f"/api/sampling-plans/{kind}").json()
    chances = [p for _q, p in plan["curve"]]
    assert (chances[0], chances == sorted(chances, reverse=True), chances[-1] < 0.05) == (1, True, True)


def test_switching_is_played_lot_by_lot(door, people) -> None:
    ana = door("ana")

    def severity(results: str, **more: str) -> Any:
        asked = "&".join(f"{name}={value}" for name, value in {"results": results, **more}.items())
        return ana.get(f"/api/sampling-plans/switching?{asked}").json()

    assert severity("A" * 15)["plan"] == {"severity": "Reduced", "score": "0", "changes": "15: Reduced"}
    assert severity("AARAR")["plan"]["severity"] == "Tightened"
    assert severity("ARAR" + "R" * 5)["note"] != ""
    assert severity("A" * 9, edition="MIL-STD-105E")["plan"]["severity"] == "Normal"
    assert severity("AXA")["errors"][0]["code"] == "not-results"
    assert "Severity of the next lot" in ana.get("/en/desk/plans/?kind=switching").content.decode()


def test_a_wrong_number_is_named_at_its_field_and_plans_are_for_officers(door, people) -> None:
    page = door("ana").get("/en/desk/plans/?kind=single&lot=many")
    assert (page.status_code, "Enter a number." in page.content.decode()) == (422, True)
    wrong = door("ana").get("/api/sampling-plans/points?good=5&bad=5").json()
    assert [(p["field"], p["code"]) for p in wrong["errors"]] == [("bad", "too-close")]
    assert door("ana").get("/api/sampling-plans/single?lot=1200&aql=2.5").json()["plan"] == {
        "letter": "J", "units": "80", "ac": "5", "re": "6",
    }  # fmt: skip
    for path in ("/en/desk/plans/", "/api/sampling-plans/single"):
        assert [door(name).get(path).status_code for name in ("bo", "cy", "")] == [200, 403, 401], path


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("q=8703236110", ("CCC certificate", "at least 60 %", "GB 7258-2017", "Read a number or mark")),
        ("q=toys", ("9503008900", "at most 90 mg/kg")),
        ("q=9503008900&number=1M8GDM9AXKP042788", ("Migration: Lead",)),
        ("q=8703236110&number=WDB1240661F123456", ("VIN: the check character should be",)),
        ("q=3604100000&way=export", ("Fireworks for export, at origin", "Fireworks for export, at the port")),
        ("number=4G/Y20/S/26/CN/C231234", ("packing groups II, III", "At most 20 kg gross.")),
        ("number=CN-031 HT", ("IPPC mark: CN, producer 031",)),
        ("q=zzzz", ("No goods of the code list are called so.",)),
        ("", ("Documents, checks and limits by HS code",)),
    ],
    ids=["car", "toys", "toy", "vin", "fireworks", "un-mark", "ippc", "nothing", "empty"],
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
