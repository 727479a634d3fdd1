"""``guomen tags``: files for devices without a network, signed codes."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from guomen.site.commands.common import console, fail, print_json, ready

app = typer.Typer(no_args_is_help=True, help="Item tags.")


@app.callback()
def group() -> None:
    """Item tags."""


@app.command()
def bundle(
    file: Annotated[Path, typer.Argument(help="where to write the signed file")],
    audience: Annotated[str, typer.Option("--for", help="inspector or retailer")],
    days: Annotated[int, typer.Option(help="for how many days devices may rely on it")] = 7,
    gtin: Annotated[list[str] | None, typer.Option(help="only this product; may be repeated")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Write what inspectors' or retailers' devices need to check item codes without a network.

    A file for inspectors holds keys that make codes of its ranges: hand it to persons, for few days.
    """
    with ready():
        from guomen.core.tagcrypto import bundle as bundles
        from guomen.kit.keys import signer
        from guomen.parties.actors import SYSTEM
        from guomen.tags.services import bundling

        made = bundling.make_bundle(SYSTEM, audience=audience, days=days, gtins=gtin)  # type: ignore[arg-type]
        public = signer(bundling.SIGNER).public_key()
        found = bundles.read(made, [public], 0)
    try:
        _write(file, made)
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}") from error
    key = public.public_bytes_raw().hex()
    if as_json:
        items = sum(one.count for one in found.ranges)
        print_json({"bytes": len(made), "ranges": len(found.ranges), "items": items, "key": key})
    else:
        console.print(f"Wrote {len(made):,} bytes for {len(found.ranges)} ranges. Devices check it with the key\n{key}")


@app.command()
def sign(
    subject: Annotated[str, typer.Argument(help="a GS1 Digital Link, or a certificate's address on this host")],
    days: Annotated[int | None, typer.Option(help="for how many days; without: no end")] = None,
) -> None:
    """Print the text of a QR code in which the authority names a carton, a batch, an item or a certificate."""
    with ready():
        from guomen.parties.actors import SYSTEM
        from guomen.tags.services import sign_code

        typer.echo(sign_code(SYSTEM, subject, days=days).text)


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and for its owner only: it may hold keys."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "wb") as temporary:
        temporary.write(content)
    os.replace(name, file)
