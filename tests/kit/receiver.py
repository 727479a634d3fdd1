"""A real HTTP server that receives webhooks, and answers as badly as a test wants."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """``answers``: one for each request to come, the last one stays: a status, (status, headers), (status, headers,
    body), or a way to misbehave (silence, drip, hang up, endless, or a number of seconds before 200)."""

    answers: list[Any] = field(default_factory=lambda: [200])
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> "Receiver":
        outer = self
        self.stopped = threading.Event()
        self.lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with outer.lock:
                    outer.requests.append(Request(self.path, dict(self.headers), body))
                    answer = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                with contextlib.suppress(OSError):
                    outer._answer(self, answer)

            do_GET = do_POST  # noqa: N815  # the library's name

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler, answer: Any) -> None:
        handler.close_connection = True
        if answer == "silence":
            self.stopped.wait(60)
            return
        if answer == "hang up":
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if answer == "drip":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
            while not self.stopped.wait(0.1):
                handler.wfile.write(b"a")
            return
        status, headers, body = (*answer, b"")[:3] if isinstance(answer, tuple) else (answer, {}, b"")
        if isinstance(answer, float):
            self.stopped.wait(answer)
            status = 200
        handler.send_response(200 if answer == "endless" else status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if answer != "endless":
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        while answer == "endless" and not self.stopped.is_set():
            handler.wfile.write(b"x" * 65536)

    def wait_for(self, count: int, seconds: float = 20) -> list[Request]:
        """The requests, once there are ``count``."""
        end = time.monotonic() + seconds
        while len(self.requests) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.requests) >= count, f"{len(self.requests)} of {count} came within {seconds} s"
        return list(self.requests)
