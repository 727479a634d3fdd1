"""Signatures of webhooks: who sent a delivery, that nobody changed it, and when.

``GS1-Signature: t=1790841600,v1=<hex>``: HMAC-SHA256, under the subscription's secret, of the seconds since 1970 as in
``t``, a full stop and the body. The time is part of what is signed, so that an old delivery cannot be sent again later.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

HEADER = "GS1-Signature"
TOLERANCE = timedelta(minutes=5)
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class SignatureError(ValueError):
    """A delivery that must not be believed; the message says why."""


def sign(secret: str, body: bytes, at: datetime) -> str:
    """The value of :data:`HEADER` for a delivery that is sent now, ``at``."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def verify(secret: str, header: str, body: bytes, now: datetime, tolerance: timedelta = TOLERANCE) -> None:
    """Raise SignatureError unless ``header`` signs ``body`` (the bytes as they came) and is not older than allowed."""
    match = _FORM.fullmatch(header)
    if match is None:
        raise SignatureError("this is not a signature of the form t=…,v1=…")
    seconds = int(match[1])
    if not hmac.compare_digest(match[2], _digest(secret, seconds, body)):
        raise SignatureError("the signature is of another body or secret")
    if abs(int(now.timestamp()) - seconds) > tolerance.total_seconds():
        raise SignatureError("the signature is too old, or of the future")


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
