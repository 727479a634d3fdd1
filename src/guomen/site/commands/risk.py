"""``guomen risk``: train models that rank lots, disclose the seed of a past day, repeat its draws."""

from datetime import date
from typing import Annotated

import typer

from guomen.site.commands.common import console, fail, print_json, ready

app = typer.Typer(no_args_is_help=True, help="Which lots are opened: models that rank them, and the draw.")
Day = Annotated[str, typer.Argument(help="A day, UTC: 2026-11-12")]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise fail(f"{text} is not a day such as 2026-11-12.") from error


@app.command()
def train(
    due: Annotated[bool, typer.Option("--due", help="only when a tenth more is known than the newest model")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Train a model from all inspected lots. It ranks nothing until two people put it into use at the desk."""
    with ready():
        from guomen.parties.actors import SYSTEM
        from guomen.risk import services

        row = services.train_due() if due else services.train_model(SYSTEM)
        if row is None:
            console.print("There is no need to train.")
            return
        if as_json:
            print_json({"id": str(row.id), "sha256": row.sha256, "card": row.card})
            return
        data, model, records = row.card["data"], row.card["model"], row.card["records"]
        console.print(f"Model {row.sha256[:12]}: {data['lots']} lots from {data['from']} to {data['to']}.")
        console.print(
            f"Of the newest {data['judged_lots']} lots, which it had not seen, its top tenth holds "
            f"{model['top_failed']} of {data['judged_failed']} failed ones, records alone {records['top_failed']}; "
            f"AUC {model['auc']}."
        )


@app.command()
def disclose(day: Day) -> None:
    """Print the seed of a day that is over; the ledger says that it was disclosed."""
    with ready():
        from guomen.parties.actors import SYSTEM
        from guomen.risk import services

        typer.echo(services.disclose_seed(SYSTEM, _day(day)).hex())


@app.command()
def audit(
    day: Day,
    seed: Annotated[str, typer.Option(help="the disclosed seed, 64 hex digits; else this installation's own")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Repeat every draw of a day from the ledger; exit 1 when anything does not fit."""
    with ready(migrated=False):
        from guomen.clearance.draws import audit_day
        from guomen.risk.services import seed_of

        try:
            key = bytes.fromhex(seed) if seed else seed_of(_day(day))
        except ValueError as error:
            raise fail("A seed is 64 hex digits.") from error
        if len(key) != 32:
            raise fail("A seed is 64 hex digits.")
        found = audit_day(_day(day), key)
    if as_json:
        print_json(
            {
                "day": str(found.day),
                "lines": found.lines,
                "draws": found.draws,
                "drawn": found.drawn,
                "expected": str(found.expected),
                "findings": [{"subject": f.subject, "code": f.code, "says": f.sentence} for f in found.findings],
            }
        )
    else:
        for finding in found.findings:
            console.print(finding.sentence, style="red", markup=False, soft_wrap=True)
        console.print(
            f"{found.lines} lines, {found.draws} of them left to a draw; {found.drawn} drawn, "
            f"{found.expected:.1f} to be expected."
        )
        if not found.findings:
            console.print("Every draw can be repeated.")
    raise typer.Exit(1 if found.findings else 0)
