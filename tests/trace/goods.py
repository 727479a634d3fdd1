"""Events and senders that the tests of the goods flow share."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from guomen.core import epcis
from guomen.parties.actors import of_person
from guomen.parties.services import add_person, issue_token

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
GTIN = "09506000134352"
BATCH = f"https://id.gs1.org/01/{GTIN}/10/L7"
ITEM = f"https://id.gs1.org/01/{GTIN}/21/S1"
ITEM_WITH_LOT = f"https://id.gs1.org/01/{GTIN}/10/L7/21/S1"
OTHER_ITEM = f"https://id.gs1.org/01/{GTIN}/10/L7/21/S2"


def day(n: int) -> datetime:
    return START + timedelta(days=n)


def seen(n: int, step: str, *uris: str, **more) -> dict:
    return epcis.event_to_dict(epcis.object_event(day(n), "OBSERVE", epcs=uris, biz_step=step, **more))


def document(*events: dict) -> dict:
    return {
        "@context": [epcis.CONTEXT, {"ex": "https://example.test/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-10-01T00:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }


def token(one, *scopes: str) -> str:
    """The API token of a program of that person's organisation."""
    admin = add_person(
        one.organisation, f"r{one.person.name}{scopes[0]}@example.test", "R", "correct-horse-battery", ["admin"]
    )
    return issue_token("robot", list(scopes), of_person(admin))[1]


def robot(one, *scopes: str) -> Client:
    """A program of that person's organisation."""
    return Client(headers={"Authorization": f"Bearer {token(one, *scopes)}"})
