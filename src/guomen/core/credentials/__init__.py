"""Verifiable credentials: W3C VC 2.0 in JOSE and COSE, SD-JWT and SD-JWT VC, CWT, and their status lists.

Everything that comes from a stranger goes through :mod:`strict`; everything signed is checked with a key that the
caller knows, by the key's own algorithm. :mod:`reading` is the one door for all forms.
"""

from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey
from guomen.core.credentials.reading import Credential, Form, peek, recognise, verify
from guomen.core.credentials.status import Reference

__all__ = ["Credential", "CredentialError", "Form", "PublicKey", "Reference", "peek", "recognise", "verify"]
