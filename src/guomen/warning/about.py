"""What alerts, signals and recalls are about, and small things that all of their services need."""

import hashlib
import uuid

from guomen.core.gs1 import GS1_BASE
from guomen.kit.errors import NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.warning.models import Alert


def product_uri(gtin: str) -> str:
    return f"{GS1_BASE}/01/{gtin}"


def batch_uri(gtin: str, batch: str) -> str:
    return f"{GS1_BASE}/01/{gtin}/10/{batch}"


def salted(*parts: str) -> str:
    """SHA-256, hexadecimal, of a salt and what follows it."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def fixed_id(*parts: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest())


def alert_subjects(alert: Alert) -> list[str]:
    """What ledger entries about an alert are about: the alert, its product, its batches."""
    return [
        Subject.of("alert", alert.number),
        product_uri(alert.gtin),
        *(batch_uri(alert.gtin, b) for b in alert.batches),
    ]


def locked(by: Actor, number: str) -> Alert:
    """The alert, locked for change. Controllers of the authority only; NotFound for a number that does not exist."""
    by.require("controller")
    alert = Alert.objects.select_for_update().filter(number=number).first()
    if alert is None:
        raise NotFound
    if alert.state == "lifted":
        raise Refused(W("This alert is lifted.", "该预警已解除。"), code="alert-lifted")
    return alert
