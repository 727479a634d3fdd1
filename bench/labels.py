"""Label files: labels in a second of processor time for each format, and memory at 100,000 and at a million labels.

The worker's own function makes them (``printing.work``), with PostgreSQL and files; each figure is of a process of its own.
Beside it, in the same run: bare QR codes by segno (with the mask given, and weighing all eight) and by zxing-cpp, and
bare serials. --full: a million labels of each of CSV, ZPL and SVG.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from machine import described

from guomen.site import postgres

URL = "https://tags.example/01/08001234567897/10/M-2291/21/0001ABCDEFGHJKMNP{:03d}"
SHORT = {"pdf A4-40": 4000, "pdf 50x30": 2000, "svg 50x30": 10_000, "zpl-graphic 50x30": 10_000}
LONG = {"csv": 1_000_000, "inner": 1_000_000, "zpl 50x30": 1_000_000}


def cpu() -> float:
    return time.process_time()


def rate(do, times: int) -> float:
    begun = cpu()
    for n in range(times):
        do(n)
    return times / (cpu() - begun)


def yardsticks() -> None:
    import segno
    import zxingcpp

    from guomen.core.tagcrypto import SerialScheme
    from guomen.kit.paper import qr_rows

    qr = zxingcpp.BarcodeFormat.QRCode
    scheme = SerialScheme(b"p" * 32, b"m" * 32)
    begun = cpu()
    for start in range(0, 200_000, 20_000):
        scheme.issue_run("08001234567897", 1, start, 20_000)
    found = {
        "segno, weighing all masks": rate(lambda n: segno.make_qr(URL.format(n), error="m", boost_error=False), 100),
        "segno, mask given": rate(lambda n: segno.make_qr(URL.format(n), error="m", mask=4, boost_error=False), 500),
        "zxing-cpp": rate(lambda n: zxingcpp.create_barcode(URL.format(n % 1000), qr, ec_level="M"), 5000),
        "zxing-cpp, as rows": rate(lambda n: qr_rows(URL.format(n % 1000)), 5000),
        "bare serials": 200_000 / (cpu() - begun),
    }
    for name, each in found.items():
        print(f"  yardstick  {name:28} {each:12,.0f}/CPU-s")


def setup() -> None:
    """An installation with one order of a million tags."""
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
    services.order(by, gtin="08001234567897", batch="M-2291", count=1_000_000, subject=line)


def one(what: str, count: int) -> None:
    """In a process of its own: make ``count`` labels and say what that took."""
    from guomen.kit import blobs
    from guomen.parties.actors import of_person
    from guomen.parties.models import Person
    from guomen.tags import files, services
    from guomen.tags.labels import output
    from guomen.tags.models import LabelJob, LabelPart, Range
    from guomen.tags.services import printing

    by, range_ = of_person(Person.objects.get(email="bench@example.test")), Range.objects.get()
    name, _space, size = what.partition(" ")
    services.order_labels(by, range_.code, format=name, size=size, count=min(count, 200))
    while printing.work():
        pass
    small = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    job = services.order_labels(by, range_.code, format=name, size=size, count=count)
    begun = cpu()
    while printing.work():
        pass
    took = cpu() - begun
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    job = LabelJob.objects.get(id=job.id)
    assert (job.state, job.done) == ("done", count)
    begun, size_out = cpu(), 0
    for chunk in output.whole(job, files.finished(job), files.how_many(job), range_)[2]:
        size_out += len(chunk)
    out = cpu() - begun
    fetched = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stored = sum(len(blobs.get(d)) for d in LabelPart.objects.filter(job=job.id).values_list("digest", flat=True))
    print(
        f"  {what:18} {count:9,} labels  {count / took:10,.0f}/CPU-s  RSS {small:.0f} -> {made:.0f} MiB made, "
        f"{fetched:.0f} MiB fetched ({size_out / count:,.0f} B/label out at {count / out:,.0f}/CPU-s, "
        f"{stored / count:,.0f} stored)",
        flush=True,
    )
    for digest in set(LabelPart.objects.filter(job=job.id).values_list("digest", flat=True)):
        blobs.drop(digest)


def main() -> None:
    import tempfile

    if len(sys.argv) == 3:
        import django

        django.setup()
        one(sys.argv[1], int(sys.argv[2]))
        return
    print(described())
    jobs = [*SHORT.items(), *((what, n) for what in LONG for n in (100_000, LONG[what]))]
    if "--full" in sys.argv:
        jobs += [("svg 50x30", 100_000), ("svg 50x30", 1_000_000)]
    with tempfile.TemporaryDirectory(prefix="guomen-bench-") as home:
        Path(home).chmod(0o755)
        os.environ |= {"GUOMEN_HOME": home, "DJANGO_SETTINGS_MODULE": "guomen.site.settings"}
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        yardsticks()
        database = settings.DATABASES["default"]
        server = postgres.server_for(Path(home), Path(database["HOST"]), database["PASSWORD"])
        with postgres.running(server, Path(home) / "postgres.log"):
            from guomen.site.database import create_database

            create_database()
            call_command("migrate", verbosity=0)
            setup()
            for what, count in jobs:
                subprocess.run([sys.executable, __file__, what, str(count)], check=True)


if __name__ == "__main__":
    main()
