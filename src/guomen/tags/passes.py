"""A pass says that whoever looks at a code is at work, as a retailer or for the authority: their looks do not count.

Our pages give it to people who are signed in, and the API to programs; the scan path checks it by its key alone,
without session and database. It names a channel and an end, and nobody: what is recorded of a look stays the same. It
buys nothing but silence about one's own looks, so it is not taken back before its end, which is that of a long shift.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from hmac import compare_digest

from guomen.kit.keys import secret
from guomen.parties.actors import Actor

COOKIE = "guomen-at-work"
HEADER = "Guomen-At-Work"
LIFE = timedelta(hours=12)
RENEWED = timedelta(hours=1)
"""Pages give a new one when the one at hand is older."""
PUBLIC = "public"
AT_WORK = ("retailer", "inspector")
MOST_CHARACTERS = 80
_KEY = "at-work"


def channel_for(by: Actor) -> str:
    """As whom an actor looks at codes: public, retailer or inspector."""
    if by.is_officer:
        return "inspector"
    is_shop = by.organisation is not None and by.organisation.kind == "retailer"
    return "retailer" if by.has("seller") or (is_shop and by.has("tags")) else PUBLIC


def issue(channel: str, at: datetime) -> str:
    """A pass for one of :data:`AT_WORK`, from ``at`` on. ValueError for another channel."""
    if channel not in AT_WORK:
        raise ValueError(f"nobody is at work as {channel!r}")
    said = f"{channel}.{int((at + LIFE).timestamp())}"
    return f"{said}.{_mark(said)}"


def read(text: str, at: datetime) -> tuple[str, float]:
    """Channel and remaining seconds of a pass; (public, 0) for one that has run out or that we did not make."""
    said, _, mark = text[:MOST_CHARACTERS].rpartition(".")
    if not compare_digest(mark.encode("utf-8", "replace"), _mark(said).encode()):
        return PUBLIC, 0.0
    channel, _, end = said.partition(".")
    left = int(end) - at.timestamp()
    return (channel, left) if left > 0 else (PUBLIC, 0.0)


def is_new(text: str, channel: str, at: datetime) -> bool:
    """Whether a pass is for ``channel`` and need not be renewed yet."""
    found, left = read(text, at)
    return found == channel and left > (LIFE - RENEWED).total_seconds()


def _mark(said: str) -> str:
    return blake2b(said.encode("utf-8", "surrogatepass"), key=secret(_KEY), digest_size=16).hexdigest()
