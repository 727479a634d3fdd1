"""``guomen keys``: what is there, new tag keys, copies for the backup, another way to open them."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from guomen.kit.keystore import Keystore, KeystoreError
from guomen.kit.keystore.sealed import SealedFolder
from guomen.kit.keystore.secret import Secret
from guomen.kit.keystore.unlock import is_hsm, new_folder, open_folder, passphrase, seal_with_hsm, seal_with_passphrase
from guomen.site.commands.common import configure, console, fail, print_json, ready, sentences

app = typer.Typer(no_args_is_help=True, help="Secret keys. No command prints one.")
OF_THIS_HOME = {"postgres", "postgres-edge"}
"""The passwords of this home's own database: they belong to no other home."""


def _store() -> Keystore:
    from guomen.kit import keys

    return keys.store()


def _folder() -> SealedFolder:
    """The encrypted folder, whatever opens it."""
    store = _store()
    return store if isinstance(store, SealedFolder) else store.sealed  # type: ignore[attr-defined]


def _asked(again: bool) -> Secret:
    phrase = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=again) if sys.stdin.isatty() else ""
    phrase = Secret((phrase or sys.stdin.readline()).strip().encode())
    if len(phrase) < 12:
        raise fail("A passphrase has at least 12 characters.")
    return phrase


