"""Jobs that the worker does part after part: the least advanced goes first, and small ones do not wait for large ones.

One transaction for each part, in which the job also notes how far it is: killed anywhere, the next worker goes on.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.db import connection, transaction

from guomen.tags.models.jobs import Job

J = TypeVar("J", bound=Job)
MOST_FAILURES = 3
SLICE = timedelta(milliseconds=300)
"""What the worker gives to such jobs before it looks after others."""


def work(step: Callable[[], int], slice: timedelta) -> int:
    """Do parts for about ``slice``; returns by how much they moved jobs on. ``step``: does one, 0 when none waits."""
    end, moved = time.monotonic() + slice.total_seconds(), 0
    while time.monotonic() < end:
        more = step()
        if not more:
            break
        moved += more
    return moved


@transaction.atomic
def next_part(jobs: type[J], part: Callable[[J], None], give_up: Callable[[J], None], log: logging.Logger) -> int:
    """Do the next part that waits; returns by how much it moved its job on, at least 1, or 0 when none waits.

    ``part``: does it and says in ``done`` and ``state`` how far the job is; what it raises undoes it. ``give_up``: ends
    a job whose part broke down MOST_FAILURES times.
    """
    waiting = jobs._default_manager.select_for_update(skip_locked=True).filter(state="waiting")
    job = waiting.order_by("done", "id").first()
    if job is None:
        return 0
    before = job.done
    try:
        with transaction.atomic():
            part(job)
    except Exception:
        if not connection.is_usable():
            raise
        log.exception("job %s broke down", job.id)
        job.refresh_from_db()
        job.failures += 1
        if job.failures == MOST_FAILURES:
            give_up(job)
    job.save()
    return max(1, job.done - before)
