"""Pages of what happens to a lodged declaration: export form, several containers, amend, split, file, discard."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.clearance.models import Container, Declaration, Draft, Line
from tests.clearance.test_files_and_messages import as_csv, table
from tests.faces.portal_form import answers, fill, key, lodge, named, start, story, text

pytestmark = pytest.mark.django_db


def test_an_export_asks_in_its_own_words_and_for_the_country_of_destination(door):
    cy, data = door("cy"), story()
    draft = cy.post("/portal/declare/", key() | {"direction": "E"})["Location"]
    assert "Export declaration" in text(cy.get(draft))
    assert "Port of exit" in text(cy.get(f"{draft}transport/"))
    way = {"direction": "E", "departure_country": "CN", "departure_port": "CNYSA", "arrival_port": "ITGOA"}
    data |= way | {"destination_country": "IT", "departed_on": data["arrives_at"][:10]}
    fill(cy, draft, data)
    sent = cy.post(f"{draft}send", key())
    assert sent.status_code == 302, named(sent)
    assert Declaration.objects.get().number[8] == "0"
    assert Declaration.objects.get().more["destination_country"] == "IT"


def test_what_a_kind_of_trade_asks_appears_when_it_is_chosen_and_containers_may_be_many(door):
    cy, data = door("cy"), story()
    draft = start(cy)
    cy.post(f"{draft}parties/", answers_of("parties", data) | {"trade_mode": "9610"})
    listed = text(cy.get(draft))
    assert "What this kind of trade asks" in listed
    assert "Orders and parcels" in listed
    assert set(named(cy.post(f"{draft}asked/", {"platform_code": "1"}))) == {"platform_code"}
    boxes = {"containers.0.number": "MSKU1234565", "containers.0.seal": "S1"}
    packing = answers_of("packing", data) | boxes | {"another": "1"}
    assert cy.post(f"{draft}packing/", packing)["Location"] == f"{draft}packing/#containers.1.number"
    again = {"containers.1.number": "TGHU7654320", "containers.1.seal": ""}
    cy.post(f"{draft}packing/", packing | again | {"containers.2.number": "", "another": ""})
    assert [c["number"] for c in Draft.objects.get().data["containers"]] == ["MSKU1234565", "TGHU7654320"]


def answers_of(name, data):
    from guomen.faces.portal.sections import sections

    return answers(next(s for s in sections({}) if s.key == name), data)


def test_a_draft_is_discarded_by_its_firm_alone(door):
    draft = start(door("cy"))
    assert {n: door(n).post(f"{draft}discard", key()).status_code for n in ("ana", "sam", "")} == {
        "ana": 403, "sam": 403, "": 401,
    }  # fmt: skip
    assert door("eve").post(f"{draft}discard", key()).status_code == 404
    assert Draft.objects.count() == 1
    same, cal = key(), door("cal")
    for _ in range(2):
        assert cal.post(f"{draft}discard", same)["Location"] == "/portal/"
    assert not Draft.objects.exists()


def test_a_declaration_is_amended_on_the_form_and_its_versions_are_shown(door):
    cy = door("cy")
    number = lodge(cy)
    path = f"/portal/declarations/{number}/change"
    draft = cy.post(path, key() | {"do": "amend"})["Location"]
    listed = text(cy.get(draft))
    assert "Every question is answered" in listed
    assert f"Amend declaration {number}" in listed
    cy.post(f"{draft}packing/", answers_of("packing", story()) | {"marks": "N/M", "containers.0.number": "MSKU1234565"})
    assert set(named(cy.post(f"{draft}send", key() | {"reason": ""}))) == {"reason"}
    sent = cy.post(f"{draft}send", key() | {"reason": "The marks changed."})
    assert sent["Location"] == f"/portal/declarations/{number}/"
    assert not Draft.objects.exists()
    shown = text(cy.get(f"/portal/declarations/{number}/versions"))
    assert "<ins>N/M</ins>" in shown
    assert "The marks changed." in shown
    found = {n: door(n).get(f"/portal/declarations/{number}/versions").status_code for n in ("cal", "eve", "ana", "")}
    assert found == {"cal": 200, "eve": 404, "ana": 403, "": 401}
    assert {n: door(n).get(path).status_code for n in ("cal", "eve", "ana", "")} == found
    late = cy.post(path, key() | {"do": "withdraw", "reason-withdraw": "Not sold."})
    assert late.status_code == 422
    assert "only the control room can withdraw it now" in text(late)
    desk = f"/desk/declarations/{number}"
    assert door("amy").post(desk, key() | {"reason": "x"}).status_code == 403
    assert door("bo").post(desk, key() | {"reason": ""}).status_code == 422
    assert door("bo").post(desk, key() | {"reason": "The firm asked."}).status_code == 302
    assert set(Line.objects.filter(declaration=number).values_list("state", flat=True)) == {"withdrawn"}
    assert "Withdrawn" in text(cy.get(f"/portal/declarations/{number}/"))


def test_two_new_declarations_stand_for_one_that_is_split_and_can_be_merged(door):
    cy = door("cy")
    number = lodge(cy)
    path = f"/portal/declarations/{number}/change"
    assert set(named(cy.post(path, key() | {"do": "split", "reason-split": "x"}))) == {
        "lines",
        "packages",
        "gross_weight_kg",
    }
    part = {
        "do": "split",
        "lines": ["3"],
        "packages": "1",
        "gross_weight_kg": "7,600",
        "reason-split": "Another buyer.",
    }
    assert cy.post(path, key() | part).status_code == 302
    both = list(Declaration.objects.filter(state="lodged").order_by("number").values_list("number", flat=True))
    assert len(both) == 2
    assert both[1] in text(cy.get(f"/portal/declarations/{number}/"))
    assert set(named(cy.post("/portal/declarations/merge", key() | {"numbers": both[:1], "reason": "x"}))) == {
        "numbers"
    }
    merged = cy.post("/portal/declarations/merge", key() | {"numbers": both, "reason": "Together again."})
    assert merged.status_code == 302, named(merged)
    assert {n: door(n).get("/portal/declarations/merge").status_code for n in ("eve", "ana", "")} == {
        "eve": 200, "ana": 403, "": 401,
    }  # fmt: skip
    assert number not in text(door("eve").get("/portal/declarations/merge"))


def test_a_file_is_lodged_on_the_page_and_wrong_cells_are_named_in_the_readers_language(door):
    from tests.clearance.conftest import example

    def sent(client, rows, path="/portal/declarations/file", **more):
        file = SimpleUploadedFile("declarations.csv", as_csv(rows), "text/csv")
        return client.post(path, key() | {"file": file} | more)

    cy, payload = door("cy"), example()
    wrong = sent(cy, table(payload, goods_unit=""), "/zh/portal/declarations/file")
    assert wrong.status_code == 422
    assert re.search(r"<td>\w\w4</td><td class=\"address\">goods.unit</td><td>请选择计量单位。</td>", text(wrong))
    good = sent(cy, table(payload, payload), "/en/portal/declarations/file")
    assert "2 declarations were lodged." in text(good)
    assert Declaration.objects.count() == 2
    assert cy.post("/portal/declarations/file", key()).status_code == 422
    assert {n: sent(door(n), table(payload)).status_code for n in ("ana", "sam", "")} == {
        "ana": 403,
        "sam": 403,
        "": 401,
    }


def test_the_desk_puts_a_licence_on_record_and_its_firm_sees_what_is_left(door, people):
    terms = {
        "kind": "101030", "number": "AP-1", "holder": people.cy.organisation.code, "quantity": "10", "unit": "TNE",
        "hs_prefix": "", "valid_from": "2026-01-01", "valid_until": "2027-01-01",
    }  # fmt: skip
    assert set(named(door("bo").post("/desk/licences/", key() | terms | {"quantity": "-1"}))) == {"quantity"}
    assert door("bo").post("/desk/licences/", key() | terms).status_code == 302
    assert "10 tonnes left of 10 tonnes" in text(door("cy").get("/portal/licences/"))
    assert "AP-1" not in text(door("eve").get("/portal/licences/"))
    assert {n: door(n).get("/desk/licences/").status_code for n in ("bo", "amy", "ana", "cy", "")} == {
        "bo": 200, "amy": 200, "ana": 403, "cy": 403, "": 401,
    }  # fmt: skip


def test_versions_show_codes_dates_and_numbers_in_words_in_both_languages(door):
    cy = door("cy")
    page = f"/portal/declarations/{lodge(cy)}/versions"
    english, chinese = text(cy.get(f"/en{page}")), text(cy.get(f"/zh{page}"))
    assert "General trade (0110)" in english
    assert "一般贸易（0110）" in chinese
    for raw in ("C62", "direction", "T00:", story()["departed_on"]):
        assert raw not in english, raw


def test_the_page_of_changes_offers_only_what_can_still_be_done(door):
    cy = door("cy")
    number = lodge(cy)
    page = text(cy.get(f"/portal/declarations/{number}/change"))
    assert 'value="amend"' in page
    assert 'value="withdraw"' not in page
    assert "only the control room can withdraw it now" in page
    Line.objects.filter(number=1).update(state="refused")
    page = text(cy.get(f"/portal/declarations/{number}/change"))
    assert 'value="amend"' not in page
    assert 'value="split"' not in page
    assert "Line 1 was refused." in page
    assert f"/portal/declarations/{number}/change#again-1" in text(cy.get(f"/portal/declarations/{number}/"))


def test_a_firm_finds_its_own_declarations_by_number_bill_or_container(door):
    cy = door("cy")
    number, one = lodge(cy), Declaration.objects.get()
    box = Container.objects.get().number
    for sought in (number[-9:], one.bill_number.lower(), box.lower()):
        assert number in text(cy.get("/portal/", {"q": sought}))
    assert "Nothing of yours has this number." in text(cy.get("/portal/", {"q": "999999"}))
    assert f"/portal/declarations/{number}/" not in text(door("eve").get("/portal/", {"q": number}))
