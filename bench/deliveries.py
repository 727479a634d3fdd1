"""How fast new events reach subscribers by webhook, and what each delivered event costs in processor time.

    .venv/bin/python bench/deliveries.py [--events 10000] [--subscribers 4]

A real installation (fsync on) takes documents of 500 events of about 1.5 KB while so many subscriptions of one
organisation to all of them send to a receiver in this process, which answers 200 at once. Then single events, one after
another: from the answer to the sender until the subscriber has it.

Yardstick: one process that only reads the same events by their keys as text and posts them, 500 at a time.
"""

import argparse
import json
import os
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import capture
import machine

SINGLES = 60


class Receiver:
    """Counts what comes."""

    def __init__(self) -> None:
        outer = self
        self.events = 0
        self.changed = threading.Condition()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                with outer.changed:
                    outer.events += body.count(b'"eventTimeZoneOffset"')
                    outer.changed.notify_all()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, events: int, seconds: float = 300) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: self.events >= events, seconds):
                raise SystemExit(f"{self.events} of {events} events came")


def bare(receiver: Receiver) -> float:
    """Events/s of reading the events that were captured last by their keys, 500 at a time, and posting them."""
    from django.db import connection as database

    with database.cursor() as cursor:
        cursor.execute("SELECT event_id FROM trace_event ORDER BY recorded_at DESC LIMIT 10000")
        ids = [row[0] for row in cursor.fetchall()]
        start = time.perf_counter()
        for n in range(0, len(ids), capture.SIZE):
            part = ids[n : n + capture.SIZE]
            cursor.execute("SELECT string_agg(body::text, ',') FROM trace_event WHERE event_id = ANY(%s)", [part])
            connection = HTTPConnection("127.0.0.1", receiver.port)
            connection.request("POST", "/", f"[{cursor.fetchone()[0]}]".encode())
            connection.getresponse().read()
            connection.close()
    return len(ids) / (time.perf_counter() - start)


def ask(origin: str, token: str, method: str, path: str, body: object) -> None:
    connection = HTTPConnection(origin.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, f"/epcis/v2{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status not in (201, 202):
        raise SystemExit(f"{answer.status}: {text[:400]!r}")


def delays(origin: str, token: str, receiver: Receiver, subscribers: int) -> list[float]:
    """Milliseconds from the capture of one event until the last subscriber has it."""
    found = []
    template = capture.template("ObjectEvent")
    for n in range(SINGLES):
        one = json.loads(template.replace(capture.HASH, b"9%07d" % n))
        del one["epcisBody"]["eventList"][1:]
        wanted = receiver.events + subscribers
        ask(origin, token, "POST", "/capture", one)
        start = time.perf_counter()
        receiver.wait_for(wanted)
        found.append((time.perf_counter() - start) * 1000)
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=10_000)
    asked.add_argument("--subscribers", type=int, default=4)
    given = asked.parse_args()
    os.environ["GUOMEN_WEBHOOK_NETWORKS"] = "127.0.0.0/8"
    receiver = Receiver()
    with machine.server() as (origin, server):
        import django

        django.setup()
        from guomen.demo.people import add_people
        from guomen.parties import actors, services
        from guomen.parties.models import Person

        add_people()
        cy = actors.of_person(Person.objects.get(email="cy@demo.guomen"))
        _, token = services.issue_token("bench", ["capture", "read"], cy)
        ask(origin, token, "POST", "/queries", {"name": "all", "query": {"eventType": ["ObjectEvent"]}})
        terms = {
            "dest": f"http://127.0.0.1:{receiver.port}/",
            "signatureToken": "a secret of the bench",
            "stream": True,
        }
        for _ in range(given.subscribers):
            ask(origin, token, "POST", "/queries/all/subscriptions", terms)
        before, start = capture.cpu(server), time.perf_counter()
        clients = capture.Clients(origin, token, "ObjectEvent")
        captured = clients.send(given.events, 2)
        receiver.wait_for(given.events * given.subscribers)
        took, used = time.perf_counter() - start, capture.cpu(server)
        single = delays(origin, token, receiver, given.subscribers)
        yardstick = bare(receiver)
    delivered = given.events * given.subscribers
    cost = {group: (used[group] - before[group]) / delivered * 1000 for group in ("worker", "PostgreSQL")}
    machine.show(
        "deliveries",
        [
            (
                f"delivered to {given.subscribers} subscribers, each all of {given.events:,}",
                f"{delivered / took:,.0f} events/s",
            ),
            ("captured meanwhile", f"{given.events / captured:,.0f} events/s"),
            *((f"  processor time of each delivered event: {group}", f"{cost[group]:.3f} ms") for group in cost),
            ("one process that only reads and posts them", f"{yardstick:,.0f} events/s"),
            ("ratio", f"{delivered / took / yardstick:.2f}"),
            (
                "one event, from its capture until all have it",
                f"median {machine.quantile(single, 0.5):,.0f} ms, 95 % {machine.quantile(single, 0.95):,.0f} ms",
            ),
        ],
        per_second=round(delivered / took),
        bare_per_second=round(yardstick),
        cpu_ms={k: round(v, 3) for k, v in cost.items()},
        single_ms=[round(machine.quantile(single, q)) for q in (0.5, 0.95)],
    )


if __name__ == "__main__":
    main()
