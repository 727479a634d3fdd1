"""Cryptography of item tags: printed codes that prove their issuer and need no storage, and chips that answer."""

from guomen.core.tagcrypto.serial import SerialError, SerialParts, SerialScheme, normalise
from guomen.core.tagcrypto.sun import SunError, SunMessage

__all__ = ["SerialError", "SerialParts", "SerialScheme", "SunError", "SunMessage", "normalise"]
