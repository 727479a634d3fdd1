"""Doors for checks without a network: files for devices, retailers who may have them, signed codes."""

import pytest

from guomen.client import OfflineChecker
from guomen.ledger.models import Entry
from guomen.tags import labels, services
from guomen.tags.models import SignedCode
from tests.tags.goods import GTIN

JSON = {"content_type": "application/json"}
CARTON = "https://id.gs1.org/00/080012345000000016"
BUNDLE = "/api/tags/bundle"


@pytest.fixture
def keys(door):
    return door().get("/api/tags/keys").json()


def test_each_gets_the_file_that_fits_and_nobody_elses(door, people, made, keys):
    serial = labels.serials(made, 0, 1)[0]
    for who, audience, proven in (("ana", "inspector", True), ("bo", "inspector", True), ("cy", "retailer", False)):
        answer = door(who).get(BUNDLE)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("application/cose")
        assert f"guomen-{audience}.bundle" in answer["Content-Disposition"]
        told = OfflineChecker(answer.content, [keys["bundles"]]).check(serial)
        assert (told.index, told.proven) == (0, proven)
    for who in ("sam", "eve"):
        answer = door(who).get(BUNDLE)
        assert OfflineChecker(answer.content, [keys["bundles"]]).check(serial).reasons == ("TAG-UNKNOWN-CODE",)
    for who in ("amy", "di", "kai", "gao"):
        assert door(who).get(BUNDLE).status_code == 403
    for who in ("cy", "sam", "eve", "amy"):
        assert door(who).get(BUNDLE, {"audience": "inspector"}).status_code == 403
    for who in ("ana", "amy"):
        assert door(who).get(BUNDLE, {"audience": "retailer"}).status_code == 403
    assert door().get(BUNDLE).status_code == 401


