"""The traders' pages after the release: products, item tags, sales, recall notices."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.catalogue.models import Product
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.ids import Subject
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.parties.services import add_person, register_organisation
from guomen.tags.labels import run_of
from guomen.tags.models import Range, Sale
from guomen.tags.scheme import scheme
from guomen.tags.services import activate
from guomen.warning.models import Notice
from tests.faces.portal_form import PNG, a_notice, key, lodge, named, text

pytestmark = pytest.mark.django_db
PRODUCT = {
    "gtin": "08012345000012",
    "name_en": "Men's cotton shirt",
    "name_zh": "男式棉衬衫",
    "brand": "Esempio",
    "hs_code": "6205200090",
    "maker_name": "Camiceria Esempio S.r.l.",
    "maker_country": "IT",
}


def file(content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile("front.png", content, "image/png")


def register(client, **more):
    return client.post("/portal/products/add/", PRODUCT | key() | more)


@pytest.fixture
def number(door) -> str:
    """A declaration of Cy's whose first line has GTIN and batch."""
    return lodge(door("cy"))


def order(client, number, count="500", line=1, **more):
    return client.post(
        f"/portal/declarations/{number}/{line}/tags/",
        {"count": count, "channel": "general", "carrier": "print"} | key() | more,
    )


def codes() -> list[str]:
    one = Range.objects.get()
    return [label.url for label in run_of(one, 0, one.count)]


def released(number: str) -> None:
    activate(SYSTEM, subject=Subject.line(number, 1), at=now())


def sell(client, code, **more):
    return client.post("/portal/sell/", {"code": code} | key() | more)


# --- products


def test_a_product_is_registered_with_a_picture_that_anyone_can_see(door):
    assert register(door("cy"), image=file())["Location"] == "/portal/products/"
    product = Product.objects.get()
    assert (product.name_zh, blobs.get(product.image)) == ("男式棉衬衫", PNG)
    assert Entry.objects.filter(kind="product.registered").count() == 1
    listed = text(door("cal").get("/portal/products/"))
    assert "Men&#39;s cotton shirt" in listed
    assert "/products/08012345000012/picture" in listed
    seen = door().get("/products/8012345000012/picture")
    assert (seen.content, seen["Content-Type"]) == (PNG, "image/png")
    assert "public" in seen["Cache-Control"]
    assert not seen.cookies


def test_a_product_without_picture_has_none(door):
    register(door("cy"))
    assert "<img" not in text(door("cy").get("/portal/products/"))
    assert door().get("/products/08012345000012/picture").status_code == 404
    assert door().get("/products/nonsense/picture").status_code == 404


def test_wrong_product_fields_are_named_and_kept(door):
    wrong = register(door("cy"), gtin="08012345000013", name_zh="", hs_code="1", maker_country="")
    assert wrong.status_code == 422
    assert set(named(wrong)) == {"gtin", "name_zh", "hs_code", "maker_country"}
    assert 'value="Camiceria Esempio S.r.l."' in text(wrong)
    chinese = door("cy").post("/zh/portal/products/add/", PRODUCT | key() | {"gtin": "08012345000013"})
    assert named(chinese) == {"gtin": "GTIN 无效：请核对最后一位校验码。"}


@pytest.mark.parametrize("content", [b"GIF89a not ours", b"\x89PNG\r\n\x1a\n" + bytes(4 * 1024 * 1024)])
def test_what_is_no_picture_or_too_large_is_refused_at_its_field(door, content):
    refused = register(door("cy"), image=file(content))
    assert (refused.status_code, set(named(refused))) == (422, {"image"})
    assert not Product.objects.exists()


def test_registering_twice_says_so_and_pressing_twice_does_not(door):
    same = key()
    assert [register(door("cy"), **same).status_code for _ in range(2)] == [302, 302]
    again = register(door("cal"), name_en="Another name")
    assert (again.status_code, named(again)) == (409, {"gtin": "You registered this GTIN already."})
    stranger = register(door("eve"))
    assert (stranger.status_code, named(stranger)) == (409, {"gtin": "Another firm registered this GTIN."})
    assert Product.objects.get().name_en == "Men's cotton shirt"


def test_a_registered_product_is_offered_on_the_goods_line(door):
    register(door("cy"))
    draft = door("cy").post("/portal/declare/", key())["Location"]
    assert '<option value="08012345000012">Men&#39;s cotton shirt</option>' in text(door("cal").get(f"{draft}goods/0/"))


