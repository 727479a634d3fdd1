"""What all commands share: the configuration, Django, the database, and errors as one sentence."""

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Console

from guomen.site import config, lock, postgres, supervisor

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def fail(sentence: str, code: int = 1) -> typer.Exit:
    """Print why it cannot be done; use as ``raise fail(...)``."""
    errors.print(sentence, style="red", markup=False, soft_wrap=True)
    return typer.Exit(code)


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Turn our expected errors into one sentence and exit code 1."""
    from django.db import OperationalError

    from guomen.kit.errors import GuomenError, Invalid
    from guomen.kit.keystore import KeystoreError

    try:
        yield
    except (config.ConfigError, KeystoreError, postgres.PostgresError, lock.BusyError) as error:
        raise fail(str(error)) from error
    except Invalid as error:
        raise fail("\n".join(f"{p.field}: {p}" for p in error.problems)) from error
    except GuomenError as error:
        raise fail(error.sentence()) from error
    except OperationalError as error:
        raise fail(f"The database does not answer: {str(error).strip().splitlines()[0]}") from error


def configure() -> config.Config:
    """Read the configuration and set up Django."""
    import django

    from guomen.kit.keystore import KeystoreError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")
    try:
        found = config.load()
        django.setup()
    except (config.ConfigError, KeystoreError) as error:
        raise fail(str(error)) from error
    return found


@contextlib.contextmanager
def ready(migrated: bool = True) -> Iterator[config.Config]:
    """Configuration, Django and the database for one command. ``migrated``: bring the tables up to date first."""
    from django.db import connections

    from guomen.site import setup

    found = configure()
    with sentences(), supervisor.database_for_a_while(found):
        try:
            if migrated:
                setup.migrate()
            yield found
        finally:
            connections.close_all()


def print_json(value: Any) -> None:
    """Print JSON on standard output, for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
