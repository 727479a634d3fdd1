"""A real object store: SeaweedFS with its S3 door, readable for everybody in the bucket ``public``."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.site.tree import free_port

IDENTITIES = {
    "identities": [
        {
            "name": "log",
            "credentials": [{"accessKey": "AKLOG", "secretKey": "secret-of-the-log"}],
            "actions": ["Admin", "Read", "Write", "List"],
        },
        {"name": "anonymous", "actions": ["Read:public"]},
    ]
}


@contextmanager
def object_store(folder: Path) -> Iterator[str]:
    """Its address, once it answers."""
    (folder / "data").mkdir(parents=True)
    (folder / "identities.json").write_text(json.dumps(IDENTITIES))
    port = free_port()
    command = [str(Path(sys.executable).with_name("weed")), "server", "-s3", f"-s3.port={port}"]
    command += [f"-dir={folder / 'data'}", f"-s3.config={folder / 'identities.json'}", "-s3.port.iceberg=0"]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=8", "-master.volumeSizeLimitMB=16"]
    command += [f"-{part}.port={free_port()}" for part in ("master", "volume", "filer")]
    command += [f"-{part}.port.grpc={free_port()}" for part in ("master", "volume", "filer", "s3")]
    with ExitStack() as stack:
        out = stack.enter_context((folder / "out").open("wb"))
        process = stack.enter_context(subprocess.Popen(command, stdout=out, stderr=out, cwd=folder))
        stack.callback(process.kill)
        end = time.monotonic() + 60
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            assert process.poll() is None, (folder / "out").read_text()
            assert time.monotonic() < end, (folder / "out").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
