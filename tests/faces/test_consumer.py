"""What Fen sees: the verdict and everything behind it, in both languages, without script, cookie or account."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from guomen.catalogue.models import Product
from guomen.catalogue.services import keep_picture
from guomen.core import epcis
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.ledger.proofs import Proof, check
from guomen.tags import services as tags
from guomen.tags.limits import limits
from guomen.tags.models import Scan
from guomen.tags.services.digesting import digest
from guomen.trace.places import event_place
from guomen.trace.services import capture
from tests.clearance.conftest import example
from tests.faces import story
from tests.faces.story import words
from tests.inspection.goods import PNG

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


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
    client, phones = door(), limits().phones_in_a_day + 1
    for n in range(phones):
        client.get(formula.path(), headers={"User-Agent": f"Phone {n}"})
    digest()
    text = words(client.get(formula.path(), headers={"User-Agent": "Phone 0"}))
    assert "We cannot confirm this item" in text
    assert f"This code was checked {phones + 1} times by {phones} different" in text
    assert "Passed inspection" in words(client.get(formula.path(1)))


def test_scans_of_people_at_work_do_not_count(door, formula):
    for who in ("sam", "ana", ""):
        door(who).get(formula.path())
    door().head(formula.path())
    door().get(formula.path(), headers={"Sec-Purpose": "prefetch"})
    assert sorted(Scan.objects.values_list("channel", flat=True)) == ["inspector", "public", "retailer"]
    digest()
    facts = door().get(formula.path(), headers=JSON).json()
    assert facts["code_checked"]["times"] == 2


def test_tags_whose_keys_leaked_are_not_confirmed_any_more(people, door, formula):
    from guomen.parties.actors import SYSTEM
    from guomen.tags.services import retire_keys, rotate_keys

    assert "Passed inspection" in words(door().get(formula.path()))
    rotate_keys(people.bo.actor, reason="Found on a forger's laptop")
    assert "Passed inspection" in words(door().get(formula.path()))
    retire_keys(SYSTEM, 1, reason="Found on a forger's laptop")
    text = words(door().get(formula.path()))
    assert "We cannot confirm this item" in text
    assert "TAG-KEYS-RETIRED" in text


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


def test_what_happens_to_labels_of_an_order_is_no_way_of_each_item(people, door, formula):
    by, code = people.cy.actor, formula.range.code
    tags.change_stretch(by, code, "applied")
    tags.change_stretch(by, code, "destroyed", first=15)
    tags.change_stretch(by, code, "shipped", last=9)
    serial = formula.serial(12)
    tags.change_items(by, [(formula.range.gtin, serial)], "destroyed")
    catch_up()
    steps = [step["title"]["en"] for step in door().get(formula.path(), headers=JSON).json()["timeline"]]
    assert "Shipped" in steps
    for never in ("Moved", "Made", "Destroyed", "Accepted"):
        assert never not in steps
    assert "This item is recorded as destroyed" in words(door().get(formula.path(12)))


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
