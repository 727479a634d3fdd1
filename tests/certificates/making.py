"""Certificates as tests need them: goods that the ledger has released, and the way from a draft to a signature."""

from typing import Any

from django.db import transaction

from guomen.certificates import services
from guomen.certificates.models import Certificate
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor

SUBJECT = Subject.line("224820261000000017", 1)
FACTS = {
    "goods": W("Cotton shirts, white", "白色棉质衬衫"),
    "gtin": "08001234567897",
    "batch": "M-2291",
    "quantity": "500 pieces",
    "origin": W("Italy", "意大利"),
    "place": W("Yangshan port", "洋山港"),
    "decision": W("The goods meet the requirements.", "上述货物经检验合格。"),
    "tests": [
        {
            "test": W("Formaldehyde", "甲醛"),
            "found": "< 16 mg/kg",
            "limit": "75 mg/kg",
            "within": True,
            "standard": "GB 18401-2010",
        }
    ],
}


def decided(kind: str, subject: str = SUBJECT, by: Actor = SYSTEM) -> None:
    """Let the ledger say what was decided about goods: ``line.released`` and so on."""
    with transaction.atomic():
        append(kind, [subject], {"reasons": []}, by)


def draft(people: Any, subject: str = SUBJECT, **more: Any) -> Certificate:
    """Ana's draft for Cy, of kind 21 unless told otherwise."""
    wanted = {"kind": "21", "holder": people.cy.organisation, "facts": FACTS, "valid_days": 60} | more
    return services.draft(wanted.pop("by", people.ana.actor), subject=subject, **wanted)


def sign(people: Any, drafted: Certificate) -> Certificate:
    """Ari reviews and Amy signs."""
    services.review(people.ari.actor, drafted.number)
    return services.sign(people.amy.actor, drafted.number)
