"""A sender who looks at every answer, for tests with hostile values."""

import json
from collections.abc import Iterator

import pytest

from guomen.ledger.models import Entry
from guomen.trace.models import CaptureJob, Event, NamedQuery, Subscription
from tests.trace.goods import ITEM, document, robot, seen

JSON, LD, XML = "application/json", "application/ld+json", "application/xml"
EVENT = seen(1, "storing", ITEM)
WHOLE = json.dumps(document(EVENT))


class Sender:
    """Cy's program; every answer is looked at."""

    def __init__(self, people) -> None:
        self.client = robot(people.cy, "capture", "read")
        self.client.raise_request_exception = False

    def __call__(self, method: str, path: str, body: bytes | str = b"", media_type: str = JSON, **headers: str):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.generic(method, path, body, media_type, headers=headers)
        shown = f"{method} {path[:150]} {media_type} {body[:100]!r} {str(headers)[:100]}"
        assert answer.status_code < 500 or answer.status_code == 501, f"{shown}: {answer.content[:300]!r}"
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", shown
            told = json.loads(answer.content)
            assert told["status"] == answer.status_code, shown
            assert told["title"], shown
            assert len(answer.content) < 1_000_000, shown
        assert "X-Evil" not in answer.headers, shown
        return answer


@pytest.fixture
def send(people) -> Sender:
    return Sender(people)


@pytest.fixture
def unchanged(send) -> Iterator[None]:
    """Nothing may be written by what is refused."""

    def count() -> list[int]:
        return [model.objects.count() for model in (Event, CaptureJob, NamedQuery, Subscription, Entry)]

    before = count()
    yield
    assert count() == before


def listed(send: Sender, query: str = "") -> list[dict]:
    return send("GET", f"/epcis/v2/events?{query}").json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
