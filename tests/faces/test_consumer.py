"""What Fen sees: the verdict and everything behind it, in both languages, without script, cookie or account."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.catalogue.models import Product
from guomen.catalogue.services import keep_picture
from guomen.certificates import queries as certificates
from guomen.certificates import services as certifying
from guomen.core import epcis
from guomen.faces.consumer.timeline import event_place
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.words import W
from guomen.ledger.follow import catch_up
from guomen.ledger.queries import Proof, check
from guomen.tags import services as tags
from guomen.tags.models import Scan, Tally
from guomen.tags.rules import LIMITS
from guomen.trace.services import capture
from guomen.warning.models import Signal, Told
from tests.clearance.conftest import example
from tests.faces import story
from tests.inspection.goods import PNG

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def shirts(people) -> story.Goods:
    return story.lodged(people)


@pytest.fixture
def formula(people) -> story.Goods:
    """Inspected, tested, released."""
    goods = story.lodged(people, 2)
    assert story.inspect(people, goods).state == "sampled"
    story.analyse(people, goods)
    assert goods.line.state == "released"
    return goods


def words(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("&#39;", "'"))


def test_goods_at_the_border_are_not_released_yet(door, shirts):
    page = door().get(shirts.path())
    assert page.status_code == 200
    assert "Not released yet" in words(page)
    assert "It should not be on sale." in words(page)
    assert "Declared for import" in words(page)


def test_inspected_goods_say_what_was_checked_and_where_they_have_been(people, door, formula):
    text = words(door().get(formula.path()))
    assert "Passed inspection" in text
    assert "Released at" in text
    assert "No recall is in force." in text
    assert "Infant formula, stage 1, 800 g" in text
    assert "Lead" in text
    assert "Within limit" in text
    assert "Shanghai Example Laboratory" in text
    assert "signed by Yangshan Port Authority" in text
    assert "stated by Harbour Imports, not confirmed" in text
    assert "This is the first time" in text
    order = ["Check it is this product", "What was checked", "Where it has been", "Tell us about a problem"]
    order += ["Proof for experts", "Checked against the live register"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "genuine" not in text.lower()


def test_the_page_is_complete_in_chinese(door, formula):
    text = words(door().get("/zh" + formula.path()))
    for part in (
        "检验合格",
        "请核对商品",
        "检验项目",
        "流转经过",
        "婴儿配方奶粉",
        "专业验证信息",
        "我们不记录您的身份",
    ):
        assert part in text
    for english in ("Check it is", "Where it has", "Within", "signed by", "Released", "Report"):
        assert english not in text


def test_goods_released_on_papers_never_look_like_inspected_ones(people, door, shirts):
    tags.activate(people.ana.actor, subject=shirts.subject, at=now())
    page = door().get(shirts.path())
    assert "It was not opened or tested." in words(page)
    assert 'class="verdict plain"' in page.content.decode()
    assert "Passed inspection" not in words(page)


def test_goods_inspected_on_the_spot_pass(people, door, shirts):
    assert story.inspect(people, shirts).state == "released"
    text = words(door().get(shirts.path()))
    assert "Passed inspection" in text
    assert "Inspected on" in text


def test_refused_goods_must_not_be_on_sale(people, door):
    goods = story.lodged(people, 2)
    story.inspect(people, goods)
    story.analyse(people, goods, cronobacter=("=", "1"))
    text = words(door().get(goods.path()))
    assert "refused at the border" in text
    assert "Outside limit" in text


def test_a_recall_shows_first_what_to_do(people, door, formula):
    number = story.recalled(people, formula)
    text = words(door().get(formula.path(3)))
    assert "Do not use. Recalled." in text
    assert "Cronobacter was found." in text
    assert text.index("Stop feeding it now.") < text.index("Check it is this product")
    facts = door().get(formula.path(3), headers=JSON).json()
    assert facts["recall"]["number"] == number
    assert facts["verdict"]["state"] == "stop"
    assert len(facts["what_to_do"]) == 4
    batch = door().get(f"/01/{formula.range.gtin}/10/{formula.range.batch}")
    assert "Do not use. Recalled." in words(batch)


def test_a_code_that_does_not_exist_is_doubted_with_404(door, shirts):
    path = shirts.path()[:-20] + "0" * 20
    page = door().get(path)
    assert page.status_code == 404
    assert "We cannot confirm this item" in words(page)
    assert "This code does not exist." in words(page)
    answer = door().get(path, headers=JSON)
    assert answer.status_code == 404
    assert answer.json()["verdict"]["reasons"][0]["code"] == "TAG-UNKNOWN-CODE"
    assert Scan.objects.count() == 0


def test_a_code_of_another_batch_is_doubted(people, door, formula):
    other = formula.path().replace(f"/10/{formula.range.batch}/", "/10/OTHER/")
    assert "TAG-OTHER-BATCH" in words(door().get(other))
    without = formula.path().replace(f"/10/{formula.range.batch}/", "/")
    assert "Passed inspection" in words(door().get(without))


def test_a_code_on_very_many_phones_is_doubted_with_plain_counts(door, formula):
    client = door()
    for n in range(LIMITS.devices_in_a_day + 1):
        client.get(formula.path(), headers={"User-Agent": f"Phone {n}"})
    text = words(client.get(formula.path(), headers={"User-Agent": "Phone 0"}))
    assert "We cannot confirm this item" in text
    assert (
        f"This code was checked {LIMITS.devices_in_a_day + 2} times by {LIMITS.devices_in_a_day + 1} different" in text
    )
    assert "Passed inspection" in words(client.get(formula.path(1)))


def test_scans_of_people_at_work_do_not_count(door, formula):
    for who in ("sam", "ana", ""):
        door(who).get(formula.path())
    door().head(formula.path())
    door().get(formula.path(), headers={"Sec-Purpose": "prefetch"})
    assert sorted(Scan.objects.values_list("channel", flat=True)) == ["inspector", "public", "retailer"]
    facts = door().get(formula.path(), headers=JSON).json()
    assert facts["code_checked"]["times"] == 2


def test_tags_for_others_goods_are_not_confirmed(people, door, formula):
    from guomen.tags.models import Range

    Range.objects.update(organisation=people.eve.organisation)
    assert "TAG-OTHER-GOODS" in words(door().get(formula.path()))


def test_a_shopper_sees_each_step_of_these_goods_once_and_no_other_lines(people, door):
    goods = story.lodged(people)
    batch = f"https://id.gs1.org/01/{goods.range.gtin}/10/{goods.range.batch}"
    there = {"read_point": "geo:44.41,8.90"}
    box = f"urn:epc:id:bic:{example()['containers'][0]['number']}"
    at, things = now() - timedelta(days=45), [(batch, 500, None)]
    made = epcis.object_event(at, "ADD", classes=things, biz_step="commissioning")
    packed = epcis.aggregation_event(at + timedelta(days=9), "ADD", box, classes=things, biz_step="packing", **there)
    capture(people.cy.actor, [epcis.event_to_dict(made), epcis.event_to_dict(packed)])
    for number in (1, 2):
        story.inspect(people, replace(goods, subject=goods.subject[:-1] + str(number)))
    told = door().get(goods.path(), headers=JSON).json()["timeline"]
    titles = [step["title"]["en"] for step in told]
    assert titles.count("Released for sale") == titles.count("Inspected") == 1
    assert "Sample taken" not in titles
    assert titles[-2:] == ["Packed", "Made"]
    assert told[-2]["place"] == {"en": "Genoa", "zh": "热那亚"}
    assert told[-1]["place"] is None
    assert [s["at"] for s in told] == sorted((s["at"] for s in told), reverse=True)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"readPoint": {"id": "geo:44.40,8.92"}}, "Genoa"),
        ({"readPoint": {"id": "geo:0,0"}, "bizLocation": {"id": "https://example.org/unlocode#NZTRG"}}, "Tauranga"),
        ({"readPoint": {"id": "https://example.org/unlocode/ZZZZZ"}}, None),
        ({"bizLocation": {"id": "https://id.gs1.org/414/9506000111119"}}, None),
        ({}, None),
    ],
)
def test_the_place_of_an_event_is_named_only_when_it_is_known(body, name):
    place = event_place(body)
    assert (place.en if place else None) == name


def test_the_products_picture_is_there_to_compare_and_loads_by_itself(people, door, formula):
    assert "<img" not in door().get(formula.path()).content.decode()
    sha = keep_picture(people.cy.actor, PNG)
    Product.objects.filter(gtin=formula.range.gtin).update(image=sha)
    page = door().get(formula.path()).content.decode()
    tag = re.search(r"<img[^>]+>", page)[0]
    assert f'src="/products/{formula.range.gtin}/picture"' in tag
    assert 'loading="lazy"' in tag
    assert 'alt="Picture of the product: Infant formula, stage 1, 800 g"' in tag
    assert door().get(f"/products/{formula.range.gtin}/picture").content == PNG
    assert door().get(formula.path(), headers=JSON).json()["product"]["picture"].endswith("/picture")


def test_a_sale_shows_and_retailers_are_named_as_firms(people, door, formula):
    tags.sell(people.sam.actor, formula.range.gtin, formula.serial())
    text = words(door().get(formula.path()))
    assert "Recorded as sold by a shop" in text
    assert "stated by Corner Shop, not confirmed" in text


def test_the_page_is_small_and_needs_no_script_and_sets_no_cookie(people, door, formula):
    story.recalled(people, formula)
    for path in (formula.path(), "/zh" + formula.path()):
        page = door().get(path, headers={"Accept": "text/html"})
        text = page.content.decode()
        assert "<script" not in text
        assert "style=" not in text
        assert not page.cookies
        parts = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
        assert len(parts) >= 2
        total = len(page.content) + sum(len(_static(part)) for part in parts)
        assert total < 50_000
        assert page.headers["Cache-Control"] == "no-store"


def _static(name: str) -> bytes:
    plain = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name)
    return Path(finders.find(plain)).read_bytes()


def test_html_and_json_say_the_same(door, formula):
    client = door()
    text = words(client.get(formula.path()))
    facts = client.get(formula.path(), headers=JSON).json()
    assert facts["verdict"]["title"]["en"] in text
    assert facts["product"]["batch"] in text
    assert [c["test"]["en"] in text for c in facts["checks"]] == [True] * len(facts["checks"])
    assert all(step["title"]["en"] in text and step["by"]["en"] in text for step in facts["timeline"])
    assert {s["basis"] for s in facts["timeline"]} >= {"authority", "third-party", "firm"}


def test_the_signed_record_can_be_checked_without_us(door, formula):
    catch_up()
    page = door().get(formula.path()).content.decode()
    link = re.search(r"/verify/record/[0-9a-f-]+\.json", page)[0]
    proof = Proof(**json.loads(door().get(link).content))
    check(proof, proof.vkey)
    assert proof.content["kind"] == "line.released"


def test_only_public_decisions_can_be_downloaded(people, door, formula):
    from guomen.ledger.models import Entry

    secret = Entry.objects.filter(kind="declaration.lodged").first()
    assert door().get(f"/verify/record/{secret.id}.json").status_code == 404


# ---- batch, product, verify


def test_a_batch_says_what_it_can_and_cannot_say(door, formula):
    text = words(door().get(f"/01/{formula.range.gtin}/10/{formula.range.batch}"))
    assert "This code names a batch, not one item." in text
    assert "What it cannot say" in text
    assert "Goods of this batch were released" in text
    assert "Passed inspection" not in text
    product = door().get(f"/01/{formula.range.gtin}", headers=JSON)
    assert (product.status_code, product.json()["verdict"]) == (200, None)
    assert door().get("/01/08001234567897").status_code == 404
    assert door().get("/01/08001234567890").status_code == 404


def test_whatever_is_typed_leads_to_the_item(door, shirts, settings):
    serial, gtin = shirts.serial(), shirts.range.gtin
    item, client = f"/01/{gtin}/21/{serial}", door()
    typed = {
        settings.GUOMEN.origin + shirts.path(): shirts.path(),
        settings.GUOMEN.origin + "/zh" + shirts.path(): shirts.path(),
        f"https://id.gs1.org{shirts.path()}": shirts.path(),
        serial: item,
        f"{serial[:4]} {serial[4:8]} {serial[8:]}".lower(): item,
        gtin: f"/01/{gtin}",
        gtin.lstrip("0"): f"/01/{gtin}",
    }
    for code, path in typed.items():
        answer = client.get("/verify", {"code": code})
        assert (answer.status_code, answer.headers.get("Location")) == (302, path), code
    assert client.get("/zh/verify", {"code": serial}).headers["Location"] == f"/zh{item}"


@pytest.mark.parametrize(
    "code",
    [
        "https://guomen-check.example/01/08012345000012/21/ABC",
        "http://127.0.0.1:8000@evil.example/01/08012345000012",
        "http://127.0.0.1:9999/01/08012345000012",
        "id.gs1.org.evil.example/01/08012345000012",
    ],
)
def test_other_peoples_addresses_are_refused_with_a_warning(people, door, code):
    page = door().get("/verify", {"code": code})
    assert page.status_code == 422
    assert "This address is not ours." in words(page)
    answer = door().get("/verify", {"code": code}, headers=JSON)
    assert answer.json()["code"] == "foreign-host"


@pytest.mark.parametrize(
    "code", ["hello", "12345", "https://id.gs1.org/414/4012345000009", "<script>", "http://[", "0" * 20]
)
def test_nonsense_is_answered_with_a_sentence(people, door, code):
    page = door().get("/verify", {"code": code})
    assert page.status_code == 404
    assert "We do not recognise this." in words(page)
    assert b"<script>" not in page.content


def test_an_empty_form_is_shown(people, door):
    assert "Check a product" in words(door().get("/verify"))


# ---- reports


def report(client, goods, kind="injury", **fields):
    sent = {"text": "A rash on the neck", "hazard": "chemical", "severity": "2", "once": "k1"} | fields
    return client.post(f"/report/{kind}{goods.path()}", sent)


def test_a_report_becomes_a_signal_and_gets_a_number(people, door, shirts):
    page = door().get(f"/report/injury{shirts.path()}")
    assert page.status_code == 200
    assert not page.cookies
    photo = SimpleUploadedFile("a.png", PNG, "image/png")
    answer = report(door(), shirts, photo=photo, contact="fen@example.test", when="2026-11-01")
    assert answer.status_code == 302
    assert not answer.cookies
    signal, told = Signal.objects.get(), Told.objects.get()
    assert (signal.source, signal.severity, signal.batch) == ("injury", 2, shirts.range.batch)
    assert (told.contact, told.text) == ("fen@example.test", "2026-11-01: A rash on the neck")
    assert blobs.get(told.photo) == PNG
    thanks = words(door().get(answer.headers["Location"]))
    assert signal.id.hex[-4:].upper() in thanks
    assert "See a doctor" in thanks


def test_what_a_reporter_wrote_is_not_in_the_ledger(door, shirts):
    from guomen.ledger.models import Entry

    report(door(), shirts, contact="fen@example.test")
    entry = Entry.objects.get(kind="signal.received")
    written = json.dumps([entry.facts, entry.actor, entry.subjects])
    assert "fen@" not in written
    assert "rash" not in written


def test_the_same_form_sent_twice_is_one_report(door, shirts):
    places = {report(door(), shirts).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Signal.objects.count() == 1


def test_a_problem_is_a_complaint(door, shirts):
    assert report(door(), shirts, kind="problem", severity="").status_code == 302
    assert Signal.objects.get().source == "complaint"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": " "}, "Tell us what happened."),
        ({"text": "x" * 4001}, "Use at most 4000 characters."),
        ({"hazard": "dragons"}, "Choose what the danger is."),
        ({"severity": ""}, "Choose how bad it was."),
        ({"when": "2099-01-01"}, "Give a date that is not in the future."),
        ({"when": "soon"}, "Give a date that is not in the future."),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_lost(door, shirts, fields, sentence):
    page = report(door(), shirts, **fields)
    assert page.status_code == 422
    assert sentence in words(page)
    if "text" not in fields:
        assert "A rash on the neck" in words(page)
    assert Signal.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"MZ program", "JPEG, PNG or WebP"), (PNG + bytes(8 << 20), "at most 8 MB")]
)
def test_a_file_that_is_no_small_photo_is_refused(door, shirts, content, sentence):
    page = report(door(), shirts, photo=SimpleUploadedFile("a.png", content))
    assert page.status_code == 422
    assert sentence in words(page)


def test_machines_that_fill_the_hidden_field_change_nothing(door, shirts):
    assert report(door(), shirts, website="https://spam.example").status_code == 302
    assert Signal.objects.count() == 0


def test_one_connection_cannot_flood_the_reports(door, shirts, monkeypatch):
    from guomen.faces.consumer import reports

    monkeypatch.setattr(reports, "MOST_A_DAY", 3)
    answers = [report(door(), shirts, text=f"Report {n}", once=f"k{n}") for n in range(5)]
    assert [a.status_code for a in answers] == [302, 302, 302, 429, 429]
    assert Signal.objects.count() == 3
    assert Tally.objects.get().count == 5


def test_reports_about_nothing_are_not_found(people, door):
    assert door().get("/report/injury/01/08001234567890").status_code == 404
    assert door().get("/report/gossip/01/08001234567897").status_code == 404


# ---- certificates


@pytest.fixture
def signed(people, formula):
    facts = {
        "goods": W("Infant formula", "婴儿配方奶粉"),
        "batch": formula.range.batch,
        "decision": W("Meets.", "合格。"),
    }
    drafted = certifying.draft(
        people.bo.actor, kind="21", subject=formula.subject, holder=people.cy.organisation, facts=facts
    )
    return certifying.sign(people.amy.actor, drafted.number)


def test_a_certificate_is_on_the_items_page_and_has_its_own(people, door, formula, signed):
    text = words(door().get(formula.path()))
    assert signed.number in text
    assert "signature valid" in text
    page = door().get(f"/certificates/{signed.number}")
    assert "This certificate is valid" in words(page)
    assert not page.cookies
    assert "该证书有效" in words(door().get(f"/zh/certificates/{signed.number}"))
    paper = door().get(f"/certificates/{signed.number}.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    credential = door().get(f"/certificates/{signed.number}.jwt")
    assert credential.headers["Content-Type"] == "application/vc+jwt"
    assert certificates.verify(credential.content.decode()).valid
    assert door().get("/.well-known/jwks.json").json()["keys"][0]["crv"] == "Ed25519"


def test_a_draft_is_nobodys_business(people, door, formula):
    drafted = certifying.draft(
        people.bo.actor, kind="21", subject=formula.subject, holder=people.cy.organisation, facts={}
    )
    for who in ("", "cy", "eve", "amy"):
        for ending in ("", ".pdf", ".jwt"):
            assert door(who).get(f"/certificates/{drafted.number}{ending}").status_code == 404


def test_a_revoked_certificate_says_so_everywhere(people, door, formula, signed):
    certifying.revoke(people.amy.actor, signed.number, "Wrong batch")
    page = words(door().get(f"/certificates/{signed.number}"))
    assert "Do not rely on it. Revoked." in page
    assert "Wrong batch" in page
    facts = door().get(f"/certificates/{signed.number}", headers=JSON).json()
    assert (facts["valid"], facts["state"]) == (False, "revoked")
    assert "revoked" in words(door().get(formula.path()))


def test_what_somebody_holds_can_be_checked(people, door, signed):
    client, page = door(), f"/certificates/{signed.number}"
    assert client.get("/certificates/check").status_code == 200
    paper = SimpleUploadedFile("c.pdf", blobs.get(signed.pdf))
    for sent in ({"text": signed.number}, {"text": signed.jws}, {"file": paper}, {"text": f"http://x{page}"}):
        assert client.post("/certificates/check", sent).headers["Location"] == page
    changed = SimpleUploadedFile("c.pdf", blobs.get(signed.pdf) + b" ")
    assert "not a certificate as we made it" in words(client.post("/certificates/check", {"file": changed}))
    forged = client.post("/certificates/check", {"text": signed.jws[:-6] + "AAAAAA"})
    assert "The signature does not match the content." in words(forged)
    assert client.post("/certificates/check", {"text": ""}).status_code == 200