def test_who_may_see_and_register_products(door):
    register(door("cy"))
    for path in ("/portal/products/", "/portal/products/add/"):
        found = {n: door(n).get(path).status_code for n in ("cy", "cal", "eve", "ana", "sam", "")}
        assert found == {"cy": 200, "cal": 200, "eve": 200, "ana": 403, "sam": 403, "": 401}, path
    assert "08012345000012" not in text(door("eve").get("/portal/products/"))
    assert {n: register(door(n)).status_code for n in ("ana", "sam", "")} == {"ana": 403, "sam": 403, "": 401}


# --- tags


def test_tags_are_ordered_once(door, number):
    cy, same = door("cy"), key()
    assert [order(cy, number, **same)["Location"] for _ in range(2)] == ["/portal/tags/"] * 2
    made = Range.objects.get()
    assert (made.count, made.gtin, made.batch, made.subject) == (
        500,
        "08012345000012",
        "S2609",
        Subject.line(number, 1),
    )
    page = text(cy.get("/portal/tags/"))
    assert "Valid after release" in page
    assert "500 tags" in page
    assert f'href="/portal/tags/{made.code}/"' in page
    assert "Tags of this line" in text(cy.get(f"/portal/declarations/{number}/"))
    released(number)
    assert "Valid since" in text(cy.get("/portal/tags/"))


@pytest.mark.parametrize("count", ["", "0", "-5", "1.5", "many", "100001", "²"])
def test_a_wrong_number_of_tags_is_named_at_its_field(door, number, count):
    refused = order(door("cy"), number, count=count)
    assert (refused.status_code, set(named(refused))) == (422, {"count"})
    assert not Range.objects.exists()


def test_goods_without_gtin_and_batch_have_no_tags(door, number):
    assert order(door("cy"), number, line=3).status_code == 404
    assert f"/portal/declarations/{number}/3/tags/" not in text(door("cy").get(f"/portal/declarations/{number}/"))


def test_who_may_order_and_print_tags(door, number):
    everyone = ("cy", "cal", "eve", "ana", "sam", "")
    path = f"/portal/declarations/{number}/1/tags/"
    found = {n: door(n).get(path).status_code for n in everyone}
    assert found == {"cy": 200, "cal": 200, "eve": 404, "ana": 403, "sam": 403, "": 401}
    strangers = {n: order(door(n), number).status_code for n in ("eve", "ana", "sam", "")}
    assert strangers == {"eve": 404, "ana": 403, "sam": 403, "": 401}
    order(door("cy"), number)
    code = Range.objects.get().code
    found = {n: door(n).get("/portal/tags/").status_code for n in everyone}
    assert found == {"cy": 200, "cal": 200, "eve": 200, "ana": 403, "sam": 403, "": 401}
    assert code not in text(door("eve").get("/portal/tags/"))


# --- sales


