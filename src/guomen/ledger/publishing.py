"""Publish what was signed: witnesses cosign it, files are written, then the checkpoint is for everybody.

And the guard: a database that holds less than was published, or something else, signs nothing more.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from guomen.core.merkle import NoteError, parse_checkpoint, verify_note
from guomen.kit.clock import now
from guomen.kit.disk import OPEN, replace
from guomen.ledger import asking, files, signing, witnesses
from guomen.ledger.models import Head, Publication
from guomen.ledger.places import CHECKPOINT, Bucket, Folder, Place, PlaceError
from guomen.ledger.tree import tiles
from guomen.ledger.witnesses import Conflict, require_ours

log = logging.getLogger(__name__)
SHORT_OF_WITNESSES = "too few witnesses"
RETRY = 5.0
"""Seconds until witnesses that were too few are asked again about the same checkpoint."""


def published() -> Publication | None:
    """The checkpoint that the public gets, with its size."""
    return Publication.objects.filter(name="log").first()


def size() -> int:
    """How many entries the public checkpoint covers."""
    return Publication.objects.filter(name="log").values_list("size", flat=True).first() or 0


def run_once() -> bool:
    """Publish the newest checkpoint if it is not yet; whether it was. A conflict stops the log for good."""
    head, last = Head.objects.filter(name="log").first(), published()
    if head is None or head.stopped:
        return False
    if last is not None and last.size == head.size and not last.problem:
        return False
    try:
        return _publish(head, last.size if last else 0)
    except Conflict as conflict:
        stop(str(conflict))
        return False


def _publish(head: Head, size: int) -> bool:
    policy = witnesses.policy()
    lines = witnesses.cosignatures(head, policy.witnesses.values()) if policy.witnesses else []
    note = head.note + "".join(lines)
    if not policy.is_met(policy.cosigned(note)):
        Publication.objects.filter(name="log").update(problem=SHORT_OF_WITNESSES)
        return False
    if settings.GUOMEN.log_folder:
        # Tiles before the checkpoint that covers them: whoever reads the one finds the others.
        files.write(Folder(Path(settings.GUOMEN.log_folder)), size, head.size, note)
    _remember(head.note)
    values = {"size": head.size, "note": note, "published_at": now(), "problem": ""}
    Publication.objects.update_or_create(name="log", defaults=values)
    return True


def store_once() -> bool:
    """Bring the object store to what is public already; whether it was. The log is public even while it is away."""
    head, last = Head.objects.filter(name="log").first(), published()
    if not settings.GUOMEN.log_store or head is None or head.stopped or last is None or last.stored == last.size:
        return False
    row = Publication.objects.filter(name="log")
    try:
        bucket = Bucket(settings.GUOMEN.log_store)
        require_ours(head, "The object store", (bucket.get(CHECKPOINT) or b"").decode(errors="replace"))
        files.write(bucket, last.stored, last.size, last.note)
    except Conflict as conflict:
        stop(str(conflict))
        return False
    except PlaceError as error:
        log.warning("the object store has %d of %d entries: %s", last.stored, last.size, error)
        row.update(store_problem=str(error))
        return False
    return bool(row.update(stored=last.size, store_problem=""))


def stop(why: str) -> None:
    """Sign nothing more until somebody has looked."""
    log.error("the log is stopped: %s", why)
    Head.objects.filter(name="log").update(stopped=why)


def _memory() -> Path:
    return Path(settings.GUOMEN.home) / "log.published"


def _remember(note: str) -> None:
    """Outside the database, so that an older one is known for what it is."""
    replace(_memory(), note.encode(), OPEN)


def guard() -> None:
    """Compare this database with what was published before; a database that fell back or differs is stopped.

    To be done before anything is signed: then no second history ever carries our signature.
    """
    head = Head.objects.filter(name="log").first()
    if head is None or head.stopped:
        return
    try:
        _require_keys(head)
        _compare(head)
        _compare_copies(head)
        policy = witnesses.policy()
        if policy.witnesses and head.size:
            witnesses.cosignatures(head, policy.witnesses.values())
    except Conflict as conflict:
        stop(str(conflict))


def _require_keys(head: Head) -> None:
    """A log that goes on under other keys than it had is another log to everybody who knows them."""
    ours = signing.signing(head.size)
    absent = [one.name for one in ours if not signing.is_here(one)]
    try:
        verify_note(head.note, *(one.vkey for one in ours))
    except NoteError:
        absent = absent or [one.name for one in ours]
    if absent:
        raise Conflict(
            f"Other keys than those here ({', '.join(absent)}) signed this log. Bring them back: guomen keys import; "
            "then: guomen log resume."
        )


def _places() -> Iterator[tuple[str, Place]]:
    if settings.GUOMEN.log_folder:
        yield "The folder of static files", Folder(Path(settings.GUOMEN.log_folder))
    if settings.GUOMEN.log_store:
        yield "The object store", Bucket(settings.GUOMEN.log_store)


def _compare_copies(head: Head) -> None:
    """What was written elsewhere remembers, too. One that is away stops nothing."""
    try:
        for name, place in _places():
            require_ours(head, name, (place.get(CHECKPOINT) or b"").decode(errors="replace"))
    except (PlaceError, OSError) as error:
        log.warning("a copy of the log could not be compared: %s", error)


def _compare(head: Head) -> None:
    try:
        before = parse_checkpoint(verify_note(_memory().read_text(), *(one.vkey for one in signing.every_key())))
    except FileNotFoundError:
        return
    except ValueError as error:
        raise Conflict(f"What was published last is not of this log: {error}.") from None
    if before.size > head.size:
        raise Conflict(
            f"The log has published {before.size} entries, and this database holds {head.size}. Restore a newer dump."
        )
    if before.size and tiles().root(before.size) != before.root:
        raise Conflict(f"The first {before.size} entries of this database are not those that were published.")


class Publisher:
    """Two threads of the worker: witnesses and object stores may be slow, and neither waits for the other."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.loops = [_Loop(run_once, "problem", self.stopping), _Loop(store_once, "store_problem", self.stopping)]

    def start(self) -> None:
        for one in self.loops[: 2 if settings.GUOMEN.log_store else 1]:
            one.start()

    def wake(self) -> None:
        for one in self.loops:
            one.woken.set()

    def stop(self) -> None:
        self.stopping.set()
        self.wake()
        end = time.monotonic() + asking.SECONDS + 1
        for one in self.loops:
            if one.is_alive():
                one.join(max(0.0, end - time.monotonic()))


class _Loop(threading.Thread):
    """``problem``: the field of Publication that says why ``work`` has to be tried again."""

    def __init__(self, work: Callable[[], bool], problem: str, stopping: threading.Event) -> None:
        super().__init__(name=work.__name__, daemon=True)
        self.work, self.problem, self.stopping, self.woken = work, problem, stopping, threading.Event()

    def run(self) -> None:
        retry_at = 0.0
        while not self.stopping.is_set():
            self.woken.wait(RETRY)
            self.woken.clear()
            try:
                if time.monotonic() >= retry_at and not self.work():
                    waits = Publication.objects.filter(name="log").exclude(**{self.problem: ""}).exists()
                    retry_at = time.monotonic() + RETRY if waits else 0.0
            except Exception:
                log.exception("publishing failed; it is tried again")
                connection.close()
                time.sleep(1)
