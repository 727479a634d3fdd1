"""A real ``guomen up`` on a home of its own, and what tests do to it."""

import atexit
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import httpx

PASSWORD = "correct-horse-battery"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that the database's account can reach.

    Not pytest's: every run of pytest closes the folder above all of its own to other accounts, also those of a run that
    is still going on.
    """
    with tempfile.TemporaryDirectory(prefix="guomen-tree-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def until(what: Callable[[], object], seconds: float = 60, why: str = "") -> object:
    """Wait for ``what`` to be true; returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not happen within {seconds} s: {why or what}")


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> dict[int, str]:
    """Direct children with their command lines."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found[int(stat.parent.name)] = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def descendants(pid: int) -> dict[int, str]:
    found = children(pid)
    for child in list(found):
        found |= descendants(child)
    return found


@cache
def _installed() -> Path:
    """A home after its first start: making a database and all tables takes as long as most of these tests."""
    folder = contextlib.ExitStack()
    atexit.register(folder.close)
    tree = Tree(folder.enter_context(open_folder()) / "home")
    tree.start(new=True)
    assert tree.stop() == 0, tree.output
    return tree.home


class Tree:
    """One installation: its environment, and the running ``guomen up`` if any."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.port = home, free_port()
        drop = {"DATABASE_URL", "GUOMEN_CONFIG", "DJANGO_SETTINGS_MODULE"}
        self.environment = {k: v for k, v in os.environ.items() if k not in drop}
        self.environment |= {"GUOMEN_HOME": str(home), "PORT": str(self.port), **settings}
        self.process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return (self.home.parent / f"{self.home.name}.out").read_text()

    def start(self, wait: bool = True, new: bool = False) -> None:
        """``guomen up``. A home that is not there begins as a copy of one that was started before, unless ``new``."""
        if not new and not self.home.exists():
            subprocess.run(["cp", "-a", _installed(), self.home], check=True)
        with (self.home.parent / f"{self.home.name}.out").open("w") as out:
            command = [sys.executable, "-m", "guomen", "up"]
            self.process = subprocess.Popen(command, env=self.environment, stdout=out, stderr=out, text=True)
        if wait:
            until(lambda: "serves on" in self.output or self.process.poll() is not None, 90, "ready")
            assert self.process.poll() is None, self.output

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """One ``guomen`` command."""
        command = [sys.executable, "-m", "guomen", *arguments]
        return subprocess.run(command, env=self.environment, input=stdin, capture_output=True, text=True, timeout=120)

    def ask(self, code: str) -> object:
        """Run Python in this installation's Django with its database; the code prints JSON."""
        program = "from guomen.site.commands.common import ready\nimport json\nwith ready():\n"
        program += "\n".join(f"    {line}" for line in code.strip().splitlines())
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def pid(self, what: str) -> int:
        """The process of ``postgres``, ``web``, ``web-worker`` or ``worker``."""
        wanted = {"postgres": r"postgres -D", "web": r"guomen\.site\.web", "worker": r"guomen\.site\.worker"}
        pattern = wanted["web" if what == "web-worker" else what]
        found = [pid for pid, line in children(self.process.pid).items() if re.search(pattern, line)]
        if what == "web-worker" and found:
            found = list(children(found[0]))
        return found[0] if found else 0

    def stop(self, how: signal.Signals = signal.SIGTERM, seconds: float = 30) -> int:
        self.process.send_signal(how)
        return self.process.wait(seconds)

    def add_people(self) -> None:
        """Cy, who may issue tokens."""
        org = ["trader", "91310115MA1K4NAB0X", "Harbour Imports", "海港进口有限公司"]
        for arguments in (["org", "add", *org], ["user", "add", org[1], "cy@example.test", "Cy", "declarant", "admin"]):
            done = self.run(*arguments, stdin=f"{PASSWORD}\n")
            assert done.returncode == 0, done.stderr

    def sign_in(self, client: httpx.Client) -> None:
        client.get("/accounts/login/").raise_for_status()
        data = {"login": "cy@example.test", "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post("/accounts/login/", data=data)
        assert answer.status_code == 302, answer.text
