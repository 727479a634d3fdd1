"""Content-addressed files: photos, PDFs, documents. The name of a file is the SHA-256 of its bytes."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

from guomen.kit import disk

_NAME = re.compile(r"^[0-9a-f]{64}$")


def _path(digest: str) -> Path:
    if not _NAME.match(digest):
        raise FileNotFoundError(digest)
    return Path(settings.GUOMEN.home) / "blobs" / digest[:2] / digest


def put(content: bytes) -> str:
    """Store ``content`` durably and return its SHA-256 in hex. Storing the same bytes twice costs nothing."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    disk.replace(path, content)
    return digest


def get(digest: str) -> bytes:
    """The bytes stored under ``digest``. Raises FileNotFoundError, also for a name that is not a digest."""
    return _path(digest).read_bytes()


def drop(digest: str) -> None:
    """Remove what is stored under ``digest``, if it is there: what can be made again, or what nobody else needs."""
    _path(digest).unlink(missing_ok=True)
