"""New scans are added up once each, whatever order they were committed in, and alarms are raised."""

import random
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from guomen.kit.clock import now
from guomen.ledger.queries import history
from guomen.tags import queries, services
from guomen.tags.limits import distance, limits
from guomen.tags.models import Alarm, ItemState, Range, Scan, ScanBatch, Seen, Segment, Tally, Traffic
from guomen.tags.rules import Known, Look, Trail, follow
from guomen.tags.services import sums
from guomen.tags.services.digesting import digest, work
from tests.plans import scans_of
from tests.tags.goods import LINE
from tests.tags.looking import crowd, key_of, look, phone


@pytest.fixture
def active(people, made):
    services.activate(people.ana.actor, subject=LINE, at=now() - timedelta(days=30))
    return made


def test_scans_add_up_for_the_public_only(active):
    for channel, device in (("public", 1), ("retailer", 2), ("inspector", 3), ("public", 1), ("public", 4)):
        look(active, device=device, channel=channel, place="CNSHA")
    assert digest() == 5
    assert digest() == 0
    seen = Seen.objects.get()
    assert (seen.item, seen.times, seen.devices, seen.places, seen.alarms) == (key_of(active, 0), 3, 2, 1, [])
    assert sorted(r[1:] for r in seen.recent) == sorted([phone(n).hex(), "CNSHA"] for n in (4, 1, 1))
    assert (ScanBatch.objects.count(), Scan.objects.count()) == (0, 5)
    row = Traffic.objects.get()
    assert (row.range_number, row.place, row.times, row.phones, row.at_work) == (active.number, "CNSHA", 3, 2, 2)
    assert (row.hour.minute, row.hour.second) == (0, 0)


def test_many_items_and_batches_add_up_alike(active):
    for n in range(30):
        look(active, n % 7, n % 3, place="CNNGB" if n % 2 else "")
    assert [digest(8) for _ in range(5)] == [8, 8, 8, 6, 0]
    assert sum(Seen.objects.values_list("times", flat=True)) == 30
    assert all(d == 3 for d in Seen.objects.values_list("devices", flat=True))
    assert sum(Traffic.objects.values_list("times", flat=True)) == 30
    assert sum(Traffic.objects.values_list("phones", flat=True)) == 21


