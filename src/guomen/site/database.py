"""Where the database is: the embedded PostgreSQL of this installation, or an external one by URL."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from guomen.kit.keystore import keystore
from guomen.site.config import Config, ConfigError

USER = "guomen"
NAME = "guomen"


def socket_folder(config: Config) -> Path:
    """Folder of the embedded server's Unix socket: short, because a socket's path may have at most 107 bytes.

    Started as root the server runs as another account, which needs a folder that it can reach wherever the home is.
    """
    name = f"guomen-{hashlib.sha256(str(config.home).encode()).hexdigest()[:10]}"
    if os.geteuid() == 0 and Path("/run").is_dir():
        return Path("/run") / name
    inside = config.home / "run"
    return inside if len(bytes(inside)) < 80 else Path(tempfile.gettempdir()) / name


def password(config: Config) -> str:
    """The embedded server's password (SCRAM), made once and kept beside the other keys."""
    return keystore(config.home, config.keys_unlock).secret("postgres").hex()


def django_settings(config: Config) -> dict[str, object]:
    """Django's DATABASES entry. Raises ConfigError when DATABASE_URL is not a PostgreSQL URL."""
    common: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
    if not config.database_url:
        return common | {
            "NAME": NAME,
            "USER": USER,
            "PASSWORD": password(config),
            "HOST": str(socket_folder(config)),
            "PORT": "5432",
        }
    return common | _of_url("DATABASE_URL", config.database_url)


def _of_url(name: str, address: str) -> dict[str, object]:
    url = urlparse(address)
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise ConfigError(f"{name} must look like postgresql://user:password@host:5432/name.")
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "OPTIONS": dict(parse_qsl(url.query)),
    }


EDGE_ROLE = "guomen_edge"


def edge_password(config: Config) -> str:
    """The password of the scan path's role, made once and kept beside the other keys."""
    return keystore(config.home, config.keys_unlock).secret("postgres-edge").hex()


def edge_settings(config: Config) -> dict[str, object]:
    """What differs from :func:`django_settings` for the scan path."""
    if config.edge_database_url:
        return _of_url("GUOMEN_EDGE_DATABASE_URL", config.edge_database_url)
    return {"USER": EDGE_ROLE, "PASSWORD": edge_password(config)}
