"""What else speaks of declared goods: what agrees, what differs, and what only looks alike."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from guomen.clearance import foreign, matching, services
from guomen.clearance.rules.matching import Traits, compare, number, plain
from guomen.core import ephyto
from guomen.core.ephyto import Measure, Party, PhytoCertificate, Plants
from guomen.kit.errors import Forbidden, NotFound
from guomen.seals import services as seals

PAPER = PhytoCertificate(
    number="NZ-2026-7",
    issued_at=datetime(2026, 11, 1, tzinfo=UTC),
    issuer="Plant Health Office",
    issued_in="Napier",
    exporter=Party("Example Dairy Limited", ("1 Pasture Road",)),
    consignee=Party("Harbour Imports"),
    export_country="NZ",
    import_country="CN",
    items=(Plants("Formula", "", "NZ", Measure(Decimal(5300), "KGM"), hs_code="190110"),),
)


def said(match, code):
    return next(s for s in match.said if s.code == code)


def test_only_what_both_sides_say_is_compared():
    assert compare(Traits(batch="L1"), Traits(gtin="09506000134352")).compared == 0
    match = compare(Traits(batch="l-1", origins=frozenset({"NZ"})), Traits(batch="L 1", origins=frozenset({"AU"})))
    assert [s.code for s in match.differences] == ["origin"]
    assert said(match, "origin").values == {"declared": "NZ", "found": "AU"}
    assert match.score == round(100 * 25 / 35)


@pytest.mark.parametrize(("found", "agrees"), [("104", True), ("96", True), ("104.01", False), ("95.9", False)])
def test_weights_agree_within_four_percent_of_what_is_declared(found, agrees):
    match = compare(Traits(net_kg=Decimal(100)), Traits(net_kg=Decimal(found)))
    assert said(match, "net").agrees == agrees


def test_numbers_agree_whole_or_not_at_all_and_quantities_only_in_one_unit():
    assert number(" nz-2026.7 ") == "NZ20267" == number("NZ２０２６7")
    assert not compare(Traits(numbers=frozenset({"CN20267"})), Traits(numbers=frozenset({"NZ20267"}))).certain
    assert compare(Traits(quantity=Decimal(5), unit="CA"), Traits(quantity=Decimal(5), unit="KGM")).compared == 0
    zero = compare(Traits(net_kg=Decimal(0)), Traits(net_kg=Decimal(1)))
    assert not said(zero, "net").agrees


def test_a_name_agrees_with_one_that_says_more_but_not_with_a_stranger():
    assert plain("Example Dairy Ltd.") == "example dairy"
    longer = Traits(names=frozenset({"EXAMPLE DAIRY LIMITED, Waikato"}))
    assert said(compare(Traits(names=frozenset({"Example Dairy Ltd"})), longer), "name").agrees
    assert not said(compare(Traits(names=frozenset({"Other Dairy Ltd"})), longer), "name").agrees


@pytest.mark.django_db
def test_seals_certificates_lots_and_other_declarations_are_found_with_what_differs(people, story, door):
    before = services.lodge(people.cy.actor, story)
    story["documents"] += [{"kind": "101007", "number": "NZ-2026-7"}, {"kind": "101010", "number": "ORIGIN 1"}]
    now = services.lodge(people.cy.actor, story)
    box = story["containers"][0]
    seals.arm(people.kai.actor, seal="MSK558210", container=box["number"], place="ITGOA")
    foreign.attach(people.cy.actor, now.number, 2, ephyto.write(PAPER), "paper.xml")
    found = matching.of(people.bo.actor, now.number)
    of = {f.evidence.kind: f for f in found.found}
    assert set(of) == {"seal", "foreign", "lot", "transport"}
    assert [s.code for s in of["seal"].match.differences] == ["seal"]
    assert of["foreign"].match.certain
    assert of["foreign"].lines == (2,)
    assert not of["foreign"].match.differences
    assert of["transport"].evidence.declaration == before.number
    lots = {f.evidence.line: f.lines for f in found.found if f.evidence.kind == "lot"}
    assert lots[1] == (1,)
    assert lots[2] == (2,)
    assert ("101010", "ORIGIN 1") in found.unconfirmed
    assert "101007" not in {kind for kind, _ in found.unconfirmed}
    text = door("bo").get(f"/en/desk/declarations/{now.number}/matches").content.decode()
    assert "declared MSK558201, here MSK558210" in text
    assert "仅有申明" in door("bo").get(f"/zh/desk/declarations/{now.number}/matches").content.decode()
    listed = door("bo").get(f"/api/declarations/{now.number}/matches").json()
    assert {m["kind"] for m in listed["matches"]} == set(of)


@pytest.mark.django_db
def test_a_paper_about_less_than_was_declared_says_how_much_less(people, lodged):
    item = Plants("Formula", "", "NZ", Measure(Decimal(4000), "KGM"), hs_code="190110")
    foreign.attach(
        people.cy.actor,
        lodged.number,
        2,
        ephyto.write(
            PhytoCertificate(
                **{**{name: getattr(PAPER, name) for name in PhytoCertificate.__dataclass_fields__}, "items": (item,)}
            )
        ),
        "paper.xml",
    )
    found = next(f for f in matching.of(people.bo.actor, lodged.number).found if f.evidence.kind == "foreign")
    net = said(found.match, "net")
    assert not net.agrees
    assert (net.values["declared"], net.values["found"], net.values["percent"]) == ("5520 kg", "4000 kg", "27.5")


@pytest.mark.django_db
def test_only_officers_see_it(people, lodged, door):
    for name, status in (("bo", 200), ("cy", 403), ("gao", 403), ("kai", 403)):
        assert door(name).get(f"/desk/declarations/{lodged.number}/matches").status_code == status, name
    for person in (people.cy, people.kai):
        with pytest.raises(Forbidden):
            matching.of(person.actor, lodged.number)
    with pytest.raises(NotFound):
        matching.of(people.bo.actor, "222420261000000099")