@pytest.mark.parametrize("seed", range(3))
def test_looks_that_are_nothing_to_the_rules_are_kept_as_the_rules_would_have_kept_them(active, seed):
    chance = random.Random(seed)
    days = [now() - timedelta(days=n) for n in (40, 2, 1, 0)]
    sent = []
    for n in range(120):
        at = days[min(3, n // 28)] + timedelta(seconds=n * 60 + chance.choice((0, 0, 0, -7000)))
        places, counters = ("", "CNSHA", "CNSHA", "CNURC", "ITGOA"), ("", "", "", "replayed", "skipped")
        about = {"place": chance.choice(places), "counter": chance.choice(counters), "at": at}
        sent.append(look(active, chance.choice((0, 0, 0, *range(1, 20))), chance.randrange(4), **about))
    portions, left = [], sent
    while left:
        count = chance.randrange(1, 9)
        portions, left = [*portions, left[:count]], left[count:]
    assert [digest(len(portion)) for portion in portions] == [len(portion) for portion in portions]
    since = int((now() - timedelta(days=30)).timestamp())
    trails: dict[UUID, Trail] = defaultdict(Trail)
    for portion in portions:
        looks = [(s.item, Look(int(s.at.timestamp()), s.device, s.place, s.counter)) for s in portion]
        for item, one in sorted(looks):
            follow(trails[item], [one], Known(active.state, released_at=since), limits(), distance)
    assert {s.item: _kept(s) for s in Seen.objects.all()} == {
        item: (t.times, t.first_at, t.last_at, t.phones, len(t.places), [one[:3] for one in t.recent], t.stored())
        for item, t in trails.items()
    }


def _kept(seen: Seen) -> tuple:
    recent = [(at, bytes.fromhex(device), place) for at, device, place in seen.recent]
    moments = (int(seen.first_at.timestamp()), int(seen.last_at.timestamp()))
    return (seen.times, *moments, seen.devices, seen.places, recent, seen.trail)


def test_an_item_whose_claim_is_refused_while_its_first_look_is_added_up_keeps_both(active):
    key = key_of(active, 0)
    Seen.objects.create(item=key, times=0, first_at=now(), last_at=now(), devices=0, places=0, alarms=["TAG-X"])
    # As if the row had come after it was looked for.
    sums.write_first({key.bytes: Look(1_790_000_000, phone(1), "CNSHA")})
    seen = Seen.objects.get()
    assert (seen.times, seen.devices, seen.places, seen.alarms) == (1, 1, 1, ["TAG-X"])
    assert seen.recent == [[1_790_000_000, phone(1).hex(), "CNSHA"]]


@pytest.mark.parametrize(("rows", "pages"), [(-1, 0), (0, 1), (1, 5000)], ids=["never", "empty", "emptied"])
def test_a_full_outbox_is_taken_in_portions_and_sought_once_however_it_was_counted(active, rows, pages):
    for n in range(30):
        look(active, n)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = %s, relpages = %s WHERE relname = 'tags_scanbatch'", [rows, pages]
        )
        before = scans_of("tags_scanbatch")
        assert digest(10) == 10
        # The portion is sought once and its ten keys are looked up; sought for each of thirty it would be hundreds.
        assert scans_of("tags_scanbatch") - before <= 25
    assert ScanBatch.objects.count() == 20


def test_a_batch_that_was_committed_late_is_counted_too(active):
    late = look(active, device=1)
    ScanBatch.objects.filter(batch=late.batch).delete()
    look(active, device=2)
    digest()
    ScanBatch.objects.create(batch=late.batch, count=1)
    assert digest() == 1
    assert Seen.objects.get().times == 2


def test_a_batch_that_is_sent_again_is_refused_also_after_it_was_added_up(active):
    sent = look(active)
    digest()
    with transaction.atomic():
        ScanBatch.objects.create(batch=sent.batch, count=1)
        with pytest.raises(IntegrityError):
            sent.save(force_insert=True)
        transaction.set_rollback(True)
    assert digest() == 0
    assert Seen.objects.get().times == 1


def test_what_breaks_off_leaves_every_scan_where_it_was(active):
    crowd(active)
    with transaction.atomic():
        assert digest() == 11
        transaction.set_rollback(True)
    assert (ScanBatch.objects.count(), Seen.objects.count(), Alarm.objects.count()) == (11, 0, 0)
    digest()
    assert (Seen.objects.get().times, Alarm.objects.count()) == (11, 1)


@pytest.mark.django_db(transaction=True)
def test_two_that_digest_at_once_count_nothing_twice(people, active):
    look(active)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('tags.digest'))")
        assert digest() == 0
    assert digest() == 1


def test_one_step_of_the_worker_takes_some_batches_and_lets_others_work_then(active):
    crowd(active, phones=22)
    assert [work(at_once=4), work(at_once=4), work(at_once=4)] == [16, 6, 0]


# ---- alarms


def test_a_copied_code_raises_one_alarm_with_its_ledger_entry(active):
    crowd(active, phones=11)
    digest()
    crowd(active, phones=20)
    digest()
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.kind, alarm.limits, alarm.index) == ("TAG-MANY-DEVICES", "copy", limits().version, 0)
    assert alarm.facts["today"] == 11
    assert Seen.objects.get().alarms == ["TAG-MANY-DEVICES"]
    uri = queries.item(active.gtin, _serial(active)).uri
    entry = history(uri, kinds=frozenset({"copy.suspected"}))[0]
    assert [e.kind for e in history(uri)] == ["copy.suspected"]
    assert entry.facts["reasons"] == [{"code": "TAG-MANY-DEVICES", "values": alarm.facts}]
    assert (entry.facts["gtin"], entry.facts["kind"]) == (active.gtin, "copy")
    assert LINE in entry.subjects


