"""The whole story, played by ``guomen demo`` against a whole installation whose processes are killed meanwhile."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.site.tree import descendants, free_port

PATTERNS = {
    "PostgreSQL": r"postgres -D",
    "web server": r"guomen\.site\.web",
    "worker": r"guomen\.site\.worker",
}


def _start(home: Path, out: Path) -> subprocess.Popen[bytes]:
    drop = {"DATABASE_URL", "GUOMEN_CONFIG", "DJANGO_SETTINGS_MODULE"}
    environment = {k: v for k, v in os.environ.items() if k not in drop}
    environment |= {"GUOMEN_HOME": str(home), "PORT": str(free_port()), "DEMO_ONCE": "1", "COLUMNS": "160"}
    with out.open("wb") as file:
        return subprocess.Popen([sys.executable, "-m", "guomen", "demo"], env=environment, stdout=file, stderr=file)


def _kill(process: subprocess.Popen[bytes], what: str) -> bool:
    """kill -9 one process of the installation; False when it is not there just now."""
    for pid, line in descendants(process.pid).items():
        if re.search(PATTERNS[what], line):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


@pytest.mark.slow
def test_the_story_checks_out_while_every_process_is_killed_and_again_with_the_data_that_is_there(tmp_path):
    tmp_path.chmod(0o755)
    home, out = tmp_path / "home", tmp_path / "first.txt"
    process = _start(home, out)
    killed: list[str] = []
    targets = [*PATTERNS, *PATTERNS]
    try:
        while process.poll() is None:
            time.sleep(5)
            # The people are added before the story begins; from the first step on everything goes through the doors.
            if " 1. Declare" in out.read_text() and targets and _kill(process, targets[0]):
                killed.append(targets.pop(0))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
    assert process.returncode == 0, out.read_text()
    assert "Every step of the story checked out." in out.read_text()
    assert set(killed) == set(PATTERNS), f"only {killed} were killed"

    again = _start(home, tmp_path / "second.txt")
    assert again.wait(240) == 0, (tmp_path / "second.txt").read_text()
    assert "The story, run 2" in (tmp_path / "second.txt").read_text()
