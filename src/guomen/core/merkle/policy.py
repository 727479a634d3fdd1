"""Which witnesses must have cosigned a checkpoint: C2SP tlog-policy (https://c2sp.org/tlog-policy).

    witness <name> <verifier key> <address>
    group <name> <any | all | how many> <names of witnesses or groups>
    quorum <name of a witness or group | none>

Lines that begin with # and empty lines say nothing. A name is used only after the line that gives it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from guomen.core.merkle.cosignature import parse_witness, verify_cosignature
from guomen.core.merkle.note import NoteError

NONE = "none"


class PolicyError(ValueError):
    """A policy cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Witness:
    name: str
    vkey: str
    url: str = ""


@dataclass(slots=True)
class Policy:
    """`quorum` "none": no witness is needed."""

    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    quorum: str = NONE

    def is_met(self, names: Collection[str]) -> bool:
        """Whether the cosignatures of the witnesses with these names are enough."""
        return self.quorum == NONE or self._holds(self.quorum, names)

    def _holds(self, name: str, names: Collection[str]) -> bool:
        if name in self.witnesses:
            return name in names
        needed, members = self.groups[name]
        return sum(self._holds(member, names) for member in members) >= needed

    def cosigned(self, note: str) -> dict[str, int]:
        """Name -> seconds since 1970 of each witness whose good cosignature the note carries."""
        found = {}
        for one in self.witnesses.values():
            try:
                found[one.name] = verify_cosignature(note, one.vkey)
            except NoteError:
                continue
        return found


def parse_policy(text: str) -> Policy:
    """Read a policy; raises PolicyError. A `log` line is another document's matter and is passed over."""
    policy, has_quorum = Policy(), False
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#") or words[0] == "log":
            continue
        read = _LINES.get(words[0])
        if read is None or (has_quorum and words[0] == "quorum"):
            raise PolicyError(f"line {number}: {words[0]!r} cannot stand here")
        has_quorum |= words[0] == "quorum"
        try:
            read(policy, words[1:])
        except (ValueError, KeyError) as error:
            raise PolicyError(f"line {number}: {error}") from None
    if policy.witnesses and not has_quorum:
        raise PolicyError("the line with the quorum is missing")
    return policy


def _new(policy: Policy, name: str) -> str:
    if name == NONE or name in policy.witnesses or name in policy.groups:
        raise ValueError(f"the name {name!r} is taken")
    return name


def _known(policy: Policy, name: str) -> str:
    if name not in policy.witnesses and name not in policy.groups:
        raise ValueError(f"nothing is called {name!r}")
    return name


def _witness(policy: Policy, words: list[str]) -> None:
    if len(words) not in (2, 3):
        raise ValueError("a witness has a name, a verifier key and an address")
    parse_witness(words[1])
    policy.witnesses[_new(policy, words[0])] = Witness(*words)


def _group(policy: Policy, words: list[str]) -> None:
    if len(words) < 3:
        raise ValueError("a group has a name, a number and members")
    name, needed, *members = words
    known = tuple(_known(policy, member) for member in members)
    if len(set(known)) != len(known):
        raise ValueError("a member stands twice")
    count = {"any": 1, "all": len(known)}.get(needed) or int(needed)
    if not 1 <= count <= len(known):
        raise ValueError(f"{needed} of {len(known)} members cannot be needed")
    policy.groups[_new(policy, name)] = (count, known)


def _quorum(policy: Policy, words: list[str]) -> None:
    if len(words) != 1:
        raise ValueError("a quorum is one name")
    policy.quorum = words[0] if words[0] == NONE else _known(policy, words[0])


_LINES: dict[str, Callable[[Policy, list[str]], None]] = {"witness": _witness, "group": _group, "quorum": _quorum}
