"""Single scans are forgotten after some days; sums stay."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from guomen.kit.clock import now
from guomen.site.schedule import tasks
from guomen.tags import services, traffic
from guomen.tags.models import Scan, Seen, Traffic
from guomen.tags.services import retention
from guomen.tags.services.digesting import digest
from tests.tags.goods import LINE
from tests.tags.looking import look


@pytest.fixture
def active(people, made):
    services.activate(people.ana.actor, subject=LINE, at=now() - timedelta(days=300))
    return made


def test_old_scans_go_and_what_they_add_up_to_stays(active):
    long_ago = now() - timedelta(days=settings.GUOMEN.scan_days, minutes=1)
    for n in range(3):
        look(active, 0, n, at=long_ago, place="CNSHA")
    look(active, 0, 9, at=now() - timedelta(days=1), place="CNURC")
    look(active, 1, 1, at=long_ago)
    digest()
    assert retention.forget() == 4
    assert retention.forget() == 0
    assert [p.place for p in Scan.objects.all()] == ["CNURC"]
    sums = {s.times: s for s in Seen.objects.all()}
    assert [place for _at, _device, place in sums[4].recent] == ["CNURC"]
    assert (sums[4].devices, sums[4].places) == (4, 2)
    assert sums[1].recent == []
    assert sum(Traffic.objects.values_list("times", flat=True)) == 5


def test_what_waits_to_be_added_up_is_kept_however_old_it_is(active):
    look(active, at=now() - timedelta(days=99))
    assert retention.forget() == 0
    assert digest() == 1
    assert retention.forget() == 1


def test_old_scans_go_in_batches(active, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for n in range(7):
        look(active, n, n, at=now() - timedelta(days=99))
    digest()
    assert retention.forget() == 7


def test_hours_of_old_traffic_become_days_of_the_local_time_zone(people, active):
    zone = ZoneInfo(settings.TIME_ZONE)
    day = (now() - timedelta(days=60)).astimezone(zone).date()
    for hour in (0, 1, 9, 23):
        at = datetime(day.year, day.month, day.day, hour, 30, tzinfo=zone)
        look(active, 0, hour, at=at, place="CNSHA")
        look(active, 0, 50 + hour, at=at)
        look(active, 0, 90, at=at, channel="retailer")
    digest()
    before = traffic.overview(people.cy.actor, traffic.Wanted(days=90))
    retention.forget()
    retention.forget()
    rows = {r.place: r for r in Traffic.objects.all()}
    assert {place: (r.times, r.phones, r.at_work) for place, r in rows.items()} == {"CNSHA": (4, 4, 0), "": (4, 4, 4)}
    assert {r.hour.astimezone(zone) for r in rows.values()} == {datetime(day.year, day.month, day.day, tzinfo=zone)}
    after = traffic.overview(people.cy.actor, traffic.Wanted(days=90))
    assert (after.days, after.places) == (before.days, before.places)
    assert dict(after.days)[day] == 8


def test_the_worker_forgets_by_itself():
    assert retention.forget in [task.do for task in tasks()]
