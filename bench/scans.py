"""How many scans a second are added up, and how the copy rules behave on ordinary and on copied items.

    .venv/bin/python bench/scans.py [--scans 100000] [--items 2000]

Speed: an own PostgreSQL (fsync on). Scans wait in the outbox; one process adds them up, batch after batch, as the
worker does. Yardstick of the same minute: COPY of the same rows, in batches of the same size, into a table with the
same key. Rules: small seeded stories about single items, told to the same pure rules that the worker asks; --items of
each story.
"""

import argparse
import contextlib
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import machine

DAY, HOUR = 86_400, 3600
CITIES = ("CNSHA", "CNBJS", "CNCAN", "CNCTU", "CNWUH", "CNNKG", "CNHGH", "CNSIA", "CNCKG", "CNTSN", "CNURC", "CNHRB")
BEGIN = 20_000 * DAY
Look = tuple[int, int, str, str]
"""Seconds since 1970, phone, UN/LOCODE, what a chip's counter was."""


@dataclass(frozen=True)
class Story:
    """What happens to one item. ``copied``: whether an alarm is right. ``sold``: whether a shop recorded the sale."""

    name: str
    tell: Callable[[random.Random], list[Look]]
    copied: bool = False
    sold: bool = False


def _phones(r: random.Random, many: int) -> list[int]:
    return [r.getrandbits(60) for _ in range(many)]


def family(r: random.Random) -> list[Look]:
    """One to five phones of a household look over two weeks; one in five sends the link to somebody far away."""
    home, looks = r.choice(CITIES), []
    for phone in _phones(r, r.randint(1, 5)):
        for _ in range(r.randint(1, 3)):
            looks.append((BEGIN + r.randrange(14 * DAY), phone, home, ""))
    if r.random() < 0.2:
        looks.append((looks[0][0] + r.randrange(600), r.getrandbits(60), r.choice(CITIES), ""))
    return looks


def present(r: random.Random) -> list[Look]:
    """Bought in one city, given away in another, where up to three phones look."""
    home, there = r.sample(CITIES, 2)
    looks = [(BEGIN + r.randrange(DAY), phone, home, "") for phone in _phones(r, r.randint(1, 2))]
    return looks + [(BEGIN + 3 * DAY + r.randrange(9 * DAY), p, there, "") for p in _phones(r, r.randint(1, 3))]


def every_day(r: random.Random) -> list[Look]:
    """One phone looks each morning for seven weeks; to us it is another phone each day."""
    phone, home = r.getrandbits(60), r.choice(CITIES)
    return [(BEGIN + n * DAY + r.randrange(HOUR), phone, home, "") for n in range(49)]


def party(r: random.Random) -> list[Look]:
    """A bottle goes around a table: up to ten phones in one evening, without a known place."""
    return [(BEGIN + r.randrange(4 * HOUR), phone, "", "") for phone in _phones(r, r.randint(4, 10))]


def shelf(r: random.Random) -> list[Look]:
    """On a shelf for ten days: up to five phones a day, one city."""
    home = r.choice(CITIES)
    return [
        (BEGIN + day * DAY + r.randrange(12 * HOUR), phone, home, "")
        for day in range(10)
        for phone in _phones(r, r.randint(0, 5))
    ]


def window(r: random.Random) -> list[Look]:
    """In a shop window for two weeks: twenty phones a day, one city. One item that many look at."""
    home = r.choice(CITIES)
    return [(BEGIN + day * DAY + r.randrange(12 * HOUR), p, home, "") for day in range(14) for p in _phones(r, 20)]


def viral(r: random.Random) -> list[Look]:
    """A photo of the code is passed on: 500 phones in all cities in two days. The code says nothing any more."""
    return [(BEGIN + r.randrange(2 * DAY), phone, r.choice(CITIES), "") for phone in _phones(r, 500)]


def _copies(r: random.Random, copies: int, days: int, cities: int, places: bool = True) -> list[Look]:
    """Copies of one code, each with a buyer; six of ten buyers look, some with two phones."""
    sold_in, looks = r.sample(CITIES, cities), []
    for _ in range(copies):
        if r.random() < 0.6:
            at, where = BEGIN + r.randrange(days * DAY), r.choice(sold_in) if places else ""
            for phone in _phones(r, 1 + (r.random() < 0.3)):
                looks.append((at + r.randrange(HOUR), phone, where, ""))
    return looks


