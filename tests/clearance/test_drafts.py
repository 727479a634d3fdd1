"""Colleagues who work on one draft, and a report that names no sample."""

import threading

import pytest
from django.db import connections, transaction

from guomen.clearance import services
from guomen.clearance.models import Draft
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Cursor
from guomen.ledger.services import append


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_save_different_sections_at_the_same_moment_both_keep_theirs(people):
    draft = services.save_draft(people.cy.actor, {"marks": "", "vessel": ""})

    def save() -> None:
        services.change_draft(people.cal.actor, draft.id, lambda data: data.update(vessel="EVER GIVEN"))
        connections.close_all()

    other = threading.Thread(target=save)
    with transaction.atomic():
        services.change_draft(people.cy.actor, draft.id, lambda data: data.update(marks="N/M"))
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()
    assert Draft.objects.get().data == {"marks": "N/M", "vessel": "EVER GIVEN"}


@pytest.mark.django_db
def test_a_report_that_names_no_sample_stops_nobody(people):
    with transaction.atomic():
        append("sample.reported", ["urn:guomen:line:1/1"], {}, people.di.actor)
    catch_up()
    cursor = Cursor.objects.get(name="clearance.laboratory")
    assert (cursor.position > 0, cursor.failures, cursor.error) == (True, 0, "")
