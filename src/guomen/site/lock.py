"""One installation, one supervisor: a lock file in the data folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class BusyError(RuntimeError):
    """Another process runs this installation; the message names it."""


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the installation's lock. Raises BusyError when another process has it; the kernel frees it when we die."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(handle, 20).decode().strip() or "unknown"
            raise BusyError(f"Guomen already runs in {home} (process {owner}).") from error
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)
