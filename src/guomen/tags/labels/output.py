"""Label files on their way out: read part by part, never whole."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from guomen.kit import blobs
from guomen.tags.labels.formats import FORMATS
from guomen.tags.models import LabelJob, LabelPart, Range


def content(job: LabelJob, part: LabelPart) -> bytes:
    """One file, as it is printed."""
    stored = blobs.get(part.digest)
    return stored if FORMATS[job.format].extension == "pdf" else zlib.decompress(stored)


def media_type(job: LabelJob) -> str:
    return FORMATS[job.format].media_type


def whole(job: LabelJob, parts: Iterable[LabelPart], count: int, one: Range) -> tuple[str, str, Iterator[bytes]]:
    """Everything as one download: its name, its media type and its bytes. Several PDF or SVG files come as a ZIP."""
    made = FORMATS[job.format]
    if made.joined or count == 1:
        name = f"labels-{one.code}-{job.first + 1}-{job.first + job.count}.{made.extension}"
        return name, made.media_type, (content(job, part) for part in parts)
    name = f"labels-{one.code}-{job.first + 1}-{job.first + job.count}.zip"
    return name, "application/zip", _zipped(job, parts, one)


def part_name(job: LabelJob, part: LabelPart, one: Range) -> str:
    """Sorts as the labels do."""
    width = len(str(job.first + job.count))
    first, last = part.first + 1, part.first + part.count
    return f"labels-{one.code}-{first:0{width}}-{last:0{width}}.{FORMATS[job.format].extension}"


class _Outlet(io.RawIOBase):
    """What a ZIP is written to: it cannot be rewound, and is emptied after each file."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.waiting.append(bytes(data))  # type: ignore[arg-type]
        return len(self.waiting[-1])

    def taken(self) -> bytes:
        taken, self.waiting = b"".join(self.waiting), []
        return taken


def _zipped(job: LabelJob, parts: Iterable[LabelPart], one: Range) -> Iterator[bytes]:
    outlet = _Outlet()
    how = zipfile.ZIP_STORED if FORMATS[job.format].extension == "pdf" else zipfile.ZIP_DEFLATED
    moment = one.ordered_at.timetuple()[:6]
    with zipfile.ZipFile(outlet, "w") as archive:
        for part in parts:
            entry = zipfile.ZipInfo(part_name(job, part, one), moment)
            archive.writestr(entry, content(job, part), compress_type=how, compresslevel=1)
            yield outlet.taken()
    yield outlet.taken()
