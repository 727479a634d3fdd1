"""The requirements of the trades: each with a source, found by what is declared, and none that nothing can meet."""

import pytest

from guomen.catalogue import codes, rulepack
from guomen.catalogue.requirements import Goods
from guomen.catalogue.rows import changes, file_versions, rows_on
from guomen.clearance.rules.exports import AT_THE_PORT

PACK = rulepack.newest()
TRADES = {
    "8479899990": ("used machinery", {"21"}, "C-UME", "UME-PSI"),
    "8703236110": ("vehicles", {"19"}, "C-VEH", "VEH-VIN"),
    "9018909919": ("medical devices", {"19"}, "C-MED", "MED-REGISTRATION"),
    "1905310000": ("food", {"19"}, "C-FOOD", "FOOD-LABEL"),
    "0306172900": ("meat and aquatic products", {"19"}, "C-MEAT", "MEAT-CORE"),
    "0805100000": ("fruit and plants", {"19"}, "C-FRU", "FRU-PHYTO"),
    "3304990039": ("cosmetics", {"19"}, "C-COS", "COS-LEAD"),
    "6111200040": ("textiles", {"19"}, "C-TEX", "TEX-FORMALDEHYDE-A"),
    "9503008900": ("toys", {"19"}, "C-TOY", "TOY-PB"),
    "7204490030": ("recycled raw materials", {"19"}, "C-REC", "REC-ALPHA"),
    "0101210090": ("animals and animal products", {"19"}, "C-ANI", "ANI-SIGNS"),
    "2905110000": ("dangerous chemicals", {"31"}, "C-HAZ", "HAZ-LABEL"),
}


@pytest.mark.parametrize("hs", TRADES)
def test_each_trade_has_documents_checks_a_checklist_and_the_mark_of_wood_packaging(hs: str) -> None:
    group, attributes, checklist, code = TRADES[hs]
    asked = PACK.asked(Goods(hs, attributes=frozenset(attributes)))
    found = {r.code: r for r in asked.requirements}
    assert (asked.checklist, found[code].group) == (checklist, group)
    assert {"check", "duty"} <= {r.kind for r in asked.requirements}
    crated = PACK.asked(Goods(hs, attributes=frozenset(attributes), packed=frozenset({"wood"})))
    assert "WPM-MARK" in {r.code for r in crated.requirements}
    assert crated.also == (*asked.also, "C-WPM")
    assert not {r.code for r in asked.requirements if "E" in r.scope.directions}


def test_fireworks_that_leave_are_inspected_at_origin_and_checked_at_the_port_those_that_come_are_chemicals() -> None:
    out, back = PACK.asked(Goods("3604100000", direction="E")), PACK.asked(Goods("3604100000"))
    assert (out.checklist, out.port_checklist) == ("C-FWO", "C-FWK")
    assert {"FWK-CODE", "FWK-REFERENCE", "FWK-VALID"} <= {r.code for r in out.requirements}
    assert (back.checklist, back.port_checklist) == ("C-HAZ", "")
    assert not {r.code for r in back.requirements if r.code.startswith("FWK-")}


@pytest.mark.parametrize(
    ("goods", "also"),
    [
        (Goods("0805100000", packed=frozenset({"container"})), ("C-CON",)),
        (Goods("6205200090", packed=frozenset({"container"})), ()),
        (Goods("6205200090", packed=frozenset({"container", "wood"})), ("C-WPM", "C-CON")),
        (Goods("7404000030", packed=frozenset({"container"})), ("C-CON",)),
        (Goods("6111200040"), ("C-KID",)),
        (Goods("8415101000", attributes=frozenset({"21"})), ("C-CFC",)),
        (Goods("0202300090", direction="E", packed=frozenset({"container"})), ("C-FIT",)),
        (Goods("6205200090", direction="E", packed=frozenset({"wood"})), ("C-WPM",)),
    ],
)
def test_containers_and_packaging_bring_checklists_of_their_own(goods: Goods, also: tuple[str, ...]) -> None:
    assert PACK.asked(goods).also == also


def test_orders_of_single_buyers_are_private_goods_with_a_checklist_of_their_own() -> None:
    cream = PACK.asked(Goods("3304990039"))
    order = PACK.asked(Goods("3304990039", trade_mode="1210"))
    assert ("COS-FILING" in {r.code for r in cream.requirements}, cream.checklist) == (True, "C-COS")
    assert ("COS-FILING" in {r.code for r in order.requirements}, order.checklist) == (False, "C-CBE")