def sold_copies(r: random.Random) -> list[Look]:
    """The real item was sold in Shanghai; copies of its code turn up in three cities."""
    return [(BEGIN + DAY + at - BEGIN, p, w, "") for at, p, w, _ in _copies(r, 12, 30, 3)]


def chip_address(r: random.Random) -> list[Look]:
    """The address of one tap of a chip printed as a QR code on twenty packs."""
    return [(at, phone, where, "replayed") for at, phone, where, _ in _copies(r, 20, 30, 4)]


STORIES = (
    Story("family", family, sold=True),
    Story("present to another city", present, sold=True),
    Story("one phone every day for 7 weeks", every_day),
    Story("party of up to 10 phones", party),
    Story("shelf, up to 5 phones a day", shelf),
    Story("shop window, 20 phones a day", window),
    Story("photo of the code goes around", viral, copied=True),
    Story("1,000 copies in 12 cities in 10 days", lambda r: _copies(r, 1000, 10, 12), copied=True),
    Story("50 copies in 6 cities in 60 days", lambda r: _copies(r, 50, 60, 6), copied=True),
    Story("50 copies, places not known", lambda r: _copies(r, 50, 60, 6, places=False), copied=True),
    Story("50 copies in one city in 30 days", lambda r: _copies(r, 50, 30, 1), copied=True),
    Story("10 copies in 4 cities in 90 days", lambda r: _copies(r, 10, 90, 4), copied=True),
    Story("12 copies of an item sold elsewhere", sold_copies, copied=True, sold=True),
    Story("20 prints of one tap of a chip", chip_address, copied=True),
)


@dataclass
class Outcome:
    """Of how many items the story was told, with how many alarms, after how many scans, by which rules."""

    items: int = 0
    alarmed: int = 0
    scans: int = 0
    after: list[int] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)


def simulate(items: int, seed: int = 2026) -> dict[str, Outcome]:
    """Tell each story of ``items`` items to the copy rules."""
    from guomen.tags.limits import distance, limits
    from guomen.tags.rules import Known, Trail, follow, spoken
    from guomen.tags.rules import Look as Scan

    found: dict[str, Outcome] = {}
    for story in STORIES:
        outcome, r = Outcome(), random.Random(f"{seed} {story.name}")
        for _ in range(items):
            looks = sorted(Scan(at, (p * 16 + 1).to_bytes(8), where, c) for at, p, where, c in story.tell(r))
            home = looks[0].place if story.name != "12 copies of an item sold elsewhere" else "CNSHA"
            known = Known("sold", BEGIN, home, 0) if story.sold and looks and home else Known(released_at=0)
            trail, spoke = Trail(), 0
            for n, look in enumerate(looks, 1):
                follow(trail, [look], known, limits(), distance)
                if not spoke and spoken(trail, known, limits()):
                    spoke = n
            outcome.items += 1
            outcome.scans += len(looks)
            if spoke:
                outcome.alarmed += 1
                outcome.after.append(spoke)
                outcome.rules.update(s.code for s in spoken(trail, known, limits()))
        found[story.name] = outcome
    return found


def shown(found: dict[str, Outcome]) -> str:
    """The outcomes as a table in Markdown."""
    lines = ["| story | scans of an item | items with an alarm | scans until then | rules |", "|---|---|---|---|---|"]
    for story in STORIES:
        one = found[story.name]
        rules = ", ".join(code.removeprefix("TAG-").lower() for code, _ in one.rules.most_common(3))
        after = f"{sorted(one.after)[len(one.after) // 2]}" if one.after else ""
        share, mark = one.alarmed / one.items, "copied: " if story.copied else ""
        lines.append(f"| {mark}{story.name} | {one.scans / one.items:.0f} | {share:.1%} | {after} | {rules} |")
    return "\n".join(lines)


# ---- speed


@contextlib.contextmanager
def database() -> Iterator[None]:
    """A PostgreSQL of our own with all tables, and nothing else that works on it."""
    home = tempfile.mkdtemp(prefix="guomen-bench-")
    os.chmod(home, 0o755)
    os.environ |= {"GUOMEN_HOME": home, "DJANGO_SETTINGS_MODULE": "guomen.site.settings"}
    os.environ |= {"GUOMEN_LOG_LEVEL": "WARNING"}
    try:
        import django

        django.setup()
        from django.conf import settings

        from guomen.site import postgres as pg
        from guomen.site.setup import migrate

        place = settings.DATABASES["default"]
        one = pg.server_for(Path(home), Path(place["HOST"]), place["PASSWORD"])
        with pg.running(one, Path(home) / "logs" / "postgres.log"):
            migrate()
            yield
    finally:
        shutil.rmtree(home, ignore_errors=True)


