"""Change the rule pack: one person proposes, another approves, a shadow period, a share of the lines, then all."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from guomen.catalogue import proposed
from guomen.catalogue.models import Pack, PackRow, PackStanding
from guomen.catalogue.packs import standing
from guomen.catalogue.rows import name_of
from guomen.catalogue.rulepack import pack
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

SHADOW = timedelta(days=7)
"""So long both packs decide and only the old one counts, unless a controller says why it is urgent."""


def controls(by: Actor) -> None:
    if not (by.is_authority and by.has("controller") and by.person_id):
        raise Forbidden


def _sentence(field: str, given: str, longest: int = 2000) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if not text:
        raise Invalid([Problem(field, "missing", W("Say why, in a sentence.", "请用一句话说明理由。"))])
    if len(text) > longest:
        raise Invalid([Problem(field, "too-long", proposed.SAY["too-long"], (("max", longest),))])
    return text


def _locked(version: str) -> tuple[Pack, PackStanding]:
    """A version and the standing row, both locked; the standing first, so that two never wait for each other."""
    row = PackStanding.objects.select_for_update().filter(one=1).first()
    if row is None:
        PackStanding.objects.bulk_create([standing()], ignore_conflicts=True)
        row = PackStanding.objects.select_for_update().get(one=1)
    found = Pack.objects.select_for_update().filter(version=version).first()
    if found is None:
        raise NotFound
    return found, row


def _in(found: Pack, *states: str) -> None:
    if found.state not in states:
        words = W("This version is {state}: that cannot be done now.", "该版本状态为 {state}，不能执行此操作。")
        raise Refused(words, code="wrong-state", state=found.state)


def _tell(kind: str, by: Actor, found: Pack, why: str = "", **facts: Any) -> None:
    """The ledger entry and the note beside it; words of a person stay in the table, the entry has a commitment."""
    salt = secrets.token_hex(16)
    said = {"why": hashlib.sha256(f"{salt}{why}".encode()).hexdigest()} if why else {}
    note = {"kind": kind, "at": now().isoformat(), "person": str(by.person_id), "why": why, "salt": salt}
    found.notes = [*found.notes, note | {k: facts[k] for k in ("share",) if k in facts}]
    found.save(update_fields=["notes"])
    whole = {"version": found.version, "base": found.base, "title": W(found.title_en, found.title_zh)}
    append(kind, [Subject.of("rulepack", found.version)], whole | said | facts, by)


@transaction.atomic
def propose_pack(by: Actor, *, title_en: str, title_zh: str, why: str, rows: Any) -> Pack:
    """Propose rows upon the pack that stands. Raises Invalid naming rows and fields; Refused for one that is known.

    A row: section, key, value (null takes it away), source, effective_from, effective_to.
    """
    controls(by)
    live = standing().live
    base, today = pack(live), now().date()
    found, problems = proposed.read(rows, base, today)
    for name, text in (("title_en", title_en), ("title_zh", title_zh)):
        if not isinstance(text, str) or not text.strip():
            problems.append(proposed.problem(name, "missing"))
        elif len(text) > 120:
            problems.append(proposed.problem(name, "too-long", max=120))
    if not isinstance(why, str) or not why.strip():
        problems.append(proposed.problem("why", "missing"))
    if problems:
        raise Invalid(problems)
    why = _sentence("why", why)
    title = W(title_en.strip(), title_zh.strip())
    plain = [
        {
            "section": one.section,
            "key": one.key,
            "value": one.row.value,
            "source": one.row.source,
            "effective_from": one.row.effective_from.isoformat(),
            "effective_to": one.row.effective_to and one.row.effective_to.isoformat(),
        }
        for one in sorted(found, key=lambda one: (one.section, one.key))
    ]
    version = name_of(live, plain, title)
    made = Pack(version=version, base=live, title_en=title.en, title_zh=title.zh, proposed_by=by.person_id)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        words = W("This very change was proposed before: {version}.", "相同的更改已提出过：{version}。")
        raise Refused(words, code="known", version=version)
    PackRow.objects.bulk_create(PackRow(version=version, **row) for row in plain)
    _tell("rulepack.proposed", by, made, why, rows=plain)
    return made


@transaction.atomic
def keep_simulation(by: Actor, version: str, result: Mapping[str, Any], at: datetime) -> Pack:
    """Keep what a simulation on history found, beside the proposal. Called by clearance, which simulates."""
    controls(by)
    found, _row = _locked(version)
    _in(found, "proposed", "shadow", "partial")
    found.simulation, found.simulated_at, found.changed_at = dict(result), at, now()
    found.save(update_fields=["simulation", "simulated_at", "changed_at"])
    told = {name: result[name] for name in ("since", "lines", "flips", "before", "after", "missed")}
    _tell("rulepack.simulated", by, found, **told)
    return found


@transaction.atomic
def approve_pack(by: Actor, version: str) -> Pack:
    """The second person agrees: both packs decide from now on, only the old one counts. Twice changes nothing.

    Raises Refused for one's own proposal, without a simulation, beside another change, or where the base has moved on.
    """
    controls(by)
    found, row = _locked(version)
    if found.state == "shadow" and found.approved_by == by.person_id:
        return found
    _in(found, "proposed")
    if found.proposed_by == by.person_id:
        words = W("Somebody else must approve what you proposed.", "须由他人批准您提出的更改。")
        raise Refused(words, code="same-person")
    if found.simulation is None:
        words = W("Simulate the change on history first.", "请先对历史数据进行模拟。")
        raise Refused(words, code="not-simulated")
    if row.candidate:
        words = W("Another change is being tried: {version}.", "另一项更改正在试行：{version}。")
        raise Refused(words, code="another", version=row.candidate)
    if found.base != row.live:
        words = W("The rule pack has changed since: propose this again.", "规则包此后已变更，请重新提出。")
        raise Refused(words, code="stale")
    found.state, found.approved_by, found.shadow_since = "shadow", by.person_id, now()
    found.changed_at = found.shadow_since
    found.save(update_fields=["state", "approved_by", "shadow_since", "changed_at"])
    row.candidate, row.share = version, 0
    row.save(update_fields=["candidate", "share"])
    _tell("rulepack.approved", by, found)
    return found


@transaction.atomic
def cut_over(by: Actor, version: str, share: int, urgent: str = "") -> Pack:
    """Let an approved version count for ``share`` percent (1 to 100) of the lines; 100 makes it the one that stands.

    Before the shadow period is over only with a reason in ``urgent``. The same share again changes nothing.
    """
    controls(by)
    if type(share) is not int or not 1 <= share <= 100:
        raise Invalid([proposed.problem("share", "out-of-range", low=1, high=100)])
    found, row = _locked(version)
    if found.state == "live" and share == 100:
        return found
    _in(found, "shadow", "partial")
    if found.state == "partial" and row.share == share:
        return found
    if found.shadow_since is None or now() - found.shadow_since < SHADOW:
        urgent = _sentence("urgent", urgent)
    at, before = now(), row.share
    if share == 100:
        Pack.objects.filter(version=row.live).update(state="replaced", changed_at=at)
        row.live, row.candidate, row.share, found.state = version, "", 0, "live"
    else:
        row.share, found.state = share, "partial"
    found.changed_at = at
    found.save(update_fields=["state", "changed_at"])
    row.save(update_fields=["live", "candidate", "share"])
    _tell("rulepack.cut-over", by, found, urgent, share=share, before=before)
    return found


@transaction.atomic
def roll_back(by: Actor, version: str, why: str) -> Pack:
    """Undo a version that is tried or stands: its base decides again about lines that come. Decisions taken stay."""
    controls(by)
    why = _sentence("why", why)
    found, row = _locked(version)
    if found.state == "undone":
        return found
    _in(found, "shadow", "partial", "live")
    if found.state == "live":
        if row.candidate:
            words = W("Another change is being tried: {version}.", "另一项更改正在试行：{version}。")
            raise Refused(words, code="another", version=row.candidate)
        row.live = found.base
        Pack.objects.filter(version=found.base).update(state="live", changed_at=now())
    else:
        row.candidate, row.share = "", 0
    row.save(update_fields=["live", "candidate", "share"])
    found.state, found.changed_at = "undone", now()
    found.save(update_fields=["state", "changed_at"])
    _tell("rulepack.undone", by, found, why, stands=row.live)
    return found


@transaction.atomic
def withdraw_pack(by: Actor, version: str, why: str) -> Pack:
    """Take back a proposal that nobody approved, or turn it down. Withdrawing twice changes nothing."""
    controls(by)
    why = _sentence("why", why)
    found, _row = _locked(version)
    if found.state == "withdrawn":
        return found
    _in(found, "proposed")
    found.state, found.changed_at = "withdrawn", now()
    found.save(update_fields=["state", "changed_at"])
    _tell("rulepack.withdrawn", by, found, why)
    return found
