"""The web server process: granian serving the ASGI application; so too the scan path's own."""

import gc
import importlib
import multiprocessing
import os

from granian import Granian
from granian.constants import Interfaces

from guomen.site import config
from guomen.site.processes import die_with_supervisor


def serve(application: str, address: str, port: int, workers: int) -> None:
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
