"""Label files: ordered by the firm, made by the worker in parts, fetched by the firm, removed after a while."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.paper import qr_rows
from guomen.ledger.queries import history
from guomen.tags import files, labels, queries, services
from guomen.tags.labels import output
from guomen.tags.models import LabelJob, LabelPart, Range
from guomen.tags.scheme import address, scheme
from guomen.tags.services import printing
from tests.codes import codes_in_pdf
from tests.tags.goods import BATCH, GTIN


def done(job: LabelJob) -> LabelJob:
    """The job after the worker made all its files."""
    while printing.work():
        pass
    return LabelJob.objects.get(id=job.id)


def fetched(job: LabelJob, one: Range) -> tuple[str, str, bytes]:
    name, media_type, chunks = output.whole(job, files.finished(job), files.how_many(job), one)
    return name, media_type, b"".join(chunks)


def urls(one: Range, first: int, count: int) -> list[str]:
    return [address(GTIN, BATCH, s) for s in labels.serials(one, first, count)]


def test_every_code_on_the_sheets_leads_to_its_item(people, made):
    job = services.order_labels(people.cy.actor, made.code, format="pdf", size="A4-40", first=10, count=245)
    assert job.state == "waiting"
    job = done(job)
    assert (job.state, job.done, files.how_many(job)) == ("done", 245, 4)
    name, media_type, content = fetched(job, made)
    assert (name, media_type) == (f"labels-{made.code}-11-255.zip", "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    names = archive.namelist()
    assert names == [f"labels-{made.code}-{n}.pdf" for n in ("011-090", "091-170", "171-250", "251-255")]
    assert [code for name in names for code in codes_in_pdf(archive.read(name))] == urls(made, 10, 245)
    made.refresh_from_db()
    assert made.printed == 245


def test_labels_that_are_made_twice_are_counted_once(people, made):
    for first, count in ((0, 100), (50, 100), (400, 100)):
        done(services.order_labels(people.cy.actor, made.code, format="csv", first=first, count=count))
    made.refresh_from_db()
    assert made.printed == 250
    kinds = [e.kind for e in history(Subject.of("range", made.code))]
    assert (kinds.count("labels.ordered"), kinds.count("tags.printed")) == (3, 3)


def test_a_list_in_many_parts_is_one_file(people, made, monkeypatch):
    monkeypatch.setitem(labels.FORMATS, "csv", replace(labels.FORMATS["csv"], most=120))
    whole = done(services.order_labels(people.cy.actor, made.code, format="csv"))
    name, media_type, content = fetched(whole, made)
    assert files.how_many(whole) == 5
    rows = list(csv.DictReader(content.decode().splitlines()))
    assert [row["url"] for row in rows] == urls(made, 0, 500)
    assert [int(row["number"]) for row in rows] == list(range(1, 501))
    assert name.endswith(".csv")
    assert media_type.startswith("text/csv")


def test_short_codes_for_tiny_packs_fit_a_small_qr_code_and_lead_to_their_items(people, made):
    job = done(services.order_labels(people.cy.actor, made.code, format="short", first=40, count=3))
    rows = list(csv.DictReader(fetched(job, made)[2].decode().splitlines()))
    assert [(row["number"], row["serial"]) for row in rows] == [
        (str(n), serial) for n, serial in enumerate(labels.serials(made, 40, 3), 41)
    ]
    for row in rows:
        assert queries.long_of(row["short"]) == (GTIN, row["serial"])
        assert row["url"] == f"HTTP://127.0.0.1:8000/{row['short']}"
        # Version 3 has 29 modules a side (ISO/IEC 18004:2024, table 1).
        assert len(qr_rows(row["url"])) <= 29


def test_sheets_of_short_codes_say_what_the_list_of_them_says(people, made):
    job = done(services.order_labels(people.cy.actor, made.code, format="tiny-svg", size="A4-189", first=40, count=2))
    document = fetched(job, made)[2].decode()
    for short in scheme(made.key_version).issue_short_run(made.number, 40, 2):
        assert f">{short[:4]} {short[4:8]}<" in document
        assert f">{short[8:12]} {short[12:]}<" in document


def test_a_killed_worker_leaves_a_job_that_goes_on_with_the_same_bytes(people, made):
    first = services.order_labels(people.cy.actor, made.code, format="pdf", size="50x30")
    assert printing._make_next() == 100
    half = LabelJob.objects.get(id=first.id)
    assert (half.state, half.done) == ("waiting", 100)
    # As if the worker died after the file was written and before its transaction was committed.
    LabelPart.objects.filter(job=half.id).delete()
    LabelJob.objects.filter(id=half.id).update(done=0)
    again = done(half)
    assert [p.count for p in LabelPart.objects.filter(job=again.id).order_by("number")] == [100] * 5
    other = done(services.order_labels(people.cy.actor, made.code, format="pdf", size="50x30"))
    files_of = LabelPart.objects.order_by("number").values_list("digest")
    digests = [list(files_of.filter(job=j.id)) for j in (again, other)]
    assert digests[0] == digests[1]


def test_small_jobs_do_not_wait_for_large_ones(people, made):
    large = services.order_labels(people.cy.actor, made.code, format="pdf", size="100x50")
    printing._make_next()
    small = services.order_labels(people.cy.actor, made.code, format="csv", count=1)
    printing._make_next()
    assert LabelJob.objects.get(id=small.id).state == "done"
    assert LabelJob.objects.get(id=large.id).state == "waiting"


def test_a_job_that_breaks_down_is_given_up_and_others_go_on(people, made):
    bad = services.order_labels(people.cy.actor, made.code, format="csv")
    LabelJob.objects.filter(id=bad.id).update(size="no-such", format="pdf")
    good = services.order_labels(people.cy.actor, made.code, format="csv", count=2)
    for _ in range(8):
        printing.work()
    assert LabelJob.objects.get(id=bad.id).state == "failed"
    assert LabelJob.objects.get(id=good.id).state == "done"


def test_a_stopped_job_leaves_nothing(people, made, django_capture_on_commit_callbacks):
    job = services.order_labels(people.cy.actor, made.code, format="pdf", size="50x30")
    printing._make_next()
    part = LabelPart.objects.get(job=job.id)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.cancel_labels(people.cal.actor, job.id).state == "cancelled"
        assert services.cancel_labels(people.cal.actor, job.id).state == "cancelled"
    assert not LabelPart.objects.exists()
    with pytest.raises(FileNotFoundError):
        blobs.get(part.digest)
    assert printing.work() == 0
    ready = done(services.order_labels(people.cy.actor, made.code, format="csv"))
    with pytest.raises(Refused):
        services.cancel_labels(people.cy.actor, ready.id)


def test_files_are_removed_after_a_while_but_not_those_that_another_job_still_has(
    people, made, django_capture_on_commit_callbacks
):
    old, new = (done(services.order_labels(people.cy.actor, made.code, format="csv")) for _ in range(2))
    lonely = done(services.order_labels(people.cy.actor, made.code, format="csv", first=7))
    LabelJob.objects.filter(id__in=[old.id, lonely.id]).update(finished_at=now() - timedelta(days=31))
    gone = LabelPart.objects.get(job=lonely.id).digest
    with django_capture_on_commit_callbacks(execute=True):
        assert printing.remove_old() == 2
        assert printing.remove_old() == 0
    with pytest.raises(Refused) as caught:
        files.finished(LabelJob.objects.get(id=old.id))
    assert caught.value.code == "files-removed"
    assert fetched(new, made)[2].count(b"\r\n") == 501
    with pytest.raises(FileNotFoundError):
        blobs.get(gone)


def test_files_that_are_not_ready_are_refused(people, made):
    job = services.order_labels(people.cy.actor, made.code, format="csv")
    with pytest.raises(Refused) as caught:
        files.finished(job)
    assert caught.value.code == "files-not-ready"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"format": "exe"}, "format"),
        ({"format": "pdf"}, "size"),
        ({"format": "pdf", "size": "A5-1"}, "size"),
        ({"format": "zpl", "size": "A4-40"}, "size"),
        ({"format": "csv", "size": "50x30"}, "size"),
        ({"format": "zpl", "size": "50x30", "dpi": 0}, "dpi"),
        ({"format": "csv", "first": -1}, "first"),
        ({"format": "csv", "first": 500}, "first"),
        ({"format": "csv", "count": 0}, "first"),
        ({"format": "csv", "first": 499, "count": 2}, "first"),
        ({"format": "csv", "count": 2**40}, "first"),
    ],
)
def test_what_cannot_be_made_is_named_at_its_field(people, made, asked, field):
    with pytest.raises(Invalid) as caught:
        services.order_labels(people.cy.actor, made.code, **asked)
    assert {p.field for p in caught.value.problems} == {field}
    assert not LabelJob.objects.exists()


def test_one_firm_cannot_fill_the_queue(people, made):
    for _ in range(printing.MOST_WAITING):
        services.order_labels(people.cy.actor, made.code, format="csv", count=1)
    with pytest.raises(printing.TooManyJobs):
        services.order_labels(people.cy.actor, made.code, format="csv", count=1)


def test_files_of_codes_are_for_their_firm_only(people, made):
    for other, refusal in ((people.eve.actor, NotFound), (people.ana.actor, Forbidden), (people.sam.actor, Forbidden)):
        with pytest.raises(refusal):
            services.order_labels(other, made.code, format="csv")
    job = done(services.order_labels(people.cy.actor, made.code, format="csv"))
    assert files.job(people.cal.actor, job.id)[0] == job
    for other, refusal in ((people.eve.actor, NotFound), (people.bo.actor, Forbidden), (people.sam.actor, Forbidden)):
        with pytest.raises(refusal):
            files.job(other, job.id)
    with pytest.raises(NotFound):
        services.cancel_labels(people.eve.actor, job.id)