@app.command("list")
def list_keys(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List names, places and check values of all keys; equal check values mean equal keys."""
    configure()
    with sentences():
        store = _store()
        found = [store.describe(name) for name in sorted(store.names())]
    if as_json:
        print_json([{"name": k.name, "where": k.where, "since": str(k.since or ""), "check": k.check} for k in found])
        return
    table = Table("Key", "Where", "Since", "Check value")
    for k in found:
        table.add_row(k.name, k.where, f"{k.since:%Y-%m-%d %H:%M}" if k.since else "", k.check)
    console.print(table)


@app.command()
def rotate(
    what: Annotated[str, typer.Argument(help="tags or certificates")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the ledger.")],
) -> None:
    """Take new keys into use. Tags: ranges that are ordered from now on get them, old ranges keep theirs. Certificates:
    what is signed from now on; what was signed before stays proven."""
    if what not in ("tags", "certificates"):
        raise fail("Rotated here: guomen keys rotate tags, guomen keys rotate certificates")
    with ready():
        from guomen.parties.actors import SYSTEM

        if what == "certificates":
            from guomen.certificates import services, signing_keys

            new = services.rotate_keys(SYSTEM, reason=reason)
            console.print(f"Certificates are signed with {signing_keys.public(new).id} from now on.", soft_wrap=True)
            console.print("Copy the keys into the backup now, and publish the new one where the first is published.")
            return
        from guomen.tags.services import rotate_keys

        version = rotate_keys(SYSTEM, reason=reason)
    console.print(f"New ranges take version {version} of the tag keys. Copy the keys into the backup now.")


@app.command()
def retire(
    version: int,
    reason: Annotated[str, typer.Option(help="Why; it stands in the ledger.")],
) -> None:
    """Tell that a version of the tag keys is known to others: codes of its ranges prove nothing any more."""
    with ready():
        from guomen.parties.actors import SYSTEM
        from guomen.tags.services import retire_keys

        hit = retire_keys(SYSTEM, version, reason=reason)
    console.print(f"Version {version} is retired; {hit} ranges say so.")


@app.command()
def distrust(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As /certificates/keys shows it.")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the ledger.")],
    since: Annotated[datetime | None, typer.Option(help="Since when others know it, in UTC; now by default.")] = None,
) -> None:
    """Tell that others know a key of certificates that was rotated out: its signature alone proves nothing any more."""
    with ready():
        from guomen.certificates import services
        from guomen.parties.actors import SYSTEM

        at = since.replace(tzinfo=UTC) if since else None
        one = services.distrust_key(SYSTEM, key_id, reason=reason, since=at)
    console.print(f"{one.name} is distrusted since {one.leaked_at:%Y-%m-%d %H:%M} UTC. Replace what it signed.")


@app.command("export")
def export_keys(folder: Path) -> None:
    """Copy all keys into a new FOLDER that another passphrase opens. It is asked for, or read from standard input."""
    configure()
    if folder.exists() and any(folder.iterdir()):
        raise fail(f"{folder} is not empty.")
    phrase = _asked(again=True)
    with sentences():
        store, copy = _store(), new_folder(folder, phrase)
        kept = []
        for name in sorted(store.names() - OF_THIS_HOME):
            if store.describe(name).where == "hsm":
                kept.append(name)
            else:
                copy.put(name, store.secret(name))
    console.print(f"Copied {len(copy.names())} keys into {folder}.")
    if kept:
        console.print(f"They cannot leave the HSM, back it up by its own means: {', '.join(kept)}")


@app.command("import")
def import_keys(
    folder: Path,
    unlock: Annotated[
        Path | None, typer.Option(help="File with the passphrase of FOLDER; else it is asked for.")
    ] = None,
    replace: Annotated[bool, typer.Option(help="Also where this home has another key of that name.")] = False,
) -> None:
    """Take the keys of another home or of an export into this one, except the password of its own database."""
    configure()
    with sentences():
        other = open_folder(folder, passphrase(unlock) if unlock else _asked(again=False))
        ours = _folder()
        wanted = sorted(other.names() - OF_THIS_HOME)
        clash = [n for n in wanted if n in ours.names() and ours.secret(n) != other.secret(n)]
        if clash and not replace:
            raise fail(f"This home has other keys of these names: {', '.join(clash)}. To give them up: --replace")
        for name in wanted:
            ours.put(name, other.secret(name))
    console.print(f"Took {len(wanted)} keys from {folder}. Restart Guomen if it runs.")


@app.command("passphrase")
def change_passphrase(file: Path) -> None:
    """Let the passphrase in FILE open the keys from now on; set GUOMEN_KEYS_UNLOCK to it. Also leaves an HSM."""
    configure()
    with sentences():
        phrase = passphrase(file)
        if signers := [n for n in _store().names() if _store().describe(n).where == "hsm"]:
            console.print(f"They stay in the HSM and are missing without it: {', '.join(sorted(signers))}")
        _folder().reseal(lambda path, key: seal_with_passphrase(path, key, phrase))
    console.print(f"{file} opens the keys from now on. The passphrase before opens older copies still.")


@app.command("init-hsm")
def init_hsm(
    uri: Annotated[str, typer.Argument(help="pkcs11:token=LABEL?module-path=FILE&pin-source=file:FILE")],
) -> None:
    """Let an HSM open the keys from now on and move the signing keys into it. Export the keys before: those never leave
    the HSM again."""
    configure()
    if not is_hsm(uri):
        raise fail("Name the HSM by a pkcs11: URI.")
    with sentences():
        from guomen.certificates import chain
        from guomen.certificates.models import IssuingKey
        from guomen.kit.keystore.hsm import Token, TokenStore
        from guomen.ledger import signing

        if not isinstance(_store(), SealedFolder):
            raise KeystoreError("An HSM opens the keys already.")
        folder, token = _folder(), Token.of_uri(uri)
        made = token.make_root()
        folder.reseal(lambda path, key: seal_with_hsm(path, key, token))
        store = TokenStore(folder, token)
        there = folder.names()
        ours = signing.of_the_log(there) or [signing.KEY]
        pairs = IssuingKey.of_names(there)
        moved = [name for name in (*ours, *(one.name for one in pairs)) if store.signer(name)]
        moved += [name for name in (chain.AUTHORITY, *(one.paper_name for one in pairs)) if store.p256(name)]
    console.print(f"The HSM opens the keys now ({'new root key' if made else 'root key found'}).")
    console.print(f"In it: {', '.join(moved)}. Set GUOMEN_KEYS_UNLOCK to the URI, then delete the passphrase file.")
