"""``guomen db``: tables, backup and return from it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import typer

from guomen.site import postgres
from guomen.site.commands.common import console, fail, ready
from guomen.site.config import Config

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.command()
def migrate() -> None:
    """Bring the tables up to date."""
    with ready(migrated=False):
        from guomen.site import setup

        applied = setup.migrate()
        setup.edge_role()
        console.print("\n".join(applied) if applied else "The tables are up to date.")


@app.command("edge-role")
def edge_role() -> None:
    """Print the SQL that gives the scan path's role its rights, for a database whose user may not make roles."""
    from guomen.site import edge_role as role
    from guomen.site.database import EDGE_ROLE

    lines = [f"CREATE ROLE {EDGE_ROLE} LOGIN NOINHERIT PASSWORD '…'", *role.statements()]
    typer.echo(";\n".join(lines) + ";")


def _client(config: Config, program: str, *arguments: str) -> None:
    """Run a PostgreSQL client program of the same version against our database."""
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "NAME": "PGDATABASE"}
    environment = {variable: str(database[key]) for key, variable in names.items() if database[key]}
    environment |= {f"PG{key.upper()}": str(value) for key, value in database.get("OPTIONS", {}).items()}
    command = [str(postgres.find_programs(config.pg_bin) / program), *arguments]
    # Not by PGPASSWORD: what stands in the environment shows in /proc and goes on to children.
    with tempfile.NamedTemporaryFile("w", prefix="guomen-") as file:
        file.write("*:*:*:*:" + re.sub(r"([:\\])", r"\\\1", str(database["PASSWORD"])) + "\n")
        file.flush()
        environment["PGPASSFILE"] = file.name
        done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        raise fail(f"{program} failed: {done.stderr.strip()[-1500:]}")


@app.command()
def dump(file: Path) -> None:
    """Write the whole database into FILE (pg_dump's custom format). Keys and blobs are folders: copy them as well."""
    partial = file.with_name(file.name + ".partial")
    with ready(migrated=False) as config:
        _client(config, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={partial}")
    os.replace(partial, file)
    console.print(f"Wrote {file} ({file.stat().st_size:,} bytes).")


@app.command()
def restore(file: Path) -> None:
    """Read FILE into an empty database, then bring the tables up to date."""
    if not file.is_file():
        raise fail(f"{file} does not exist.")
    with ready(migrated=False) as config:
        from django.db import connection

        from guomen.ledger.models import Head
        from guomen.site import setup
        from guomen.site.health import head_fits

        if connection.introspection.table_names():
            raise fail("The database is not empty. Restore into a new data folder (GUOMEN_HOME) or an empty database.")
        connection.close()
        target = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _client(config, "pg_restore", *target, f"--dbname={connection.settings_dict['NAME']}", str(file))
        setup.migrate()
        setup.edge_role()
        console.print(f"Restored {file}.")
        if Head.objects.exists() and not head_fits():
            console.print(
                "The checkpoint was signed with another key: bring back the old ones with: guomen keys import"
            )
