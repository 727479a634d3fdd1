"""How long an inclusion proof takes over HTTP, and how many are checked a second as the tree grows.

    .venv/bin/python bench/proofs.py [--entries 1000000] [--proofs 1000]
    .venv/bin/python bench/proofs.py --growth [SIZES ...] [--plot docs/proofs.svg]

A real installation (fsync on): entries are copied into its tables with the leaf hashes that the ledger's own code
makes, and its worker orders, hashes, signs and publishes them. Then one client asks for proofs of random entries, one
after the other, and checks each (from the hash of the leaf to the signature of the checkpoint): worked out by itself
from the tiles that it fetches (guomen.client.log), once with nothing remembered but the checkpoint and once with the
tiles that it has seen; and as the server's ready answer (/log/proofs/N). Yardstick: one full tile fetched bare.
--growth: without HTTP and database, trees of 10^4 to 10^7 leaves: proofs made from tiles, and proofs checked.
"""

import argparse
import random
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlparse

import curves
import machine

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
AT_ONCE = 20_000
"""Entries of one transaction while the log is filled."""
SAMPLE = 2_000


def fill(entries: int) -> None:
    """Copy entries into the ledger, waiting for their places, as :func:`guomen.ledger.services.append` leaves them."""
    from django.db import transaction

    from guomen.core.merkle import leaf_hash
    from guomen.kit import binary
    from guomen.kit.clock import now
    from guomen.kit.ids import uuid7
    from guomen.ledger.canonical import canonical, commitment
    from guomen.ledger.services import BUCKETS, content
    from guomen.parties.actors import SYSTEM

    kind, who = "line.screened", SYSTEM.facts()
    actor = binary.value(b"\x01" + canonical(who))
    for first in range(0, entries, AT_ONCE):
        written, waiting = [], []
        moment = now()
        for n in range(first, min(first + AT_ONCE, entries)):
            id, about, facts = uuid7(), f"urn:guomen:line:2026{n:07d}/1", {"n": n, "mode": "check-and-release"}
            leaf = leaf_hash(commitment(content(id, kind, [about], facts, who, moment, moment)))
            subjects = binary.value(binary.array(binary.TEXTS, [about.encode()]))
            told = binary.value(b"\x01" + canonical(facts))
            times = binary.moment(moment) * 2
            written.append(binary.uuid(id) + binary.text(kind) + subjects + told + actor + times)
            bucket = binary.smallint(id.int & (BUCKETS - 1))
            waiting.append(bucket + binary.uuid(id) + binary.text(kind) + binary.value(leaf))
        columns = ("id", "kind", "subjects", "facts", "actor", "happened_at", "recorded_at")
        with transaction.atomic():
            binary.copy("ledger_entry", columns, written)
            binary.copy("ledger_waiting", ("bucket", "entry_id", "kind", "leaf"), waiting)


def wait_for(size: int) -> None:
    from guomen.ledger import publishing

    end = time.monotonic() + 300
    while publishing.size() < size:
        if time.monotonic() > end:
            raise SystemExit("not everything was published")
        time.sleep(0.2)


def timed(count: int, server: int, ask: Callable[[], None]) -> tuple[float, float, float]:
    """Seconds of the median and of the slowest hundredth, and the server's processor time for each, in microseconds."""
    for _ in range(20):
        ask()
    took, before = [], machine.cpu_of_tree(server)
    for _ in range(count):
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    used = (machine.cpu_of_tree(server) - before) / count * 1e6
    return machine.quantile(took, 0.5), machine.quantile(took, 0.99), used


