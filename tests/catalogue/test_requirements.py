"""The requirements of the trades: each with a source, found by what is declared, and none that nothing can meet."""

import pytest

from guomen.catalogue import codes, rulepack
from guomen.catalogue.requirements import Goods
from guomen.catalogue.rows import changes, file_versions, rows_on

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
    "3604100000": ("fireworks for export", {"19"}, "C-FWK", "FWK-CODE"),
    "2905110000": ("dangerous chemicals", {"31"}, "C-HAZ", "HAZ-LABEL"),
}


@pytest.mark.parametrize("hs", TRADES)
def test_each_trade_has_documents_checks_a_checklist_and_the_mark_of_wood_packaging(hs: str) -> None:
    group, attributes, checklist, code = TRADES[hs]
    asked = PACK.asked(Goods(hs, attributes=frozenset(attributes)))
    found = {r.code: r for r in asked.requirements}
    assert (asked.checklist, found[code].group) == (checklist, group)
    assert "WPM-MARK" in found
    assert {"check", "paper"} <= {r.kind for r in asked.requirements}


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
    assert {c.section for c in found} <= {"profiles", "requirements", "checklists", "panels"}
    assert ("profiles", "6111", "panel", "P-TEX", "P-TEX-A") in {
        (c.section, c.key, c.field, c.before, c.after) for c in found
    }
    assert older["modes"].keys() == newer["modes"].keys()
