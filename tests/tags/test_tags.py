"""Tags: computed, ordered by whom they concern, valid after release, sold once, recalled at a stroke."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM
from guomen.tags import labels, queries, services, visitors
from guomen.tags.models import Activation, DailySalt, Range, RecalledBatch, Sale, Scan
from tests.tags.goods import BATCH, GTIN, LINE, NUMBER


def serial_of(one: Range, index: int = 0) -> str:
    return labels.serials(one, index, 1)[0]


@pytest.fixture
def active(people, made) -> Range:
    services.activate(people.ana.actor, subject=LINE, at=now())
    return made


def test_an_order_of_a_million_tags_is_one_row(people, lodged):
    services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=1_000_000, subject=LINE)
    assert Range.objects.count() == 1
    one = Range.objects.get()
    last = serial_of(one, 999_999)
    assert queries.item(GTIN, last).index == 999_999
    assert last.startswith(one.code)


def test_only_the_firm_that_declared_may_order_tags_for_its_goods(people, lodged):
    wanted = {"gtin": GTIN, "batch": BATCH, "count": 10, "subject": LINE}
    services.order(people.cal.actor, **wanted)
    with pytest.raises(NotFound):
        services.order(people.eve.actor, **wanted)
    with pytest.raises(NotFound):
        services.order(people.cy.actor, **wanted | {"subject": Subject.line("224820261000000099", 1)})
    for other in (people.ana.actor, people.sam.actor, people.di.actor):
        with pytest.raises(Forbidden):
            services.order(other, **wanted)


def test_a_wrong_order_is_named_at_each_field(people, lodged):
    with pytest.raises(Invalid) as caught:
        services.order(people.cy.actor, gtin="08001234567890", batch="é", count=0, subject=LINE)
    assert {p.field for p in caught.value.problems} == {"gtin", "batch", "count"}


def test_ranges_are_seen_by_their_firm_and_the_authority(people, made):
    assert queries.ranges(people.cal.actor) == [made]
    assert queries.ranges(people.bo.actor) == [made]
    assert queries.ranges(people.eve.actor) == []
    assert queries.range_by_code(people.cy.actor, made.code.lower()) == made
    for code in (made.code, "ZZZZ", "", "é"):
        with pytest.raises(NotFound):
            queries.range_by_code(people.eve.actor, code)


def test_tags_are_valid_only_after_release_also_those_ordered_later(people, made):
    serial = serial_of(made)
    assert not queries.item(GTIN, serial).active
    assert services.activate(people.ana.actor, subject=LINE, at=now()) == 1
    assert queries.item(GTIN, serial).active
    later = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=5, subject=LINE)
    assert queries.item(GTIN, serial_of(later)).active
    services.activate(people.ana.actor, subject=LINE, at=now())
    told = [e.facts["ranges"] for e in history(LINE, kinds=frozenset({"tags.activated"}))]
    assert told == [[made.code], [later.code]]


@pytest.mark.django_db
def test_many_lines_are_activated_at_once_each_with_its_own_entry(people, made):
    other, moment = Subject.line(NUMBER, 2), now()
    services.activate(people.ana.actor, subject=LINE, at=moment)
    assert services.activate_many(people.ana.actor, subjects=[LINE, other, other], at=now()) == {LINE: 1, other: 0}
    assert [e.kind for e in history(LINE, other)].count("tags.activated") == 2
    assert Activation.objects.get(subject=LINE).since == moment


def test_a_withdrawn_release_withdraws_the_tags(people, active):
    with pytest.raises(Forbidden):
        services.deactivate(people.cy.actor, subject=LINE, reason="x")
    services.deactivate(people.bo.actor, subject=LINE, reason="Released by mistake")
    found = queries.item(GTIN, serial_of(active))
    assert (found.active, found.withdrawn) == (False, "activation-ended")
    services.activate(people.ana.actor, subject=LINE, at=now())
    assert queries.item(GTIN, serial_of(active)).active


def test_codes_that_were_never_made_are_not_found(made):
    good = serial_of(made)
    changed = good[:-1] + ("0" if good[-1] != "0" else "1")
    for serial in (changed, serial_of(made, 500), "", "x" * 20, good[:-1]):
        assert queries.item(GTIN, serial) is None
    assert queries.item("09421234567892", good) is None
    assert queries.item("12", good) is None


def test_a_serial_is_read_as_people_type_it(made):
    good = serial_of(made)
    typed = " ".join([good[:4], good[4:8], good[8:12]]).lower() + "-" + good[12:]
    assert queries.item(GTIN, typed).serial == good
    assert queries.gtin_of(typed) == GTIN
    assert queries.gtin_of("ABCD") is None
    assert queries.gtin_of("") is None


def test_an_item_is_sold_once_and_a_repeated_request_changes_nothing(people, active):
    serial = serial_of(active)
    first = services.sell(people.sam.actor, GTIN, serial, "CNSHA")
    assert services.sell(people.sam.actor, GTIN, serial, "CNSHA").at == first.at
    assert Sale.objects.count() == 1
    Sale.objects.update(at=now() - timedelta(hours=1))
    with pytest.raises(Refused) as caught:
        services.sell(people.sam.actor, GTIN, serial)
    assert caught.value.code == "item-already-sold"
    # The sale itself, and the event in which the shop says so.
    assert sorted(e.kind for e in history(queries.item(GTIN, serial).uri)) == ["event.captured", "item.sold"]
    assert queries.sold_by(GTIN, BATCH) == [(people.sam.organisation, 1)]


def test_only_sellers_sell(people, active):
    for other in (people.cy.actor, people.ana.actor, people.eve.actor, people.kai.actor):
        with pytest.raises(Forbidden):
            services.sell(other, GTIN, serial_of(active))


@pytest.mark.parametrize("state", ["unknown", "not-released", "recalled", "withdrawn"])
def test_what_must_not_be_sold_is_refused_with_its_reason(people, made, state):
    serial = serial_of(made)
    if state != "not-released":
        services.activate(people.ana.actor, subject=LINE, at=now())
    if state == "unknown":
        serial = serial_of(made, 9999)
    if state == "recalled":
        services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    if state == "withdrawn":
        services.withdraw_item(people.cy.actor, GTIN, serial, "stolen")
    with pytest.raises(Refused) as caught:
        services.sell(people.sam.actor, GTIN, serial)
    assert caught.value.code == f"item-{state}"
    assert Sale.objects.count() == 0


def test_who_may_withdraw_one_item(people, active):
    serial = serial_of(active)
    with pytest.raises(NotFound):
        services.withdraw_item(people.eve.actor, GTIN, serial, "stolen")
    with pytest.raises(Invalid):
        services.withdraw_item(people.cy.actor, GTIN, serial, "bored")
    services.withdraw_item(people.cal.actor, GTIN, serial, "spoiled")
    assert queries.item(GTIN, serial).withdrawn == "spoiled"
    assert queries.item(GTIN, serial_of(active, 1)).withdrawn == ""


def test_a_recall_reaches_every_item_of_its_batches_with_one_entry_for_each_range(people, active):
    with transaction.atomic():
        append("line.screened", [LINE], {"gtin": GTIN, "batch": "OTHER"}, people.cy.actor)
    other = services.order(people.cy.actor, gtin=GTIN, batch="OTHER", count=5, subject=LINE)
    with pytest.raises(Forbidden):
        services.recall(people.cy.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    assert services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1") == 1
    assert services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1") == 0
    assert RecalledBatch.objects.count() == 1
    assert queries.item(GTIN, serial_of(active, 499)).recall == "R-1"
    assert queries.item(GTIN, serial_of(other)).recall == ""
    assert [e.facts["count"] for e in history(LINE) if e.kind == "tags.recalled"] == [500]
    services.recall(SYSTEM, gtin=GTIN, batches=None, recall="R-2")
    assert queries.item(GTIN, serial_of(other)).recall == "R-2"


def test_a_code_that_does_not_exist_leaves_no_trace(made):
    assert services.scan(GTIN, "0" * 20, device_hash=b"12345678") is False
    assert Scan.objects.count() == 0


def test_a_scan_takes_few_queries(active):
    serial = serial_of(active)
    services.scan(GTIN, serial, device_hash=b"12345678")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        services.scan(GTIN, serial, device_hash=b"12345678")
    assert len(captured) <= 5


@pytest.mark.django_db
def test_a_visitor_is_the_same_today_and_nobody_tomorrow():
    visitors._salt.cache_clear()
    one = visitors.visitor_hash("203.0.113.7", "Phone")
    assert one == visitors.visitor_hash("203.0.113.7", "Phone")
    assert one != visitors.visitor_hash("203.0.113.8", "Phone")
    assert len(one) == 8
    DailySalt.objects.all().delete()
    visitors._salt.cache_clear()
    DailySalt.objects.create(day=now().date() - timedelta(days=3), salt=b"x" * 32)
    assert one != visitors.visitor_hash("203.0.113.7", "Phone")
    assert now().date() - timedelta(days=3) not in DailySalt.objects.values_list("day", flat=True)
    visitors._salt.cache_clear()


# ---- doors


def test_ordering_over_http_is_done_once_for_one_key(people, door, lodged):
    token = _token(people.cy.actor)
    body = {"gtin": GTIN, "batch": BATCH, "count": 3, "subject": LINE}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
    answers = [
        door().post("/api/tags/ranges", body, content_type="application/json", headers=headers) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Range.objects.count() == 1
    assert answers[0].json()["active_since"] is None


def _token(actor, scope: str = "tags") -> str:
    from guomen.parties.services import issue_token

    return issue_token("till", [scope], actor)[1]


def test_the_doors_keep_strangers_out(people, door, made):
    labels_door, asked = f"/api/tags/ranges/{made.code}/labels", {"format": "csv"}
    json = {"content_type": "application/json"}
    assert door().get("/api/tags/ranges").status_code == 401
    assert door().post(labels_door, asked, **json).status_code == 401
    eve = {"Authorization": f"Bearer {_token(people.eve.actor)}"}
    assert door().get("/api/tags/ranges", headers=eve).json() == {"ranges": []}
    assert door().post(labels_door, asked, headers=eve, **json).status_code == 404
    sale = {"gtin": GTIN, "serial": serial_of(made)}
    for headers in (eve, {"Authorization": f"Bearer {_token(people.cy.actor)}"}):
        answer = door().post("/api/tags/sales", sale, content_type="application/json", headers=headers)
        assert answer.status_code == 403


def test_the_short_way_to_an_items_key_leads_to_the_same_key():
    from guomen.core.gs1 import item_key
    from guomen.tags.scheme import item_uri, key_of

    for gtin, serial in (("09506000134352", "00020TXKM3F67JK44SDE"), ("08012345000012", "0" * 20)):
        assert key_of(gtin, serial) == item_key(item_uri(gtin, serial))