def test_every_checklist_is_of_some_goods_and_what_it_shows_can_be_declared() -> None:
    from guomen.faces.field.declared import _FIELDS

    rows = PACK.requirements
    used = {c for r in rows for c in (r.checklist, r.also, r.port_checklist)} | {"C-IDENT", AT_THE_PORT}
    used |= {p.checklist for p in PACK.profiles.values()} | {r["checklist"] for r in codes.table("hs").rows.values()}
    assert set(PACK.checklists) <= used
    shown = {name for c in PACK.checklists.values() for item in c.items for name in item.shows}
    assert {n for n in shown if not n.isdigit()} <= _FIELDS.keys()
    assert {n for n in shown if n.isdigit()} <= codes.table("document_kind").rows.keys()


def test_several_checklists_are_one_each_question_asked_once() -> None:
    whole = PACK.checklist("C-VAL+C-WPM+C-CON")
    found = [i.code for i in whole.items]
    assert found[:2] == ["NUMBER", "OXYGEN"]  # Nobody enters before the air was measured.
    assert found[8:12] == ["IDENTITY", "SCOPE", "CERTIFICATE", "MARK"]
    assert "WPM-MARK" in found
    assert len(set(found)) == len(found) < sum(len(PACK.checklist(c).items) for c in ("C-VAL", "C-WPM", "C-CON")) + 1
    assert whole.title.en == "CCC goods at the port + Wood packaging + Containers"
    assert whole.version_hash != PACK.checklist("C-VAL+C-WPM").version_hash


def test_the_label_of_food_is_judged_by_the_edition_in_force() -> None:
    from datetime import date

    def labels(day: date) -> set[str]:
        found = rulepack.pack(PACK.version, day).asked(Goods("1905310000", attributes=frozenset({"14"})))
        return {r.standard for r in found.requirements if r.code.startswith("FOOD-LABEL")}

    assert "GB 7718-2011" in " ".join(labels(date(2027, 3, 15)))
    assert "GB 7718-2025" in " ".join(labels(date(2027, 3, 16)))
    assert len(labels(date(2027, 3, 15))) == len(labels(date(2027, 3, 16))) == 1


def test_what_becomes_of_goods_is_said_of_findings_that_exist() -> None:
    from guomen.clearance.words import OUTCOMES
    from guomen.kit.words import vocabulary

    rows = PACK.terms["outcomes"]
    assert rows.keys() - {""} <= PACK.checklists.keys()
    assert {code for row in rows.values() for code in row} <= vocabulary("REASONS").keys()
    assert {one for row in rows.values() for told in row.values() for one in told} <= OUTCOMES.keys()


def test_every_requirement_names_a_standard_a_source_and_goods_that_the_code_list_has() -> None:
    for r in PACK.requirements:
        assert r.standard, r.code
        assert r.source, r.code
        assert r.sure in {"text", "recalled"}, r.code
        assert not r.paper or r.paper in codes.table("document_kind"), r.code
        assert r.kind != "limit" or r.limit, r.code
        assert not r.checklist or r.checklist in PACK.checklists, r.code
    assert {r.group for r in PACK.requirements} >= {group for group, *_ in TRADES.values()}


def test_used_medical_devices_are_prohibited_and_new_ones_need_their_registration() -> None:
    used = PACK.asked(Goods("9018909919", attributes=frozenset({"21"})))
    new = PACK.asked(Goods("9018909919", attributes=frozenset({"19"})))
    assert ("prohibited" in used.traits, "prohibited" in new.traits) == (True, False)
    assert ("101909" in used.papers, "101909" in new.papers) == (False, True)


def test_limits_read_as_sentences_in_both_languages() -> None:
    by_code = {r.code: r.limit for r in PACK.requirements}
    assert by_code["TEX-PH-A"].en == "4.0 to 7.5"
    assert by_code["VEH-BRAKE"].zh == "不低于 60 %"
    assert by_code["UME-DOSE"].en == "at most 0.25 µGy/h"
    assert by_code["COS-LABEL"] is None


def test_a_newer_file_pack_changes_what_it_names_and_keeps_the_rest() -> None:
    older, newer = (rows_on(v) for v in file_versions()[-2:])
    found = changes(older, newer)
    assert {c.section for c in found} <= {"profiles", "requirements", "checklists", "panels", "terms"}
    assert ("profiles", "6111", "panel", "P-TEX", "P-TEX-A") in {
        (c.section, c.key, c.field, c.before, c.after) for c in found
    }
    assert older["modes"].keys() == newer["modes"].keys()
