"""``guomen up``: one supervised tree of PostgreSQL, web server, worker and, where wanted, the scan path alone."""

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from guomen.site import database, lock, postgres, processes
from guomen.site.config import Config, ConfigError
from guomen.site.processes import Child
from guomen.site.worker import heartbeat_file

Tell = Callable[[str, str], None]


class Supervisor:
    """Starts the children in order, keeps them alive, stops them in reverse order.

    It is single-threaded on purpose: the kernel ties a child's life to the thread that started it.
    """

    def __init__(self, config: Config, tell: Tell) -> None:
        self.config, self.tell, self.stopping = config, tell, False
        self.logs = config.home / "logs"
        self.children: list[Child] = []
        self._wakes = 0.0

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises lock.BusyError, PostgresError or ConfigError with a sentence."""
        for how in (signal.SIGTERM, signal.SIGINT):
            signal.signal(how, self._stop)
        with lock.held(self.config.home):
            try:
                if not self.config.database_url:
                    self._start(self._postgres())
                self._prepare()
                for child in (self._web(), self._worker(), *([self._edge()] if self.config.edge_port else [])):
                    self._start(child)
                if not self.stopping:
                    self.tell("Guomen", f"serves on {self.config.origin}")
                while not self.stopping:
                    self._step()
            finally:
                self._end()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _step(self) -> None:
        for child in self.children:
            child.step(self.tell)
        if time.monotonic() > self._wakes:
            self._wakes = time.monotonic() + 60
            for log in self.logs.glob("*.log"):
                processes.rotate(log)
        time.sleep(0.1)

    def _start(self, child: Child) -> None:
        """Start a child and wait until it does its work, however long that takes; give up when it keeps dying."""
        self.children.append(child)
        while not self.stopping and not child.is_ready:
            self._step()
            if child.failures >= child.patience:
                raise postgres.PostgresError(f"{child.name} does not start; see {self.logs}.")

    def _prepare(self) -> None:
        from django.db import connections

        from guomen.site import setup

        if self.stopping:
            return
        if self.config.database_url:
            self._wait_for_external()
        applied = setup.migrate()
        if applied:
            self.tell("Tables", f"{len(applied)} migrations applied")
        setup.edge_role()
        if setup.collect_static():
            self.tell("Static files", "collected")
        connections.close_all()

    def _wait_for_external(self) -> None:
        from django.db import OperationalError, connection

        for attempt in range(60):
            with contextlib.suppress(OperationalError):
                connection.ensure_connection()
                return
            if attempt == 3:
                self.tell("Database", "DATABASE_URL does not answer yet, waiting")
            time.sleep(1)
        raise postgres.PostgresError("The database of DATABASE_URL does not answer.")

    def _end(self) -> None:
        for child in sorted(self.children, key=lambda c: ("Edge", "Web", "Worker", "PostgreSQL").index(c.name)):
            child.stop()
        self.tell("Guomen", "stopped")

    def _postgres(self) -> Child:
        server = embedded(self.config)

        def ready() -> bool:
            try:
                server.wait(seconds=0)
            except postgres.PostgresError:
                return False
            return True

        def start() -> subprocess.Popen[bytes]:
            return server.start(self.logs / "postgres.log", before=lambda: processes.die_with_parent(signal.SIGINT))

        return Child("PostgreSQL", start, ready, postgres.stop, patience=10)

    def _web(self) -> Child:
        return self._server("Web", "web", self.config.port, "PORT")

    def _edge(self) -> Child:
        return self._server("Edge", "edge", self.config.edge_port, "GUOMEN_EDGE_PORT")

    def _server(self, name: str, module: str, port: int, setting: str) -> Child:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.config.host, self.config.host)  # noqa: S104
        with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
            raise ConfigError(f"Another program already uses port {port}; set {setting} to a free one.")

        def ready() -> bool:
            connection = http.client.HTTPConnection(host, port, timeout=2)
            try:
                connection.request("GET", "/health")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()

        return Child(name, lambda: self._python(module), ready, processes.terminate)

    def _worker(self) -> Child:
        beat = heartbeat_file(self.config.home)

        def start() -> subprocess.Popen[bytes]:
            beat.unlink(missing_ok=True)
            return self._python("worker")

        heartbeat = processes.Heartbeat(beat, seconds=60)
        return Child("Worker", start, beat.exists, processes.terminate, hangs=heartbeat.is_over)

    def _python(self, module: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"guomen.site.{module}"]
        return processes.spawn(command, self.logs / f"{module}.log")


def embedded(config: Config) -> postgres.Server:
    """The embedded server of this installation."""
    return postgres.server_for(
        config.home, database.socket_folder(config), database.password(config), config.pg_bin, user=database.USER
    )


@contextlib.contextmanager
def database_for_a_while(config: Config) -> Iterator[None]:
    """The database for the time of one command: the one that ``guomen up`` runs, or our own for as long as needed."""
    if config.database_url or _answers(config):
        yield
        return
    end = time.monotonic() + 60
    while True:
        try:
            with lock.held(config.home), postgres.running(embedded(config), config.home / "logs" / "postgres.log"):
                yield
                return
        except lock.BusyError:
            if _answers(config):
                yield
                return
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def _answers(config: Config) -> bool:
    folder = Path(database.socket_folder(config))
    try:
        server = postgres.Server(Path(), Path(), folder, database.USER, database.password(config), database.NAME)
        psycopg.connect(server.dsn(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
