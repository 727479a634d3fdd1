"""A fresh SoftHSM token for a test."""

import shutil
import subprocess
from pathlib import Path

import pytest

PIN = "4711-0815"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


def token_uri(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URI of a new token below ``folder``; the test is skipped where SoftHSM is not installed."""
    module = next((m for m in MODULES if Path(m).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (tools/softhsm.sh)")
    (folder / "tokens").mkdir(parents=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    command = ["softhsm2-util", "--init-token", "--free", "--label", "port key", "--so-pin", "87654321", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "pin").write_text(PIN + "\n")
    return f"pkcs11:token=port%20key?module-path={module}&pin-source=file:{folder / 'pin'}"
