"""``guomen log``: prove an entry, check a proof, audit a whole log; ``guomen witness``: watch one."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from guomen.site.commands import log_keys
from guomen.site.commands.common import console, fail, print_json, ready

app = typer.Typer(no_args_is_help=True, help="The public log: prove, check, audit.")


def _policy(path: Path | None) -> Any:
    from guomen.core.merkle import PolicyError, parse_policy

    if path is None:
        return None
    try:
        return parse_policy(path.read_text())
    except (OSError, PolicyError) as error:
        raise fail(f"The policy cannot be read: {error}") from error


Vkeys = Annotated[
    list[str],
    typer.Option("--vkey", help="The log's verifier key, better not from its own page; again for each that it had."),
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Which witnesses must have cosigned (C2SP tlog-policy).")
]


@app.command()
def audit(
    url: str,
    vkeys: Vkeys,
    folder: Annotated[Path, typer.Option(help="Where the mirror is kept.")] = Path("log-mirror"),
    policy: PolicyFile = None,
) -> None:
    """Mirror the log at URL and check every entry; exit 1 when anything does not fit. Stopped, it goes on later."""
    import httpx

    from guomen.client.audit import AuditError
    from guomen.client.audit import audit as run

    wanted = _policy(policy)
    try:
        with Progress(console=console) as bar:
            task = bar.add_task("Entries checked", total=None)
            report = run(
                url, vkeys, folder, policy=wanted, progress=lambda n, of: bar.update(task, completed=n, total=of)
            )
    except (AuditError, ValueError) as error:
        raise fail(f"The log is not what it says: {error}.") from error
    except httpx.HTTPError as error:
        raise fail(f"The log does not answer: {error}. Run the command again to go on.", code=2) from error
    cosigned = f", cosigned by {', '.join(report.witnesses)}" if report.witnesses else ""
    console.print(f"All {report.checkpoint.size} entries are in the tree that was signed{cosigned}.")
    console.print(f"{report.fetched} files fetched; the mirror is in {folder}.")


@app.command()
def prove(
    entry: str,
    out: Annotated[Path | None, typer.Option(help="Write the proof here instead of printing it.")] = None,
    qr: Annotated[Path | None, typer.Option(help="Also write it as a QR code (SVG).")] = None,
) -> None:
    """The proof that an entry (its id) is in the public log: entry, path, checkpoint and cosignatures as JSON."""
    from dataclasses import asdict
    from uuid import UUID

    with ready(migrated=False):
        from guomen.kit.errors import NotFound
        from guomen.ledger.models import Entry
        from guomen.ledger.proofs import ProofFileError, qr_svg
        from guomen.ledger.queries import prove as proof_of

        try:
            found = Entry.objects.filter(id=UUID(entry)).first()
        except ValueError:
            found = None
        if found is None:
            raise NotFound
        proof = proof_of(found)
        if proof is None:
            raise fail("The public checkpoint does not cover this entry yet.")
        content = json.dumps(asdict(proof), ensure_ascii=False, indent=1)
    try:
        if qr is not None:
            qr.write_text(qr_svg(proof))
        if out is not None:
            out.write_text(content + "\n")
    except (OSError, ProofFileError) as error:
        raise fail(f"The proof cannot be written: {error}") from error
    if out is None:
        typer.echo(content)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A proof: the JSON file, or the text of its QR code.")],
    vkeys: Annotated[
        list[str] | None,
        typer.Option("--vkey", help="The log's verifier key; without it the one in the proof is believed."),
    ] = None,
    policy: PolicyFile = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check a proof without network and database; exit 1 when it does not hold."""
    from guomen.ledger.proofs import ProofFileError, check_file, read_proof

    try:
        proof = read_proof(file.read_text())
        report = check_file(proof, *(vkeys or [proof.vkey]), policy=_policy(policy))
    except OSError as error:
        raise fail(f"The proof cannot be read: {error}") from error
    except (ProofFileError, ValueError) as error:
        raise fail(f"The proof does not hold: {error}.") from error
    if as_json:
        print_json({"entry": proof.content, "position": proof.position, "size": proof.size, "cosigned": report})
        return
    console.print(f"Entry {proof.position} of {proof.size} is in the log {proof.vkey.split('+')[0]}:")
    console.print_json(json.dumps(proof.content, ensure_ascii=False))
    if not vkeys:
        console.print("The verifier key is the proof's own. Compare it with one that you have from elsewhere.")


@app.command()
def state() -> None:
    """How much is signed, how much is public, what witnesses say."""
    with ready(migrated=False):
        from guomen.ledger.models import Head, Publication, Witnessed

        head, public = Head.objects.filter(name="log").first(), Publication.objects.filter(name="log").first()
        print_json(
            {
                "signed": head.size if head else 0,
                "stopped": head.stopped if head else "",
                "public": public.size if public else 0,
                "problem": public.problem if public else "",
                "stored": public.stored if public else 0,
                "store_problem": public.store_problem if public else "",
                "witnesses": list(Witnessed.objects.values("name", "size", "refusal", "problem")),
            }
        )


@app.command()
def resume() -> None:
    """Let a stopped log sign again. Only when the reason is gone: two histories under one name stay for ever."""
    with ready(migrated=False):
        from guomen.ledger.models import Head

        changed = Head.objects.filter(name="log").exclude(stopped="").update(stopped="")
    console.print("The log signs again." if changed else "The log was not stopped.")


def witness(
    folder: Annotated[Path, typer.Option(help="Key, the file `logs` with a verifier key a line, and what was seen.")],
    name: Annotated[str, typer.Option(help="The witness's name, for example witness.agency.example.")],
    host: str = "127.0.0.1",
    port: int = 8010,
) -> None:
    """Watch logs: cosign their checkpoints as long as nothing in them is changed or taken away."""
    from guomen.core.merkle import NoteError
    from guomen.site.witness import Witness, serve

    try:
        found = Witness(folder, name)
    except FileNotFoundError as error:
        raise fail(f"There is no file {folder / 'logs'}: write the verifier keys of the logs into it.") from error
    except NoteError as error:
        raise fail(f"{folder / 'logs'}: {error}.") from error
    console.print(f"Witness of {', '.join(found.logs) or 'no log'}; its verifier key is\n{found.vkey}", soft_wrap=True)
    serve(folder, name, host, port)


for _command in (log_keys.keys, log_keys.rotate, log_keys.retire):
    app.command()(_command)
