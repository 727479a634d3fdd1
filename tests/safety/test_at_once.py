"""The same request from eight threads at once: one does it, and every other gets an answer that is true."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from guomen.adoption.models import Body
from guomen.clearance.models import Declaration, Message
from guomen.kit.clock import now
from guomen.ledger.models import Entry
from guomen.release.models import Override
from tests.clearance.conftest import example
from tests.clearance.test_files_and_messages import xml

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def together(people: Any, who: str, sent: list[tuple[str, str, bytes, str]]) -> list[Any]:
    """The answers to requests that are sent at once: path, media type, content, Idempotency-Key."""
    person = getattr(people, who).person

    def one(request: tuple[str, str, bytes, str]) -> Any:
        path, media_type, content, key = request
        try:
            client = Client(raise_request_exception=False)
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
            headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
            return client.post(path, content, content_type=media_type, **headers)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(sent)) as pool:
        return list(pool.map(one, sent))


def told(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_eight_requests_under_one_key_are_one_declaration_and_one_answer(people):
    content = json.dumps(example()).encode()
    answers = together(people, "cy", [("/api/declarations", "application/json", content, "k")] * THREADS)
    assert Counter(a.status_code for a in answers) == {201: 1, 200: THREADS - 1}
    assert all(a.json() == answers[0].json() for a in answers)
    assert Declaration.objects.count() == told("declaration.lodged") == 1


def test_eight_requests_without_a_key_put_a_body_on_the_list_once(people):
    people.di  # noqa: B018
    day = now().date()
    sent = {
        "organisation": "LAB-1", "kind": "home", "licence": "CMA 1", "scope": "6205 GB 18401-2010",
        "valid_from": str(day), "valid_until": str(day + timedelta(days=9)),
    }  # fmt: skip
    content = json.dumps(sent).encode()
    answers = together(people, "bo", [("/api/inspection-bodies", "application/json", content, "")] * THREADS)
    statuses = Counter(a.status_code for a in answers)
    assert set(statuses) <= {201, 409}, statuses
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"at-once"}
    assert Body.objects.count() == 1
    assert told("body.listed") == statuses[201]


def test_one_message_id_under_eight_references_is_one_message(people):
    sent = [
        ("/api/declaration-messages", "application/xml", xml(example(), "M1", 1, "lodge", f"REF-{n}"), "")
        for n in range(THREADS)
    ]
    statuses = Counter(a.status_code for a in together(people, "cy", sent))
    assert statuses == {200: 1, 409: THREADS - 1}
    assert Message.objects.count() == Declaration.objects.count() == told("message.received") == 1


def test_eight_proposals_to_release_before_all_checks_are_one(people):
    from guomen.clearance import services

    story = example()
    lodged = services.lodge(people.cy.actor, story | {"lines": story["lines"][:1]})
    path = f"/api/declarations/{lodged.number}/lines/1/override"
    content = json.dumps({"reason": "The plant stands still.", "days": "5", "destination": "Plant 1"}).encode()
    statuses = Counter(
        a.status_code for a in together(people, "bo", [(path, "application/json", content, "")] * THREADS)
    )
    assert statuses == {201: 1, 409: THREADS - 1}
    assert Override.objects.count() == told("override.proposed") == 1
