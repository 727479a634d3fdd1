"""Upstream and downstream: what a thing was made of and what became of it, whose hands it went through, and limits."""

import json

import pytest

from guomen.core import epcis
from guomen.core.gs1 import check_digit
from guomen.kit import binary
from guomen.trace import chain, services
from tests.trace.goods import GTIN, day, robot, seen
from tests.trace.test_sight import CASE, PALLET, capture, packed, to

FLOUR = "https://id.gs1.org/01/09506000134369/10/F1"
SUGAR = "https://id.gs1.org/01/09506000134376/21/SUGAR"
CAKES = f"https://id.gs1.org/01/{GTIN}/10/C1"
CAKE = [f"{CAKES}/21/{n}" for n in range(4)]
PLAIN = [f"https://id.gs1.org/01/{GTIN}/21/{n}" for n in range(4)]
PARCEL = "https://id.gs1.org/00/09506000134352003" + check_digit("09506000134352003")


def made(n: int, inputs=(), outputs=(), in_classes=(), out_classes=()) -> dict:
    event = epcis.transformation_event(
        day(n),
        inputs=inputs,
        outputs=outputs,
        input_classes=[(c, q, "KGM") for c, q in in_classes],
        output_classes=[(c, q, None) for c, q in out_classes],
        biz_step="creating_class_instance",
    )
    return epcis.event_to_dict(event)


def bakery(people) -> None:
    """Kai delivers flour and sugar to Cy, who bakes cakes, packs them and ships them to Sam."""
    capture(people.kai, seen(0, "shipping", SUGAR, classes=[(FLOUR, 50, "KGM")], **to(people.cy)))
    capture(
        people.cy,
        made(2, inputs=[SUGAR], in_classes=[(FLOUR, 30)], out_classes=[(CAKES, 4)]),
        seen(3, "commissioning", *CAKE),
        packed(4, "ADD", CASE, *PLAIN[:2]),
        packed(5, "ADD", PALLET, CASE),
        seen(6, "shipping", PALLET, **to(people.sam)),
    )
    capture(people.sam, packed(7, "DELETE", PALLET), packed(8, "DELETE", CASE), seen(9, "retail_selling", PLAIN[0]))


def parts(uri: str, direction: str, by=None, **limits) -> tuple[set, list, chain.End]:
    start, *rest = chain.walk(uri, direction, by and by.actor, **limits)
    assert isinstance(start, chain.Start)
    things = {(f.level, f.how, f.uri) for f in rest if isinstance(f, chain.Found)}
    moves = [(m.step, str(m.giver), str(m.taker), m.things) for m in rest if isinstance(m, chain.Move)]
    return things, moves, rest[-1]


def test_downstream_of_an_ingredient_are_the_goods_made_of_it_and_whom_they_reached(people):
    bakery(people)
    things, moves, end = parts(FLOUR, "downstream")
    assert things == {(1, "output", CAKES), *((2, "item", uri) for uri in PLAIN)}
    assert moves == [
        ("shipping", "Long Sea Lines", "Harbour Imports", 1),
        ("shipping", "Harbour Imports", "Corner Shop", 2),
        ("retail_selling", "Corner Shop", "None", 1),
    ]
    assert (end.things, end.moves, end.truncated, end.hidden) == (5, 3, [], 0)


def test_upstream_of_an_item_are_its_batch_what_that_was_made_of_and_who_supplied_it(people):
    bakery(people)
    things, moves, _ = parts(CAKE[0], "upstream")
    assert things == {(1, "batch", CAKES), (2, "input", SUGAR), (2, "input", FLOUR)}
    assert moves[0] == ("shipping", "Long Sea Lines", "Harbour Imports", 2)


def test_of_a_container_the_contents_count_while_they_were_in_it(people):
    late = packed(9, "ADD", PALLET, PARCEL)
    bakery(people)
    capture(people.cy, packed(1, "ADD", CASE, SUGAR), packed(2, "DELETE", CASE, SUGAR), late)
    things, _, _ = parts(PALLET, "downstream")
    assert {(n, uri) for n, _, uri in things} == {(1, CASE), (1, PARCEL), (2, PLAIN[0]), (2, PLAIN[1])}


def test_an_association_counts_as_being_in_something(people):
    sensor = "urn:epc:id:giai:9506000.sensor1"
    tied = packed(1, "ADD", PALLET, sensor) | {"type": "AssociationEvent"}
    capture(people.cy, tied, seen(2, "shipping", PALLET, **to(people.sam)))
    things, moves, _ = parts(PALLET, "downstream")
    assert {how for _, how, _ in things} == {"contents"}
    assert parts(sensor, "downstream")[1] == [("shipping", "Harbour Imports", "Corner Shop", 1)]
    assert moves == [("shipping", "Harbour Imports", "Corner Shop", 1)]


@pytest.mark.parametrize(("limits", "why"), [({"depth": 1}, ["depth"]), ({"breadth": 3}, ["breadth"])])
def test_where_a_limit_stopped_the_walk_it_is_told(people, limits, why):
    bakery(people)
    things, _, end = parts(FLOUR, "downstream", **limits)
    assert end.truncated == why
    assert len(things) == end.things == (1 if "depth" in limits else 4)


