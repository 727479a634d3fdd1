"""Files for devices without a network: who gets which keys, and what the device then says."""

from datetime import timedelta

import pytest

from guomen.client import BundleError, OfflineChecker
from guomen.core.gs1 import item_key
from guomen.core.tagcrypto import bundle
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound
from guomen.kit.keys import signer
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.tags import labels, services
from guomen.tags.models import Activation, ItemState, Range
from guomen.tags.scheme import address, item_uri, scheme
from guomen.tags.services import bundling, dealers
from tests.tags.goods import BATCH, GTIN, LINE


def public() -> str:
    return signer(bundling.SIGNER).public_key().public_bytes_raw().hex()


def device(by, audience: str = "inspector", **told) -> OfflineChecker:
    return OfflineChecker(services.make_bundle(by, audience=audience, days=7, **told), [public()])


def test_a_device_says_what_the_installation_says(people, made):
    serials = labels.serials(made, 0, 4)
    assert device(people.bo.actor).check(serials[0]).reasons == ("TAG-NOT-RELEASED",)
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.withdraw_item(people.cy.actor, GTIN, serials[1], "stolen")
    for audience in ("inspector", "retailer"):
        checks = device(people.bo.actor, audience)
        told = checks.check(address(GTIN, BATCH, serials[0]))
        assert (told.state, told.batch, told.index, told.proven) == ("fine", BATCH, 0, audience == "inspector")
        assert checks.check(serials[1]).reasons == ("TAG-STOLEN",)
        assert checks.check(serials[2]).state == "fine"
        assert checks.check(address(GTIN, "OTHER", serials[0])).reasons == ("TAG-OTHER-BATCH",)
        assert checks.check("http://127.0.0.1:8000/01/nothing").state == "doubt"
        (short,) = scheme(made.key_version).issue_short_run(made.number, 2, 1)
        assert checks.check(f"http://127.0.0.1:8000/{short}").index == 2
    services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    assert device(people.bo.actor).check(serials[2]).reasons == ("TAG-RECALLED",)


def test_a_release_that_lies_ahead_or_has_ended_is_none(people, made):
    serial = labels.serials(made, 0, 1)[0]
    for since, ended in ((now() + timedelta(hours=1), None), (now() - timedelta(days=2), now() - timedelta(days=1))):
        Activation.objects.update_or_create(subject=LINE, defaults={"since": since, "ended_at": ended})
        assert device(people.bo.actor).check(serial).reasons == ("TAG-NOT-RELEASED",)


def test_states_find_their_ranges(people, made, lodged):
    others = [services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=20, subject=LINE) for _ in range(3)]
    services.activate(people.ana.actor, subject=LINE, at=now())
    gone = {made: (3, "destroyed"), others[1]: (0, "returned"), others[2]: (19, "exported")}
    for one, (index, state) in gone.items():
        if state == "exported":
            key = item_key(item_uri(GTIN, labels.serials(one, index, 1)[0]))
            ItemState.objects.create(item=key, range_number=one.number, index=index, state=state, at=now())
        else:
            services.withdraw_item(people.cy.actor, GTIN, labels.serials(one, index, 1)[0], state)
    checks = device(people.bo.actor)
    for one in (made, *others):
        for index in (0, 3, 19):
            told = checks.check(labels.serials(one, index, 1)[0])
            expected = (f"TAG-{gone[one][1].upper()}",) if one in gone and gone[one][0] == index else ()
            assert told.reasons == expected


def test_stretches_and_orders_without_labels_count(people, made):
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.change_stretch(people.cy.actor, made.code, "displayed", first=10, last=19)
    serials = labels.serials(made, 0, 21)
    checks = device(people.bo.actor, "retailer")
    assert [n for n, serial in enumerate(serials) if checks.check(serial).reasons] == list(range(10, 20))
    assert checks.check(serials[10]) == checks.check(serials[10].lower())
    assert checks.check(serials[10]).state == "in_progress"
    Range.objects.filter(number=made.number).update(state="cancelled")
    assert device(people.bo.actor).check(serials[0]).reasons == ("TAG-UNKNOWN-CODE",)


def test_codes_of_retired_keys_are_not_proven(people, made):
    serial = labels.serials(made, 0, 1)[0]
    services.rotate_keys(people.bo.actor, reason="a device was stolen")
    assert device(people.bo.actor).check(serial).proven
    services.retire_keys(SYSTEM, made.key_version, reason="a device was stolen")
    told = device(people.bo.actor).check(serial)
    assert (told.state, told.index, told.proven) == ("doubt", 0, False)
    assert "TAG-KEYS-RETIRED" in told.reasons


def test_only_the_authority_at_work_gets_keys_that_make_serials(people, made):
    for other in (people.amy, people.cy, people.sam, people.eve, people.di, people.gao, people.kai):
        with pytest.raises(Forbidden):
            services.make_bundle(other.actor, audience="inspector", days=1)
    assert services.make_bundle(people.ana.actor, audience="inspector", days=bundling.INSPECTORS_DAYS)
    with pytest.raises(Invalid):
        services.make_bundle(people.ana.actor, audience="inspector", days=bundling.INSPECTORS_DAYS + 1)
    assert services.make_bundle(people.bo.actor, audience="inspector", days=bundling.MAX_DAYS)


