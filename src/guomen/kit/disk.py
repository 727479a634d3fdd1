"""Small files that are whole or not there, after a power cut, too; for their owner only, if not said otherwise."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

OPEN = 0o666
"""The mode of files that others read, too, as far as the process's umask lets them."""


def _temporary(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write or replace a file in one step: readers find the old one or the new one."""
    os.replace(_temporary(path, content, mode), path)
    _settle(path.parent)


def write_first(path: Path, content: bytes) -> bytes:
    """Write a file unless it is there; returns what is in it now. Of two that race, both get the same."""
    temporary = _temporary(path, content)
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    os.unlink(temporary)
    # Before anything is made with the key: a power cut must not take it back.
    _settle(path.parent)
    return path.read_bytes()


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