def test_a_party_walks_only_along_what_it_may_see(people):
    bakery(people)
    assert parts(FLOUR, "downstream", people.eve)[0] == set()
    assert parts(FLOUR, "downstream", people.kai)[:2] == (set(), [("shipping", "Long Sea Lines", "Harbour Imports", 1)])
    # Sam was handed items of the batch: that it was made of something is seen, of what is hidden.
    things, moves, end = parts(PLAIN[0], "upstream", people.sam)
    assert things == {(1, "batch", CAKES)}
    assert end.hidden == 1
    assert [m[:2] for m in moves] == [("shipping", "Harbour Imports"), ("retail_selling", "Corner Shop")]
    assert len(parts(PLAIN[0], "upstream", people.bo)[0]) == 3


def test_a_move_declared_an_error_is_marked(people):
    sent = seen(1, "shipping", PALLET, event_id="urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c04", **to(people.sam))
    wrong = {"errorDeclaration": {"declarationTime": "2026-10-20T00:00:00Z", "reason": "did_not_occur"}}
    services.capture(people.cy.actor, [sent, sent | wrong])
    moves = [m for m in chain.walk(PALLET, "downstream") if isinstance(m, chain.Move)]
    assert [m.withdrawn for m in moves] == [True]


def test_the_chain_over_http_whole_and_line_by_line(people, door):
    bakery(people)
    whole = door("bo").get(f"/api/trace/{FLOUR}?direction=downstream").json()
    assert whole["uri"] == FLOUR
    assert len(whole["things"]) == whole["thingsFound"] == 5
    assert whole["moves"][1]["to"]["name"] == "Corner Shop"
    assert whole["truncated"] == []
    streamed = door("bo").get(f"/api/trace/{FLOUR}?direction=downstream", headers={"Accept": "application/x-ndjson"})
    assert streamed["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in b"".join(streamed).splitlines()]
    assert [next(iter(line)) for line in lines] == ["start", *["thing"] * 5, *["move"] * 3, "end"]
    assert [line["thing"] for line in lines if "thing" in line] == whole["things"]
    assert lines[-1]["end"]["thingsFound"] == 5


def test_the_doors_of_the_chain(people, door):
    bakery(people)
    path = f"/api/trace/{FLOUR}?direction=downstream"
    answers = {name: door(name).get(path).status_code for name in ("cy", "cal", "kai", "bo", "sam", "eve", "gao", "")}
    assert answers == {"cy": 200, "cal": 200, "kai": 200, "bo": 200, "sam": 404, "eve": 404, "gao": 404, "": 401}
    assert robot(people.cy, "read").get(path).status_code == 200
    assert robot(people.eve, "read").get(path).status_code == 404
    wrong = (
        "direction=sideways",
        "direction=upstream&depth=0",
        "direction=upstream&breadth=1000001",
        "direction=upstream&depth=x",
    )
    for query in wrong:
        assert door("cy").get(f"/api/trace/{FLOUR}?{query}").status_code == 422, query
    assert door("cy").get("/api/trace/01/0950600013435?direction=upstream").status_code == 422


def test_who_goes_away_in_the_middle_leaves_the_connection_as_it_was(people):
    bakery(people)
    walk = chain.walk(FLOUR, "downstream", people.bo.actor)
    assert isinstance(next(walk), chain.Start)
    assert isinstance(next(walk), chain.Found)
    walk.close()
    assert parts(FLOUR, "downstream", people.bo)[2].things == 5


def test_what_was_packed_again_is_followed_in_each_of_its_containers(people):
    other = "https://id.gs1.org/00/09506000134352010" + check_digit("09506000134352010")
    capture(
        people.cy,
        seen(0, "commissioning", *CAKE),
        packed(1, "ADD", CASE, *PLAIN),
        packed(2, "DELETE", CASE, PLAIN[0]),
        packed(3, "ADD", other, PLAIN[0]),
        seen(4, "shipping", CASE, **to(people.sam)),
        seen(5, "shipping", other, **to(people.sam)),
    )
    moves = parts(CAKES, "downstream")[1]
    assert moves == [("shipping", "Harbour Imports", "Corner Shop", n) for n in (3, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_walk_looks_keys_up_one_by_one_and_leaves_the_connection_as_it_was(people):
    """However many keys are asked about: PostgreSQL would rather read a table of millions whole, again and again."""
    bakery(people)

    def reads_tables_whole() -> str:
        return binary.send("SELECT current_setting('enable_seqscan')", {})()[0][0]

    walk = chain.walk(FLOUR, "downstream")
    assert [type(next(walk)), type(next(walk))] == [chain.Start, chain.Found]
    assert reads_tables_whole() == "off"
    assert isinstance(list(walk)[-1], chain.End)
    assert reads_tables_whole() == "on"
    left = chain.walk(FLOUR, "upstream")
    next(left), next(left)
    left.close()
    assert reads_tables_whole() == "on"