def _serial(one, index: int = 0) -> str:
    from guomen.tags import labels

    return labels.serials(one, index, 1)[0]


def test_rules_know_an_items_state_and_its_release(people, made):
    for device in range(3):
        look(made, 0, device)
    look(made, 1, 1)
    ItemState.objects.create(
        item=key_of(made, 1), range_number=made.number, index=1, state="destroyed", at=now() - timedelta(hours=9)
    )
    digest()
    assert set(Alarm.objects.values_list("index", "rule")) == {(0, "TAG-BEFORE-RELEASE"), (1, "TAG-AFTER-END")}


def test_rules_know_the_state_of_a_stretch_and_of_a_whole_order_and_where_goods_are_meant_to_be_sold(active):
    before = now() - timedelta(hours=9)
    Segment.objects.create(range_number=active.number, first=5, last=9, state="stolen", at=before)
    look(active, 4, 1)
    look(active, 7, 2)
    digest()
    assert [(a.index, a.rule, a.facts["state"]) for a in Alarm.objects.all()] == [(7, "TAG-AFTER-END", "stolen")]
    Range.objects.filter(number=active.number).update(state="destroyed", markets=["CN"])
    look(active, 4, 3)
    for n in range(5):
        look(active, 50, 10 + n, place=("ITGOA", "AUSYD")[n % 2], at=now() + timedelta(days=n))
    digest()
    assert set(Alarm.objects.values_list("index", "rule")) == {
        (7, "TAG-AFTER-END"),
        (4, "TAG-AFTER-END"),
        (50, "TAG-AFTER-END"),
        (50, "TAG-OUTSIDE-MARKET"),
    }


def test_one_phone_that_sweeps_an_order_raises_an_alarm_about_the_order_and_doubts_no_item(active):
    most = limits().swept_items
    for index in range(most - 1):
        look(active, index, 7)
        look(active, index, 7)
    digest()
    assert Alarm.objects.count() == 0
    look(active, most, 7)
    digest()
    look(active, most + 1, 7)
    digest()
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.index, alarm.facts["count"]) == ("TAG-SWEPT", -1, most)
    assert not Seen.objects.exclude(alarms=[]).exists()
    assert [e.kind for e in history(f"urn:guomen:range:{active.code}")][-1] == "copy.suspected"


def test_people_at_work_may_sweep_an_order(active):
    for index in range(limits().swept_items + 5):
        look(active, index, 7, channel="retailer")
    digest()
    assert (Alarm.objects.count(), Tally.objects.count()) == (0, 0)


def test_one_phone_that_guesses_codes_raises_an_alarm_about_the_order(active):
    for _ in range(limits().guessed_codes):
        look(active, -1, 7)
    digest()
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.range_number, alarm.facts["count"]) == ("TAG-GUESSED", active.number, 20)
    assert Seen.objects.count() == 0


def test_guesses_at_orders_that_do_not_exist_are_told_to_the_authority_alone(people, active):
    for _ in range(limits().guessed_codes):
        look(active, -1, 7)
    Scan.objects.update(range_number=-1)
    digest()
    assert Alarm.objects.get().range_number == -1


def test_when_very_many_items_have_the_same_fault_it_is_the_records(made):
    most = limits().data_items
    for index in range(most + 2):
        for device in range(3):
            look(made, index, 100 * index + device)
    digest()
    kinds = list(Alarm.objects.values_list("kind", flat=True))
    assert (kinds.count("copy"), kinds.count("data")) == (most, 2)
    assert Seen.objects.filter(alarms=["TAG-BEFORE-RELEASE"]).count() == most


def test_a_famous_item_costs_one_row_and_a_few_hundred_bytes(active):
    crowd(active, phones=600)
    work()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(pg_column_size(s.*)) FROM tags_seen s")
        rows, size = cursor.fetchone()
    assert rows == 1
    assert size < 2000
