"""Lost connections and servers that are busy: what may be repeated is repeated, and nothing else."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from guomen import client as guomen

HANG_UP = (0, {}, b"")
JOB = (200, {}, b'{"captureID": "1", "running": false, "success": true, "events": 1, "newEvents": 1, "errors": []}')
TAKEN = (202, {"Location": "/epcis/v2/capture/1"}, b"")
EMPTY = (200, {}, b'{"member": []}')
EVENT = {"type": "ObjectEvent"}


class Script:
    """A server that gives the answers of a list, one after another, and notes what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict, bytes]] = []
        self.asked: list[tuple[str, str, dict, bytes]] = []


@pytest.fixture
def script() -> Iterator[Callable[..., Script]]:
    told = Script()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.asked.append((self.command, self.path, dict(self.headers), body))
            status, headers, content = told.answers.pop(0)
            if not status:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_OPTIONS = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None: ...

    with Quiet(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        told.client = guomen.Client(f"http://127.0.0.1:{server.server_port}", "gm_secret", attempts=4, timeout=5)
        told.client._limits = guomen.Limits()

        def start(*answers: tuple[int, dict, bytes]) -> Script:
            told.answers = list(answers)
            return told

        yield start
        told.client.close()
        server.shutdown()
        thread.join()


def busy(status: int, **headers: str) -> tuple[int, dict, bytes]:
    body = json.dumps({"title": "Busy.", "code": "busy", "type": "x"}).encode()
    return status, {k.replace("_", "-"): v for k, v in headers.items()}, body


@pytest.mark.parametrize("first", [HANG_UP, busy(429), busy(502), busy(503), busy(504)])
def test_a_capture_is_repeated_under_the_same_key_with_the_same_bytes(script, first):
    told = script(first, TAKEN, JOB)
    assert told.client.capture([EVENT]).new == 1
    (_, _, headers, body), (_, _, again, same), _ = told.asked
    assert headers["Idempotency-Key"] == again["Idempotency-Key"]
    assert body == same
    assert headers["Authorization"] == "Bearer gm_secret"


def test_two_captures_have_two_keys(script):
    told = script(TAKEN, JOB, TAKEN, JOB)
    told.client.capture([EVENT])
    told.client.capture([EVENT])
    assert told.asked[0][2]["Idempotency-Key"] != told.asked[2][2]["Idempotency-Key"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 500, 501])
def test_what_would_be_refused_again_is_not_repeated(script, status):
    told = script(busy(status))
    with pytest.raises(guomen.ProblemError) as refused:
        list(told.client.values("bizSteps"))
    assert (refused.value.status, refused.value.code, len(told.asked)) == (status, "busy", 1)


def test_a_pause_that_the_server_asks_for_is_kept(script):
    told = script(busy(503, Retry_After="1"), EMPTY)
    started = time.monotonic()
    assert list(told.client.values("bizSteps")) == []
    assert time.monotonic() - started >= 1


def test_a_pause_may_be_a_date_and_nonsense_is_none(script):
    told = script(busy(429, Retry_After="Thu, 01 Jan 2026 00:00:00 GMT"), busy(429, Retry_After="soon"), EMPTY)
    assert list(told.client.values("bizSteps")) == []
    assert len(told.asked) == 3


def test_a_server_that_wants_to_be_left_alone_for_long_is_not_waited_for(script):
    told = script(busy(429, Retry_After="3600"))
    with pytest.raises(guomen.TooManyRequests):
        list(told.client.values("bizSteps"))
    assert len(told.asked) == 1


def test_it_gives_up_and_says_so(script):
    told = script(*[HANG_UP] * 4)
    with pytest.raises(guomen.Unreachable, match="after 4 tries"):
        list(told.client.values("bizSteps"))
    told = script(*[busy(503)] * 4)
    with pytest.raises(guomen.ServerFailed, match="Busy"):
        list(told.client.values("bizSteps"))
    assert told.answers == []


def test_nobody_at_the_address_is_an_exception_of_its_own():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with guomen.Client(f"http://127.0.0.1:{port}", attempts=2) as client, pytest.raises(guomen.Unreachable):
        client.limits()
    with pytest.raises(ValueError, match="https://"):
        guomen.Client("guomen.example")


def test_a_job_that_runs_is_asked_until_it_has_finished(script):
    running = (200, {}, b'{"captureID": "1", "running": true, "success": false, "events": 1, "errors": []}')
    told = script(TAKEN, running, running, JOB)
    assert told.client.capture([EVENT]).new == 1
    told = script(*[running] * 9)
    with pytest.raises(guomen.StillRunning):
        told.client.wait("1", seconds=0.1)


def test_an_answer_that_is_no_json_is_named_and_not_a_crash(script):
    told = script((200, {"Content-Type": "text/html"}, b"<h1>Wi-Fi login</h1>"))
    with pytest.raises(guomen.UnexpectedAnswer):
        told.client.event("urn:x:1")
    told = script((502, {}, b"<h1>\xff</h1>"), (418, {}, b"[1]"))
    with pytest.raises(guomen.ProblemError, match="418"):
        told.client.event("urn:x:1")


def test_an_answer_that_breaks_off_is_asked_for_again(script):
    told = script((200, {"Content-Length": "50", "Connection": "close"}, b"{"), EMPTY)
    assert list(told.client.values("bizSteps")) == []
    assert len(told.asked) == 2


def test_a_redirect_is_not_followed_so_that_the_token_stays_here(script):
    told = script((302, {"Location": "http://127.0.0.1:1/"}, b""))
    with pytest.raises(guomen.UnexpectedAnswer):
        told.client.event("urn:x:1")
    assert len(told.asked) == 1


def test_the_next_page_is_asked_from_the_same_server_whatever_the_link_says(script):
    link = '<https://evil.example/steal?nextPageToken=abc&x=1>; rel="next"'
    told = script((200, {"Link": link}, b'{"member": ["a"]}'), (200, {}, b'{"member": ["b"]}'))
    assert list(told.client.values("bizSteps")) == ["a", "b"]
    assert told.asked[1][1].endswith("nextPageToken=abc")