def over_http(entries: int, count: int) -> None:
    with machine.server() as (origin, server):
        import django

        django.setup()
        from guomen.client.log import LogReader
        from guomen.core.merkle import parse_tlog_proof, tile_path
        from guomen.ledger.signing import log_vkey

        begun = time.monotonic()
        fill(entries)
        wait_for(entries)
        filled = time.monotonic() - begun
        key, dice = log_vkey(), random.Random(5)
        where = urlparse(origin)
        line = HTTPConnection(str(where.hostname), where.port)

        def get(path: str) -> bytes:
            line.request("GET", path)
            answer = line.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status}")
            return content

        with LogReader(f"{origin}/log", key) as reader:
            reader.refresh()
            leaves: dict[int, bytes] = {}

            def cold() -> None:
                reader.forget()
                at = dice.randrange(entries)
                leaves[at] = reader.prove(at)[0]

            def warm() -> None:
                reader.prove(dice.randrange(entries))

            def ready() -> None:
                at = dice.choice(known)
                parse_tlog_proof(get(f"/log/proofs/{at}").decode()).verify(leaves[at], key)

            def bare() -> None:
                get(f"/log/{tile_path(0, dice.randrange(entries // 256))}")

            found = {"one full tile, bare": timed(count, server, bare)}
            found["proof from tiles, none remembered"] = timed(count, server, cold)
            known = list(leaves)
            found["proof from tiles, those seen remembered"] = timed(count, server, warm)
            found["proof by the server (tlog-proof)"] = timed(count, server, ready)
        show(entries, filled, found)


def show(entries: int, filled: float, found: dict[str, tuple[float, float, float]]) -> None:
    rows = [("filled, ordered and published", f"{entries:,} entries in {filled:.0f} s")]
    yard = found["one full tile, bare"]
    for name, (middle, slow, used) in found.items():
        ratio = f"; {middle / yard[0]:.1f} and {slow / yard[1]:.1f} times the bare tile" if found[name] != yard else ""
        rows.append((name, f"p50 {middle * 1e3:.1f} ms, p99 {slow * 1e3:.1f} ms, server {used:,.0f} us{ratio}"))
    machine.show(f"proofs at {entries:,} entries", rows, entries=entries, **found)


def tree(size: int) -> dict[tuple[int, int], bytes]:
    """The tiles of a tree of so many leaves."""
    from guomen.core.merkle import Tiles, leaf_hash

    tiles: dict[tuple[int, int], bytes] = {}
    made = Tiles(lambda level, index: tiles.get((level, index), b""))
    for first in range(0, size, 100_000):
        tiles |= made.append(first, [leaf_hash(b"%d" % n) for n in range(first, min(first + 100_000, size))])[0]
    return tiles


def checked(size: int) -> tuple[float, float]:
    """Proofs made from tiles, and proofs checked, a second of processor time of one core."""
    from guomen.core.merkle import Tiles, leaf_hash, verify_inclusion

    tiles = tree(size)
    reader, dice = Tiles(lambda level, index: tiles.get((level, index), b"")), random.Random(size)
    top = reader.root(size)
    places = [dice.randrange(size) for _ in range(SAMPLE)]
    start = time.process_time()
    proofs = [reader.inclusion_proof(at, size) for at in places]
    made = SAMPLE / (time.process_time() - start)
    asked = [(at, leaf_hash(b"%d" % at), proof) for at, proof in zip(places, proofs, strict=True)]
    rates = []
    for _ in range(5):
        start = time.process_time()
        for at, leaf, proof in asked:
            verify_inclusion(at, size, leaf, proof, top)
        rates.append(SAMPLE / (time.process_time() - start))
    return made, sorted(rates)[len(rates) // 2]


def growth(sizes: list[int], plot: str) -> None:
    found: dict[str, Any] = {}
    for size in sizes:
        found[str(size)] = checked(size)
    rows = [(f"{int(n):,} leaves", f"{c:,.0f} checked/s, {m:,.0f} made/s from tiles") for n, (m, c) in found.items()]
    machine.show("proofs as the tree grows, one core", rows, **found)
    if plot:
        points = {
            "checked": [(float(n), c) for n, (_, c) in found.items()],
            "made from tiles": [(float(n), m) for n, (m, _) in found.items()],
        }
        curves.draw(plot, "Inclusion proofs as the tree grows", "leaves", "a second, one core", points)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--entries", type=int, default=1_000_000)
    asked.add_argument("--proofs", type=int, default=1_000)
    asked.add_argument("--growth", type=int, nargs="*")
    asked.add_argument("--plot", default="")
    given = asked.parse_args()
    if given.growth is None:
        over_http(given.entries, given.proofs)
    else:
        growth(given.growth or list(SIZES), given.plot)


if __name__ == "__main__":
    main()
