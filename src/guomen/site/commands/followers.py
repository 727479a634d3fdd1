"""``guomen followers``: how far each follower has read, and pausing one."""

from typing import Annotated

import typer
from rich.table import Table

from guomen.site.commands.common import console, fail, print_json, ready

app = typer.Typer(no_args_is_help=True, help="What happens after ledger entries.")


@app.command("list")
def list_followers(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List followers with their position, lag and last problem."""
    with ready():
        from guomen.ledger.follow import lag
        from guomen.ledger.models import Cursor

        cursors = {c.name: c for c in Cursor.objects.all()}
        rows = [
            {
                "name": name,
                "position": cursors[name].position if name in cursors else 0,
                "lag": behind,
                "paused": name in cursors and cursors[name].paused,
                "failures": cursors[name].failures if name in cursors else 0,
                "problem": (cursors[name].error.strip().splitlines() or [""])[-1] if name in cursors else "",
            }
            for name, behind in lag().items()
        ]
    if as_json:
        print_json(rows)
        return
    table = Table("Follower", "Position", "Lag", "Paused", "Failures", "Problem")
    for row in rows:
        table.add_row(*[("yes" if v else "") if isinstance(v, bool) else str(v) for v in row.values()])
    console.print(table if rows else "No follower is installed.")


def _pause(name: str, paused: bool) -> None:
    with ready():
        from guomen.ledger.follow import all_followers
        from guomen.ledger.models import Cursor

        if name not in all_followers():
            raise fail(f"No follower is called {name}.")
        Cursor.objects.get_or_create(name=name)
        Cursor.objects.filter(name=name).update(paused=paused)
    console.print(f"{name} is {'paused' if paused else 'running'}.")


@app.command()
def pause(name: str) -> None:
    """Stop a follower until it is resumed; nothing is lost meanwhile."""
    _pause(name, True)


@app.command()
def resume(name: str) -> None:
    """Let a paused follower read on where it stopped."""
    _pause(name, False)


@app.command()
def replay(
    name: str, since: Annotated[int, typer.Option("--from", min=0, help="Position to read again from.")] = 0
) -> None:
    """Let a follower read again from a position, for example after its tables were repaired."""
    with ready():
        from guomen.ledger.follow import all_followers
        from guomen.ledger.models import Cursor

        one = all_followers().get(name)
        if one is None:
            raise fail(f"No follower is called {name}.")
        if not one.again:
            raise fail(f"{name} would do again what it did already, for example send a notice twice.")
        changed = Cursor.objects.filter(name=name, position__gt=since).update(position=since, failures=0, error="")
    console.print(f"{name} reads again from {since}." if changed else f"{name} has not read further than {since}.")
