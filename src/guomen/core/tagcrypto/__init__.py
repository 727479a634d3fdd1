"""Cryptography of item tags. So far: serial numbers of printed codes that prove their issuer and need no storage."""

from guomen.core.tagcrypto.serial import SerialError, SerialParts, SerialScheme, normalise

__all__ = ["SerialError", "SerialParts", "SerialScheme", "normalise"]
