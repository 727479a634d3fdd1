"""The wire loop of a tamper chip: what its two letters say.

NTAG 424 DNA TT mirrors two letters, NTAG 22x StatusDetect two letters and eight digits: first what was ever seen, then
what is seen now. C is a closed loop, O an open one, I one that was never initialised (datasheets NT4H2421Tx, NTAG 22x).
"""

from typing import Literal

Tamper = Literal["intact", "reclosed", "open", "unset", "absent"]

_SAID: dict[str, Tamper] = {
    "CC": "intact",
    "OC": "reclosed",
    "OO": "open",
    "CO": "open",
    "II": "unset",
    "NT": "absent",
    "00": "absent",
}
_IN_MAC = str.maketrans("COI", "3F9")


def status(letters: str) -> Tamper:
    """What two letters say; ValueError for letters that no chip writes.

    "intact"; "reclosed": was open once and is closed now, which the chip never forgets; "open"; "unset": a tamper chip
    whose loop was not armed, so it proves nothing about opening; "absent": placeholder of a chip without a loop.
    """
    said = _SAID.get(letters)
    if said is None:
        raise ValueError("no tamper status of a known chip")
    return said


def as_hex(mirrored: str) -> str:
    """The ten characters of an NTAG 22x as they enter its MAC: the two letters become the hex digits 3, F and 9."""
    return mirrored[:2].translate(_IN_MAC) + mirrored[2:]
