"""Tasks by the clock, and the worker that runs them."""

import logging
from datetime import timedelta

import pytest
from django.db import transaction

from guomen.ledger.models import Entry
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM
from guomen.site.schedule import Schedule, Task, tasks
from guomen.site.worker import Worker
from tests.seals.test_seals import arm, kinds

HOURLY = timedelta(hours=1)


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.django_db
def test_a_task_runs_at_once_and_then_after_each_period():
    clock, runs = Clock(), []
    schedule = Schedule([Task("count", HOURLY, lambda: runs.append(clock()))], clock)
    assert schedule.run_due() == ["count"]
    clock.seconds += 3599
    assert schedule.run_due() == []
    clock.seconds += 1
    assert schedule.run_due() == ["count"]
    assert runs == [1000.0, 4600.0]


@pytest.mark.django_db
def test_a_task_that_fails_leaves_nothing_behind_is_logged_and_does_not_keep_others_waiting(caplog):
    clock, runs = Clock(), []

    def half() -> None:
        append("party.registered", ["urn:guomen:party:half"], {}, SYSTEM)
        raise ValueError("the second half is missing")

    schedule = Schedule([Task("half", HOURLY, half), Task("whole", HOURLY, lambda: runs.append(1))], clock)
    with caplog.at_level(logging.ERROR), transaction.atomic():
        assert schedule.run_due() == ["whole"]
    assert not Entry.objects.filter(subjects__contains=["urn:guomen:party:half"]).exists()
    assert "task half failed" in caplog.text
    assert "the second half is missing" in caplog.text
    clock.seconds += 60
    assert schedule.run_due() == []
    assert (caplog.text.count("task half failed"), len(runs)) == (2, 1)


def test_the_worker_raises_the_alarm_of_a_silent_seal(people):
    arm(people.kai.actor, seal="QUIET001")
    worker = Worker()
    worker.work()
    assert kinds("QUIET001") == ["seal.armed", "seal.alarmed"]
    assert worker.beat.exists()
    worker.work()
    assert kinds("QUIET001").count("seal.alarmed") == 1


def test_every_task_has_a_name_of_its_own():
    names = [task.name for task in tasks()]
    assert "seals.watch" in names
    assert len(set(names)) == len(names)
