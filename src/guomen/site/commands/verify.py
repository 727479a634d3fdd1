"""``guomen verify``: read a thing's history out of the ledger and check each entry's place in the signed tree."""

from typing import Annotated, Any

import typer
from rich.table import Table

from guomen.site.commands.common import console, fail, print_json, ready

app = typer.Typer(no_args_is_help=True, help="Check what the ledger says.")


@app.callback()
def group() -> None:
    """Check what the ledger says."""


def _row(entry: Any, uri: str) -> dict[str, Any]:
    """One entry, checked: position is None while it waits, ``fits`` tells whether the proof and its events hold."""
    from guomen.kit.words import say, vocabulary
    from guomen.ledger import proofs, queries, signing
    from guomen.site.verify import changed

    proof = queries.prove(entry)
    row: dict[str, Any] = {
        "kind": entry.kind,
        "words": say(vocabulary("KINDS").get(entry.kind, entry.kind)),
        "happened_at": entry.happened_at.isoformat(),
        "subjects": entry.subjects,
        "position": proof.position if proof else None,
        "fits": False,
        "problem": "" if proof else "waits for its position",
    }
    if proof:
        try:
            proofs.check(proof, *signing.log_vkeys(proof.size))
            events = changed(entry, uri)
            row["fits"] = not events
            row["problem"] = f"not what was captured: {', '.join(events)}" if events else ""
        except ValueError as error:
            row["problem"] = str(error)
    return row


@app.command()
def item(uri: str, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print the history of an item (GS1 Digital Link URI) and check each entry; exit 1 if any does not fit."""
    with ready(migrated=False):
        from guomen.ledger.models import Head
        from guomen.site.verify import entries_of_item

        rows = [_row(entry, uri) for entry in entries_of_item(uri)]
        head = Head.objects.filter(name="log").first()
    wrong = [row for row in rows if not row["fits"]]
    if as_json:
        print_json({"uri": uri, "entries": rows, "checkpoint": head.note if head else "", "fits": not wrong})
    elif rows:
        table = Table("Position", "When", "What", "Proof")
        for row in rows:
            when = row["happened_at"][:16].replace("T", " ")
            table.add_row(str(row["position"]), when, row["words"], "fits" if row["fits"] else row["problem"])
        console.print(table)
    if not rows:
        raise fail("The ledger says nothing about this item.")
    if wrong:
        raise fail(f"{len(wrong)} of {len(rows)} entries do not fit the signed tree.")
    if not as_json and head:
        console.print(f"All {len(rows)} entries are in the signed tree of {head.size} entries.")
