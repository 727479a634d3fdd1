"""A port at ten times its speed: declarations and notifications over HTTP, at a fixed pace, and whether any is lost.

    .venv/bin/python bench/screening.py [--minutes 10] [--times 10]

A day of 100,000 declarations and 220,000 notifications, replayed so many times as fast as it happens. (The public
volume of the British border service: 10,000 and 22,000 a day.) Notifications are those of electronic seals: one is put
on a declared container before the declaration comes, its readings follow. Each request has its due moment, taken at
random beforehand (seeded); latency counts from there, waiting in a queue included. What fails for want of an
answer is sent again with the same Idempotency-Key.

Afterwards all is counted: declarations with a decision for every line, seals and readings, and whether all ledger
entries are in the public log. Yardstick of the same minute: the declarations' rows only written with COPY (story.py).
"""

import argparse
import os
import queue
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import machine
import story

from guomen.core.codes import container_check_digit

A_DAY = {"declarations": 100_000, "notifications": 220_000}
SENDERS = 12
PATIENCE = 60


@dataclass(order=True)
class Call:
    """One request: when it is due (seconds from the start), and what it says."""

    due: float
    kind: str = field(compare=False)
    path: str = field(compare=False)
    body: dict[str, Any] = field(compare=False)
    key: str = field(compare=False)


@dataclass
class Told:
    """What came of the calls: latencies from the due moment by kind, and what had to be sent again."""

    latency: dict[str, list[float]] = field(default_factory=lambda: {"declarations": [], "notifications": []})
    numbers: list[tuple[str, int]] = field(default_factory=list)
    again: int = 0
    refused: list[str] = field(default_factory=list)


def calls(payloads: list[dict[str, Any]], minutes: float, seals: int) -> list[Call]:
    """All requests in order of their due moments: each seal is armed before its declaration, its readings follow."""
    rng, span, made = random.Random(1), minutes * 60, []
    armed = datetime.now(UTC) - timedelta(days=3)
    for n, payload in enumerate(payloads):
        due = rng.uniform(0, span)
        made.append(Call(due, "declarations", "/api/declarations", payload, f"d{n}"))
        seal = f"SC{n:07d}"
        if n >= seals:
            continue
        # A container of its own: one that already carries a seal takes no second one.
        box = payload["containers"][0]
        box["number"], box["seal"] = f"SCRU{n:06d}{container_check_digit(f'SCRU{n:06d}')}", seal
        arm = {"seal": seal, "container": box["number"], "place": "ITGOA", "counter": 1, "at": armed.isoformat()}
        first = max(0.0, due - rng.uniform(1, 20))
        made.append(Call(first, "notifications", "/api/seals", arm, f"a{n}"))
        for k in range(2 if n % 5 == 0 else 1):
            at = (armed + timedelta(hours=k + 1)).isoformat()
            reading = {"at": at, "lat": "31.20", "lon": "121.60", "sealed": True, "counter": 1}
            later = min(span, first + rng.uniform(2, 30))
            path = f"/api/seals/{seal}/readings"
            made.append(Call(later, "notifications", path, {"readings": [reading]}, f"r{n}-{k}"))
    return sorted(made)


def send(origin: str, tokens: dict[str, str], todo: "queue.Queue[Call | None]", begun: float, told: Told) -> None:
    """A sender: takes calls as they become due, until there are none."""
    import httpx

    with httpx.Client(base_url=origin, timeout=30) as client:
        while (call := todo.get()) is not None:
            headers = {"Authorization": f"Bearer {tokens[call.kind]}", "Idempotency-Key": call.key}
            while True:
                try:
                    answer = client.post(call.path, json=call.body, headers=headers)
                except httpx.HTTPError:
                    told.again += 1
                    continue
                if answer.status_code < 500:
                    break
                told.again += 1
            told.latency[call.kind].append(time.perf_counter() - begun - call.due)
            if answer.status_code not in (200, 201):
                told.refused.append(f"{call.path} {answer.status_code} {answer.text[:200]}")
            elif call.kind == "declarations":
                told.numbers.append((answer.json()["number"], len(call.body["lines"])))


def play(origin: str, tokens: dict[str, str], todo: list[Call]) -> tuple[Told, float]:
    """Send every call at its moment; what came of it, and the seconds until the last answer."""
    waiting: queue.Queue[Call | None] = queue.Queue()
    told, begun = Told(), time.perf_counter()
    senders = [threading.Thread(target=send, args=(origin, tokens, waiting, begun, told)) for _ in range(SENDERS)]
    for one in senders:
        one.start()
    for call in todo:
        if (pause := call.due - (time.perf_counter() - begun)) > 0:
            time.sleep(pause)
        waiting.put(call)
    for _ in senders:
        waiting.put(None)
    for one in senders:
        one.join()
    return told, time.perf_counter() - begun


