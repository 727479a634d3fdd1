"""What people can do with certificates."""

from guomen.certificates.services.asking import ask, declare, decline
from guomen.certificates.services.drafting import change, draft
from guomen.certificates.services.ending import resume, revoke, suspend
from guomen.certificates.services.keys import distrust_key, rotate_keys
from guomen.certificates.services.signing import review, send_back, sign

__all__ = [
    "ask",
    "change",
    "declare",
    "decline",
    "distrust_key",
    "draft",
    "resume",
    "review",
    "revoke",
    "rotate_keys",
    "send_back",
    "sign",
    "suspend",
]
