"""Reading the bits of an EPC from the left."""

from __future__ import annotations

from guomen.core.gs1.errors import GS1Error

SIX_BIT = {character: ord(character) & 0x3F for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#-/"}
"""The characters of a part number, in 6 bits each."""
_SIX_BIT_BACK = {code: character for character, code in SIX_BIT.items()}


class BitReader:
    def __init__(self, digits: str, span: tuple[int, int]) -> None:
        self.bits = f"{int(digits, 16):0{len(digits) * 4}b}"
        self.at = 0
        self.span = span

    def bad(self, variant: str) -> GS1Error:
        return GS1Error("BAD_EPC", self.span, variant)

    def take(self, count: int) -> int:
        piece = self.bits[self.at : self.at + count]
        if len(piece) < count:
            raise self.bad("too-short")
        self.at += count
        return int(piece, 2) if piece else 0

    def digits(self, bits: int, digits: int) -> str:
        """A number of so many digits."""
        number = str(self.take(bits))
        if len(number) > max(digits, 1) or (digits == 0 and number != "0"):
            raise self.bad("number")
        return number.zfill(digits) if digits else ""

    def text(self, bits: int) -> str:
        """Characters of 7 bits, up to the first zero; only zeros may follow."""
        out = ""
        codes = [self.take(7) for _ in range(bits // 7)]
        codes.append(self.take(bits % 7))
        for position, code in enumerate(codes):
            if code == 0:
                if any(codes[position:]):
                    raise self.bad("after-text")
                break
            out += chr(code)
        return out

    def six(self) -> str:
        out = ""
        while code := self.take(6):
            if code not in _SIX_BIT_BACK:
                raise self.bad("part-number")
            out += _SIX_BIT_BACK[code]
        return out

    def end(self) -> None:
        """Only zeros may follow."""
        if "1" in self.bits[self.at :]:
            raise self.bad("after-end")
