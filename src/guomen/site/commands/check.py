"""``guomen check``."""

from typing import Annotated

import typer
from rich.table import Table

from guomen.site.commands.common import console, print_json, ready


def check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check configuration, database, tables, keys, ledger and followers; exit 1 when something is wrong."""
    with ready(migrated=False) as config:
        from guomen.site import health

        found = health.findings(config)
    good = all(f.ok for f in found)
    if as_json:
        print_json({"ok": good, "findings": [f.as_dict() for f in found]})
    else:
        table = Table("", "What", "Found")
        for f in found:
            table.add_row("[green]ok[/green]" if f.ok else "[red]wrong[/red]", f.name, f.detail)
        console.print(table)
    raise typer.Exit(0 if good else 1)
