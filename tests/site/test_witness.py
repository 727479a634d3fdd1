"""The witness as an agency runs it: its own process, killed in the middle, fed with what is none."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guomen.core.merkle import Checkpoint, WitnessError, root, sign_note, verify_cosignature, vkey
from guomen.site.witness import Witness
from tests.core.merkle.test_merkle_witness import LEAVES, LOG, ORIGIN, request
from tests.site.tree import alive, descendants, free_port, until

pytestmark = pytest.mark.slow


class Process:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        command = [sys.executable, "-m", "guomen", "witness", "--folder", str(self.folder), "--name", "w.example"]
        self.process = subprocess.Popen([*command, "--port", str(self.port)], stdout=subprocess.DEVNULL)
        for _ in range(300):
            try:
                return httpx.get(self.address, timeout=2).text.strip()
            except httpx.HTTPError:
                assert self.process.poll() is None
                time.sleep(0.1)
        raise AssertionError("the witness does not answer")

    def stop(self, how: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(20)

    def post(self, body: bytes) -> httpx.Response:
        return httpx.post(f"{self.address}/add-checkpoint", content=body, timeout=10)


@pytest.fixture
def process(tmp_path) -> Iterator[Process]:
    (tmp_path / "logs").write_text(f"# ours\n{vkey(ORIGIN, LOG.public_key())}\n")
    made = Process(tmp_path)
    yield made
    if made.process and made.process.poll() is None:
        made.stop(signal.SIGKILL)


def test_it_remembers_what_it_cosigned_also_when_it_is_killed(process):
    key = process.start()
    asked = request(0, 300)
    answer = process.post(asked.text().encode())
    assert verify_cosignature(asked.note + answer.text, key) > 1_700_000_000
    process.stop(signal.SIGKILL)
    assert process.start() == key
    old = process.post(asked.text().encode())
    assert (old.status_code, old.text.strip(), old.headers["content-type"]) == (409, "300", "text/x.tlog.size")
    forked = request(300, 400, leaves=[b"another", *LEAVES[1:]])
    assert process.post(forked.text().encode()).status_code == 422
    assert process.post(request(300, 400).text().encode()).status_code == 200
    process.stop()


def test_nothing_of_it_goes_on_when_it_is_killed(process):
    process.start()
    mine = descendants(process.process.pid)
    assert mine
    process.stop(signal.SIGKILL)
    until(lambda: not any(alive(pid) for pid in mine), 20, "its processes end")


def test_two_on_one_folder_never_cosign_two_histories(tmp_path):
    (tmp_path / "logs").write_text(f"{vkey(ORIGIN, LOG.public_key())}\n")
    one, two = Witness(tmp_path, "w.example"), Witness(tmp_path, "w.example")
    kept: list[bytes] = []
    for _ in range(30):
        branches = [[*kept, b"one"], [*kept, b"another"]]
        asked = [request(len(kept), len(kept) + 1, leaves=leaves).text().encode() for leaves in branches]
        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(answered, (one, two), asked))
        assert sorted(told) == [200, 409]
        kept = branches[told.index(200)]
    assert one.latest(ORIGIN) == two.latest(ORIGIN) == (30, root(kept))


def answered(witness: Witness, body: bytes) -> int:
    try:
        witness.add_checkpoint(body)
    except WitnessError as error:
        return error.status
    return 200


def test_it_refuses_what_is_no_request_and_lives_on(process):
    key = process.start()
    stranger = Ed25519PrivateKey.generate()
    note = sign_note(Checkpoint(ORIGIN, 5, root(LEAVES[:5])).text(), ORIGIN, stranger)
    for body, status in (
        (b"", 400),
        (b"\xff" * 100, 400),
        (b"old 0\n\n", 400),
        (b"old 0\n\n" + b"x" * 70_000, 413),
        (f"old 0\n\n{note}".encode(), 403),
        (b"old 0\n" + b"AAAA\n" * 64 + b"\n" + note.encode(), 400),
    ):
        assert process.post(body).status_code == status, body[:40]
    assert httpx.get(f"{process.address}/other").status_code == 404
    assert httpx.get(process.address).text.strip() == key
