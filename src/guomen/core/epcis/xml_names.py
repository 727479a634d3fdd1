"""Names of extension fields in XML and back: every JSON key has an XML name that says the same.

A prefixed key keeps its prefix and namespace. A word of JSON-LD (`@id`) goes into the namespace of JSON-LD. What cannot
stand in an XML name is written `_xHHHH_`, as SQL/XML does (ISO/IEC 9075-14 section 9.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

JSON_LD = "http://www.w3.org/ns/json-ld#"
_GS1 = ("https://ref.gs1.org/", "https://gs1.org/")
_RESERVED = frozenset({"xml", "xmlns", "xsi", "xsd", "epcis", "epcisq"})
# Letters that every XML 1.0 reader takes in a name, old editions included.
_LETTERS = "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u4e00-\u9fa5"
_NAME = re.compile(f"[{_LETTERS}][{_LETTERS}0-9.-]*")
_NOT_FIRST = re.compile(f"^[^{_LETTERS}]")
_NOT_IN_NAME = re.compile(f"[^{_LETTERS}0-9.-]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-F]{4,6}_)")
_NOTHING = "_x0000_"
_ESCAPED = re.compile(r"_x([0-9A-F]{4,6})_")


def escape(name: str) -> str:
    """A text as an XML name without a colon."""
    if _NAME.fullmatch(name) and "_x" not in name:
        return name

    def code(match: re.Match[str]) -> str:
        return f"_x{ord(match[0]):04X}_"

    return _NOT_FIRST.sub(code, _NOT_IN_NAME.sub(code, _LOOKS_ESCAPED.sub("_x005F_", name))) or _NOTHING


def unescape(name: str) -> str:
    """What `escape` was given. Control characters and surrogates are left as they are written."""

    def char(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return chr(code) if 32 <= code < 0xD800 or 0xDFFF < code <= 0x10FFFF else match[0]

    if "_x" not in name:
        return name
    return "" if name == _NOTHING else _ESCAPED.sub(char, name)


class Namespaces:
    """The prefixes that one event uses. known: prefix -> namespace, from the contexts of the document and the event."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        self.used: dict[str, str] = {}

    def name(self, key: str) -> str:
        """The XML name for a JSON key."""
        if key.startswith("@"):
            return f"{self._prefix('jsonld', JSON_LD)}:{escape(key[1:])}"
        prefix, colon, local = key.partition(":")
        if not colon:
            return escape(key)
        if local.startswith("//"):
            cut = max(key.rfind("/"), key.rfind("#")) + 1
            return f"{self._prefix('ns', key[:cut])}:{escape(key[cut:])}" if key[cut:] else escape(key)
        namespace = self.known.get(prefix)
        return f"{self._prefix(prefix, namespace)}:{escape(local)}" if namespace else escape(key)

    def uri(self, value: str) -> str:
        """A value of a standard field: a compact URI of GS1 in full; a user's stays, its prefix declared."""
        prefix, colon, local = value.partition(":")
        namespace = self.known.get(prefix) if colon else None
        if namespace is None or local.startswith("//"):
            return value
        if namespace.startswith(_GS1):
            return namespace + local
        self._prefix(prefix, namespace)
        return value

    def _prefix(self, wanted: str, namespace: str) -> str:
        if not _NAME.fullmatch(wanted) or wanted in _RESERVED:
            wanted = "ns"
        prefix, number = wanted, 1
        while self.used.setdefault(prefix, namespace) != namespace:
            number += 1
            prefix = f"{wanted}{number}"
        return prefix
