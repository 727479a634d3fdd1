"""The web server process: granian serving the ASGI application."""

import gc
import importlib
import multiprocessing
import os

from granian import Granian
from granian.constants import Interfaces

from guomen.site import config
from guomen.site.processes import die_with_supervisor


def main() -> None:
    """Serve until SIGTERM. Workers that die are started again here; this process itself by the supervisor."""
    ours = config.load()
    multiprocessing.set_start_method("fork")
    os.register_at_fork(after_in_child=die_with_supervisor)
    # Import everything once before the workers are forked: a worker that starts with all addresses known cannot meet
    # half-imported modules when its first requests come in several threads at once.
    importlib.import_module("guomen.site.asgi")
    importlib.import_module("guomen.site.urls")
    # What is imported stays: the collector need not look at it again, a tenth of what capture costs.
    gc.freeze()
    server = Granian(
        "guomen.site.asgi:application",
        address=ours.host,
        port=ours.port,
        interface=Interfaces.ASGI,
        workers=ours.web_workers,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
        log_access=False,
    )
    server.serve()


if __name__ == "__main__":
    main()
