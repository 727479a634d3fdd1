"""The ``guomen`` command."""

import os

import typer

from guomen.site.commands import check, db, followers, keys, log, people, risk, simulate, tags, trace, up, verify

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Guomen: one open system for the quality and safety of traded goods.",
)
app.command()(up.up)
app.command()(check.check)
app.add_typer(db.app, name="db")
app.add_typer(people.user, name="user")
app.add_typer(people.org, name="org")
app.add_typer(people.token, name="token")
app.add_typer(followers.app, name="followers")
app.add_typer(keys.app, name="keys")
app.add_typer(verify.app, name="verify")
app.add_typer(log.app, name="log")
app.command()(log.witness)
app.add_typer(trace.app, name="trace")
app.add_typer(tags.app, name="tags")
app.add_typer(risk.app, name="risk")
app.command()(simulate.simulate)


@app.command()
def demo() -> None:
    """Play the whole story on this machine and serve it."""
    from guomen import demo as story

    raise typer.Exit(story.main())


if __name__ == "__main__":
    app()
