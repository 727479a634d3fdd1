"""What the worker does by the clock: named tasks, each with its period."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction

log = logging.getLogger("guomen.schedule")
AFTER_FAILURE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Task:
    """``do`` runs in one transaction, at once and then every ``period``. Once too often must do no harm."""

    name: str
    period: timedelta
    do: Callable[[], object]


def tasks() -> list[Task]:
    """All tasks of this installation."""
    from guomen.adoption import services as adoption
    from guomen.certificates.services import receiving
    from guomen.faces.edge import publishing
    from guomen.release import services as release
    from guomen.risk.services import weigh_trust
    from guomen.seals import services as seals
    from guomen.site import training
    from guomen.tags import visitors
    from guomen.tags.services import printing, retention

    return [
        Task("adoption.late", timedelta(minutes=1), adoption.find_late),
        Task("release.overdue", timedelta(minutes=5), release.find_overdue),
        Task("certificates.lists", timedelta(minutes=1), receiving.fetch_due),
        Task("risk.trust", timedelta(days=1), weigh_trust),
        Task("risk.train", timedelta(days=1), training.start_due),
        Task("seals.watch", timedelta(hours=1), seals.watch),
        # At once when the worker starts, which is when a new release may render pages otherwise.
        Task("edge.outdated", timedelta(days=1), publishing.mark_outdated),
        Task("tags.salts", timedelta(hours=1), visitors.prepare),
        Task("tags.files", timedelta(hours=1), printing.remove_old),
        Task("tags.forget", timedelta(hours=1), retention.forget),
    ]


@dataclass
class Schedule:
    """When each task is due. Kept in memory: a new worker begins with every task."""

    tasks: Iterable[Task]
    clock: Callable[[], float] = time.monotonic
    due: dict[str, float] = field(default_factory=dict)

    def run_due(self) -> list[str]:
        """Run what is due; returns the names of the tasks that succeeded.

        A failure is logged and tried again after :data:`AFTER_FAILURE`. A lost database is nobody's failure: the error
        is passed on.
        """
        done = []
        for task in self.tasks:
            if self.due.get(task.name, 0.0) > self.clock():
                continue
            pause = task.period
            try:
                with transaction.atomic():
                    task.do()
                done.append(task.name)
            except Exception:
                if not connection.is_usable():
                    raise
                log.exception("task %s failed", task.name)
                pause = min(pause, AFTER_FAILURE)
            self.due[task.name] = self.clock() + pause.total_seconds()
        return done
