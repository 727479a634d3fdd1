"""Train models beside the worker: what takes minutes must not keep the ledger waiting."""

import subprocess
import sys

_running: list[subprocess.Popen[bytes]] = []


def start_due() -> bool:
    """Start ``guomen risk train --due`` where enough new is known; whether it was started. Never two at a time."""
    from guomen.risk.services import training_is_due

    _running[:] = [one for one in _running if one.poll() is None]
    if _running or not training_is_due():
        return False
    _running.append(subprocess.Popen([sys.executable, "-m", "guomen", "risk", "train", "--due"]))
    return True
