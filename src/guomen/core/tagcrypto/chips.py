"""Which chips and codes there are, and what each can prove. The only place that decides who may say "genuine"."""

from dataclasses import dataclass
from typing import Literal

Proof = Literal["A", "B", "C", "D", "E"]


@dataclass(frozen=True, slots=True)
class Chip:
    """A kind of tag. ``proof``: A, a cryptographic answer that changes at each tap; B, the same with a known attack;
    C, a signature that never changes, so a copy verifies too; D, a secret serial that is nobody's guess; E, a number
    that anybody can write.
    """

    name: str
    proof: Proof
    counts: bool
    """It counts its taps, so that a copied address shows as a replay, if only as long as the counter is honest."""
    tamper: bool
    """It can tell whether a wire loop was opened."""

    @property
    def genuine(self) -> bool:
        """Whether a right answer at this very tap, with a new counter, shows that the tag itself is here."""
        return self.proof == "A"


CHIPS = {
    "ntag424": Chip("NTAG 424 DNA", "A", counts=True, tamper=False),
    "ntag424tt": Chip("NTAG 424 DNA TagTamper", "A", counts=True, tamper=True),
    "ntag22x": Chip("NTAG 223/224 DNA", "B", counts=True, tamper=False),
    "ntag22xsd": Chip("NTAG 223/224 DNA StatusDetect", "B", counts=True, tamper=True),
    "signed": Chip("signed code", "C", counts=False, tamper=False),
    "serial": Chip("printed serial", "D", counts=False, tamper=False),
    "ntag21x": Chip("NTAG 213/215/216", "E", counts=True, tamper=False),
    "uid": Chip("plain chip number", "E", counts=False, tamper=False),
}
"""By code. NTAG 21x counts, but anybody can make a chip that counts alike."""
