"""Where the log is written as static files: a folder that a web server serves, or a bucket of an object store (S3)."""

import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from guomen.kit.disk import OPEN, replace
from guomen.ledger.asking import plain

CHECKPOINT = "checkpoint"
CHECKPOINT_HEADERS = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache"}
TILE_HEADERS = {"Content-Type": "application/octet-stream", "Cache-Control": "public, max-age=31536000, immutable"}
AT_ONCE = 8
"""Files that are sent to an object store together."""


class PlaceError(RuntimeError):
    """The place cannot be read or written; the message is for the operator."""


class Place(Protocol):
    """Paths are those of C2SP tlog-tiles. Methods raise PlaceError or OSError."""

    def get(self, path: str) -> bytes | None:
        """The content of a file; None where there is none."""

    def has(self, path: str) -> bool:
        """Whether a file is there for certain, so that it need not be written again."""

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files; all are there for every reader when this returns."""

    def forget(self, path: str) -> None:
        """Remove the partial tiles of a full one."""


class Folder:
    """The web server that serves it says what kinds of files these are (docs/operations.md)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, path: str) -> bytes | None:
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, path: str) -> bool:
        return (self.folder / path).exists()

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        for path, content in files:
            replace(self.folder / path, content, OPEN)

    def forget(self, path: str) -> None:
        shutil.rmtree(self.folder / f"{path}.p", ignore_errors=True)


class Bucket:
    """``url``: s3://bucket/prefix. Address and credentials come from the variables AWS_… (docs/operations.md)."""

    def __init__(self, url: str) -> None:
        if not url.startswith("s3://"):
            raise PlaceError("An object store is named as s3://bucket/prefix.")
        try:
            import obstore
        except ImportError:
            raise PlaceError("The library for object stores is not installed: pip install 'guomen[s3]'.") from None
        self._library: Any = obstore
        with _told():
            # The publisher tries again by itself, and waits for nobody for long.
            options = {"timeout": "20s", "connect_timeout": "5s", "allow_http": _is_true("AWS_ALLOW_HTTP")}
            self._store = obstore.store.from_url(url, client_options=options, retry_config={"max_retries": 0})

    def get(self, path: str) -> bytes | None:
        try:
            with _told():
                return bytes(self._library.get(self._store, path).bytes())
        except FileNotFoundError:
            return None

    def has(self, path: str) -> bool:
        return False

    def put(self, files: Iterable[tuple[str, bytes]]) -> None:
        rest = iter(files)
        with _told(), ThreadPoolExecutor(AT_ONCE) as pool:
            while some := list(islice(rest, 8 * AT_ONCE)):
                list(pool.map(self._put, some))

    def _put(self, file: tuple[str, bytes]) -> None:
        path, content = file
        headers = CHECKPOINT_HEADERS if path == CHECKPOINT else TILE_HEADERS
        self._library.put(self._store, path, content, attributes=headers, use_multipart=False)

    def forget(self, path: str) -> None:
        with _told():
            for some in self._library.list(self._store, f"{path}.p"):
                self._library.delete(self._store, [one["path"] for one in some])


@contextmanager
def _told() -> Iterator[None]:
    """The library's errors as ours, without what a server wrote beyond a line."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError, ValueError) as error:
        said = str(error).partition("Debug source")[0]
        raise PlaceError(f"The object store cannot be used: {plain(said)}") from error


def _is_true(variable: str) -> bool:
    # Read by the library, too; but what is given to it in the program comes first.
    return os.environ.get(variable, "").lower() in ("1", "true")
