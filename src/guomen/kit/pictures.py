"""Pictures that people send: which kind they are, by their first bytes and never by their name; and what they tell
beside the picture.

A phone writes place, time and owner into its photos. :func:`without_metadata` keeps the picture, its colours and which
way is up, and leaves out everything else, also what somebody hid behind the end. Pixels are copied, never decoded:
nothing is lost, and a hostile file meets no decoder here. Formats: ITU-T T.81 and JEITA CP-3451 (JPEG, Exif), the PNG
specification (W3C), the WebP container (RFC 9649).
"""

import struct
from zlib import crc32

_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF = b"Exif\0\0"
_KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
"""JFIF, colour profile, Adobe's colour transform."""
_PNG_LEFT_OUT = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_LEFT_OUT = {b"EXIF", b"XMP "}
_ORIENTATION = 0x0112


def image_kind(content: bytes) -> str:
    """jpeg, png or webp by the file's first bytes; "" for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(_PNG):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return ""


def without_metadata(content: bytes) -> bytes:
    """The same picture without anything about who made it, where and when. ValueError for what is no whole picture."""
    strip = {"jpeg": _jpeg, "png": _png, "webp": _webp}.get(image_kind(content))
    if strip is None:
        raise ValueError("no JPEG, PNG or WebP")
    try:
        return strip(content)
    except (struct.error, IndexError) as error:
        raise ValueError("the picture ends too early") from error


def _jpeg(content: bytes) -> bytes:
    out, at, upright = bytearray(content[:2]), 2, 1
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        lead, marker = content[at], content[at + 1]
        if lead != 0xFF:
            raise ValueError("a JPEG segment was expected")
        if marker == 0xD9:
            raise ValueError("a JPEG without a picture")
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment = content[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length:
            raise ValueError("the picture ends too early")
        if marker == 0xE1 and segment[4:10] == _EXIF:
            upright = _orientation(segment[10:])
        kept = marker in _KEPT_SEGMENTS or not (0xE0 <= marker <= 0xEF or marker == 0xFE)
        if marker == 0xDA:
            break
        if kept:
            out += segment
        at += 2 + length
    end = _end_of_scans(content, at)
    return bytes(out) + (_upright(upright) if upright != 1 else b"") + content[at:end]


def _end_of_scans(content: bytes, at: int) -> int:
    """Behind the marker that ends the picture; a photo may have several scans with tables between them."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise ValueError("the picture ends too early")
        marker = content[at + 1]
        if marker == 0xD9:
            return at + 2
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            raise ValueError("something else in the middle of a JPEG")
        stuffed = marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD7
        at += (1 if marker == 0xFF else 2) if stuffed else 2 + struct.unpack_from(">H", content, at + 2)[0]


def _orientation(tiff: bytes) -> int:
    """Which way is up, 1 to 8, as the first directory of an Exif block says; 1 when it does not."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for n in range(min(count, 200)):
            tag, kind, _values, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * n)
            if tag == _ORIENTATION and kind == 3 and 1 <= value <= 8:
                return int(value)
    except (KeyError, struct.error):
        pass
    return 1


def _upright(value: int) -> bytes:
    """An Exif segment that says nothing but which way is up."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff


def _png(content: bytes) -> bytes:
    out, at = bytearray(_PNG), len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + length]
        if len(chunk) != 12 + length or struct.unpack(">I", chunk[-4:])[0] != crc32(chunk[4:-4]):
            raise ValueError("a PNG chunk is damaged")
        if kind not in _PNG_LEFT_OUT:
            out += chunk
        if kind == b"IEND":
            return bytes(out)
        at += 12 + length


def _webp(content: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", content, 4)
    end, out, at = 8 + size, bytearray(), 12
    if end > len(content):
        raise ValueError("the picture ends too early")
    while at < end:
        kind, length = struct.unpack_from("<4sI", content, at)
        chunk = bytearray(content[at : at + 8 + length + length % 2])
        if len(chunk) != 8 + length + length % 2:
            raise ValueError("the picture ends too early")
        if kind == b"VP8X":
            chunk[8] &= ~0b1100  # what follows has neither Exif nor XMP
        if kind not in _WEBP_LEFT_OUT:
            out += chunk
        at += 8 + length + length % 2
    return b"RIFF" + struct.pack("<I", 4 + len(out)) + b"WEBP" + bytes(out)
