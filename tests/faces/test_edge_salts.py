"""The scan path has the salt of the day as soon as there is one: else one phone looks like two to two processes."""

import asyncio

import pytest
from django.db import connection

from guomen.faces.edge import front
from guomen.faces.edge.gathering import Line
from guomen.faces.edge.store import FRESH_SECONDS, Store
from guomen.kit.clock import now
from guomen.tags import visitors
from guomen.tags.models import DailySalt

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_salt_of_a_new_installation_is_there_with_the_next_news(people):
    DailySalt.objects.all().delete()
    moment = [0.0]

    def prepare() -> None:
        visitors.prepare()
        connection.close()

    async def asked() -> list[bool]:
        line = Line(front.parameters)
        store, found = Store(line, lambda: moment[0]), []
        for _ in range(2):
            await store.refresh()
            found.append(now().date() in store.salts)
            await asyncio.to_thread(prepare)
            moment[0] += FRESH_SECONDS * 2
        await line.close()
        return found

    assert asyncio.run(asked()) == [False, True]
