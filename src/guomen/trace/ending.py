"""Subscriptions end: by who subscribed, or with their query."""

from django.db.models import QuerySet

from guomen.kit.ids import Subject
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.trace.models import Due, NamedQuery, Subscription


def end(subscriptions: QuerySet[Subscription], by: Actor) -> None:
    """End these in the caller's transaction: what waits is not sent any more. One that is gone is no error."""
    for one in subscriptions.select_for_update().order_by("id"):
        Due.objects.filter(subscription_id=one.id).delete()
        about, facts = [Subject.of("party", one.organisation_id)], {"subscription": str(one.id)}
        one.delete()
        append("subscription.ended", about, facts, by)


def end_all(query: NamedQuery, by: Actor) -> None:
    """End all subscriptions to a query that is being deleted."""
    end(Subscription.objects.filter(organisation_id=query.organisation_id, query=query.name), by)