def test_a_retailers_file_holds_the_goods_of_the_firms_that_named_it(people, made):
    serial = labels.serials(made, 0, 1)[0]
    for other in (people.ana, people.amy, people.di, people.gao, people.kai):
        with pytest.raises(Forbidden):
            services.make_bundle(other.actor, audience="retailer", days=1)
    assert device(people.cy.actor, "retailer").check(serial).index == 0
    for stranger in (people.eve, people.sam):
        assert device(stranger.actor, "retailer").check(serial).reasons == ("TAG-UNKNOWN-CODE",)
    services.name_dealer(people.cy.actor, people.sam.organisation.code)
    assert device(people.sam.actor, "retailer").check(serial).index == 0
    assert device(people.eve.actor, "retailer").check(serial).reasons == ("TAG-UNKNOWN-CODE",)
    services.recall(people.bo.actor, gtin="09420100000129", batches=None, recall="R-9")
    made_for_sam = services.make_bundle(people.sam.actor, audience="retailer", days=1)
    assert [r.gtin for r in bundle.read(made_for_sam, [signer(bundling.SIGNER).public_key()], 0).recalls] == []
    services.drop_dealer(people.cy.actor, people.sam.organisation.code)
    assert device(people.sam.actor, "retailer").check(serial).reasons == ("TAG-UNKNOWN-CODE",)


def test_dealers_are_named_by_their_firm_and_told_to_the_ledger(people, made):
    shop = people.sam.organisation.code
    for other in (people.ana, people.bo, people.sam, people.di, people.gao):
        with pytest.raises(Forbidden):
            services.name_dealer(other.actor, shop)
        with pytest.raises(Forbidden):
            services.drop_dealer(other.actor, shop)
    for wrong in ("", "SHOP-2", people.cy.organisation.code, people.di.organisation.code):
        with pytest.raises(Invalid):
            services.name_dealer(people.cy.actor, wrong)
    for _ in (1, 2):
        services.name_dealer(people.cy.actor, shop)
    assert [d.retailer.code for d in dealers.dealers(people.cal.actor)] == [shop]
    assert dealers.dealers(people.eve.actor) == []
    with pytest.raises(NotFound):
        services.drop_dealer(people.eve.actor, shop)
    services.drop_dealer(people.cy.actor, shop)
    with pytest.raises(NotFound):
        services.drop_dealer(people.cy.actor, shop)
    kinds = Entry.objects.filter(kind__startswith="dealer.").values_list("kind", flat=True)
    assert sorted(kinds) == ["dealer.dropped", "dealer.named"]


def test_a_file_is_told_to_the_ledger(people, made):
    assert services.make_bundle(SYSTEM, audience="retailer", days=1)
    entry = Entry.objects.filter(kind="tags.bundled").get()
    assert entry.facts["audience"] == "retailer"
    assert entry.facts["ranges"] == 1


def test_a_bundle_ends(people, made):
    data = services.make_bundle(people.bo.actor, audience="inspector", days=2)
    checks = OfflineChecker(data, [public()])
    assert timedelta(days=1) < checks.expires_at - checks.issued_at <= timedelta(days=2)
    serial = labels.serials(made, 0, 1)[0]
    later = now() + timedelta(days=2, seconds=1)
    with pytest.raises(BundleError, match="expired"):
        checks.check(serial, later)
    with pytest.raises(BundleError, match="expired"):
        OfflineChecker(data, [public()], later)


def test_a_file_of_somebody_else_is_refused(people, made, tmp_path):
    data = services.make_bundle(people.bo.actor, audience="inspector", days=2)
    file = tmp_path / "bundle"
    file.write_bytes(data)
    assert OfflineChecker(file, ["00" * 31 + "01", public()]).check("").state == "doubt"
    with pytest.raises(BundleError, match="key"):
        OfflineChecker(file, [])


def test_products_can_be_chosen(people, made):
    serial = labels.serials(made, 0, 1)[0]
    assert device(people.bo.actor, gtins=["08001234567880"]).check(serial).reasons == ("TAG-UNKNOWN-CODE",)
    assert device(people.bo.actor, gtins=[GTIN[1:]]).check(serial).index == 0


def test_an_address_on_another_host_is_in_doubt_whatever_serial_it_holds(people, made):
    services.activate(people.ana.actor, subject=LINE, at=now())
    checks, serial = device(people.bo.actor), labels.serials(made, 0, 1)[0]
    link = address(GTIN, BATCH, serial)
    path = link.removeprefix("http://127.0.0.1:8000")
    for fine in (link, f"127.0.0.1:8000{path}", f"https://id.gs1.org{path}", f"  {link}\n", serial):
        assert checks.check(fine).state == "fine"
    (short,) = scheme(made.key_version).issue_short_run(made.number, 0, 1)
    for other in (
        f"https://guomen.example{path}",
        f"https://127.0.0.1{path}",
        f"https://127.0.0.1:8000.evil.example{path}",
        f"https://evil.example/{short}",
        f"https://127.0.0.1:8000@evil.example{path}",
        f"evil.example{path}",
        f"https://[{path}",
        "//",
    ):
        told = checks.check(other)
        assert (told.state, told.reasons) == ("doubt", ("TAG-OTHER-HOST",))


def test_what_cannot_be_is_named(people):
    with pytest.raises(Invalid) as caught:
        services.make_bundle(people.bo.actor, audience="consumer", days=0)
    assert {p.field for p in caught.value.problems} == {"audience", "days"}
