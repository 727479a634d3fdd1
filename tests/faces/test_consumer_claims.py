"""The buyer's claim as pages: Fen has the pack in her hands, Eve has a copy of it."""

import re

import pytest

from guomen.faces.edge import publishing
from guomen.ledger.follow import catch_up
from guomen.tags import labels, services
from guomen.tags.models import Claim
from guomen.tags.services import printing
from guomen.warning.models import Signal
from tests.faces.story import words

pytestmark = pytest.mark.django_db
PHONE = {"HTTP_USER_AGENT": "Fen's phone"}
OTHER = {"HTTP_USER_AGENT": "Eve's phone"}


@pytest.fixture
def packs(people, formula):
    """Released goods whose packs have codes inside."""
    services.order_labels(people.cy.actor, formula.range.code, format="inner")
    while printing.work():
        pass
    catch_up()
    publishing.work_all()
    return formula


def inner(goods, index: int = 0) -> str:
    return next(labels.run_of(goods.range, index, 1, inside=True)).inner


def claimed(door, goods, index: int = 0) -> str:
    """The owner's number on Fen's page."""
    answer = door().post(f"/claim{goods.path(index)}", {"code": inner(goods, index)}, **PHONE)
    assert answer.status_code == 200
    assert not answer.cookies
    return re.search(r'class="secret">([^<]+)<', answer.content.decode())[1]


def test_the_items_page_leads_to_the_claim_where_packs_have_codes_inside(door, formula, packs):
    page = words(door().get(packs.path()))
    assert "Claim this item" in page
    assert f'href="/claim{packs.path()}"' in door().get(packs.path()).content.decode()


def test_no_way_to_claim_is_offered_where_no_codes_were_made(door, formula):
    assert "Claim this item" not in words(door().get(formula.path()))
    form = door().get(f"/claim{formula.path()}")
    assert "there is nothing to claim" in words(form)
    assert 'name="code"' not in form.content.decode()


def test_fen_claims_proves_and_ends_without_an_account(door, packs):
    secret = claimed(door, packs)
    assert "Its buyer has claimed this item" in words(door().get(packs.path()))
    mine = f"/claim/mine{packs.path()}"
    proven = door().post(mine, {"secret": secret.lower()}, **PHONE)
    assert "The claim is proven" in words(proven)
    assert Claim.objects.count() == 1
    ended = door().post(mine, {"secret": secret, "do": "end"}, **PHONE)
    assert "The claim has ended" in words(ended)
    assert not Claim.objects.exists()
    again = door().post(mine, {"secret": secret, "do": "end"}, **PHONE)
    assert again.status_code == 403
    assert "proves no claim" in words(again)


def test_eve_learns_that_hers_may_be_a_copy_and_fens_claim_stays(door, packs):
    secret = claimed(door, packs)
    answer = door().post(f"/claim{packs.path()}", {"code": inner(packs)}, **OTHER)
    assert answer.status_code == 409
    assert "the pack may be a copy" in words(answer)
    assert "secret" not in answer.content.decode()
    assert services.is_mine(packs.range.gtin, packs.serial(), secret)


def test_a_second_claim_is_a_signal_for_the_control_room_and_shows_on_the_items_page(door, people, packs):
    claimed(door, packs)
    door().post(f"/claim{packs.path()}", {"code": inner(packs)}, **OTHER)
    catch_up()
    signal = Signal.objects.get(source="scan")
    assert (signal.gtin, signal.batch) == (packs.range.gtin, packs.range.batch)
    page = words(door().get(packs.path()))
    assert "We cannot confirm this item" in page
    assert "One of the two may be a copy" in page
    assert "Prove or end my claim" in page
    assert "Passed inspection" in words(door().get(packs.path(1)))


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        ("", 403, "This is not the code from inside this pack."),
        ("0000-0000", 403, "This is not the code from inside this pack."),
        ("<script>", 403, "This is not the code from inside this pack."),
        ("\0" * 9, 403, "This is not the code from inside this pack."),
        ("x" * 9000, 403, "This is not the code from inside this pack."),
    ],
)
def test_what_is_no_code_of_this_pack_claims_nothing(door, packs, code, status, sentence):
    answer = door().post(f"/claim{packs.path()}", {"code": code}, **PHONE)
    assert answer.status_code == status
    assert sentence in words(answer)
    assert "<script>" not in answer.content.decode()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("number", ["", "0" * 20, "\0", "é" * 30, "A" * 9000])
def test_what_is_no_number_of_an_owner_proves_and_ends_nothing(door, packs, number):
    claimed(door, packs)
    for do in ("", "end"):
        answer = door().post(f"/claim/mine{packs.path()}", {"secret": number, "do": do}, **OTHER)
        assert answer.status_code == 403
    assert Claim.objects.count() == 1


def test_the_number_stands_in_no_address_and_is_kept_by_no_cache(door, packs):
    secret = claimed(door, packs)
    proven = door().post(f"/claim/mine{packs.path()}", {"secret": secret}, **PHONE)
    assert proven.headers["Cache-Control"] == "no-store"
    assert proven.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(rf'(href|action|src)="[^"]*{secret[:4]}', proven.content.decode())


@pytest.mark.parametrize("where", ["/claim", "/claim/mine"])
@pytest.mark.parametrize("path", ["/01/{gtin}/10/OTHER/21/{serial}", "/01/{gtin}/21/" + "0" * 20, "/01/1/21/{serial}"])
def test_codes_that_were_never_made_have_no_claim_page(door, packs, where, path):
    path = path.format(gtin=packs.range.gtin, serial=packs.serial())
    for answer in (door().get(where + path), door().post(where + path, {"code": inner(packs)})):
        assert answer.status_code == 404
    assert not Claim.objects.exists()


def test_the_claim_is_told_in_chinese(door, packs):
    page = door().get(f"/zh/claim{packs.path()}")
    assert "认领这件商品" in words(page)
    wrong = door().post(f"/zh/claim{packs.path()}", {"code": "0"}, **PHONE)
    assert "这不是该包装内的认领码" in words(wrong)


def test_tries_are_counted_by_connection_whatever_the_phone_calls_itself(door, packs):
    from guomen.tags.services.claiming import TRIES_IN_A_DAY

    for n in range(TRIES_IN_A_DAY):
        door().post(f"/claim{packs.path()}", {"code": "00000000"}, HTTP_USER_AGENT=f"phone {n}")
    answer = door().post(f"/claim{packs.path()}", {"code": inner(packs)}, HTTP_USER_AGENT="another")
    assert answer.status_code == 429
    assert "Too many tries today" in words(answer)
