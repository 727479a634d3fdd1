"""Locks of the cache: held by one at a time, and by nobody who is dead."""

import threading

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
KEY = "allauth:rl:allauth.account:login_failed:10/60/ip:ip:127.0.0.1"


class Other:
    """Another process that holds the lock: a thread with a database session of its own, until it dies."""

    def __init__(self, key: str) -> None:
        self.holds, self.dies = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run, args=[key])

    def run(self, key: str) -> None:
        assert cache.add(key, True, 10)
        self.holds.set()
        self.dies.wait(60)
        # As when a process is killed: nothing is unlocked, the session is just gone.
        connection.close()

    def __enter__(self) -> "Other":
        self.thread.start()
        assert self.holds.wait(60)
        return self

    def __exit__(self, *_why: object) -> None:
        self.dies.set()
        self.thread.join(60)


def test_a_lock_is_held_by_one_and_given_back():
    with Other(f"{KEY}:lock"):
        assert not cache.add(f"{KEY}:lock", True, 10)
        assert cache.add("another:lock", True, 10)
        assert cache.delete("another:lock")
    with ratelimit.cache_lock(KEY) as mine:
        assert mine
    with Other(f"{KEY}:lock"):
        assert not cache.add(f"{KEY}:lock", True, 10)


def test_who_died_while_an_attempt_was_counted_shuts_nobody_out(people):
    people.cy  # noqa: B018
    with Other(f"{KEY}:lock"):
        pass
    answer = Client().post("/accounts/login/", {"login": "cy@example.test", "password": PASSWORD})
    assert answer.status_code == 302
    assert cache.get(KEY) == [], "the key is the one that is counted under"
