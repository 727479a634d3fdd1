"""Why something is no credential."""

from typing import Literal

Reason = Literal[
    "form",
    "too-large",
    "type",
    "algorithm",
    "key",
    "signature",
    "disclosure",
    "binding",
    "issuer",
    "model",
    "credential",
]


class CredentialError(ValueError):
    """A text or bytes are no credential that may be relied on.

    reason: "form" (cannot be read), "too-large", "type" (signed as something else), "algorithm" (not one of ours, or
    not the key's), "key" (no known key has signed it), "signature", "disclosure" (of an SD-JWT), "binding" (to the
    holder's key), "issuer" (two places name different ones), "model" (against the data model), "credential" (one inside
    a presentation is bad). detail: for people who debug, in English, without anything secret.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail
