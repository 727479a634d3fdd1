"""``guomen org``, ``guomen user`` and ``guomen token``."""

import sys
from typing import Annotated

import typer

from guomen.site.commands.common import console, fail, ready

user = typer.Typer(no_args_is_help=True, help="People.")
org = typer.Typer(no_args_is_help=True, help="Organisations.")
token = typer.Typer(no_args_is_help=True, help="API tokens of programs.")


@org.command("add")
def add_organisation(
    kind: Annotated[str, typer.Argument(help="authority, trader, laboratory, carrier, retailer or partner")],
    code: Annotated[str, typer.Argument(help="registration code, for example the USCC")],
    name_en: str,
    name_zh: str,
    country: Annotated[str, typer.Option(help="ISO 3166 code")] = "CN",
) -> None:
    """Register an organisation."""
    with ready():
        from guomen.parties.services import register_organisation

        made = register_organisation(kind, name_en, name_zh, country, code)
        console.print(f"Registered {made.name_en} ({code}).")


@user.command("add")
def add_user(
    organisation: Annotated[str, typer.Argument(help="code of the organisation")],
    email: str,
    name: str,
    roles: Annotated[list[str], typer.Argument(help="roles in the organisation")],
) -> None:
    """Add a person. The password is asked for, or read as one line from standard input."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if sys.stdin.isatty() else ""
    password = password or sys.stdin.readline().rstrip("\n")
    with ready():
        from guomen.parties.models import Organisation
        from guomen.parties.services import add_person

        found = Organisation.objects.filter(code=organisation).first()
        if found is None:
            raise fail(f"No organisation has the code {organisation}; add it with: guomen org add")
        add_person(found, email, name, password, roles)
        console.print(f"Added {email} to {found.name_en}.")


@token.command("add")
def add_token(
    email: Annotated[str, typer.Argument(help="the administrator who answers for the token")],
    name: Annotated[str, typer.Argument(help="what the token is for")],
    scopes: Annotated[list[str], typer.Argument(help="declare, capture, seal, results, tags, read")],
) -> None:
    """Issue an API token; its secret is printed once."""
    with ready():
        from guomen.parties.actors import of_person
        from guomen.parties.models import Person
        from guomen.parties.services import issue_token

        person = Person.objects.select_related("organisation").filter(email=email.lower(), is_active=True).first()
        if person is None:
            raise fail(f"No person has the address {email}.")
        _, secret = issue_token(name, scopes, of_person(person, via="cli"))
        typer.echo(secret)
