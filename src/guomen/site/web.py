"""The web server process: granian serving the ASGI application; so too the scan path's own."""

import gc
import importlib
import multiprocessing
import os

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from guomen.site import config
from guomen.site.processes import die_with_supervisor

HEADER_SECONDS = 10
"""Who sends the head of a request more slowly is let go of."""
LARGEST = 417_792
"""Bytes of a connection's buffer, which the head of a request must fit into."""


def serve(application: str, address: str, port: int, workers: int, largest: int = LARGEST) -> None:
    """Serve until SIGTERM. Workers that die are started again here; this process itself by the supervisor."""
    multiprocessing.set_start_method("fork")
    os.register_at_fork(after_in_child=die_with_supervisor)
    # Import everything once before the workers are forked: a worker that starts with all addresses known cannot meet
    # half-imported modules when its first requests come in several threads at once.
    importlib.import_module(application.partition(":")[0])
    # What is imported stays: the collector need not look at it again, a tenth of what capture costs.
    gc.freeze()
    # Nor at what is young after each 700 new objects, of which one document makes a hundred thousand.
    gc.set_threshold(10_000, 10, 10)
    server = Granian(
        application,
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        # HTTP/2 is the proxy's: here it would take heads of 16 MB, two hundred at a time on each connection.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=1000 * HEADER_SECONDS, max_buffer_size=largest),
        workers=workers,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
        log_access=False,
    )
    server.serve()


def main() -> None:
    ours = config.load()
    serve("guomen.site.asgi:application", ours.host, ours.port, ours.web_workers)


if __name__ == "__main__":
    main()