def test_a_file_is_fetched_again_only_when_it_says_something_else(door, people, made):
    first = door("sam").get(BUNDLE)
    assert first["ETag"].startswith('W/"')
    assert (first["Cache-Control"], door("ana").get(BUNDLE)["Cache-Control"]) == ("private, no-cache", "no-store")
    before = Entry.objects.filter(kind="tags.bundled").count()
    same = door("sam").get(BUNDLE, headers={"If-None-Match": f'W/"x", {first["ETag"]}'})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert Entry.objects.filter(kind="tags.bundled").count() == before
    assert door("sam").get(BUNDLE, {"days": 3}, headers={"If-None-Match": first["ETag"]}).status_code == 200
    services.name_dealer(people.cy.actor, people.sam.organisation.code)
    changed = door("sam").get(BUNDLE, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    services.withdraw_item(people.cy.actor, GTIN, labels.serials(made, 0, 1)[0], "stolen")
    assert door("sam").get(BUNDLE, headers={"If-None-Match": changed["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"days": 0}, 422),
        ({"days": 32}, 422),
        ({"days": "x"}, 422),
        ({"audience": "consumer"}, 422),
        ({"gtin": "x"}, 200),
    ],
)
def test_what_cannot_be_asked_for_is_a_problem(door, people, made, asked, status):
    answer = door("bo").get(BUNDLE, asked)
    assert answer.status_code == status
    if status != 200:
        assert answer["Content-Type"] == "application/problem+json"
        assert not Entry.objects.filter(kind="tags.bundled").exists()


def test_products_can_be_chosen(door, people, made, keys):
    serial = labels.serials(made, 0, 1)[0]
    for gtin, reasons in ((f" {GTIN} ,0123", ("TAG-NOT-RELEASED",)), ("08001234567880", ("TAG-UNKNOWN-CODE",))):
        answer = door("bo").get(BUNDLE, {"gtin": gtin})
        assert OfflineChecker(answer.content, [keys["bundles"]]).check(serial).reasons == reasons


def test_dealers_are_named_listed_and_dropped(door, people):
    shop = people.sam.organisation.code
    assert door("cy").put(f"/api/tags/dealers/{shop}", **JSON).json()["name"]["en"] == "Corner Shop"
    assert [d["code"] for d in door("cal").get("/api/tags/dealers").json()["dealers"]] == [shop]
    assert door("eve").get("/api/tags/dealers").json() == {"dealers": []}
    for who in ("ana", "bo", "sam", "di"):
        assert door(who).get("/api/tags/dealers").status_code == 403
        assert door(who).put(f"/api/tags/dealers/{shop}", **JSON).status_code == 403
        assert door(who).delete(f"/api/tags/dealers/{shop}").status_code == 403
    assert door("eve").delete(f"/api/tags/dealers/{shop}").status_code == 404
    assert door("cy").put("/api/tags/dealers/NOBODY", **JSON).status_code == 422
    assert door("cy").delete(f"/api/tags/dealers/{shop}").status_code == 200
    assert door().get("/api/tags/dealers").status_code == 401


def test_a_code_is_signed_shown_checked_and_revoked(door, people, settings):
    body = {"subject": CARTON, "days": 30}
    once = {"HTTP_IDEMPOTENCY_KEY": "carton-1"}
    made = door("amy").post("/api/tags/codes", body, **JSON, **once).json()
    assert door("amy").post("/api/tags/codes", body, **JSON, **once).json() == made
    assert SignedCode.objects.count() == 1
    assert door("bo").get("/api/tags/codes").json()["codes"] == [made]
    picture = door("bo").get(f"/api/tags/codes/{made['number']}.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")
    told = door().post("/api/tags/codes/check", {"text": made["text"]}, **JSON).json()
    assert (told["subject"], told["issuer"]) == (CARTON, settings.GUOMEN.origin)
    assert told["status_list"] == {"uri": f"{settings.GUOMEN.origin}/tags/status/codes-0", "idx": 0}
    gone = door("bo").post(f"/api/tags/codes/{made['number']}/revoke", {"why": "printed twice"}, **JSON)
    assert gone.json()["revoked_at"]
    after = door().post("/api/tags/codes/check", {"text": made["text"]}, **JSON)
    assert (after.status_code, after.json()["code"]) == (422, "code-revoked")
    assert after["Content-Type"] == "application/problem+json"


def test_the_page_that_leads_to_a_signed_codes_thing_knows_revoked_ones(door, people):
    made = services.sign_code(people.bo.actor, CARTON)
    assert door().get("/verify", {"code": made.text}).status_code == 302
    services.revoke_code(people.bo.actor, made.row.number, "printed twice")
    assert door().get("/verify", {"code": made.text}).status_code == 422


@pytest.mark.parametrize("text", ["", "GM1:", "GM1:%%%", "x" * 100_000, "\0", "GM1:NCFOXN%TS3DH"])
def test_what_is_no_code_says_so(door, text):
    answer = door().post("/api/tags/codes/check", {"text": text}, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "code-form")


def test_signing_is_for_controllers_and_certifiers(door, people):
    made = services.sign_code(people.bo.actor, CARTON).row
    for who in ("ana", "cy", "sam", "eve", "di", "kai", "gao"):
        assert door(who).post("/api/tags/codes", {"subject": CARTON}, **JSON).status_code == 403
        assert door(who).get("/api/tags/codes").status_code == 403
        assert door(who).get(f"/api/tags/codes/{made.number}.svg").status_code == 403
        gone = door(who).post(f"/api/tags/codes/{made.number}/revoke", {"why": "because"}, **JSON)
        assert gone.status_code == 403
    assert door().get("/api/tags/codes").status_code == 401
    assert door("bo").get("/api/tags/codes/99.svg").status_code == 404
    assert door("bo").post("/api/tags/codes/99999999999999999999/revoke", {"why": "because"}, **JSON).status_code in (
        404,
        422,
    )
    assert SignedCode.objects.get().revoked_at is None
