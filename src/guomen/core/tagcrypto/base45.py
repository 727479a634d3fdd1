"""Base45 (RFC 9285): bytes in the 45 characters that QR codes store in eleven bits for each two."""

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(CHARACTERS)}


def encode(data: bytes) -> str:
    """Two bytes become three characters, a last single byte two; the lowest digit comes first."""
    found = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            found.append(CHARACTERS[digit])
    return "".join(found)


def decode(text: str) -> bytes:
    """The inverse of :func:`encode`; ValueError for a text that it does not make."""
    found = bytearray()
    for at in range(0, len(text), 3):
        number = 0
        group = text[at : at + 3]
        for character in reversed(group):
            if character not in _VALUES:
                raise ValueError("not a character of base45")
            number = number * 45 + _VALUES[character]
        size = len(group) - 1
        if not size or number >= 1 << 8 * size:
            raise ValueError("not base45 of any bytes")
        found += number.to_bytes(size)
    return bytes(found)
