"""Packaging results: a performance result covers so many packages, each use is written off, and never one too many."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from guomen.certificates import queries, services
from guomen.certificates.models import Certificate, WriteOff
from guomen.kit.clock import now
from guomen.kit.errors import Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from tests.certificates.kinds import PACKAGING, USE
from tests.certificates.making import draft, sign

BOXES = Subject.of("packaging", "C231234/P-2026-07")


@pytest.fixture
def performance(people) -> Certificate:
    return sign(people, draft(people, BOXES, kind="PP", facts=PACKAGING, valid_days=200))


def use(people, result: Certificate, count: int, **more: object) -> Certificate:
    facts = USE | {"performance": result.number, "packages": count} | more
    return draft(people, BOXES, kind="PU", facts=facts, valid_days=60)


@pytest.mark.django_db
def test_each_use_is_written_off_and_the_balance_shows(people, performance):
    assert queries.packages_left(performance) == 5000
    first = sign(people, use(people, performance, 1200))
    assert queries.packages_left(performance) == 3800
    second = use(people, performance, 3801)
    services.review(people.ari.actor, second.number)
    with pytest.raises(Refused) as caught:
        services.sign(people.amy.actor, second.number)
    assert caught.value.code == "packages-exhausted"
    assert "3,800" in caught.value.sentence()
    assert Certificate.objects.get(number=second.number).state == "reviewed"
    services.send_back(people.ari.actor, second.number, "Too many")
    services.change(people.ana.actor, second.number, second.facts | {"packages": 3800})
    sign(people, second)
    assert queries.packages_left(performance) == 0
    booked = [(w.sequence, w.packages, w.balance, w.use_result) for w in queries.write_offs(performance.number)]
    assert booked == [(1, 1200, 3800, first.number), (2, 3800, 0, second.number)]
    told = [e.kind for e in history(Subject.of("certificate", performance.number))]
    assert told.count("packages.used") == 2
    assert queries.packages_left(first) is None


@pytest.mark.django_db
def test_a_use_relies_on_a_valid_result_that_carries_it(people, performance):
    for facts, code in (
        ({"performance": "PP-2026-999999-AAAAAA"}, "performance-unknown"),
        ({"packing_group": "I"}, "packing-group"),
        ({"gross_each": {"value": "20.01", "unit": "KGM"}}, "too-heavy"),
    ):
        one = use(people, performance, 10, **facts)
        with pytest.raises(Refused) as caught:
            services.review(people.ari.actor, one.number)
        assert caught.value.code == code
    one = use(people, performance, 10)
    services.review(people.ari.actor, one.number)
    services.suspend(people.bo.actor, performance.number, "A box failed.", "goods")
    with pytest.raises(Refused) as caught:
        services.sign(people.amy.actor, one.number)
    assert caught.value.code == "performance-not-valid"
    services.resume(people.bo.actor, performance.number)
    services.sign(people.amy.actor, one.number)
    # A draft is no result to rely on.
    unsigned = draft(people, BOXES, kind="PP", facts=PACKAGING)
    other = use(people, unsigned, 10)
    with pytest.raises(Refused):
        services.review(people.ari.actor, other.number)
    assert WriteOff.objects.count() == 1


@pytest.mark.django_db
def test_a_use_is_not_valid_longer_than_the_result_that_it_relies_on(people, performance):
    ends = now() + timedelta(days=3)
    Certificate.objects.filter(number=performance.number).update(valid_until=ends)
    one = sign(people, use(people, performance, 10))
    assert one.valid_until == ends
    assert queries.verify(one.jws).valid


@pytest.mark.django_db
def test_packages_come_back_only_when_they_were_not_used(people, performance):
    one, two = (sign(people, use(people, performance, count)) for count in (1000, 500))
    services.revoke(people.bo.actor, one.number, "Wrong goods", "false-facts")
    assert queries.packages_left(performance) == 3500
    services.revoke(people.bo.actor, two.number, "Never shipped", "holder")
    assert queries.packages_left(performance) == 4000
    services.revoke(people.bo.actor, two.number, "Again", "holder")
    assert queries.packages_left(performance) == 4000


@pytest.mark.django_db
def test_a_use_that_replaces_another_settles_the_difference(people, performance):
    old = sign(people, use(people, performance, 4900))
    facts = USE | {"performance": performance.number, "packages": 5000}
    new = draft(people, BOXES, kind="PU", facts=facts, valid_days=60, replaces=old.number)
    sign(people, new)
    assert queries.packages_left(performance) == 0
    assert [w.packages for w in queries.write_offs(performance.number)] == [4900, -4900, 5000]


@pytest.mark.django_db
def test_a_performance_result_that_replaces_another_has_no_more_than_what_was_left(people, performance):
    sign(people, use(people, performance, 1200))
    smaller = draft(
        people, BOXES, kind="PP", facts=PACKAGING | {"packages": 1199}, replaces=performance.number, valid_days=100
    )
    services.review(people.ari.actor, smaller.number)
    with pytest.raises(Refused):
        services.sign(people.amy.actor, smaller.number)
    right = draft(people, BOXES, kind="PP", facts=PACKAGING | {"packages": 2000}, replaces=performance.number)
    sign(people, right)
    assert queries.packages_left(right) == 800


@pytest.mark.django_db(transaction=True)
def test_signers_at_the_same_moment_never_write_off_one_package_too_many(people, performance):
    waiting = [use(people, performance, 1000) for _ in range(8)]
    for one in waiting:
        services.review(people.ari.actor, one.number)
    amy, answers, start = people.amy.actor, [], threading.Barrier(len(waiting))

    def work(number: str) -> None:
        try:
            start.wait()
            services.sign(amy, number)
            answers.append("signed")
        except Refused as error:
            answers.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(one.number,)) for one in waiting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["packages-exhausted"] * 3 + ["signed"] * 5
    booked = queries.write_offs(performance.number)
    assert [w.balance for w in booked] == [4000, 3000, 2000, 1000, 0]
    assert Certificate.objects.filter(kind="PU", state="signed").count() == 5
    assert Certificate.objects.filter(kind="PU", state="reviewed", pdf="").count() == 3
