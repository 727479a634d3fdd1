"""A recall becomes a joint case with the agencies of the countries that the goods come from."""

from guomen.cases.models import Case
from guomen.cases.services import open_case
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.parties.models import Organisation


@follower("cases.recall", "recall.ordered")
def share_recall(entry: Entry) -> None:
    facts = entry.facts
    subject = Subject.of("recall", facts["recall"])
    opener = Organisation.objects.filter(id=entry.actor.get("organisation")).first()
    interests = dict.fromkeys(facts["departure_countries"], "departure-country")
    interests[facts["maker_country"]] = "maker-country"
    partners = list(Organisation.objects.filter(kind="partner", country__in=[c for c in interests if c]))
    if opener is None or not partners or Case.objects.filter(kind="recall", subjects__contains=[subject]).exists():
        return
    open_case(
        SYSTEM,
        title=_title(facts["product"], facts["reason"]),
        kind="recall",
        subjects=list(entry.subjects),
        participants=partners,
        opened_by=opener,
        interests={p.id: interests[p.country] for p in partners},
    )


def _title(product: dict[str, str], reason: dict[str, str]) -> W:
    return W(f"Recall of {product['en']}: {reason['en']}", f"召回{product['zh']}：{reason['zh']}")
