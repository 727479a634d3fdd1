"""Who has recalled goods: importers of released lines, firms along the chain, sellers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from guomen.parties.models import Organisation


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
    """Holders of the batches of a product, and the countries that the goods departed from."""
    from guomen.clearance.queries import released_batch
    from guomen.tags.queries import sold_by
    from guomen.trace.queries import holders

    found: dict[object, Holding] = {}
    countries: set[str] = set()

    def holding(organisation: Organisation) -> Holding:
        return found.setdefault(organisation.id, Holding(organisation))

    for batch in batches:
        for line in released_batch(gtin, batch):
            holding(line.importer).add("importer", line.quantity)
            countries.add(line.departure_country)
        for one in holders(gtin, batch):
            if one.organisation is not None:
                holding(one.organisation).add("holder", one.quantity)
        for organisation, count in sold_by(gtin, batch):
            holding(organisation).add("seller", count)
    return list(found.values()), {c for c in countries if c}