def rows(scans: int, items: int, seed: int = 2026) -> list[tuple[Any, ...]]:
    """Scans of ``items`` items, a hundredth of them of one famous item, as the scan path appends them."""
    from datetime import UTC, datetime, timedelta
    from uuid import UUID

    from guomen.kit.ids import uuid7
    from guomen.tags.services.digesting import AT_ONCE

    r, begin = random.Random(seed), datetime(2026, 11, 26, tzinfo=UTC)
    keys = [UUID(int=r.getrandbits(128)) for _ in range(items)]
    made, batch = [], uuid7()
    for n in range(scans):
        batch = uuid7() if n % AT_ONCE == 0 else batch
        index = 0 if n % 100 == 0 else r.randrange(items)
        at, place = begin + timedelta(seconds=n * 40_000 // scans), r.choice(CITIES[:3]) if n % 3 else ""
        made.append((batch, n % AT_ONCE, keys[index], at, index % 50, index, "public", r.randbytes(8), place))
    return made


COLUMNS = "(batch, number, item, at, range_number, index, channel, device, place)"


def _copy(cursor: Any, table: str, part: list[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} {COLUMNS} FROM STDIN") as copy:
        for row in part:
            copy.write_row(row)


def measure(scans: int, items: int) -> dict[str, float]:
    """Scans a second: digested and only copied, by wall and by processor time of this process and PostgreSQL's."""
    from django.db import connection, transaction

    from guomen.kit.clock import now
    from guomen.parties.services import register_organisation
    from guomen.tags import at_scan
    from guomen.tags.models import Activation, Range
    from guomen.tags.services.digesting import AT_ONCE, digest

    firm = register_organisation("trader", "Bench", "测试", "CN", "BENCH-1")
    subject = "urn:guomen:line:1/1"
    common = {"gtin": "09506000134352", "batch": "B1", "count": 1_000_000, "subject": subject, "organisation": firm}
    Range.objects.bulk_create([Range(number=n, **common) for n in range(50)])
    Activation.objects.create(subject=subject, since=now().replace(year=2020))
    made, found = rows(scans, items), {}
    parts = [made[n : n + AT_ONCE] for n in range(0, len(made), AT_ONCE)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
        cursor.execute("CREATE TABLE bench_scan (LIKE tags_scan INCLUDING ALL)")
        watch = machine.Watch(backend)
        for part in parts:
            with transaction.atomic():
                _copy(cursor, "bench_scan", part)
        found["copied"], *copied = watch.read()
        for part in parts:
            cursor.execute(at_scan.ADD_UP, [part[0][0], len(part)])
            _copy(cursor, "tags_scan", part)
        watch = machine.Watch(backend)
        while digest():
            pass
        found["digested"], *digested = watch.read()
        cursor.execute("SELECT count(*), sum(times), sum(pg_column_size(s.*)) FROM tags_seen s")
        seen, times, size = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM tags_alarm")
        (alarms,) = cursor.fetchone()
    assert times == scans, "every scan is counted once"
    return {
        "copied": scans / found["copied"],
        "digested": scans / found["digested"],
        "copied_cpu": scans / sum(copied),
        "digested_cpu": scans / sum(digested),
        "own": digested[0],
        "backend": digested[1],
        "seen": seen,
        "bytes": float(size) / seen,
        "alarms": alarms,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=2000)
    chosen = parser.parse_args()
    with database():
        fast = measure(chosen.scans, max(1, chosen.scans // 3))
        told = [
            ("scans added up", f"{fast['digested']:,.0f}/s, {fast['digested_cpu']:,.0f} per processor second"),
            ("of that, this process and PostgreSQL", f"{fast['own']:.1f} s, {fast['backend']:.1f} s"),
            ("same rows only copied", f"{fast['copied']:,.0f}/s, {fast['copied_cpu']:,.0f} per processor second"),
            ("items, bytes of each in tags_seen", f"{fast['seen']:,}, {fast['bytes']:.0f}"),
            ("alarms", f"{fast['alarms']:,}"),
        ]
        machine.show(f"{chosen.scans:,} scans", told, **fast)
        print()
        print(shown(simulate(chosen.items)))


if __name__ == "__main__":
    main()
