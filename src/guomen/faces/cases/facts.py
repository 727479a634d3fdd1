"""Ledger entries as facts that every agency of a case reads alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from guomen.catalogue import codes
from guomen.kit.words import W, say, vocabulary
from guomen.ledger.models import Entry
from guomen.parties.models import Organisation


@dataclass(frozen=True, slots=True)
class Told:
    """One fact: what happened, its details as sentences, when, and which organisation states it."""

    kind: str
    title: str
    details: list[str]
    at: datetime
    by: str
    alarm: bool


_ALARMING = {"line.refused", "line.held", "recall.ordered", "alert.opened", "alert.raised", "seal.alarmed"}


def told(entry: Entry) -> Told:
    """Read one entry. Only details that every participant may know are taken from it."""
    title = say(vocabulary("KINDS").get(entry.kind, W(entry.kind, entry.kind)))
    organisation = Organisation.objects.filter(id=entry.actor.get("organisation")).first()
    by = (
        str(organisation)
        if organisation
        else _("the public")
        if entry.actor.get("via") == "public"
        else _("this system")
    )
    return Told(entry.kind, title, _details(entry.facts), entry.happened_at, by, entry.kind in _ALARMING)


def _details(facts: dict[str, Any]) -> list[str]:
    found = []
    if isinstance(facts.get("reason"), dict):
        found.append(say(facts["reason"]))
    if facts.get("batch"):
        found.append(_("Batch %(batch)s.") % {"batch": facts["batch"]})
    if facts.get("batches"):
        found.append(_("Batches %(batches)s.") % {"batches": ", ".join(facts["batches"])})
    if facts.get("hazard"):
        words = codes.table("hazard").get(facts["hazard"])
        found.append(_("Danger: %(hazard)s.") % {"hazard": say(words or facts["hazard"])})
    if facts.get("level"):
        found.append(_("Level %(level)s.") % {"level": facts["level"]})
    reasons = vocabulary("REASONS")
    for reason in facts.get("reasons") or []:
        code = reason.get("code", "") if isinstance(reason, dict) else str(reason)
        values = reason.get("values", {}) if isinstance(reason, dict) else {}
        if code in reasons:
            found.append(_filled(reasons[code], values))
    return found


def _filled(words: W, values: Any) -> str:
    try:
        return say(words, **(values if isinstance(values, dict) else {}))
    except (KeyError, IndexError):
        return say(words)