def lost(told: Told, seals: int, readings: int) -> dict[str, int]:
    """What is missing of what was accepted: lines without a decision, seals, readings, entries not in the log."""
    from django.db.models import Count

    from guomen.clearance.models import Decision, Line
    from guomen.ledger.models import Entry, Position, Publication
    from guomen.seals.models import Seal, SealReading

    numbers = [number for number, _ in told.numbers]
    lines = dict(Line.objects.filter(declaration__in=numbers).values_list("declaration").annotate(n=Count("number")))
    first = Decision.objects.filter(declaration__in=numbers, sequence=1)
    decided = dict(first.values_list("declaration").annotate(n=Count("line")))
    end = time.time() + PATIENCE
    while (open_ := Entry.objects.count() - Position.objects.count()) and time.time() < end:
        time.sleep(0.2)
    while (size := Publication.objects.get().size) < Position.objects.count() and time.time() < end:
        time.sleep(0.2)
    return {
        "declarations": len(numbers) - len(lines),
        "lines": sum(n for _, n in told.numbers) - sum(lines.values()),
        "decisions": sum(n for _, n in told.numbers) - sum(decided.values()),
        "seals": seals - Seal.objects.filter(number__startswith="SC").count(),
        "readings": readings - SealReading.objects.filter(seal__startswith="SC").count(),
        "entries without a place": open_,
        "entries not in the public log": Position.objects.count() - size,
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--times", type=float, default=10)
    given = asked.parse_args()
    share = given.minutes * given.times / (24 * 60)
    wanted = {name: round(count * share) for name, count in A_DAY.items()}
    seals = min(wanted["declarations"], round(wanted["notifications"] / 2.2))
    # One process answers; a second one would share its core with those who ask.
    with machine.server() as (origin, server):
        import django

        django.setup()
        from guomen.demo.people import add_people
        from guomen.kit.clock import now
        from guomen.parties import actors, services
        from guomen.parties.models import Person
        from guomen.site.traffic import day_of_traffic

        add_people()
        people = {name: actors.of_person(Person.objects.get(email=f"{name}@demo.guomen")) for name in ("cy", "kai")}
        tokens = {
            "declarations": services.issue_token("bench", ["declare", "read"], people["cy"])[1],
            "notifications": services.issue_token("bench", ["seal"], people["kai"])[1],
        }
        payloads = list(day_of_traffic(wanted["declarations"], now().date() + timedelta(days=1)))
        todo = calls(payloads, given.minutes, seals)
        warm = list(day_of_traffic(30, now().date(), seed=1))
        play(origin, tokens, [Call(0.0, "declarations", "/api/declarations", p, f"w{n}") for n, p in enumerate(warm)])
        used, cpu = machine.cpu_of_tree(server), os.times()
        told, took = play(origin, tokens, todo)
        used = machine.cpu_of_tree(server) - used
        mine = sum(os.times()[:2]) - sum(cpu[:2])
        # To put a seal on is its first reading.
        readings = seals + sum(call.path.endswith("readings") for call in todo)
        missing = lost(told, seals, readings)
        seconds, written, _rows = story.raw()
    rows = []
    for kind, latency in told.latency.items():
        each = " / ".join(f"{machine.quantile(latency, q) * 1000:.0f}" for q in (0.5, 0.95, 0.99))
        rows.append((f"{kind}, {len(latency) / took:.1f}/s ({len(latency):,})", f"p50 / p95 / p99 {each} ms"))
    rows += [
        ("asked for", f"{given.times:g} times a day of {A_DAY['declarations']:,} and {A_DAY['notifications']:,}"),
        ("last answer after", f"{took:.0f} s, {given.minutes * 60:.0f} s planned"),
        ("sent again, refused", f"{told.again}, {len(told.refused)}"),
        ("lost", ", ".join(f"{n} {what}" for what, n in missing.items() if n) or "nothing"),
        ("cores used: server with PostgreSQL, and who asks", f"{used / took:.2f} and {mine / took:.2f}"),
        ("yardstick: rows of declarations only written (COPY)", f"{written / seconds:,.0f} declarations/s"),
        ("  ratio", f"{len(told.latency['declarations']) / took / (written / seconds):.4f}"),
    ]
    for one in told.refused[:3]:
        rows.append(("refused", one))
    machine.show("screening", rows, lost=missing, again=told.again, refused=len(told.refused), seconds=took)


if __name__ == "__main__":
    main()