def another_shop(door, people):
    """Uma sells in another shop than Sam."""
    from django.test import Client

    shop = register_organisation("retailer", "Next Door", "隔壁商店", "CN", "SHOP-2")
    uma = add_person(shop, "uma@example.test", "Uma", "correct-horse-battery", ["seller"])
    client = Client()
    client.force_login(uma, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_an_item_is_sold_once_and_the_second_shop_reads_why_not(door, people, number):
    order(door("cy"), number)
    released(number)
    address = codes()[0]
    assert sell(door("sam"), address)["Location"] == "/portal/sell/"
    assert "Sale recorded." in text(door("sam").get("/portal/sell/")) or Sale.objects.count() == 1
    refused = sell(another_shop(door, people), address)
    assert refused.status_code == 409
    said = "This item was already sold. Keep it aside: one of the two codes is a copy."
    assert named(refused) == {"code": said}
    assert Sale.objects.count() == 1
    assert Entry.objects.filter(kind="item.sold").count() == 1


def test_the_serial_under_the_code_can_be_typed(door, number):
    order(door("cy"), number)
    released(number)
    serial = codes()[0].rsplit("/", 1)[1]
    spaced = " ".join(serial[i : i + 4] for i in range(0, len(serial), 4)).lower()
    assert sell(door("sam"), spaced).status_code == 302
    assert Sale.objects.count() == 1


def test_the_short_code_of_a_tiny_pack_is_scanned_or_typed(door, number):
    order(door("cy"), number)
    released(number)
    one = Range.objects.get()
    first, second = scheme(one.key_version).issue_short_run(one.number, 0, 2)
    assert sell(door("sam"), f"HTTP://127.0.0.1:8000/{first}").status_code == 302
    assert sell(door("sam"), second.lower()).status_code == 302
    assert Sale.objects.count() == 2
    wrong = first[:-1] + ("0" if first[-1] != "0" else "1")
    assert set(named(sell(door("sam"), wrong))) == {"code"}


def test_what_may_not_be_sold_is_refused_with_a_sentence(door, number):
    order(door("cy"), number)
    address = codes()[0]
    sam = door("sam")
    assert named(sell(sam, address)) == {"code": "This item is not released yet. Do not sell it."}
    assert named(sell(sam, "hello")) == {"code": "This is not the code of one item. Scan the tag again."}
    assert named(sell(sam, "")) == {"code": "This is not the code of one item. Scan the tag again."}
    forged = address[:-4] + ("AAAA" if address[-4:] != "AAAA" else "BBBB")
    assert named(sell(sam, forged)) == {"code": "This code does not exist. Do not sell the item."}
    chinese = sam.post("/zh/portal/sell/", {"code": address} | key())
    assert named(chinese) == {"code": "该商品尚未放行，请勿销售。"}
    assert not Sale.objects.exists()


def test_who_may_sell(door):
    found = {n: door(n).get("/portal/sell/").status_code for n in ("sam", "cy", "ana", "eve", "")}
    assert found == {"sam": 200, "cy": 403, "ana": 403, "eve": 403, "": 401}
    found = {n: sell(door(n), "x").status_code for n in ("sam", "cy", "ana", "eve", "")}
    assert found == {"sam": 422, "cy": 403, "ana": 403, "eve": 403, "": 401}


# --- notices


@pytest.fixture
def notice(people) -> Notice:
    """A recall of one batch, with a notice to Cy's firm."""
    return a_notice(people)


def test_a_recall_notice_says_what_why_and_what_to_do_and_is_answered_once(door, notice):
    assert "Needles were found in the collar." in text(door("cy").get("/portal/"))
    page = text(door("cy").get("/portal/notices/"))
    for words in ("L2026A", "Set the goods aside.", "Imported these goods · 1,200", "Waiting for your answer"):
        assert words in page, words
    assert "领口内发现断针。" in text(door("cy").get("/zh/portal/notices/"))
    same = key()
    for _ in range(2):
        assert door("cy").post(f"/portal/notices/{notice.id}/", same)["Location"] == "/portal/notices/"
    notice.refresh_from_db()
    assert notice.acknowledged_at is not None
    assert Entry.objects.filter(kind="recall.acknowledged").count() == 1
    assert "Needles were found" not in text(door("cy").get("/en/portal/"))
    assert "Confirmed" in text(door("cy").get("/en/portal/notices/"))


def test_units_taken_back_are_told_later(door, notice):
    path = f"/portal/notices/{notice.id}/"
    wrong = door("cy").post(path, {"units": "some"} | key())
    assert (wrong.status_code, list(named(wrong))) == (422, [f"units-{notice.id}"])
    door("cy").post(path, key())
    door("cal").post(path, {"units": "1,150"} | key())
    notice.refresh_from_db()
    assert notice.units_recovered == 1150
    assert 'value="1150"' in text(door("cy").get("/portal/notices/"))


def test_who_may_see_and_answer_a_notice(door, notice):
    assert "No recall concerns goods that you hold." in text(door("eve").get("/portal/notices/"))
    found = {n: door(n).get("/portal/notices/").status_code for n in ("cy", "cal", "eve", "ana", "di", "")}
    assert found == {"cy": 200, "cal": 200, "eve": 200, "ana": 200, "di": 200, "": 401}
    path = f"/portal/notices/{notice.id}/"
    found = {n: door(n).post(path, key()).status_code for n in ("eve", "ana", "")}
    assert found == {"eve": 404, "ana": 404, "": 401}
    notice.refresh_from_db()
    assert notice.acknowledged_at is None
    assert door("cal").post(path, key()).status_code == 302
    assert door("cy").get(path).status_code == 405
