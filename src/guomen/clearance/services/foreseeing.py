"""What a declaration would be held for, told before it is sent."""

from typing import Any

from guomen.clearance import known
from guomen.clearance.form import read
from guomen.clearance.rules import Reason, lacks
from guomen.clearance.services.lodging import check_importers
from guomen.clearance.services.papers import declarant
from guomen.clearance.services.rows import rows
from guomen.kit.clock import now
from guomen.parties.actors import Actor


def foresee(by: Actor, payload: Any) -> list[tuple[int, Reason]]:
    """Numbers of goods lines, from 1, with the documents and registrations for want of which they would be held.

    Empty while the payload has problems. Nothing is stored or drawn; measures in force are told with the decision.
    Raises Forbidden.
    """
    form, organisation, at = read(payload), declarant(by), now()
    importers = check_importers([form])
    if form.problems:
        return []
    whole = rows(by, organisation, form, "", at, importers.get(form.header["importer_code"], organisation))
    found = known.gather([whole], at)
    return [(line.number, why) for line in whole.lines for why in lacks(known.assess(line, whole, found).facts)]
