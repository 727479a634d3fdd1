"""The web server process: granian serving the WSGI application."""

from granian import Granian
from granian.constants import Interfaces

from guomen.site import config


def main() -> None:
    """Serve until SIGTERM. Workers that die are started again here; this process itself by the supervisor."""
    ours = config.load()
    server = Granian(
        "guomen.site.wsgi:application",
        address=ours.host,
        port=ours.port,
        interface=Interfaces.WSGI,
        workers=ours.web_workers,
        blocking_threads=ours.web_threads,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
        log_access=False,
        websockets=False,
    )
    server.serve()


if __name__ == "__main__":
    main()
