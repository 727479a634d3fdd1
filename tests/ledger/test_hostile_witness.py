"""Witnesses that err or lie: the log goes on with the others, says who refuses, and stops only for proof."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from guomen.core.merkle import Checkpoint, PolicyError, cosign, open_note, parse_policy, sign_note, verify_note
from guomen.core.merkle import witness_vkey as key_of
from guomen.ledger import publishing, signing, witnesses
from guomen.ledger.models import Head, Witnessed
from tests.ledger.test_publishing import home, policy, write  # noqa: F401
from tests.ledger.watchers import watcher

pytestmark = pytest.mark.django_db
HOSTILE, STRANGER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
VKEY = key_of("hostile", HOSTILE.public_key())
Act = Callable[[BaseHTTPRequestHandler, str], None]


def say(status: int, text: str | Callable[[str], str] = "", **headers: str) -> Act:
    """Answer so; a function gets the request's body."""

    def act(line: BaseHTTPRequestHandler, asked: str) -> None:
        line.send_response(status)
        for name, value in headers.items():
            line.send_header(name.replace("_", "-"), value)
        line.end_headers()
        line.wfile.write((text if isinstance(text, str) else text(asked)).encode())

    return act


def signed(asked: str, key: Ed25519PrivateKey = HOSTILE, at: int | None = None) -> str:
    text = open_note(asked.partition("\n\n")[2])[0]
    return cosign(text, "hostile", key, int(time.time()) if at is None else at).line()


def poison(asked: str) -> str:
    """A good cosignature, and a wrong signature under the log's own name and key that would spoil the note."""
    ours = open_note(asked.partition("\n\n")[2])[1][0]
    return signed(asked) + ours._replace(signature=bytes(64)).line()


def drip(line: BaseHTTPRequestHandler, _: str) -> None:
    with contextlib.suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100:
            line.wfile.write(bytes([byte]))
            time.sleep(0.05)


def flood(line: BaseHTTPRequestHandler, _: str) -> None:
    line.send_response(200)
    line.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(5000):
            line.wfile.write(b"x" * 65536)


def other_size(asked: str) -> str:
    return "1" if asked.startswith("old 0") else "0"


BEHAVIOURS: dict[str, tuple[Act, str]] = {
    "another history of nothing": (say(422), "wrong"),
    "a signature that spoils the note": (say(200, poison), ""),
    "more entries": (say(409, "99999999\n"), "more"),
    "another history": (say(422, "no"), "other"),
    "another size each time": (say(409, other_size), "wrong"),
    "a number of 9,999 digits": (say(409, "9" * 9999), "wrong"),
    "a number beyond the database": (say(409, "9" * 19), "wrong"),
    "digits of another script": (say(409, "²٣"), "wrong"),
    "a redirect": (say(307, Location="http://127.0.0.1:1/add-checkpoint"), "wrong"),
    "garbage": (say(200, "\0\x1b[31m—"), "wrong"),
    "a cosignature of somebody else": (say(200, lambda asked: signed(asked, STRANGER)), "wrong"),
    "a cosignature of the far future": (say(200, lambda asked: signed(asked, at=(1 << 63) + 5)), "wrong"),
    "a cosignature of 1970": (say(200, lambda asked: signed(asked, at=5)), "wrong"),
    "packed": (say(200, "x", Content_Encoding="gzip"), "wrong"),
    "an error": (say(503, "\x1b]0;evil\x07" + "x" * 5000), "away"),
    "nothing": (lambda line, _: line.connection.close(), "away"),
    "a body without end": (flood, "away"),
    "a byte now and then": (drip, "away"),
}


class Liar:
    """``post`` and ``get``: what it does when it is asked to cosign, and to show what it cosigned."""

    def __init__(self) -> None:
        self.post, self.get, self.url = say(503), say(404), ""


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.post(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

        def do_GET(self) -> None:
            made.get(self, "")

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def test_whatever_one_of_three_answers_the_log_goes_on_and_says_who_refuses(home, policy, liar, door):  # noqa: F811
    with watcher("w1", home) as one, watcher("w2", home) as two:
        names = f"witness a {one.vkey} {one.url}\nwitness b {two.vkey} {two.url}\nwitness h {VKEY} {liar.url}\n"
        policy(f"{names}group g 2 a b h\nquorum g\n")
        write(3)
        for what, (act, refusal) in BEHAVIOURS.items():
            liar.post = act
            write()
            assert publishing.run_once(), what
            size = Head.objects.get().size
            said = Witnessed.objects.get(name="h")
            assert (said.refusal, Head.objects.get().stopped) == (refusal, ""), (what, said.problem)
            assert bool(said.problem) == bool(refusal), what
            assert said.problem.isprintable(), what
            assert len(said.problem) < 300, what
            note = publishing.published().note
            assert f"\n{size}\n" in verify_note(note, signing.log_vkey()), what
            assert {"a", "b"} <= set(witnesses.policy().cosigned(note)), what
            if what in ("more entries", "nothing"):
                words = {"more": "says that the log had more entries", "away": "does not answer"}[refusal]
                page = door().get("/en/log").content.decode()
                assert words in page
                assert "99999999" not in page
                assert said.problem in door("bo").get("/en/log").content.decode().replace("&#39;", "'")
                metrics = door("bo").get("/metrics").content.decode()
                assert f'guomen_witness_refuses{{why="{refusal}",witness="h"}} 1.0' in metrics
                assert f'guomen_witness_entries{{witness="a"}} {size}.0' in metrics


def test_a_claim_without_proof_stops_a_log_only_where_nothing_can_be_public_against_it(home, policy, liar):  # noqa: F811
    origin = settings.GUOMEN.log_name
    with watcher("w1", home) as one:
        names = f"witness a {one.vkey} {one.url}\nwitness h {VKEY} {liar.url}\n"
        policy(f"{names}group g any a h\nquorum g\n")
        liar.post = say(409, "50\n")
        # A checkpoint that somebody else signed in our name proves nothing.
        liar.get = say(200, sign_note(Checkpoint(origin, 50, bytes(32)).text(), origin, STRANGER))
        write(3)
        assert publishing.run_once()
        publishing.guard()
        assert not Head.objects.get().stopped
        policy(f"{names}quorum h\n")
        write()
        assert not publishing.run_once()
        assert "h: it says that it has cosigned 50 entries" in Head.objects.get().stopped


@pytest.mark.parametrize(("size", "why"), [(50, "shows our signature"), (2, "another history of 2 entries")])
def test_proof_stops_the_log_whoever_shows_it(home, policy, liar, size, why):  # noqa: F811
    with watcher("w1", home) as one:
        policy(f"witness a {one.vkey} {one.url}\nwitness h {VKEY} {liar.url}\nquorum a\n")
        write(3)
        liar.post, liar.get = say(409, "50\n"), say(200, signing.sign(size, bytes(32)))
        assert not publishing.run_once()
        assert why in Head.objects.get().stopped
        write()
        assert Head.objects.get().size == 3


def test_a_policy_that_cannot_be_read_publishes_nothing_and_the_page_says_so(home, policy, door):  # noqa: F811
    write(3)
    assert publishing.run_once()
    policy("witness a\n")
    write()
    with pytest.raises(PolicyError):
        publishing.run_once()
    assert "until we have looked into a problem" in door().get("/en/log").content.decode()
    assert "line 1: a witness has a name" in door("bo").get("/en/log").content.decode()
    with pytest.raises(PolicyError, match="not a witness"):
        parse_policy(f"witness a {signing.log_vkey()}\nquorum a\n")
