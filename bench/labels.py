"""Label files: labels in a second of processor time for each format, and memory at 100,000 and at a million labels.

A real installation: the worker makes the files while it also orders the ledger and runs followers; its processor time
and its peak of resident memory are read from the system. Beside it, in the same run: bare QR codes by segno (with the
mask given, and weighing all eight) and by zxing-cpp, and bare serials. --full: a million labels as SVG, too (ten
minutes). "pdf A4-40" 100000: only these, with the worker's memory at each tenth of the way. --kill: the worker is
killed with SIGKILL at half of each job, and its successor goes on.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import machine

URL = "https://tags.example/01/08001234567897/10/M-2291/21/0001ABCDEFGHJKMNP{:03d}"
JOBS = [
    *[("pdf A4-40", 4000), ("pdf 50x30", 4000), ("zpl-graphic 50x30", 20_000)],
    *[("csv", 100_000), ("csv", 1_000_000), ("zpl 50x30", 100_000), ("zpl 50x30", 1_000_000), ("svg 50x30", 100_000)],
]


def rate(do: Callable[[int], object], times: int) -> float:
    begun = time.process_time()
    for n in range(times):
        do(n)
    return times / (time.process_time() - begun)


def yardsticks() -> dict[str, float]:
    import segno
    import zxingcpp

    from guomen.core.tagcrypto import SerialScheme
    from guomen.kit.paper import qr_rows

    qr = zxingcpp.BarcodeFormat.QRCode
    scheme = SerialScheme(b"p" * 32, b"m" * 32)
    return {
        "segno, weighing all masks": rate(lambda n: segno.make_qr(URL.format(n), error="m", boost_error=False), 100),
        "segno, mask given": rate(lambda n: segno.make_qr(URL.format(n), error="m", mask=4, boost_error=False), 500),
        "zxing-cpp": rate(lambda n: zxingcpp.create_barcode(URL.format(n % 1000), qr, ec_level="M"), 5000),
        "zxing-cpp, read as rows": rate(lambda n: qr_rows(URL.format(n % 1000)), 5000),
        "bare serials": 20_000 * rate(lambda n: scheme.issue_run("08001234567897", 1, n * 20_000, 20_000), 10),
    }


def ordered() -> Any:
    """An order of a million tags; returns its firm's actor and the range."""
    from django.db import transaction

    from guomen.kit.ids import Subject
    from guomen.ledger.services import append
    from guomen.parties.actors import of_person
    from guomen.parties.services import add_person, register_organisation
    from guomen.tags import services

    firm = register_organisation("trader", "Bench", "测试", "CN", "BENCH-1")
    by = of_person(add_person(firm, "bench@example.test", "Bench", "correct-horse-battery", ["declarant"]))
    line = Subject.line("224820261000000017", 1)
    with transaction.atomic():
        append("declaration.lodged", [Subject.declaration("224820261000000017"), line], {}, by)
        append("line.screened", [line], {"gtin": "08001234567897", "batch": "M-2291"}, by)
    return by, services.order(by, gtin="08001234567897", batch="M-2291", count=1_000_000, subject=line)


def worker_of(root: int) -> int:
    """The worker's process; 0 while there is none."""
    for pid in machine.tree_of(root):
        with contextlib.suppress(OSError):
            if "guomen.site.worker" in Path(f"/proc/{pid}/cmdline").read_text():
                return pid
    return 0


def killed(worker: int, root: int) -> int:
    """Kill the worker without a warning; returns the one that the supervisor starts in its place."""
    os.kill(worker, signal.SIGKILL)
    while (successor := worker_of(root)) in (0, worker):
        time.sleep(0.1)
    return successor


def peak(pid: int | str) -> float:
    """The most resident memory that a process ever had, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def made(by: Any, one: Any, root: int, what: str, count: int, *, kill: bool) -> dict[str, Any]:
    """Have ``count`` labels made by the worker and fetch them; what that took. ``kill``: the worker, at half."""
    from guomen.kit import blobs
    from guomen.tags import files, services
    from guomen.tags.labels import output
    from guomen.tags.models import LabelJob, LabelPart

    name, _space, size = what.partition(" ")
    worker = worker_of(root)
    took, memory = -machine.cpu_of(worker), 0.0
    job = services.order_labels(by, one.code, format=name, size=size, count=count)
    curve: dict[int, float] = {}
    while job.state == "waiting":
        time.sleep(0.1)
        job = LabelJob.objects.get(id=job.id)
        curve.setdefault(job.done * 10 // count * 10, machine.rss_of(worker))
        if kill and job.done * 2 >= count:
            kill, took, memory = False, took + machine.cpu_of(worker), peak(worker)
            worker = killed(worker, root)
    assert (job.state, job.done) == ("done", count), job.state
    took, memory = took + machine.cpu_of(worker), max(memory, peak(worker))
    begun, out = time.process_time(), 0
    for chunk in output.whole(job, files.finished(job), files.how_many(job), one)[2]:
        out += len(chunk)
    fetching = time.process_time() - begun
    bounds = list(LabelPart.objects.filter(job=job.id).order_by("number").values_list("first", "count"))
    assert [first + n for first, n in bounds] == [first for first, _ in bounds[1:]] + [count], "labels twice or missing"
    digests = set(LabelPart.objects.filter(job=job.id).values_list("digest", flat=True))
    stored = sum(len(blobs.get(digest)) for digest in digests)
    for digest in digests:
        blobs.drop(digest)
    return {
        "rate": count / max(took, 0.01),
        "worker": memory,
        "curve": curve,
        "fetched": count / fetching,
        "reader": peak("self"),
        "bytes": out / count,
        "stored": stored / count,
    }


def main() -> None:
    jobs = [*JOBS, ("svg 50x30", 1_000_000)] if "--full" in sys.argv else JOBS
    if len(only := [a for a in sys.argv[1:] if not a.startswith("--")]) == 2:
        jobs = [(only[0], int(only[1]))]
    with machine.server() as (_origin, server):
        import django

        django.setup()
        by, one = ordered()
        rows = [("worker before", f"{peak(worker_of(server)):.0f} MiB")]
        found = {}
        for what, count in jobs:
            f = found[f"{what} {count}"] = made(by, one, server, what, count, kill="--kill" in sys.argv)
            makes = f"{f['rate']:,.0f} labels/CPU-s of the worker, peak {f['worker']:.0f} MiB"
            gives = f"fetched at {f['fetched']:,.0f}/CPU-s, peak {f['reader']:.0f} MiB"
            sizes = f"{f['bytes']:,.0f} B out, {f['stored']:,.0f} stored"
            rows.append((f"{what}, {count:,} labels", f"{makes}; {gives}; {sizes}"))
            if len(jobs) == 1:
                walked = ", ".join(f"{percent} %: {mib:.0f}" for percent, mib in f["curve"].items())
                rows.append(("  worker, resident, MiB", walked))
            print(*rows[-1], sep=": ", flush=True)
    yard = yardsticks()
    rows += [(f"yardstick: {name}", f"{each:,.0f}/CPU-s") for name, each in yard.items()]
    machine.show("labels", rows, yard=yard, **found)


if __name__ == "__main__":
    main()
