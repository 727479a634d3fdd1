"""A witness for logs: it cosigns a checkpoint when the log only grew (C2SP tlog-witness). An agency can run it alone.

It needs neither our database nor our keys: a folder with its own key, the verifier keys of the logs that it watches,
and what it last cosigned of each. Settings come from the environment, for its server starts this module anew.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from granian import Granian
from granian.constants import Interfaces

from guomen.core.merkle import WitnessError, parse_checkpoint, parse_vkey, verify_cosignature, witness_vkey
from guomen.core.merkle.note import NoteError, open_note
from guomen.core.merkle.witness import MAX_BYTES, answer, judge, parse_request, seen_path, to_show
from guomen.kit.disk import OPEN, locked, replace
from guomen.kit.keystore import keystore
from guomen.site.processes import die_with_parent

Message = MutableMapping[str, Any]
FOLDER, NAME = "GUOMEN_WITNESS_FOLDER", "GUOMEN_WITNESS_NAME"
BODY_SECONDS = 10


class Witness:
    """``folder``/logs holds a verifier key a line, of one log also several; ``folder``/seen a note for each log."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = keystore(folder).signer("witness")
        self.vkey = witness_vkey(name, self.key.public_key())
        self._read_at = 0
        self.logs = self._logs()
        self._one_at_a_time = threading.Lock()

    def _logs(self) -> dict[str, list[str]]:
        """Origin -> verifier keys: a log that changes its key has two for a while. Read anew when the file changed."""
        changed = (self.folder / "logs").stat().st_mtime_ns
        if changed != self._read_at:
            found: dict[str, list[str]] = {}
            for line in map(str.strip, (self.folder / "logs").read_text().splitlines()):
                if line and line[0] != "#":
                    found.setdefault(parse_vkey(line).name, []).append(line)
            self.logs, self._read_at = found, changed
        return self.logs

    def _seen(self, origin: str) -> Path:
        return self.folder / "seen" / quote(origin, safe="")

    def latest(self, origin: str) -> tuple[int, bytes]:
        """Size and root of what was last cosigned. A file that cannot be read is no reason to begin anew."""
        try:
            note = self._seen(origin).read_text()
        except FileNotFoundError:
            return 0, b""
        verify_cosignature(note, self.vkey)
        found = parse_checkpoint(open_note(note)[0])
        return found.size, found.root

    def add_checkpoint(self, body: bytes) -> str:
        """Cosign, or raise WitnessError. What is cosigned is on disk before anybody hears of it."""
        request = parse_request(body)
        seen = self.folder / "seen"
        seen.mkdir(exist_ok=True)
        # Also against another process on this folder, such as one that a killed witness left behind.
        with self._one_at_a_time, locked(seen):
            new = judge(request, self._logs(), self.latest)
            line = answer(new, self.name, self.key, int(time.time()))
            replace(self._seen(new.origin), to_show(request, self.logs[new.origin], line).encode(), OPEN)
        return line

    def shown(self, path: str) -> str:
        """What was last cosigned of the log that a path names, with its signatures. Raises WitnessError (404)."""
        for origin in self._logs():
            if path == f"/{seen_path(origin)}":
                try:
                    return self._seen(origin).read_text()
                except FileNotFoundError:
                    break
        raise WitnessError(404, "there is POST /add-checkpoint and GET /<SHA-256 of an origin>/checkpoint")


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    content = b""
    async with asyncio.timeout(BODY_SECONDS):
        while len(content) <= MAX_BYTES:
            message = await receive()
            content += message.get("body", b"")
            if not message.get("more_body", False):
                return content
    raise WitnessError(413, "the request is too long")


class Application:
    def __init__(self, witness: Witness) -> None:
        self.witness = witness

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        kind, status = b"text/plain; charset=utf-8", 200
        try:
            if scope["path"] == "/add-checkpoint" and scope["method"] == "POST":
                text = await asyncio.to_thread(self.witness.add_checkpoint, await _body(receive))
            elif scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
                text = f"{self.witness.vkey}\n"
            elif scope["method"] in ("GET", "HEAD"):
                text = await asyncio.to_thread(self.witness.shown, scope["path"])
            else:
                raise WitnessError(404, "there is only POST /add-checkpoint")
        except WitnessError as error:
            status, text = error.status, f"{error}\n"
            if error.size is not None:
                kind, text = b"text/x.tlog.size", f"{error.size}\n"
        except TimeoutError:
            status, text = 408, "the request did not arrive in time\n"
        except (NoteError, OSError) as error:
            status, text = 500, f"the witness cannot read or write its memory: {error}\n"
        content = text.encode()
        headers = [(b"content-type", kind), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def application() -> Application:
    """Made in the process that serves; it ends with the one that started it."""
    die_with_parent(signal.SIGKILL)
    return Application(Witness(Path(os.environ[FOLDER]), os.environ[NAME]))


def serve(folder: Path, name: str, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. One process: it alone may write what was cosigned."""
    os.environ |= {FOLDER: str(folder), NAME: name}
    Granian(
        "guomen.site.witness:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
    ).serve()
