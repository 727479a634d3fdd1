"""``guomen trace import`` and ``guomen trace export``: events between files and a repository."""

import contextlib
import itertools
import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from guomen.client import Client, ClientError, Limits
from guomen.site.commands import events_in, events_out
from guomen.site.commands.common import errors, fail, print_json, ready

app = typer.Typer(no_args_is_help=True, help="Events of the goods flow between files and a repository.")
Url = Annotated[str, typer.Option(envvar="GUOMEN_URL", help="address of a Guomen installation")]
Token = Annotated[str, typer.Option(envvar="GUOMEN_TOKEN", help="API token; better in the variable than on the line")]
As = Annotated[str, typer.Option("--as", help="code of an organisation: work in this machine's own database for it")]


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{error.filename or ''}: {error.strerror or error}".removeprefix(": ")) from error


@contextlib.contextmanager
def _organisation(code: str) -> Iterator[Any]:
    """The database and an actor of the organisation with this code."""
    with ready():
        from guomen.parties.actors import Actor
        from guomen.parties.models import Organisation

        found = Organisation.objects.filter(code=code).first()
        if found is None:
            raise fail(f"No organisation has the code {code}; add it with: guomen org add")
        yield Actor("cli", found, None, frozenset({"capture", "read"}))


def _client(url: str, token: str) -> Client:
    if not url:
        raise fail("Say where: --url and GUOMEN_TOKEN for an installation, or --as for this machine's own database.")
    try:
        return Client(url, token)
    except ValueError as error:
        raise fail(f"{error}.") from error


def _bar(*columns: Any) -> Progress:
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)


@app.command("import")
def import_(
    paths: Annotated[list[str], typer.Argument(help="files, folders (searched through) or - for standard input")],
    url: Url = "",
    token: Token = "",
    as_: As = "",
    proceed: Annotated[bool, typer.Option(help="go on past wrong events and list them")] = False,
    lenient: Annotated[bool, typer.Option(help="put sloppy events right before they are judged")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Capture the events and master data of files: EPCIS 2.0 JSON-LD, NDJSON, XML 2.0 and 1.2, each also as .gz.

    Events that are known already change nothing: an import that was cut off is simply made again. Each document of at
    most 2,000 events is captured all or none. Exit 1 when anything was wrong.
    """
    with _sentences(), contextlib.ExitStack() as stack:
        files = events_in.files_of(paths)
        if as_:
            send, limits = events_in.into_our_own(stack.enter_context(_organisation(as_)), lenient=lenient), Limits()
        else:
            client = stack.enter_context(_client(url, token))
            send, limits = events_in.into(client, lenient=lenient), client.limits()
        bar = stack.enter_context(
            _bar(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        )
        size = None if events_in.STDIN in files else sum(os.path.getsize(f) for f in files)
        task = bar.add_task("reading", total=size)
        report = events_in.Report()
        try:
            found = events_in.bring(
                files, send, limits, proceed=proceed, tell=lambda count: bar.update(task, advance=count)
            )
            for report in found:
                bar.update(task, description=f"{report.new:,} new, {report.known:,} known, {report.wrong:,} wrong")
        except KeyboardInterrupt:
            bar.stop()
            _tell(report, as_json)
            raise fail("Stopped. What was captured stays; run the same command to go on.", 130) from None
    _tell(report, as_json)
    raise typer.Exit(1 if report.wrong else 0)


def _tell(report: events_in.Report, as_json: bool) -> None:
    if as_json:
        print_json(report.as_dict())
        return
    for p in report.problems:
        place = p["file"] if p["event"] is None else f"{p['file']}: event {p['event']}"
        errors.print(": ".join(filter(None, (place, p["path"], p["problem"]))), markup=False, soft_wrap=True)
    typer.echo(
        f"{report.files:,} files, {report.events:,} events: "
        f"{report.new:,} new, {report.known:,} known, {report.wrong:,} wrong."
        + (f" {report.changed:,} places were put right." if report.changed else "")
        + (f" {report.master_data:,} elements of master data were kept." if report.master_data else "")
    )


def _pairs(texts: list[str], what: str) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in texts]
    if wrong := [text for text, (name, equals, _) in zip(texts, pairs, strict=True) if not (name and equals)]:
        raise fail(f"{what} is written NAME=VALUE, unlike {wrong[0]!r}.")
    return [(name, value) for name, _, value in pairs]


@app.command()
def export(
    to: Annotated[str, typer.Argument(help="file, .gz is packed; - for standard output")],
    parameters: Annotated[list[str] | None, typer.Argument(help="NAME=VALUE of the simple event query")] = None,
    url: Url = "",
    token: Token = "",
    as_: As = "",
    form: Annotated[str, typer.Option("--format", help="jsonld, ndjson or xml; else as the file's name says")] = "",
    extension: Annotated[list[str] | None, typer.Option(help="PREFIX=NAMESPACE of a prefix in a parameter")] = None,
) -> None:
    """Write the events that match all parameters, for example: export events.jsonld EQ_bizStep=shipping

    The file appears only when it is complete.
    """
    asked: dict[str, list[str]] = {}
    for name, value in _pairs(parameters or [], "A parameter"):
        asked.setdefault(name, []).append(value)
    prefixes = dict(_pairs(extension or [], "An extension"))
    form = form or events_out.format_of(to)
    if form not in events_out.WRITERS:
        raise fail(f"The format is one of {', '.join(events_out.WRITERS)}, not {form}.")
    with _sentences(), contextlib.ExitStack() as stack:
        if as_:
            found = events_out.out_of_our_own(stack.enter_context(_organisation(as_)), asked, prefixes)
        else:
            client = stack.enter_context(_client(url, token))
            found = client.events(parameters=_joined(asked), extensions=prefixes)
        bar = stack.enter_context(_bar(TextColumn("{task.completed:,} events")))
        task, count = bar.add_task("writing", total=None), 0

        def counted(events: Iterator[Any]) -> Iterator[Any]:
            nonlocal count
            for event in events:
                yield event
                count += 1
                bar.update(task, completed=count)

        # What cannot be asked is refused with the first event, before a byte is written.
        first = list(itertools.islice(found, 1))
        with events_out.written(to) as out:
            events_out.WRITERS[form](out, counted(itertools.chain(first, found)))
    errors.print(f"{count:,} events written.")


def _joined(asked: Mapping[str, list[str]]) -> dict[str, Any]:
    return {name: values if len(values) > 1 else values[0] for name, values in asked.items()}
