"""Deliveries of subscriptions, on the side that receives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from guomen.core import epcis, webhook
from guomen.core.webhook import SignatureError

__all__ = ["Delivery", "SignatureError", "read_delivery"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """id: the same when the same delivery comes again; answer 2xx to one that is stored already."""

    id: str
    query: str
    events: list[dict[str, Any]]


def read_delivery(secret: str, headers: Mapping[str, str], body: bytes, now: datetime | None = None) -> Delivery:
    """A delivery that is signed with the subscription's ``signatureToken`` and not older than five minutes.

    headers: by any spelling of their names; body: the bytes as they came, JSON or XML. Raises SignatureError,
    EpcisError.
    """
    named = {name.lower(): value for name, value in headers.items()}
    webhook.verify(secret, named.get(webhook.HEADER.lower(), ""), body, now or datetime.now(UTC))
    kind = named.get("content-type", "").partition(";")[0].strip().lower()
    document = (epcis.xml_to_document if kind in ("application/xml", "text/xml") else epcis.decode)(body)
    _, events = (epcis.event_objects(document) if isinstance(document, dict) else None) or ("", [])
    body_of = document.get("epcisBody") if isinstance(document, dict) else None
    results = body_of.get("queryResults", {}) if isinstance(body_of, dict) else {}
    return Delivery(named.get("idempotency-key", ""), str(results.get("queryName", "")), events)
