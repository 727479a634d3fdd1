"""Events of a repository into a file: whole or not at all."""

import contextlib
import gzip
import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from guomen.client.capturing import encode
from guomen.core import epcis
from guomen.kit.clock import now

Events = Iterable[Mapping[str, Any]]
MOST_PER_PAGE = 500


def out_of_our_own(by: Any, parameters: Mapping[str, list[str]], extensions: Mapping[str, str]) -> Iterator[Any]:
    """The events that an organisation may see, oldest first unless ``orderBy`` says otherwise. Django must be ready."""
    from guomen.trace import asked, queries

    query, token = asked.read(parameters, extensions), ""
    while True:
        page = queries.select(by, query, per_page=MOST_PER_PAGE, after=token)
        yield from page.events
        token = page.next
        if not token:
            return


def _head() -> dict[str, Any]:
    return {
        "@context": [epcis.CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": now().isoformat(timespec="milliseconds"),
    }


def write_jsonld(out: BinaryIO, events: Events) -> None:
    out.write(encode(_head())[:-1] + b',"epcisBody":{"eventList":[')
    between = b"\n"
    for event in events:
        out.write(between + encode(event))
        between = b",\n"
    out.write(b"\n]}}\n")


def write_ndjson(out: BinaryIO, events: Events) -> None:
    for event in events:
        out.write(encode(event) + b"\n")


def write_xml(out: BinaryIO, events: Events) -> None:
    """Each event declares its namespaces itself, so that the list can be written piece by piece."""
    head, rest, opening = _head(), iter(events), b"<EventList>"
    before, _, after = epcis.document_to_xml(head | {"epcisBody": {"eventList": []}}).partition(opening)
    out.write(before + opening)
    while some := list(itertools.islice(rest, MOST_PER_PAGE)):
        text = epcis.document_to_xml(head | {"epcisBody": {"eventList": some}})
        out.write(text[len(before) + len(opening) : -len(after)] + b"\n")
    out.write(after)


WRITERS: dict[str, Callable[[BinaryIO, Events], None]] = {
    "jsonld": write_jsonld,
    "ndjson": write_ndjson,
    "xml": write_xml,
}
_OF_SUFFIX = {".ndjson": "ndjson", ".jsonl": "ndjson", ".xml": "xml"}


def format_of(name: str) -> str:
    return _OF_SUFFIX.get(Path(name.removesuffix(".gz")).suffix, "jsonld")


@contextlib.contextmanager
def written(name: str) -> Iterator[BinaryIO]:
    """A file that appears under its name only when everything is in it, on the disk; ``-``: standard output."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile(fileobj=file, mode="wb") as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
