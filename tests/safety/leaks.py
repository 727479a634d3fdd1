"""Every spelling in which a key could show itself."""

import base64
import html
from collections.abc import Iterable


def spellings(key: bytes) -> list[bytes]:
    """The key as bytes, hex, base64, and as Python or PostgreSQL would write it; halves too, where it was cut."""
    found = []
    for part in {bytes(key), bytes(key[:16]), bytes(key[-16:])}:
        base = base64.b64encode(part).rstrip(b"=")
        found += [part, part.hex().encode(), part.hex().upper().encode(), part.hex(" ").encode()]
        found += [base[:-1], base64.urlsafe_b64encode(part).rstrip(b"=")[:-1], repr(part)[2:-1].encode()]
        found.append(str(int.from_bytes(part, "big")).encode())
    return [text for text in found if text]


def leaked(text: bytes, keys: Iterable[tuple[str, bytes]]) -> list[str]:
    """Names of the keys that stand in ``text`` in any spelling, also where JSON or HTML wrote the text anew."""
    texts = {text, text.replace(b"\\\\", b"\\").replace(b'\\"', b'"')}
    texts |= {html.unescape(t.decode("latin-1")).encode("utf-8") for t in texts}
    return [name for name, key in keys if any(spelling in t for spelling in spellings(key) for t in texts)]
