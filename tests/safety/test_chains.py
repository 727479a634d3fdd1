"""The chain of custody: what one firm says of its goods, no other firm takes back."""

import pytest

from guomen.trace import queries, services
from guomen.trace.models import EdgeIn, EdgeOut

pytestmark = pytest.mark.django_db
CASE, ITEM = "https://id.gs1.org/01/09506000134352/21/CASE1", "https://id.gs1.org/01/09506000134352/21/S1"
PACKED = {
    "type": "AggregationEvent",
    "eventID": "urn:uuid:6f1c2f4e-0000-4000-8000-000000000001",
    "eventTime": "2026-10-01T08:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "parentID": CASE,
    "childEPCs": [ITEM],
    "action": "ADD",
    "bizStep": "packing",
}
ERROR = {"errorDeclaration": {"declarationTime": "2026-10-20T00:00:00Z", "reason": "did_not_occur"}}


@pytest.mark.parametrize("eve_first", [False, True])
def test_nobody_withdraws_an_event_of_another_firm(people, eve_first):
    """Else Eve cuts the links by which a recall finds who holds the goods."""
    steps = [(people.cy.actor, PACKED), (people.eve.actor, PACKED | ERROR)]
    for by, event in reversed(steps) if eve_first else steps:
        services.capture(by, [event])
    assert (EdgeOut.objects.count(), EdgeIn.objects.count()) == (1, 1)
    seen = queries.history(ITEM)
    assert [e.withdrawn for e in seen.events if e.organisation == people.cy.organisation] == [False]
    assert "errorDeclaration" not in queries.event(people.bo.actor, PACKED["eventID"])[-1]
    assert "errorDeclaration" not in queries.event(people.cy.actor, PACKED["eventID"])[-1]


def test_a_firm_withdraws_its_own_event(people):
    services.capture(people.cy.actor, [PACKED])
    services.capture(people.cy.actor, [PACKED | ERROR])
    assert EdgeOut.objects.count() == EdgeIn.objects.count() == 0
    assert "errorDeclaration" in queries.event(people.cy.actor, PACKED["eventID"])[-1]
