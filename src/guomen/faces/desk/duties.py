"""What else waits for an officer of the control room: what colleagues proposed, what is owed, what firms asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from guomen.adoption import queries as adoption
from guomen.catalogue import queries as catalogue
from guomen.certificates import queries as certificates
from guomen.parties.actors import Actor
from guomen.release import queries as release
from guomen.risk import queries as risk
from guomen.tags import queries as tags
from guomen.tags import traffic


@dataclass(frozen=True, slots=True)
class Duty:
    """So many things of one kind wait, as a sentence, and where they are done. ``bad``: it should not be so."""

    words: str
    href: str
    bad: bool = False


def of(by: Actor) -> list[Duty]:
    """What waits for ``by``, the bad first; what only somebody else may do is not among it."""

    def proposed(rows: Iterable[Any]) -> int:
        return sum(r.state == "proposed" and r.proposed_by != by.person_id for r in rows)

    copies, late = traffic.in_force(by), release.debt_numbers(by)["overdue"]
    stopped = sum(u.state == "stopped" for u in release.unloadings(by))
    overrides = proposed(release.overrides(by))
    asked = sum(s.state == "asked" for s in adoption.standings(by))
    orders = len(tags.decisions(by)[0])
    drafts = sum(c.state == "draft" and c.drafted_by != by.person_id for c in certificates.waiting(by))
    packs, models = proposed(catalogue.packs(by)), proposed(risk.cards(by))
    issuers = proposed(certificates.issuers())
    bad = [
        (
            copies,
            ngettext("%(num)s alarm about a copied item code", "%(num)s alarms about copied item codes", copies),
            "scans",
        ),
        (stopped, ngettext("%(num)s unloading is stopped", "%(num)s unloadings are stopped", stopped), "desk-releases"),
        (
            late,
            ngettext("%(num)s check that is owed is overdue", "%(num)s checks that are owed are overdue", late),
            "desk-debts",
        ),
    ]
    calm = [
        (
            overrides,
            ngettext(
                "%(num)s release before all checks to agree to",
                "%(num)s releases before all checks to agree to",
                overrides,
            ),
            "desk-releases",
        ),
        (
            asked,
            ngettext("%(num)s firm asks to be admitted", "%(num)s firms ask to be admitted", asked),
            "desk-evidence",
        ),
        (orders, ngettext("%(num)s tag order to decide", "%(num)s tag orders to decide", orders), "desk-tags"),
        (
            drafts,
            ngettext("%(num)s certificate to review", "%(num)s certificates to review", drafts),
            "desk-certificates",
        ),
        (
            packs,
            ngettext(
                "%(num)s change of the rule pack to approve", "%(num)s changes of the rule pack to approve", packs
            ),
            "desk-rulepacks",
        ),
        (models, ngettext("%(num)s model to put into use", "%(num)s models to put into use", models), "desk-models"),
        (issuers, ngettext("%(num)s issuer to trust or not", "%(num)s issuers to trust or not", issuers), "issuers"),
    ]
    return [Duty(words % {"num": n}, reverse(door), (n, words, door) in bad) for n, words, door in [*bad, *calm] if n]
