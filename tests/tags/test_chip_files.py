"""Large files of chips: registered by the worker part after part, killed anywhere and gone on with."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.kit import blobs
from guomen.kit.errors import Forbidden, Invalid, NotFound
from guomen.ledger.models import Entry
from guomen.tags import parts, services
from guomen.tags.models import Chip, ChipFile, Range
from guomen.tags.services import chip_files, chips
from tests.tags.goods import BATCH, GTIN, LINE
from tests.tags.test_chips import rows, uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def chipped(people, lodged, monkeypatch) -> Range:
    """Every file of more than some bytes is large, a part has ten rows."""
    monkeypatch.setattr(chip_files, "SMALL", 100)
    monkeypatch.setattr(chip_files, "BATCH", 10)
    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=500, subject=LINE, carrier="chip")


def content(one: Range, count: int = 25, *more: str) -> bytes:
    return "".join([*rows(one, count), *more]).encode()


def test_a_small_file_is_registered_at_once(people, chipped):
    report = chip_files.take(people.cy.actor, chipped.code, content(chipped, 1), "ntag424")
    assert (report.registered, ChipFile.objects.count()) == (1, 0)


def test_a_large_file_is_registered_in_parts_and_goes_when_it_is_done(
    people, chipped, django_capture_on_commit_callbacks
):
    data = content(chipped, 25, "zz,zz\n")
    made = chip_files.take(people.cy.actor, chipped.code, data, "ntag424")
    assert chip_files.take(people.cy.actor, chipped.code, data, "ntag424").id == made.id
    assert not Chip.objects.exists()
    seen = []
    with django_capture_on_commit_callbacks(execute=True):
        while chip_files._next():
            made.refresh_from_db()
            seen.append((made.registered, made.lines, made.state))
    assert seen == [(10, 11, "waiting"), (20, 21, "waiting"), (25, 27, "done")]
    assert made.rows == [[27, "ZZ", "bad-uid"]]
    assert (made.refused, made.done) == (1, made.size)
    told = Entry.objects.filter(kind="chips.registered").order_by("recorded_at")
    assert [e.facts["registered"] for e in told] == [10, 10, 5]
    assert {e.actor["organisation"] for e in told} == {str(people.cy.organisation.id)}
    with pytest.raises(FileNotFoundError):
        blobs.get(made.digest)


def test_the_same_file_again_changes_nothing_and_contradictions_are_named(people, chipped):
    services.register_chips(people.cy.actor, chipped.code, [line.encode() for line in rows(chipped, 5)])
    other = f"{uid(77)},{rows(chipped, 1)[1].split(',')[1]}"
    made = chip_files.take(people.cy.actor, chipped.code, content(chipped, 25, other), "ntag424")
    assert chip_files.work() > 0
    made.refresh_from_db()
    assert (made.registered, made.unchanged, made.refused) == (20, 5, 1)
    assert made.rows == [[27, uid(77), "item-has-chip"]]


def test_a_worker_that_is_killed_goes_on_where_it_was(people, chipped, monkeypatch):
    made = chip_files.take(people.cy.actor, chipped.code, content(chipped), "ntag424")
    chip_files._next()

    def killed(*_: object) -> None:
        raise OSError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(chips, "_store", killed)
        chip_files._next()
    made.refresh_from_db()
    assert (made.registered, made.failures, made.state) == (10, 1, "waiting")
    chip_files.work()
    made.refresh_from_db()
    assert (made.registered, made.state, Chip.objects.count()) == (25, "done", 25)


def test_a_file_that_fails_again_and_again_is_given_up(people, chipped):
    made = chip_files.take(people.cy.actor, chipped.code, content(chipped), "ntag424")
    blobs.drop(made.digest)
    for _ in range(parts.MOST_FAILURES):
        chip_files._next()
    made.refresh_from_db()
    assert (made.state, chip_files._next()) == ("failed", 0)


def test_a_line_that_is_no_text_ends_the_file_and_what_was_before_stays(people, chipped):
    data = content(chipped, 15) + b"\xff\xfe" + content(chipped, 5)
    made = chip_files.take(people.cy.actor, chipped.code, data, "ntag424")
    chip_files.work()
    made.refresh_from_db()
    assert (made.state, made.registered, Chip.objects.count()) == ("broken", 10, 10)


def test_what_is_no_such_file_is_refused_before_it_is_kept(people, chipped):
    for data in (b"\xff" * 200, b"a,b\n" * 100, b"\n" * 200):
        with pytest.raises(Invalid):
            chip_files.take(people.cy.actor, chipped.code, data, "ntag424")
    with pytest.raises(Invalid):
        chip_files.take(people.cy.actor, chipped.code, content(chipped), "dragon")
    for other, why in ((people.eve, NotFound), (people.sam, Forbidden), (people.bo, Forbidden)):
        with pytest.raises(why):
            chip_files.take(other.actor, chipped.code, content(chipped), "ntag424")
    assert not ChipFile.objects.exists()


def test_a_house_that_is_no_longer_named_registers_no_more(people, chipped):
    from tests.tags.test_chips import KEY, public

    for code in (people.eve.organisation.code, people.sam.organisation.code):
        services.approve_house(people.bo.actor, code, public(KEY))
    services.name_house(people.cy.actor, chipped.code, people.eve.organisation.code)
    made = chip_files.take(people.eve.actor, chipped.code, content(chipped), "ntag424")
    services.name_house(people.cy.actor, chipped.code, people.sam.organisation.code)
    chip_files.work()
    made.refresh_from_db()
    assert (made.state, Chip.objects.count()) == ("failed", 0)


def test_so_many_files_wait_and_no_more(people, chipped, monkeypatch):
    monkeypatch.setattr(chip_files, "MOST_WAITING", 1)
    chip_files.take(people.cy.actor, chipped.code, content(chipped), "ntag424")
    with pytest.raises(chip_files.TooManyFiles):
        chip_files.take(people.cy.actor, chipped.code, content(chipped, 24), "ntag424")


def test_progress_is_told_over_http_to_who_sent_the_file(door, people, chipped):
    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("chips.csv", content(chipped, 25, "zz,zz\n"))

    answer = door("cy").post(f"/api/tags/ranges/{chipped.code}/chips", {"file": file()})
    assert (answer.status_code, answer.json()["percent"]) == (202, 0)
    job = f"/api/tags/chip-files/{answer.json()['job']}"
    chip_files.work()
    done = door("cal").get(job)
    assert done.status_code == 200
    told = door("cy").get(job).json()
    assert (told["state"], told["percent"], told["registered"], told["refused"]) == ("done", 100, 25, 1)
    assert told["rows"][0]["line"] == 27
    for who, status in (("eve", 404), ("bo", 403), ("di", 403)):
        assert door(who).get(job).status_code == status
    assert door().get(job).status_code == 401
    page = door("cy").get(f"/portal/tags/{chipped.code}/chips/files").content.decode()
    assert "14 hex digits" in page
    assert "hx-get" not in page
    assert door("eve").get(f"/portal/tags/{chipped.code}/chips/files").status_code == 404
    sent = {"do": "upload", "kind": "ntag21x", "file": file()}
    assert door("cy").post(f"/portal/tags/{chipped.code}/chips/", sent).status_code == 302
    assert "hx-get" in door("cy").get(f"/portal/tags/{chipped.code}/chips/").content.decode()
