"""A real witness behind a real socket, in a thread: what it answers is what its process would answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from guomen.core.merkle import WitnessError
from guomen.ledger.signing import log_vkey
from guomen.site.witness import Witness


class Watcher:
    def __init__(self, witness: Witness) -> None:
        self.witness, self.vkey, self.away, self.url = witness, witness.vkey, False, ""


@contextmanager
def watcher(name: str, home: Path) -> Iterator[Watcher]:
    """A witness of this installation's log. ``away``: it does not answer as it should."""
    folder = home / name
    folder.mkdir()
    (folder / "logs").write_text(log_vkey() + "\n")
    made = Watcher(Witness(folder, name))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                status, text = 200, made.witness.shown(self.path)
            except WitnessError as error:
                status, text = error.status, str(error)
            self.send_response(503 if made.away else status)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, text = 503, "away"
            if not made.away:
                try:
                    status, text = 200, made.witness.add_checkpoint(body)
                except WitnessError as error:
                    status, text = error.status, str(error if error.size is None else error.size)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
