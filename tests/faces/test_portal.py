"""The traders' pages: the declaration form as a person walks it, and the declaration after it was sent."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.clearance.models import Declaration, Draft, Line
from guomen.faces.portal.next_step import next_step
from guomen.ledger.models import Entry
from tests.faces.portal_form import PDF, answers, fill, key, line_answers, lodge, named, start, story, text

pytestmark = pytest.mark.django_db


def sections():
    from guomen.faces.portal.sections import sections as shown

    return {s.key: s for s in shown({})}


def attach(client, draft, content=PDF, kind="101009", number="NZ-17", name="health.pdf"):
    file = SimpleUploadedFile(name, content, "application/pdf")
    return client.post(f"{draft}documents/", {"kind": kind, "number": number, "file": file})


def test_a_draft_can_be_left_and_resumed_by_a_colleague(door):
    cy, cal, data = door("cy"), door("cal"), story()
    draft = start(cy)
    assert text(cy.get(draft)).count("Not started") == 4
    cy.post(f"{draft}parties/", answers(sections()["parties"], data))
    assert "Empty draft" in text(cal.get("/portal/"))
    assert draft in text(cal.get("/portal/"))
    assert 'value="Mediterraneo Forwarding S.p.A."' in text(cal.get(f"{draft}parties/"))
    fill(cal, draft, data)
    assert "Every question is answered" in text(cy.get(draft))
    sent = cy.post(f"{draft}send", key())
    declaration = Declaration.objects.get()
    assert sent["Location"] == f"/portal/declarations/{declaration.number}/"
    assert declaration.consignor_name == "Mediterraneo Forwarding S.p.A."
    assert not Draft.objects.exists()


def test_a_draft_knows_the_firm_that_declares(door, people):
    assert people.cy.organisation.code in text(door("cy").get(f"{start(door('cy'))}parties/"))


def test_wrong_answers_are_kept_and_named_at_their_field_in_both_languages(door):
    cy, data = door("cy"), story()
    draft = start(cy)
    data["containers"][0]["number"] = "MSKU1234564"
    wrong = cy.post(f"{draft}packing/", answers(sections()["packing"], data))
    assert wrong.status_code == 422
    assert named(wrong) == {
        "containers.0.number": "Container 1, Container number: The check digit does not fit: compare the number again."
    }
    assert 'value="MSKU1234564"' in text(wrong)
    assert 'aria-describedby="containers.0.number-hint containers.0.number-problem"' in text(wrong)
    assert named(cy.get(f"/zh{draft}packing/")) == {
        "containers.0.number": "集装箱 1，集装箱号：校验码不符：请核对号码。"
    }

    line = line_answers(data, 0) | {"lines.0.gtin": "08012345000013", "lines.0.unit": "", "lines.0.hs_code": "6205"}
    said = named(cy.post(f"/en{draft}goods/0/", line))
    assert said == {
        "lines.0.gtin": "Article number (GTIN): The check digit does not fit: compare the number again.",
        "lines.0.hs_code": "HS code: This code is not in the table.",
        "lines.0.unit": "Unit: Choose a unit for the quantity.",
    }
    assert named(cy.post(f"/zh{draft}goods/0/", line)) == {
        "lines.0.gtin": "商品条码（GTIN）：校验码不符：请核对号码。",
        "lines.0.hs_code": "商品编码：代码表中没有此代码。",
        "lines.0.unit": "计量单位：请选择计量单位。",
    }
    assert "3 项待更正" in text(cy.get(draft))
    assert "3 to correct" in text(cy.get(f"/en{draft}"))


def test_what_is_wrong_is_named_in_the_order_of_the_questions(door):
    cy = door("cy")
    said = list(named(cy.post(f"{start(cy)}transport/", {"voyage": "1"})))
    assert said[:3] == ["transport_mode", "vessel", "bill_number"]
    assert said == [f.name for f in sections()["transport"].fields if f.name in said]


def test_a_word_in_place_of_an_hs_code_is_answered_with_the_codes_that_it_may_mean(door):
    cy, data = door("cy"), story()
    answered = cy.post(f"{start(cy)}goods/0/", line_answers(data, 0) | {"lines.0.hs_code": "shirts"})
    shown = text(answered)
    assert "Do you mean one of these?" in shown.split("CIQ extension")[0]
    assert "6205200090" in shown.split("Do you mean")[1].split("CIQ extension")[0]


def test_the_list_says_before_sending_for_want_of_what_the_goods_would_be_held(door):
    cy, data = door("cy"), story()
    draft = start(cy)
    fill(cy, draft, data)
    listed = text(cy.get(draft))
    assert "goods would be held" in listed
    assert "Used equipment needs a pre-shipment inspection certificate (101018)" in listed
    assert f"{draft}documents/?kind=101018" in listed
    assert 'value="101018" selected' in text(cy.get(f"{draft}documents/?kind=101018"))
    attach(cy, draft, PDF + b"\n%%EOF\n", kind="101018", number="PSI-1")
    assert "(101018)" not in text(cy.get(draft)).split("Attached")[0]
    attach(cy, draft)
    assert "Everything is here" in text(cy.get(draft))
    cy.post(f"{draft}send", key())
    assert {line.state for line in Line.objects.all()} == {"to_inspect"}


def test_a_section_that_nobody_touched_names_nothing_as_wrong(door):
    cy = door("cy")
    draft = start(cy)
    for place in ("parties/", "transport/", "packing/", "goods/0/", "documents/"):
        page = cy.get(draft + place)
        assert page.status_code == 200
        assert named(page) == {}


def test_arrival_is_understood_in_the_time_of_the_port(door):
    cy, data = door("cy"), story()
    draft = start(cy)
    for typed in (data["arrives_at"], data["arrives_at"] + ":00"):
        cy.post(f"{draft}transport/", answers(sections()["transport"], data) | {"arrives_at": typed})
        assert Draft.objects.get().data["arrives_at"] == data["arrives_at"] + "+08:00"
    assert f'value="{data["arrives_at"]}"' in text(cy.get(f"{draft}transport/"))
    said = named(cy.post(f"{draft}transport/", answers(sections()["transport"], data) | {"arrives_at": "soon"}))
    assert set(said) == {"arrives_at"}


def test_numbers_may_be_typed_with_thousands_separators(door):
    cy, data = door("cy"), story()
    draft = start(cy)
    cy.post(
        f"{draft}packing/", answers(sections()["packing"], data) | {"gross_weight_kg": "14，860", "packages": "1,322"}
    )
    kept = Draft.objects.get().data
    assert (kept["gross_weight_kg"], kept["packages"]) == ("14860", "1322")


def test_documents_are_attached_listed_and_removed(door):
    cy = door("cy")
    draft = start(cy)
    assert attach(cy, draft)["Location"] == draft
    assert "Sanitary or health certificate" in text(cy.get(draft))
    attach(cy, draft)
    assert len(Draft.objects.get().data["documents"]) == 1
    attach(cy, draft, PDF + b"\n%%EOF\n", kind="101018", number="PSI-1")
    same = key()
    for _ in range(2):
        assert cy.post(f"{draft}documents/0/remove", same).status_code == 302
    assert [d["number"] for d in Draft.objects.get().data["documents"]] == ["PSI-1"]
    assert cy.post(f"{draft}documents/7/remove", key()).status_code == 404


def test_what_cannot_be_attached_is_named_at_its_field(door):
    cy = door("cy")
    draft = start(cy)
    assert set(named(attach(cy, draft, b"MZ not a pdf"))) == {"file"}
    assert set(named(attach(cy, draft, kind=""))) == {"kind"}
    nothing = cy.post(f"{draft}documents/", {"kind": "101009", "number": "NZ-17"})
    assert named(nothing) == {"file": "Choose a PDF file."}
    assert 'value="NZ-17"' in text(nothing)
    assert Draft.objects.get().data["documents"] == []


def test_a_goods_line_can_be_removed_once(door):
    cy, data = door("cy"), story()
    draft = start(cy)
    fill(cy, draft, data)
    assert "Remove this goods line" not in text(cy.get(f"{draft}goods/3/"))
    same = key()
    for _ in range(2):
        cy.post(f"{draft}goods/0/remove", same)
    assert [x["name"] for x in Draft.objects.get().data["lines"]] == [x["name"] for x in data["lines"][1:]]
    assert cy.get(f"{draft}goods/4/").status_code == 404


def test_sending_twice_lodges_once(door):
    cy = door("cy")
    draft = start(cy)
    fill(cy, draft, story())
    same = key()
    first, again = cy.post(f"{draft}send", same), cy.post(f"{draft}send", same)
    assert first["Location"] == again["Location"]
    assert Declaration.objects.count() == 1
    assert Entry.objects.filter(kind="declaration.lodged").count() == 1
    assert cy.post(f"{draft}send", key()).status_code == 404
    assert cy.post(f"{draft}send").status_code == 409


def test_an_unfinished_declaration_is_not_sent(door):
    cy = door("cy")
    draft = start(cy)
    assert "disabled" in text(cy.get(draft))
    refused = cy.post(f"{draft}send", key())
    assert refused.status_code == 422
    assert "Fill in this field." in text(refused)
    assert Draft.objects.count() == 1
    assert not Declaration.objects.exists()


def test_the_start_button_pressed_twice_begins_one_draft(door):
    cy, same = door("cy"), key()
    assert cy.post("/portal/declare/", same)["Location"] == cy.post("/portal/declare/", same)["Location"]
    assert Draft.objects.count() == 1


def test_the_declaration_says_in_words_what_was_decided_and_why(door):
    cy = door("cy")
    draft = start(cy)
    fill(cy, draft, story())
    attach(cy, draft)
    page = cy.post(f"{draft}send", key(), follow=True)
    english = text(page)
    assert "Declaration lodged." in english
    assert "A line is held: read why" in english
    assert (english.count("To be inspected"), english.count(">Held<")) == (2, 1)
    assert "rule pack 2026.2" in english
    assert "Infant" in english
    assert "Used equipment needs a pre-shipment inspection certificate (101018)" in english
    chinese = text(cy.get(f"/zh/portal/declarations/{Declaration.objects.get().number}/"))
    assert (chinese.count("待查验"), chinese.count("已暂扣")) == (2, 1)
    assert "旧机电产品须提供装运前检验证书（101018）" in chinese
    home = text(cy.get("/en/portal/"))
    assert "Men&#39;s cotton shirts, woven and 2 more" in home
    assert "A line is held: read why" in home


def test_an_attached_document_can_be_read_again_by_its_owners_only(door):
    cy = door("cy")
    draft = start(cy)
    fill(cy, draft, story())
    attach(cy, draft)
    cy.post(f"{draft}send", key())
    lodged = Declaration.objects.get()
    path = f"/portal/declarations/{lodged.number}/documents/{hashlib.sha256(PDF).hexdigest()}.pdf"
    assert path in text(cy.get(f"/portal/declarations/{lodged.number}/"))
    assert door("cal").get(path).content == PDF
    assert {n: door(n).get(path).status_code for n in ("eve", "ana", "")} == {"eve": 404, "ana": 403, "": 401}


def test_the_next_step_is_that_of_the_line_that_needs_somebody_most():
    class Line:
        def __init__(self, state: str) -> None:
            self.state = state

    def says(*states: str) -> str:
        return next_step(map(Line, states))[0].en

    assert says("released", "released").startswith("Released")
    assert says("released", "sampled") == "Waiting for the laboratory"
    assert says("sampled", "to_inspect") == "Present the goods for inspection"
    assert "held" in says("to_inspect", "held", "released")
    assert "refused" in says("held", "refused")


def test_who_may_open_the_pages_of_a_draft(door):
    draft = start(door("cy"))
    pages = ("", "parties/", "transport/", "packing/", "goods/0/", "documents/")
    for name, status in {"cy": 200, "cal": 200, "eve": 404, "ana": 403, "sam": 403, "": 401}.items():
        client = door(name)
        assert {client.get(draft + p).status_code for p in pages} == {status}, name
    assert door("cy").get(f"{draft}nonsense/").status_code == 404


def test_who_may_write_to_a_draft(door):
    draft = start(door("cy"))
    attach(door("cy"), draft)
    before = Draft.objects.get().data
    doors = ("parties/", "goods/0/", "documents/", "goods/0/remove", "documents/0/remove", "send")
    for name, status in {"eve": 404, "ana": 403, "sam": 403, "": 401}.items():
        client = door(name)
        assert {client.post(draft + p, key()).status_code for p in doors} == {status}, name
    assert Draft.objects.get().data == before


def test_who_may_open_the_list_and_begin(door):
    assert {n: door(n).get("/portal/").status_code for n in ("cy", "sam", "kai", "ana", "")} == {
        "cy": 200,
        "sam": 200,
        "kai": 200,
        "ana": 403,
        "": 401,
    }
    began = {n: door(n).post("/portal/declare/", key()).status_code for n in ("cal", "sam", "ana", "")}
    assert began == {"cal": 302, "sam": 403, "ana": 403, "": 401}
    assert door("cy").get("/portal/declare/").status_code == 405


def test_who_may_read_a_declaration(door):
    path = f"/portal/declarations/{lodge(door('cy'))}/"
    found = {n: door(n).get(path).status_code for n in ("cy", "cal", "eve", "ana", "sam", "")}
    assert found == {"cy": 200, "cal": 200, "eve": 404, "ana": 403, "sam": 403, "": 401}
    assert "Nothing lodged yet" in text(door("eve").get("/portal/"))


def test_nobody_is_sent_to_sign_in_and_comes_back(door, people):
    from tests.people import PASSWORD

    people.cy  # noqa: B018
    nobody = door()
    sent = nobody.get("/zh/portal/?a=1", HTTP_ACCEPT="text/html,application/xhtml+xml")
    assert (sent.status_code, sent["Location"]) == (302, "/zh/accounts/login/?next=%2Fzh%2Fportal%2F%3Fa%3D1")
    signed = nobody.post(sent["Location"], {"login": "cy@example.test", "password": PASSWORD})
    assert signed["Location"] == "/zh/portal/?a=1"
