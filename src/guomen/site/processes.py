"""Child processes of the supervisor: started, watched, restarted with back-off, stopped in order."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
LOG_BYTES = 20 * 1024 * 1024
SUPERVISED = "GUOMEN_SUPERVISED"


def die_with_parent(how: int) -> None:
    """Let the kernel send ``how`` to this process when its parent dies, however it dies (Linux; elsewhere nothing)."""
    if hasattr(_LIBC, "prctl"):
        _LIBC.prctl(_PR_SET_PDEATHSIG, how, 0, 0, 0)


def die_with_supervisor() -> None:
    """For processes that a supervised process forks itself: they must not outlive it."""
    if os.environ.get(SUPERVISED):
        die_with_parent(signal.SIGKILL)


def rotate(log: Path) -> None:
    """Keep a log file below :data:`LOG_BYTES` and one older piece of it.

    Writers hold it open in append mode, so it is copied and emptied, not renamed.
    """
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def spawn(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start ``command`` in its own session, writing to ``log``; it is told to stop when we die."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env=os.environ | {SUPERVISED: "1"},
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )


@dataclass
class Heartbeat:
    """A file that a living process touches. Its age is counted on our own clock, which knows no leaps and no sleep."""

    file: Path
    seconds: float
    seen: int = 0
    since: float = 0

    def is_over(self) -> bool:
        """Whether the file has not been touched for ``seconds``. A file that is not there yet says nothing."""
        try:
            touched = self.file.stat().st_mtime_ns
        except FileNotFoundError:
            touched = 0
        if touched != self.seen:
            self.seen, self.since = touched, time.monotonic()
        return bool(touched) and time.monotonic() - self.since > self.seconds


@dataclass
class Child:
    """One supervised process. ``start`` makes it, ``ready`` says whether it does its work, ``end`` stops it.

    ``hangs`` says of a process that was ready whether it stopped doing its work; then it is killed and started again.
    """

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], bool]
    end: Callable[[subprocess.Popen[bytes]], None]
    hangs: Callable[[], bool] = lambda: False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    is_ready: bool = False
    failures: int = 0
    next_start: float = 0
    patience: int = 5
    """How many times it may die before it was ever ready."""

    def step(self, tell: Callable[[str, str], None]) -> None:
        """Look at the process once: start it when it is due, notice that it died or became ready."""
        moment = time.monotonic()
        if self.process is None:
            if moment >= self.next_start:
                self.process, self.started_at, self.is_ready = self.start(), moment, False
            return
        code = self.process.poll()
        if code is None:
            if not self.is_ready and self.ready():
                self.is_ready = True
                tell(self.name, "ready")
            if self.is_ready and self.failures and moment - self.started_at > 30:
                self.failures = 0
            if self.is_ready and self.hangs():
                tell(self.name, "hangs; it is killed")
                self.process.kill()
                self.process.wait()
            return
        self.process, self.is_ready = None, False
        self.failures += 1
        pause = min(30.0, 0.2 * 2 ** min(self.failures - 1, 8))
        self.next_start = moment + pause
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        tell(self.name, f"stopped ({how}); starting again in {pause:.1f} s")

    def stop(self) -> None:
        """End the process and wait for it."""
        if self.process is not None and self.process.poll() is None:
            self.end(self.process)
        self.process, self.is_ready = None, False


def terminate(process: subprocess.Popen[bytes], seconds: float = 10) -> None:
    """SIGTERM, patience, then SIGKILL."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
