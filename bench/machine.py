"""What machine a figure was taken on, and a server of our own to take it from."""

import contextlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


def described() -> str:
    """Processor, cores, memory, Python, load: one line to stand beside every figure."""
    model = next(
        (x.split(":")[1].strip() for x in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in x), "?"
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024 // 1024
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, {memory} GiB, Python {platform.python_version()}, load {load:.1f}"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    """Wait until somebody listens at a port of this machine."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit(f"nobody listens at {port}")


def cpu_of(pid: int, *, with_ended: bool = False) -> float:
    """Seconds of processor time that a process on this machine has used; 0 where that cannot be seen.

    ``with_ended``: also what its children used that have ended.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / os.sysconf("SC_CLK_TCK")


def rss_of(pid: int) -> float:
    """Resident memory in MiB; 0 where that cannot be seen."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def tree_of(root: int) -> set[int]:
    """A process and all that it started: of a server that is web, worker and PostgreSQL."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    tree, size = {root}, 0
    while len(tree) > size:
        size = len(tree)
        tree |= {pid for pid, parent in parents.items() if parent in tree}
    return tree


def cpu_of_tree(root: int) -> float:
    """Processor time of :func:`tree_of`."""
    return sum(cpu_of(pid) for pid in tree_of(root))


@dataclass
class Watch:
    """Seconds on the wall, of this process's processor time, and of a PostgreSQL backend's, since it was made."""

    backend: int = 0
    started: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    def __post_init__(self) -> None:
        self.started = self._now()

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), cpu_of(self.backend) if self.backend else 0.0

    def read(self) -> tuple[float, float, float]:
        """Wall, own processor, backend's processor."""
        wall, own, other = (b - a for a, b in zip(self.started, self._now(), strict=True))
        return wall, own, other


@contextlib.contextmanager
def server() -> Iterator[tuple[str, int]]:
    """A whole installation in a temporary folder: PostgreSQL with fsync, web, worker. Yields its address and process.

    The environment of this process is set so that Django, when set up afterwards, speaks to the same database.
    """
    home = tempfile.mkdtemp(prefix="guomen-bench-")
    # Open to the account that PostgreSQL runs under: else its data would live elsewhere and stay behind.
    os.chmod(home, 0o755)
    port = free_port()
    os.environ |= {"GUOMEN_HOME": home, "PORT": str(port), "DJANGO_SETTINGS_MODULE": "guomen.site.settings"}
    # All load comes from one address.
    os.environ |= {"GUOMEN_LOG_LEVEL": "WARNING", "GUOMEN_EDGE_RATE": "0"}
    # The story's port operator listens on this machine.
    os.environ["GUOMEN_WEBHOOK_NETWORKS"] = "127.0.0.0/8"
    origin = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "guomen", "up"], stdout=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{origin}/health", timeout=2):
                break
            if process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.1)
        yield origin, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(title: str, rows: list[tuple[str, str]], **data: object) -> None:
    """Print a small table, and the same as one JSON line for scripts."""
    print(f"\n{title}\n{described()}")
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"  {name:<{width}}  {value}")
    print(json.dumps({"bench": title} | data))
