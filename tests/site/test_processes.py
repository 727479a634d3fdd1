"""Children of the supervisor that die or hang are started again."""

import subprocess
import time
from pathlib import Path

import pytest

from guomen.site.processes import Child, Heartbeat, terminate
from tests.site.tree import until


class Told(list):
    def __call__(self, name: str, what: str) -> None:
        self.append(what)


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    return tmp_path / "beat"


def child(program: str, beat: Path, seconds: float) -> Child:
    """A shell program that touches ``$1`` and is called hanging when it has not done so for ``seconds``."""

    def start() -> subprocess.Popen[bytes]:
        beat.unlink(missing_ok=True)
        return subprocess.Popen(["/bin/sh", "-c", program, "sh", str(beat)])

    return Child("Shell", start, beat.exists, terminate, hangs=Heartbeat(beat, seconds).is_over)


def step(one: Child, told: Told) -> None:
    one.step(told)
    time.sleep(0.02)


def test_a_process_that_hangs_is_killed_and_started_again(beat):
    told, one = Told(), child('touch "$1"; exec sleep 60', beat, 0.3)
    until(lambda: step(one, told) or one.is_ready, 20)
    first = one.process.pid
    until(lambda: step(one, told) or (one.is_ready and one.process.pid != first), 20, "it is started again")
    one.stop()
    assert told[:4] == ["ready", "hangs; it is killed", "stopped (signal 9); starting again in 0.2 s", "ready"]


def test_a_process_that_works_is_left_alone(beat):
    told, one = Told(), child('while touch "$1"; do sleep 0.05; done', beat, 2)
    until(lambda: step(one, told) or one.is_ready, 20)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        step(one, told)
    one.stop()
    assert told == ["ready"]


def test_a_heartbeat_that_was_never_heard_is_not_over_and_an_old_file_counts_from_now(beat):
    heart = Heartbeat(beat, 0.2)
    time.sleep(0.3)
    assert not heart.is_over()
    beat.touch()
    time.sleep(0.3)
    assert not heart.is_over()
    time.sleep(0.3)
    assert heart.is_over()
    beat.touch()
    assert not heart.is_over()
