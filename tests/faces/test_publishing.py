"""What is published follows the ledger: the ranges that an entry concerns, their pieces, and nothing else."""

from datetime import timedelta

import pytest

from guomen.certificates import services as certificates
from guomen.core import epcis
from guomen.faces.edge import pieces, publishing
from guomen.kit.clock import now
from guomen.kit.words import W
from guomen.ledger.follow import all_followers, catch_up
from guomen.ledger.models import Cursor
from guomen.tags import services as tags
from guomen.tags.models import Published, PublishedRecall
from guomen.trace.services import capture
from tests.certificates.making import sign
from tests.faces import story

pytestmark = pytest.mark.django_db


def published(goods) -> Published:
    catch_up()
    publishing.work_all()
    return Published.objects.get(range_number=goods.range.number)


def test_an_ordered_range_is_published_and_changes_with_its_release(people, shirts):
    before = published(shirts)
    assert before.version > 0
    assert before.facts["since"] is None
    tags.activate(people.ana.actor, subject=shirts.subject, at=now())
    after = published(shirts)
    assert after.facts["since"] is not None
    assert after.version > before.version


def test_versions_rise_over_all_ranges_and_a_quiet_range_keeps_its_own(people, shirts):
    formula = story.lodged(people, 2)
    first, other = published(shirts), published(formula)
    assert first.version != other.version
    tags.activate(people.ana.actor, subject=formula.subject, at=now())
    assert published(formula).version > max(first.version, other.version)
    assert published(shirts).version == first.version


def test_ranges_of_one_consignment_are_composed_once_and_each_follows_its_own_news(people, shirts, monkeypatch):
    like, count = shirts.range, 5
    for number in range(like.number + 1, like.number + count):
        values = {f.attname: getattr(like, f.attname) for f in like._meta.concrete_fields}
        type(like).objects.create(**values | {"number": number, "markets": ["CN"] if number == like.number + 4 else []})
    publishing.mark_outdated()
    composed: list[str] = []
    compose = publishing.compose
    monkeypatch.setattr(publishing, "compose", lambda lot: composed.append(lot.batch) or compose(lot))
    published(shirts)
    # The one that is made for other markets says something else.
    assert len(composed) == 2
    rows = list(Published.objects.order_by("range_number"))
    assert [row.facts["markets"] for row in rows] == [[], [], [], [], ["CN"]]
    assert len({row.version for row in rows}) == count
    assert all(row.pages == rows[0].pages for row in rows[:4])
    for row in rows:
        publishing.mark([f"urn:guomen:range:{type(like)(number=row.range_number).code}"])
        assert [p.range_number for p in Published.objects.exclude(due_at=None)] == [row.range_number]
        publishing.work_all()


def test_a_recall_is_published_once_for_all_its_items(people, formula):
    before = published(formula)
    number = story.recalled(people, formula)
    row = PublishedRecall.objects.get(recall=number)
    assert row.facts["reason"]["en"] == "Cronobacter was found."
    assert len(row.facts["advice"]) == 4
    assert row.facts["proof"]["position"] >= 0
    assert published(formula).version > before.version


def test_certificates_show_when_signed_and_when_they_run_out(people, formula):
    assert published(formula).facts["certificates"] == []
    facts = {"goods": W("Formula", "奶粉"), "quantity": "18,400 cans", "origin": "NZ", "decision": "Meets."}
    holder = people.cy.organisation
    made = certificates.draft(people.ana.actor, kind="21", subject=formula.subject, holder=holder, facts=facts)
    signed = sign(people, made)
    shown = published(formula)
    assert [c["state"] for c in shown.facts["certificates"]] == ["valid"]
    assert shown.due_at == signed.valid_until
    Published.objects.update(due_at=now() - timedelta(seconds=1))
    publishing.work_all()
    assert Published.objects.get(range_number=formula.range.number).due_at == signed.valid_until


def test_news_of_the_pallet_that_goods_are_on_reach_their_page(people, formula):
    batch = f"https://id.gs1.org/01/{formula.range.gtin}/10/{formula.range.batch}"
    pallet, at = "https://id.gs1.org/00/106141412345678908", now() - timedelta(days=3)
    packed = epcis.aggregation_event(at, "ADD", pallet, classes=[(batch, 500, None)], biz_step="packing")
    capture(people.cy.actor, [epcis.event_to_dict(packed)])
    before = published(formula)
    moved = epcis.object_event(at + timedelta(days=1), "OBSERVE", epcs=[pallet], biz_step="arriving")
    capture(people.cy.actor, [epcis.event_to_dict(moved)])
    after = published(formula)
    assert after.version > before.version
    assert after.due_at is None


def test_following_again_from_the_beginning_changes_nothing_but_versions(people, formula):
    before = published(formula)
    Cursor.objects.filter(name__in=("edge.ranges", "edge.recalls")).update(position=0)
    after = published(formula)
    assert after.version > before.version
    assert after.facts == before.facts
    assert {"edge.ranges", "edge.recalls"} <= set(all_followers())


def test_what_an_older_release_rendered_is_rendered_anew(people, shirts):
    before = published(shirts)
    Published.objects.update(made_with="before")
    assert publishing.mark_outdated() == 1
    after = published(shirts)
    assert (after.made_with, after.pages) == (pieces.made_with(), before.pages)
    assert publishing.mark_outdated() == 0


def test_a_range_that_the_followers_missed_is_published_when_the_worker_starts(people, shirts):
    published(shirts)
    Published.objects.all().delete()
    publishing.mark_outdated()
    publishing.work_all()
    assert Published.objects.get().facts["gtin"] == shirts.range.gtin


def test_nobody_can_put_words_into_a_slot_by_naming_a_product_after_it():
    slots = [pieces.Slots().serial for _ in range(2)]
    assert slots[0] != slots[1]
    with pytest.raises(KeyError):
        pieces.Piece(["a", "serial", "b"]).fill({})


def test_pieces_hold_no_name_of_a_file_that_the_next_release_renames(people, shirts):
    row = published(shirts)
    for language in pieces.LANGUAGES:
        text = "".join(row.pages[language]["goods"][::2]) + row.pages[language]["firm"]
        assert "/static/" not in text
        assert "<script" not in text
