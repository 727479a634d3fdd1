"""Configuration: one table of settings, read from the environment first, then from one TOML file, then the default.

The file is ``$GUOMEN_CONFIG`` or ``<home>/guomen.toml``; its keys are the names below in lower case.
"""

import ipaddress
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path


class ConfigError(ValueError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One documented setting. ``kind`` is str, int, bool or path."""

    name: str
    default: str
    kind: type
    doc: str
    env: str = ""

    @property
    def variable(self) -> str:
        return self.env or f"GUOMEN_{self.name.upper()}"


SETTINGS = (
    Setting("home", "./var", Path, "Data folder: database, keys, blobs, logs."),
    Setting("host", "127.0.0.1", str, "Address that the web server listens on."),
    Setting("port", "8000", int, "Port that the web server listens on.", env="PORT"),
    Setting("origin", "", str, "Public address printed into tags and links; default http://<host>:<port>."),
    Setting(
        "database_url", "", str, "External PostgreSQL (postgresql://…); empty: the embedded one.", env="DATABASE_URL"
    ),
    Setting(
        "pg_bin", "", str, "Folder with the PostgreSQL programs; empty: the wheel, then /usr/lib/postgresql, then PATH."
    ),
    Setting(
        "keys_unlock",
        "",
        str,
        "What opens the keys: a file with a passphrase, or an HSM as pkcs11:token=…?module-path=…&pin-source=file:…",
    ),
    Setting("web_workers", "2", int, "Web server processes."),
    Setting("web_threads", "4", int, "Threads per web server process, each with one database connection."),
    Setting("log_name", "guomen.local/log", str, "Origin line of the ledger's checkpoints (C2SP tlog-checkpoint)."),
    Setting(
        "log_policy",
        "",
        str,
        "File that says which witnesses must cosign (C2SP tlog-policy); empty: <home>/log.policy if it is there.",
    ),
    Setting("log_folder", "", str, "Folder to which the log is written as static files for a web server; empty: none."),
    Setting(
        "log_store",
        "",
        str,
        "Bucket of an object store to which the log is written: s3://bucket/prefix, and AWS_… variables; empty: none.",
    ),
    Setting("time_zone", "Asia/Shanghai", str, "Time zone in which pages show times."),
    Setting("authority_en", "Port authority", str, "Name of the authority on public pages, in English."),
    Setting("authority_zh", "口岸主管部门", str, "Name of the authority on public pages, in Chinese."),
    Setting("scan_days", "30", int, "Days that single scans of item codes are kept; then only sums remain."),
    Setting("log_level", "INFO", str, "Least severe log message that is written."),
    Setting(
        "webhook_networks",
        "",
        str,
        "Networks that webhooks may reach although they are not public, and without TLS: 10.1.0.0/16,…",
    ),
    Setting(
        "edge_port",
        "0",
        int,
        "Port of the scan path's own process, apart from the pages; 0: the web processes answer scans alone.",
    ),
    Setting("edge_workers", "1", int, "Processes of the scan path behind edge_port."),
    Setting(
        "edge_database_url",
        "",
        str,
        "PostgreSQL of the scan path, as a role with few rights; empty: the role guomen_edge, made at the start.",
    ),
    Setting(
        "edge_rate",
        "50",
        int,
        "Scans a second that one address may make for long, ten times as many at once, in each process; 0: no limit.",
    ),
    Setting("trust_proxy", "false", bool, "Take the visitor's address from X-Forwarded-For of the proxy in front."),
)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, typed."""

    home: Path
    host: str
    port: int
    origin: str
    database_url: str = field(repr=False)
    pg_bin: str
    keys_unlock: str
    web_workers: int
    web_threads: int
    log_name: str
    log_policy: str
    log_folder: str
    log_store: str
    time_zone: str
    authority_en: str
    authority_zh: str
    scan_days: int
    log_level: str
    webhook_networks: str
    edge_port: int
    edge_workers: int
    edge_database_url: str
    edge_rate: int
    trust_proxy: bool


def _typed(setting: Setting, raw: str) -> object:
    if setting.kind is int:
        if not raw.isdigit():
            raise ConfigError(f"{setting.variable} must be a whole number, not {raw!r}.")
        return int(raw)
    if setting.kind is bool:
        if raw.lower() not in {"true", "false", "1", "0", "yes", "no"}:
            raise ConfigError(f"{setting.variable} must be true or false, not {raw!r}.")
        return raw.lower() in {"true", "1", "yes"}
    if setting.kind is Path:
        return Path(raw).resolve()
    return raw


def load(environ: dict[str, str] | None = None) -> Config:
    """Read the configuration. Raises ConfigError with a sentence that names the setting."""
    environ = dict(os.environ) if environ is None else environ
    home = environ.get("GUOMEN_HOME", SETTINGS[0].default)
    path = Path(environ.get("GUOMEN_CONFIG", str(Path(home) / "guomen.toml")))
    try:
        file = tomllib.loads(path.read_text()) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    unknown = set(file) - {s.name for s in SETTINGS}
    if unknown:
        raise ConfigError(f"{path} names unknown settings: {', '.join(sorted(unknown))}.")
    values: dict[str, object] = {}
    for setting in SETTINGS:
        raw = environ.get(setting.variable) or str(file.get(setting.name, "")) or setting.default
        values[setting.name] = _typed(setting, raw)
    try:
        for network in filter(None, str(values["webhook_networks"]).split(",")):
            ipaddress.ip_network(network.strip())
    except ValueError as error:
        raise ConfigError(f"GUOMEN_WEBHOOK_NETWORKS must be networks such as 10.1.0.0/16: {error}.") from error
    values["origin"] = str(values["origin"] or f"http://{values['host']}:{values['port']}").rstrip("/")
    return Config(**values)  # type: ignore[arg-type]
