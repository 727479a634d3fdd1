"""Published status lists over HTTP, and devices that renew what they know with them."""

from datetime import timedelta

import pytest

from guomen.client import CodeReader, CredentialError, OfflineChecker, SignedCodeError
from guomen.core.credentials import keys, statuslist
from guomen.core.tagcrypto import bundle
from guomen.kit.clock import now
from guomen.kit.keys import signer
from guomen.parties.actors import SYSTEM
from guomen.tags import labels, services
from guomen.tags.models import Range
from guomen.tags.services import bundling, signing, statuses
from tests.tags.goods import BATCH, GTIN, LINE

CWT, JWT = "application/statuslist+cwt", "application/statuslist+jwt"
ORIGIN = "http://127.0.0.1:8000"
CARTON = "https://id.gs1.org/00/080012345000000016"


@pytest.fixture(autouse=True)
def fresh():
    statuses.forget()
    yield
    statuses.forget()


def key(name: str = bundling.SIGNER):
    return signer(name).public_key()


def hexed(name: str = bundling.SIGNER) -> str:
    return key(name).public_bytes_raw().hex()


def read(token: str | bytes, name: str = bundling.SIGNER) -> statuslist.SignedList:
    return statuslist.read(token, [keys.from_public(key(name))])


def listed(door, one: Range) -> statuslist.SignedList:
    statuses.forget()
    return read(door().get(f"/tags/status/{one.code}").content)


