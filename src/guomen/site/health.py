"""Whether this installation can do its work: one finding for each thing that must be so."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection

from guomen.certificates import signing_keys
from guomen.certificates.models import IssuingKey
from guomen.core.merkle import NoteError, parse_checkpoint, verify_note
from guomen.kit.keystore import KeystoreError
from guomen.kit.keystore.unlock import is_hsm, unlock_file
from guomen.ledger import follow, publishing
from guomen.ledger.models import Cursor, Head, Waiting
from guomen.ledger.signing import log_vkeys
from guomen.site import setup
from guomen.site.config import Config
from guomen.site.worker import heartbeat_file
from guomen.tags import keys as tag_keys
from guomen.trace import reporting

FAR_BEHIND = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """``name`` is what was looked at, ``detail`` what was found."""

    name: str
    ok: bool
    detail: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def head_fits() -> bool:
    """Whether the newest checkpoint is signed with this installation's key and speaks of the stored tree."""
    head = Head.objects.get(name="log")
    try:
        signed = parse_checkpoint(verify_note(head.note, *log_vkeys(head.size)))
    except (NoteError, ValueError):
        return False
    return signed.size == head.size and signed.root == bytes(head.root)


def _keys(config: Config) -> Finding:
    """The settings were read, so the keys open; here is whether others could read them too."""
    folder, file = config.home / "keys", unlock_file(config.home, config.keys_unlock)
    by_hsm = is_hsm(config.keys_unlock)
    guarded = [*sorted(p for p in folder.iterdir() if p.is_file()), *([] if by_hsm else [file])]
    loose = [p.name for p in guarded if p.stat().st_mode & 0o077]
    if loose:
        return Finding("Keys", False, f"others can read: {', '.join(loose)} (chmod 600)")
    beside = "; who copies the whole home has both (docs/operations.md)" if file.parent == config.home else ""
    return Finding("Keys", True, f"in {folder}, opened by {'the HSM' if by_hsm else str(file) + beside}")


def _tag_keys() -> Finding:
    newest = tag_keys.newest_version()
    try:
        wrong = tag_keys.wrong_versions()
    except KeystoreError as error:
        return Finding("Tag keys", False, str(error))
    if wrong:
        which = ", ".join(map(str, wrong))
        return Finding("Tag keys", False, f"not those that made the tags of version {which}: bring back the right ones")
    return Finding("Tag keys", True, f"new ranges take version {newest}")


def _certificate_keys() -> Finding:
    one = IssuingKey.objects.order_by("number").last()
    if one is None:
        return Finding("Certificate keys", True, "the first pair signs")
    if not signing_keys.is_here(one):
        return Finding("Certificate keys", False, f"{one.name} is not the one that signed: bring back the right one")
    return Finding("Certificate keys", True, f"{one.name} signs")


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    return Finding("Database", connection.pg_version >= 160000, f"PostgreSQL {version}, needs 16 or newer")


def _ledger() -> list[Finding]:
    head = Head.objects.filter(name="log").first()
    waiting = Waiting.objects.count()
    if head is None:
        return [Finding("Ledger", True, f"no checkpoint yet, {waiting} entries wait")]
    fits = head_fits()
    how = "signed with our key" if fits else "NOT signed with the key in the keys folder"
    return [
        Finding("Ledger", fits and not head.stopped, head.stopped or f"{head.size} entries, checkpoint {how}"),
        _public(head.size),
        Finding("Sequencer", waiting < FAR_BEHIND, f"{waiting} entries wait for their position"),
    ]


def _public(signed: int) -> Finding:
    last = publishing.published()
    size, problem = (last.size, last.problem) if last else (0, "")
    detail = f"{size} of {signed} entries" + (f"; {problem}" if problem else "")
    behind = bool(last and last.store_problem)
    detail += f"; {last.stored} in the object store: {last.store_problem}" if last and behind else ""
    return Finding("Public log", not problem and not behind and signed - size < FAR_BEHIND, detail)


def _followers() -> list[Finding]:
    found = []
    cursors = {c.name: c for c in Cursor.objects.all()}
    for name, behind in follow.lag().items():
        cursor = cursors.get(name)
        failing = cursor is not None and cursor.failures > 0
        detail = f"{behind} behind"
        if cursor and cursor.paused:
            detail += ", paused"
        if cursor and failing:
            detail += f", failed {cursor.failures} times: {(cursor.error.strip().splitlines() or [''])[-1]}"
        found.append(Finding(f"Follower {name}", not failing and behind < FAR_BEHIND, detail))
    return found


def _deliveries() -> Finding:
    """A receiver that is away is its own fault, not this installation's."""
    state = reporting.state()
    detail = f"{state.subscriptions} subscriptions, {state.waiting} events wait, {state.behind} positions behind"
    if state.failing:
        detail += "; failing: " + "; ".join(state.failing)
    return Finding("Deliveries", state.behind < FAR_BEHIND, detail)


def _worker(config: Config) -> Finding:
    """A worker that is not started is no fault: ``guomen check`` also runs when nothing is up."""
    beat = heartbeat_file(Path(config.home))
    if not beat.exists():
        return Finding("Worker", True, "not running")
    age = time.time() - beat.stat().st_mtime
    return Finding("Worker", age < 60, f"last pass {age:.0f} s ago")


def findings(config: Config) -> list[Finding]:
    """Everything, in the order in which one would repair it."""
    pending = setup.pending_migrations()
    tables = Finding("Tables", not pending, "up to date" if not pending else f"pending: {', '.join(pending)}")
    found = [Finding("Configuration", True, str(config.home)), _keys(config), _database(), tables]
    if pending:
        return found
    return [*found, _certificate_keys(), _tag_keys(), *_ledger(), *_followers(), _deliveries(), _worker(config)]
