"""``guomen log keys``, ``rotate``, ``retire``: the keys that sign the log."""

from typing import Annotated

import typer
from rich.table import Table

from guomen.site.commands.common import console, print_json, ready

Reason = Annotated[str, typer.Option(help="Why; it stands in the ledger.")]


def keys(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The verifier keys of the log, and which checkpoints each signs."""
    with ready():
        from guomen.core.merkle import parse_vkey
        from guomen.ledger import signing

        rows = [
            {
                "id": parse_vkey(one.vkey).key_id.hex(),
                "name": one.name,
                "from": None if one.since is None else one.since + 1,
                "to": one.until,
                "here": signing.is_here(one),
                "vkey": one.vkey,
            }
            for one in signing.every_key()
        ]
    if as_json:
        print_json(rows)
        return
    table = Table("Id", "Key", "From size", "To size", "In the keystore", "Verifier key")
    for row in rows:
        here = "yes" if row["here"] else "NO"
        ends = ["" if row[name] is None else str(row[name]) for name in ("from", "to")]
        table.add_row(str(row["id"]), str(row["name"]), *ends, here, str(row["vkey"]))
    console.print(table)


def rotate(
    reason: Reason,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The old key has leaked: let it sign no more, without a time of both.")
    ] = False,
) -> None:
    """Let a new key sign beside the present one; retire that when readers and witnesses know the new one."""
    with ready():
        from guomen.ledger import rotation
        from guomen.parties.actors import SYSTEM

        new = rotation.rotate(SYSTEM, reason=reason, at_once=at_once)
    console.print(f"The new verifier key is\n{new.vkey}", soft_wrap=True)
    console.print("Copy the keys into the backup now, publish the new one, and send it to whoever runs a witness.")
    if at_once:
        console.print("Until enough witnesses know it, nothing newer is public.")


def retire(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As guomen log keys lists it.")], reason: Reason
) -> None:
    """Let a key sign no more checkpoints. Refused while too few witnesses know another that signs."""
    with ready():
        from guomen.ledger import rotation
        from guomen.parties.actors import SYSTEM

        one = rotation.retire(SYSTEM, key_id, reason=reason)
    console.print(f"{one.name} signs no checkpoint from the entry about this on.")
