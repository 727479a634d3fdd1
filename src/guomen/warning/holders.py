"""Who has recalled goods: importers of released lines, firms along the chain, sellers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from guomen.clearance.queries import released_batch
from guomen.parties.models import Organisation
from guomen.tags.queries import sold_by
from guomen.trace.queries import holders


@dataclass(slots=True)
class Holding:
    """One organisation and why it is thought to hold goods: role -> units (None when nobody counted)."""

    organisation: Organisation
    roles: dict[str, Decimal | None] = field(default_factory=dict)

    def add(self, role: str, units: Decimal | int | None) -> None:
        before = self.roles.get(role)
        self.roles[role] = before if units is None else (before or Decimal(0)) + Decimal(units)

    def why(self) -> list[dict[str, str]]:
        return [{"role": r, "units": "" if u is None else format(u, "f")} for r, u in self.roles.items()]


def find(gtin: str, batches: Sequence[str]) -> tuple[list[Holding], set[str]]:
    """Holders of the batches (none: every batch) of a product, and the countries that the goods departed from.

    Authorities are left out: what they hold is evidence.
    """
    found: dict[object, Holding] = {}
    countries: set[str] = set()

    def holding(organisation: Organisation) -> Holding:
        return found.setdefault(organisation.id, Holding(organisation))

    lines = [line for batch in batches or [""] for line in released_batch(gtin, batch)]
    for line in lines:
        holding(line.importer).add("importer", line.quantity)
        countries.add(line.departure_country)
    for batch in batches or sorted({line.batch for line in lines if line.batch}):
        for one in holders(gtin, batch):
            if one.organisation is not None:
                holding(one.organisation).add(one.role, one.quantity)
        for organisation, count in sold_by(gtin, batch):
            holding(organisation).add("seller", count)
    return [h for h in found.values() if h.organisation.kind != "authority"], countries
