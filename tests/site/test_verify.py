"""Which entries prove the history of an item."""

from decimal import Decimal

import pytest

from guomen.core import epcis
from guomen.site.verify import changed, entries_of_item
from guomen.trace import services
from guomen.trace.models import Event
from tests.trace.goods import BATCH, ITEM, OTHER_ITEM, day, seen

pytestmark = pytest.mark.django_db
THIRD = "https://id.gs1.org/01/09506000134352/21/S3"


def test_an_event_proves_the_history_of_each_thing_that_it_names(people):
    services.capture(people.cy.actor, [seen(1, "packing", ITEM, OTHER_ITEM)])
    assert (
        [e.kind for e in entries_of_item(ITEM)] == [e.kind for e in entries_of_item(OTHER_ITEM)] == ["event.captured"]
    )
    assert entries_of_item(THIRD) == []


def test_an_item_that_its_entry_left_out_is_proved_by_it_all_the_same(people, monkeypatch):
    monkeypatch.setattr(services, "MOST_SUBJECTS", 1)
    services.capture(people.cy.actor, [seen(1, "packing", ITEM, event_id="urn:x:1"), seen(1, "storing", THIRD)])
    services.capture(people.cy.actor, [seen(2, "storing", THIRD), seen(3, "shipping", OTHER_ITEM)])
    services.capture(people.cy.actor, [withdrawal(), seen(5, "storing", BATCH.replace("L7", "L8"))])
    for item, entries in ((ITEM, 2), (THIRD, 2), (OTHER_ITEM, 1)):
        found = entries_of_item(item)
        assert [e.kind for e in found] == ["event.captured"] * entries, item
        assert found == sorted(found, key=lambda e: e.happened_at)


def test_an_event_that_was_changed_or_removed_behind_the_ledgers_back_is_noticed(people):
    context = [epcis.CONTEXT, {"ex": "https://example.test/"}]
    odd = {"ex:weight": Decimal("1.10"), "ex:note": [1, {"ex:deep": True}]}
    events = [seen(1, "packing", ITEM, event_id="urn:x:1") | odd, seen(2, "storing", ITEM), seen(3, "storing", THIRD)]
    ids = services.capture(people.cy.actor, events, context)
    services.capture(people.cy.actor, [withdrawal() | odd], context)

    def noticed() -> list[str]:
        return [id for entry in entries_of_item(ITEM) for id in changed(entry, ITEM)]

    assert noticed() == []
    stored = Event.objects.get(uri=ids[1])
    Event.objects.filter(uri=ids[1]).update(body=stored.body | {"bizStep": "shipping"})
    Event.objects.filter(uri=ids[2]).update(body={})
    assert noticed() == [ids[1]]
    Event.objects.filter(uri=ids[1]).delete()
    assert noticed() == [ids[1]]


def withdrawal() -> dict:
    declared = {"declarationTime": day(4).isoformat(), "reason": "did_not_occur"}
    return seen(1, "packing", ITEM, event_id="urn:x:1") | {"errorDeclaration": declared}
