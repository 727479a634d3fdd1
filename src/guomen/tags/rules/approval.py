"""When an order of tags needs an officer's approval. Pure: values in, reason codes out."""

from dataclasses import dataclass

CHANNELS = ("general", "cross-border", "bonded")
CARRIERS = ("print", "chip")


@dataclass(frozen=True, slots=True)
class Limits:
    """Proposals, not law."""

    version: str = "2026.1"
    credit: tuple[str, ...] = ("C", "D")
    """Enterprise credit classes whose orders are looked at."""
    spare_percent: int = 5
    """So many tags more than goods were declared pass without a question: labels spoil."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the rules look at."""

    count: int
    ordered_before: int
    """Tags of the same goods line, without refused and cancelled orders."""
    declared: int | None
    """Items that the goods line declares; None where it declares by weight or the like."""
    credit: str
    watched: bool
    """A measure of the control room is in force for this product."""
    carrier: str


def needs_approval(facts: OrderFacts, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Reason codes for which an officer must approve the order; empty when it may go ahead at once."""
    allowed = None if facts.declared is None else facts.declared * (100 + limits.spare_percent) // 100
    checks = (
        ("TAG-ORDER-ABOVE-DECLARED", allowed is not None and facts.count + facts.ordered_before > allowed),
        ("TAG-ORDER-WATCHED", facts.watched),
        ("TAG-ORDER-COPYABLE", facts.watched and facts.carrier == "print"),
        ("TAG-ORDER-CREDIT", facts.credit in limits.credit),
    )
    return tuple(code for code, holds in checks if holds)
