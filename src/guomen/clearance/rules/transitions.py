"""States of a declared line and where each may go."""

from collections.abc import Mapping

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "screened": frozenset({"released", "to_inspect", "held"}),
    "to_inspect": frozenset({"sampled", "released", "refused", "held"}),
    "sampled": frozenset({"released", "refused", "held"}),
    "held": frozenset({"released", "to_inspect", "refused"}),
    "released": frozenset({"to_inspect"}),
    "refused": frozenset(),
}
"""From each state of a line, where it may go. A release is taken back only by a gate that finds a broken seal."""
