"""Whatever is planted in a log is found; an audit that was killed goes on; and what it leaves is itself the log."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guomen.client.audit import AuditError, audit
from guomen.core.merkle import Checkpoint, NoteError, Tiles, leaf_hash, sign_note, tile_path, vkey

NAME, KEY = "log.example/one", Ed25519PrivateKey.from_private_bytes(b"3" * 32)
VKEY = vkey(NAME, KEY.public_key())
SIZE = 66_100
"""More than 256 tiles, so that there are three levels."""
FIRST, SMALL = 2_000, 2_100
ENTRIES = [b"entry %d" % n for n in range(SIZE)]


def bundle(entries: list[bytes]) -> bytes:
    return b"".join(len(one).to_bytes(2) + one for one in entries)


def files(entries: list[bytes]) -> dict[str, bytes]:
    """All files of a log of these entries."""
    tiles: dict[tuple[int, int], bytes] = {}
    changed, size, root = Tiles(lambda level, index: b"").append(0, [leaf_hash(one) for one in entries])
    tiles |= changed
    found = {"checkpoint": sign_note(Checkpoint(NAME, size, root).text(), NAME, KEY).encode()}
    for (level, index), content in tiles.items():
        found[tile_path(level, index, len(content) // 32)] = content
    for at in range(0, size, 256):
        some = entries[at : at + 256]
        found[tile_path("entries", at // 256, len(some))] = bundle(some)
    return found


FEW = files(ENTRIES[:SMALL])


@cache
def good() -> dict[str, bytes]:
    """The large log."""
    return files(ENTRIES)


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pause = 0.0

    def do_GET(self) -> None:
        time.sleep(self.pause)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path, pause: float = 0.0) -> Iterator[str]:
    """A folder as a web server that knows nothing of logs serves it."""
    handler = partial(type("Slow", (Handler,), {"pause": pause}), directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def put(folder: Path, content: dict[str, bytes]) -> None:
    for path, data in content.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@pytest.fixture
def folder(tmp_path) -> Path:
    """The large log."""
    put(tmp_path / "log", good())
    return tmp_path / "log"


@pytest.fixture
def small(tmp_path) -> Path:
    put(tmp_path / "small", FEW)
    return tmp_path / "small"


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def swapped(content: bytes) -> bytes:
    return content[32:64] + content[:32] + content[64:]


BUNDLE, TILE = tile_path("entries", 7), tile_path(0, 7)
LAST = tile_path("entries", SMALL // 256, SMALL % 256)
PLANTED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a letter of an entry": (BUNDLE, lambda c: flipped(c, 9)),
    "a letter of the newest entry": (LAST, lambda c: flipped(c, -1 % len(c))),
    "a hash": (TILE, lambda c: flipped(c, 40)),
    "the order of two entries": (BUNDLE, lambda _: bundle([ENTRIES[1793], ENTRIES[1792], *ENTRIES[1794:2048]])),
    "the order of two hashes": (TILE, swapped),
    "an entry less": (BUNDLE, lambda _: bundle(ENTRIES[1792:2047])),
    "an entry more": (BUNDLE, lambda _: bundle(ENTRIES[1792:2049])),
    "the tile of the second level": (tile_path(1, 0, 8), lambda c: flipped(c, 5)),
    "a file cut off": (TILE, lambda c: c[:-1]),
    "a file that is too long": (TILE, lambda c: c + b"x"),
    "lengths that lead nowhere": (BUNDLE, lambda c: b"\xff\xff" + c[2:]),
    "a signature": ("checkpoint", lambda c: flipped(c, len(c) - 20)),
    "the size": ("checkpoint", lambda c: c.replace(b"\n2100\n", b"\n2101\n")),
    "the signer": (
        "checkpoint",
        lambda c: sign_note(c.decode().split("\n\n")[0] + "\n", NAME, Ed25519PrivateKey.generate()).encode(),
    ),
    "no end": (BUNDLE, lambda _: b"\0" * (20 << 20)),
    "nonsense": ("checkpoint", lambda _: b"\xff\xfe"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_whatever_is_planted_is_found(small, tmp_path, what):
    path, change = PLANTED[what]
    (small / path).write_bytes(change((small / path).read_bytes()))
    with served(small) as url, pytest.raises((AuditError, NoteError, ValueError)):
        audit(url, VKEY, tmp_path / "mirror")


def test_a_change_in_any_of_the_upper_tiles_is_found(folder, tmp_path):
    # Of the rest of the log the mirror has what it needs.
    mirror, log = tmp_path / "mirror", good()
    put(mirror, log)
    with served(folder) as url:
        for path in (tile_path(1, 0), tile_path(1, 1, 2), tile_path(2, 0, 1)):
            (mirror / path).unlink()
            put(folder, {path: flipped(log[path], len(log[path]) - 1)})
            with pytest.raises(AuditError, match="does not hold the tops"):
                audit(url, VKEY, mirror)
            put(mirror, {path: log[path]})


def test_two_entries_exchanged_with_their_hashes_are_found_by_the_root(small, tmp_path):
    put(small, {TILE: swapped(FEW[TILE]), BUNDLE: bundle([ENTRIES[1793], ENTRIES[1792], *ENTRIES[1794:2048]])})
    with served(small) as url, pytest.raises(AuditError, match="of level 1 does not"):
        audit(url, VKEY, tmp_path / "mirror")


def test_a_log_that_was_written_anew_from_its_middle_or_grew_backwards_is_found(small, tmp_path):
    put(tmp_path / "old", files(ENTRIES[:FIRST]))
    mirror = tmp_path / "mirror"
    with served(tmp_path / "old") as url:
        assert audit(url, VKEY, mirror).checkpoint.size == FIRST
    with served(small) as url:
        assert audit(url, VKEY, mirror).fetched == 5
    with served(tmp_path / "old") as url, pytest.raises(AuditError, match="had 2100 entries and now has 2000"):
        audit(url, VKEY, mirror)
    put(tmp_path / "new", files([*ENTRIES[: FIRST - 1], b"another", *ENTRIES[FIRST:SMALL], b"more"]))
    with served(tmp_path / "new") as url, pytest.raises(AuditError):
        audit(url, VKEY, mirror)


def test_a_missing_file_is_no_reason_to_call_the_log_false(small, tmp_path):
    (small / BUNDLE).unlink()
    with served(small) as url, pytest.raises(httpx.HTTPStatusError):
        audit(url, VKEY, tmp_path / "mirror")


def test_partial_files_that_are_full_by_now_are_read_from_the_full_ones(small, tmp_path):
    old = files(ENTRIES[:FIRST])
    gone = {tile_path(level, FIRST // 256, FIRST % 256) for level in (0, "entries")}
    put(small, {path: content for path, content in old.items() if path not in gone})
    with served(small) as url:
        assert audit(url, VKEY, tmp_path / "mirror").checkpoint.size == FIRST
        put(small, {BUNDLE: flipped(FEW[BUNDLE], 9)})
        with pytest.raises(AuditError, match="entry 1792 "):
            audit(url, VKEY, tmp_path / "another")


def test_the_mirror_is_the_log(folder, tmp_path):
    mirror = tmp_path / "mirror"
    with served(folder) as url:
        report = audit(url, VKEY, mirror)
    assert report.fetched == len(good()) - 1
    assert {str(p.relative_to(mirror)): p.read_bytes() for p in mirror.rglob("*") if p.is_file()} == good()


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_where_it_was(folder, tmp_path):
    mirror = tmp_path / "mirror"
    with served(folder, pause=0.02) as url:
        command = [sys.executable, "-m", "guomen", "log", "audit", url, "--vkey", VKEY, "--folder", str(mirror)]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while len(list(mirror.rglob("tile/entries/*"))) < 40 and time.monotonic() < end:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
        running.wait(10)
        had = sum(1 for p in mirror.rglob("*") if p.is_file() and not p.name.startswith("."))
        assert 40 <= had < len(good())
        seen: list[tuple[int, int]] = []
        report = audit(url, VKEY, mirror, progress=lambda n, of: seen.append((n, of)))
    assert report.fetched == len(good()) - 1 - had
    assert seen[0] == (256, SIZE)
    assert seen[-1] == (SIZE, SIZE)
    assert seen == sorted(seen)
