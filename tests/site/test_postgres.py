"""The embedded PostgreSQL takes what the machine has."""

import os
import shutil

from guomen.site.postgres import Server, find_programs

MIB = 2**20


def test_buffers_and_log_go_by_memory_and_disk(tmp_path):
    server = Server(find_programs(), tmp_path, tmp_path, "guomen", "x", "guomen")
    given = dict(flag.split("=", 1) for flag in server.command() if "=" in flag)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    buffers, log = (int(given[name].removesuffix("MB")) for name in ("shared_buffers", "max_wal_size"))
    assert 128 <= buffers <= max(128, memory // 4)
    assert 1024 <= log <= max(1024, shutil.disk_usage(tmp_path).total // 4 // MIB)
    assert server.command(shared_buffers="64MB").count("shared_buffers=64MB") == 1
    assert "shared_buffers=64MB" not in server.command()