def test_the_list_of_a_range_is_signed_typed_and_cached(door, made):
    path = f"/tags/status/{made.code}"
    answer = door().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, CWT)
    assert answer["Vary"] == "Accept"
    assert answer["Access-Control-Allow-Origin"] == "*"
    age = int(answer["Cache-Control"].removeprefix("public, max-age="))
    assert 0 < age <= statuses.TTL
    found = read(answer.content)
    assert found.uri == f"{ORIGIN}{path}"
    assert (found.ttl, found.expires_at - found.issued_at) == (statuses.TTL, statuses.EXPIRES)
    assert found.issued_at <= now().timestamp()
    assert len(found.list) == 1024
    again = door().get(path, headers={"If-None-Match": f'"other", {answer["ETag"]}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert (again["Vary"], again["Cache-Control"][:6]) == ("Accept", "public")
    assert not answer.cookies
    asked = door().get(path, headers={"Accept": JWT})
    assert asked["Content-Type"] == JWT
    assert asked["ETag"] != answer["ETag"]
    assert read(asked.content.decode()).list.raw == found.list.raw
    assert door().get(path, headers={"Accept": f"{JWT};q=0.5, {CWT}"})["Content-Type"] == CWT


def test_it_follows_what_becomes_of_the_items(door, people, made):
    assert set(map(listed(door, made).list.__getitem__, range(1024))) == {bundle.WAITING}
    services.activate(people.ana.actor, subject=LINE, at=now())
    assert not any(listed(door, made).list.raw)
    services.withdraw_item(people.cy.actor, GTIN, labels.serials(made, 3, 1)[0], "destroyed")
    services.change_stretch(people.cy.actor, made.code, "exported", first=10, last=12)
    found = listed(door, made).list
    assert [found[n] for n in (2, 3, 9, 10, 12, 13)] == [0, 3, 0, 14, 14, 0]
    services.deactivate(people.ana.actor, subject=LINE, reason="wrong papers")
    assert listed(door, made).list[2] == bundle.STATES["withdrawn"]
    assert listed(door, made).list[3] == bundle.STATES["destroyed"]
    services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    assert set(map(listed(door, made).list.__getitem__, range(1024))) == {bundle.STATES["recalled"]}


def test_codes_of_retired_keys_are_withdrawn(door, people, made):
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.rotate_keys(people.bo.actor, reason="a device was stolen")
    services.retire_keys(SYSTEM, made.key_version, reason="a device was stolen")
    assert listed(door, made).list[0] == bundle.STATES["withdrawn"]


@pytest.mark.parametrize(
    "name",
    ["ZZZZ", "0", "codes-", "codes-0", "codes-99", "codes-00", "codes--1", "codes-²", "codes-9999999", "x" * 300, "é"],
)
def test_lists_that_do_not_exist_are_not_found(door, made, name):
    assert door().get(f"/tags/status/{name}").status_code == 404


def test_a_list_has_one_address_and_orders_without_labels_none(door, made):
    assert door().get(f"/tags/status/{made.code.lower()}x").status_code == 404
    Range.objects.filter(number=made.number).update(state="asked")
    assert door().get(f"/tags/status/{made.code}").status_code == 404


def test_lists_of_other_moments_are_not_kept(door, made):
    answer = door().get(f"/tags/status/{made.code}?time=1790000000", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (501, "application/problem+json")


def test_a_device_learns_of_a_theft_a_release_and_a_recall_after_its_file_was_made(door, people, made):
    data = services.make_bundle(people.bo.actor, audience="inspector", days=7)
    checks = OfflineChecker(data, [hexed()])
    first, second = labels.serials(made, 0, 2)
    asked = []

    def get(address: str) -> bytes:
        asked.append(address)
        return door().get(address.removeprefix(ORIGIN)).content

    later = now() + timedelta(seconds=2 * statuses.TTL)
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.withdraw_item(people.cy.actor, GTIN, second, "stolen")
    assert checks.check(first).reasons == ("TAG-NOT-RELEASED",)
    at_once = checks.renew([first, f"{ORIGIN}/01/{GTIN}/21/{second}", "no code", "ZZZZ"], get)
    # The list of this time began before the file: the next one is newer.
    if not at_once:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(statuses, "now", lambda: later)
            statuses.forget()
            assert checks.renew([first], get, later) == 1
    assert asked == [f"{ORIGIN}/tags/status/{made.code}"] * len(asked)
    assert checks.check(first).state == "fine"
    assert checks.check(second).reasons == ("TAG-STOLEN",)
    count = len(asked)
    assert checks.renew([first], get, later) == 0
    assert len(asked) == count
    services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    latest = later + timedelta(seconds=statuses.TTL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statuses, "now", lambda: latest)
        assert checks.renew([made.code], get, latest) == 1
    assert checks.check(first).reasons == ("TAG-RECALLED",)


def test_a_device_refuses_lists_that_are_not_what_it_asked_for(door, people, made):
    other = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=20, subject=LINE)
    checks = OfflineChecker(services.make_bundle(people.bo.actor, audience="inspector", days=7), [hexed()])
    later = now() + timedelta(seconds=2 * statuses.TTL)
    serial = labels.serials(made, 0, 1)[0]
    signed_by_codes = statuslist.as_cwt(
        statuslist.SignedList(f"{ORIGIN}/tags/status/{made.code}", 2_000_000_000, statuslist.StatusList(4, 1024)),
        signer(signing.SIGNER),
    )
    for answer in (
        b"",
        b"<html>",
        door().get(f"/tags/status/{other.code}").content,
        door().get(f"/tags/status/{made.code}", headers={"Accept": JWT}).content,
        signed_by_codes,
    ):
        with pytest.raises(CredentialError):
            checks.renew([serial], lambda _address, answer=answer: answer, later)
    ended = now() + timedelta(seconds=2 * statuses.EXPIRES)
    with pytest.raises(CredentialError):
        checks.renew([serial], lambda address: door().get(address.removeprefix(ORIGIN)).content, ended)


def test_a_reader_learns_that_a_code_was_revoked(door, people):
    kept, gone = services.sign_code(SYSTEM, CARTON), services.sign_code(people.bo.actor, CARTON)
    services.revoke_code(people.bo.actor, gone.row.number, "printed twice")
    reads = CodeReader([hexed(signing.SIGNER)])
    code, state = reads.read(gone.text)
    assert (code.subject, state) == (CARTON, "unknown")

    def get(address: str) -> bytes:
        return door().get(address.removeprefix(ORIGIN)).content

    assert reads.renew(code, get)
    assert not reads.renew(code, get)
    assert reads.read(gone.text).state == "revoked"
    assert reads.read(kept.text).state == "valid"
    old = now() + timedelta(seconds=2 * statuses.EXPIRES)
    assert reads.read(kept.text, old).state == "unknown"
    with pytest.raises(SignedCodeError, match="key"):
        CodeReader([hexed()]).read(kept.text)


def test_a_reader_asks_only_the_issuers_host(people):
    code = CodeReader([hexed(signing.SIGNER)]).read(services.sign_code(SYSTEM, CARTON).text).code
    elsewhere = code._replace(issuer="https://other.example")

    def get(address: str) -> bytes:
        raise AssertionError(address)

    assert not CodeReader([hexed(signing.SIGNER)]).renew(elsewhere, get)


def test_the_list_of_codes_has_its_own_key(door, people):
    gone = services.sign_code(SYSTEM, CARTON)
    services.sign_code(SYSTEM, CARTON)
    services.revoke_code(people.bo.actor, gone.row.number, "printed twice")
    answer = door().get("/tags/status/codes-0")
    found = read(answer.content, signing.SIGNER)
    assert (found.list.bits, len(found.list)) == (1, signing.IN_ONE_LIST)
    assert [found.list[n] for n in (0, 1, 2)] == [statuslist.INVALID, 0, 0]
    assert len(answer.content) < 1000
    with pytest.raises(CredentialError):
        read(answer.content)
