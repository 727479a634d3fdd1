"""The ``guomen`` command."""

import os

import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")
app = typer.Typer(no_args_is_help=True, help="Guomen: one open system for the quality and safety of traded goods.")
