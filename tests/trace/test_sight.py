"""Who sees what of the goods flow: handed over, named, shared; and what Eve tries."""

import pytest

from guomen.core import epcis
from guomen.core.gs1 import check_digit
from guomen.ledger.follow import catch_up
from guomen.trace import queries, services
from guomen.trace.custody import PARTY
from guomen.trace.redaction import HIDDEN, MARK
from tests.trace.goods import BATCH, GTIN, ITEM, ITEM_WITH_LOT, OTHER_ITEM, day, seen

PALLET, CASE = ("https://id.gs1.org/00/" + n + check_digit(n) for n in ("09506000134352001", "09506000134352002"))
THIRD = f"https://id.gs1.org/01/{GTIN}/21/S3"


def to(one, kind: str = "possessing_party") -> dict:
    return {"destinations": [(kind, f"{PARTY}{one.organisation.id}")]}


def packed(n: int, action: str, parent: str, *children: str, **more) -> dict:
    return epcis.event_to_dict(epcis.aggregation_event(day(n), action, parent, children=children, **more))


def amount(n: int, step: str, quantity: int, action: str = "OBSERVE", **more) -> dict:
    classes = [(BATCH, quantity, None)]
    return epcis.event_to_dict(epcis.object_event(day(n), action, classes=classes, biz_step=step, **more))


def capture(one, *events: dict) -> None:
    services.capture(one.actor, list(events), [epcis.CONTEXT, {"ex": "https://example.test/"}])
    catch_up()


def sees(one, *uris: str) -> list[str]:
    return [e.get("bizStep", e.get("action")) for e in queries.events_of(one.actor, *uris)]


def listed(one, **parameters: str) -> list[str]:
    from guomen.trace import asked

    page = queries.select(one.actor, asked.read({k: [v] for k, v in parameters.items()}), per_page=100)
    return [e.get("bizStep", e.get("action")) for e in page.events]


def delivered(people) -> None:
    """Cy packs items into a case on a pallet, hands the pallet to Kai, who hands it to Sam."""
    capture(
        people.cy,
        seen(1, "commissioning", ITEM, OTHER_ITEM, THIRD),
        packed(2, "ADD", CASE, ITEM, OTHER_ITEM),
        packed(3, "ADD", PALLET, CASE),
        seen(4, "shipping", PALLET, **to(people.kai)),
    )
    capture(people.kai, seen(5, "transporting", PALLET), seen(6, "arriving", PALLET, **to(people.sam)))


def test_who_was_handed_a_pallet_sees_what_its_items_went_through_before(people):
    delivered(people)
    assert sees(people.sam, ITEM) == ["commissioning", "ADD"]
    assert sees(people.sam, PALLET) == ["ADD", "shipping", "transporting", "arriving"]
    steps = [e.biz_step or e.body["action"] for e in queries.history(ITEM, people.sam.actor).events]
    assert steps == ["commissioning", "ADD", "ADD", "shipping", "transporting", "arriving"]
    assert sees(people.sam, THIRD) == []
    assert queries.history(THIRD, people.sam.actor).events == []
    assert sees(people.eve, ITEM, PALLET, CASE) == []
    assert len(listed(people.sam)) == 6
    assert listed(people.eve) == []


def test_what_is_hidden_in_an_event_does_not_find_it_among_the_epcs(people):
    from guomen.trace import asked

    def found(one, uri: str) -> int:
        return len(queries.select(one.actor, asked.about(asked.read({}), uri), per_page=100).events)

    delivered(people)
    assert [found(people.sam, uri) for uri in (ITEM, CASE, PALLET)] == [2, 2, 4]
    # The first event names it, but not for Sam; and a class or a pattern would tell of the hidden items.
    product = ITEM.partition("/21/")[0]
    pattern = f"urn:epc:idpat:sscc:{PALLET.removeprefix('https://id.gs1.org/00/')[1:8]}.*"
    assert [found(people.sam, uri) for uri in (THIRD, product, pattern)] == [0, 0, 1]
    assert [found(people.cy, uri) for uri in (THIRD, product)] == [1, 2]
    assert [found(people.eve, uri) for uri in (ITEM, PALLET, product, pattern)] == [0, 0, 0, 0]


def test_who_handed_a_thing_on_sees_nothing_of_what_comes_after(people):
    delivered(people)
    capture(people.sam, seen(7, "receiving", PALLET), packed(8, "DELETE", PALLET), seen(9, "retail_selling", ITEM))
    assert sees(people.cy, ITEM) == ["commissioning", "ADD"]
    assert sees(people.kai, PALLET) == ["ADD", "shipping", "transporting", "arriving"]
    capture(people.cy, seen(10, "inspecting", ITEM))
    assert "inspecting" not in sees(people.sam, ITEM)


def test_the_order_in_which_events_arrive_does_not_matter(people):
    capture(people.kai, seen(5, "transporting", PALLET), seen(6, "arriving", PALLET, **to(people.sam)))
    capture(people.cy, seen(4, "shipping", PALLET, **to(people.kai)))
    capture(people.cy, packed(3, "ADD", PALLET, CASE))
    capture(people.cy, packed(2, "ADD", CASE, ITEM, OTHER_ITEM))
    capture(people.cy, seen(1, "commissioning", ITEM, OTHER_ITEM, THIRD))
    assert sees(people.sam, ITEM) == ["commissioning", "ADD"]
    assert sees(people.sam, PALLET) == ["ADD", "shipping", "transporting", "arriving"]
    assert sees(people.sam, THIRD) == []


def test_an_event_seen_through_one_thing_hides_the_rest_and_is_still_an_event(people):
    made = seen(1, "commissioning", ITEM, THIRD) | {
        "action": "ADD",
        "quantityList": [{"epcClass": BATCH, "quantity": 500, "uom": "KGM"}],
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:4012345000009:PO-77"}],
        "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00002"}],
        "ilmd": {"cbvmda:lotNumber": "L7", "ex:recipe": {"ex:sugar": 12}},
        "ex:price": "19.90",
        "readPoint": {"id": "geo:31.2,121.4", "ex:door": "7"},
        "eventID": "urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c01",
    }
    capture(people.cy, made, seen(2, "shipping", ITEM, **to(people.sam)))
    body, whole = queries.events_of(people.sam.actor, ITEM)
    assert body["epcList"] == [ITEM, f"{HIDDEN}:2"]
    assert body["bizTransactionList"] == [{"type": "po", "bizTransaction": f"{HIDDEN}:1"}]
    assert body["sourceList"] == [{"type": "owning_party", "source": f"{HIDDEN}:1"}]
    assert body["ilmd"] == {"cbvmda:lotNumber": "L7", "ex:recipe": HIDDEN}
    assert body["ex:price"] == body["readPoint"]["ex:door"] == HIDDEN
    assert [sorted(q) for q in body["quantityList"]] == [["epcClass"]]
    assert set(body[MARK]) == {
        "epcList",
        "quantityList",
        "bizTransactionList",
        "sourceList",
        "ilmd",
        "ex:price",
        "readPoint",
    }
    for secret in ("S3", "PO-77", "19.9", "4012345", "sugar", "500"):
        assert secret not in str(body)
    again = epcis.parse_event(body, [epcis.CONTEXT])
    assert again.happened_at == day(1)
    # The handover names Sam: it is whole, as everything is for Cy and Bo.
    assert MARK not in whole
    for one in (people.cy, people.bo):
        assert all(MARK not in e for e in queries.events_of(one.actor, ITEM))
    told = [(e.biz_step, e.redacted) for e in queries.history(ITEM, people.sam.actor).events]
    assert told == [("commissioning", True), ("shipping", False)]


def test_what_is_hidden_cannot_be_asked_for_either(people):
    made = seen(1, "commissioning", ITEM, THIRD, biz_transactions=[("po", "urn:epcglobal:cbv:bt:4012345000009:PO-77")])
    capture(people.cy, made, seen(2, "shipping", ITEM, **to(people.sam)))
    assert listed(people.sam, MATCH_epc=ITEM) == ["commissioning", "shipping"]
    assert listed(people.sam, EQ_bizStep="commissioning") == ["commissioning"]
    assert listed(people.sam, MATCH_epc=THIRD) == []
    assert listed(people.sam, EQ_bizTransaction_po="urn:epcglobal:cbv:bt:4012345000009:PO-77") == []
    assert listed(people.cy, EQ_bizTransaction_po="urn:epcglobal:cbv:bt:4012345000009:PO-77") == ["commissioning"]


def test_of_a_batch_one_sees_how_it_was_made_and_not_who_else_bought_it(people):
    capture(
        people.cy,
        amount(1, "commissioning", 500, "ADD"),
        amount(2, "shipping", 300, **to(people.kai)),
        amount(3, "shipping", 100, destinations=[("possessing_party", "urn:epc:id:pgln:4012345.00002")]),
        amount(3, "storing", 100),
        amount(4, "shipping", 50, **to(people.sam)),
    )
    assert sees(people.sam, BATCH) == ["commissioning", "shipping"]
    assert sees(people.kai, BATCH) == ["commissioning", "shipping"]
    assert queries.events_of(people.sam.actor, BATCH)[0]["quantityList"] == [{"epcClass": BATCH}]


def test_a_product_without_batch_shows_nothing(people):
    kind = f"https://id.gs1.org/01/{GTIN}"
    for n, step, more in ((1, "commissioning", {}), (2, "shipping", to(people.sam))):
        event = epcis.object_event(day(n), "ADD", classes=[(kind, 5, None)], biz_step=step, **more)
        capture(people.cy, epcis.event_to_dict(event))
    assert sees(people.sam, kind) == ["shipping"]


# What Eve tries


def test_eve_sees_nothing_by_naming_anothers_thing(people):
    delivered(people)
    capture(people.eve, seen(7, "storing", ITEM, PALLET))
    assert sees(people.eve, ITEM, PALLET) == ["storing"]


def test_eve_sees_nothing_by_naming_herself_as_destination(people):
    delivered(people)
    capture(people.eve, seen(7, "shipping", ITEM, PALLET, **to(people.eve)))
    capture(people.di, seen(8, "shipping", ITEM, PALLET, **to(people.eve)))
    assert sees(people.eve, ITEM, PALLET) == ["shipping", "shipping"]


def test_eve_sees_nothing_by_commissioning_anothers_thing_before_its_owner(people):
    capture(people.eve, seen(0, "commissioning", ITEM, **to(people.di)))
    capture(people.di, seen(1, "shipping", ITEM, **to(people.eve)))
    delivered(people)
    assert sees(people.eve, ITEM) == ["commissioning", "shipping"]
    assert sees(people.sam, ITEM) == ["commissioning", "ADD"]


def test_eve_cannot_put_anothers_thing_into_a_pallet_that_is_handed_to_her_friend(people):
    capture(people.cy, seen(1, "commissioning", ITEM, THIRD), packed(2, "ADD", PALLET, ITEM))
    capture(people.eve, packed(2, "ADD", PALLET, THIRD))
    capture(people.eve, packed(2, "ADD", PALLET, THIRD, **to(people.cy)) | {"eventID": "urn:x:named"})
    capture(people.cy, seen(4, "shipping", PALLET, **to(people.di)))
    assert sees(people.di, ITEM) == ["commissioning", "ADD"]
    assert sees(people.di, THIRD) == []


def test_a_supplier_of_pallets_cannot_fill_them_after_it_gave_them_away(people):
    capture(people.eve, seen(0, "shipping", PALLET, **to(people.cy)))
    capture(people.cy, seen(1, "commissioning", ITEM, THIRD), packed(2, "ADD", PALLET, ITEM))
    capture(people.eve, packed(3, "ADD", PALLET, THIRD))
    capture(people.cy, seen(4, "shipping", PALLET, **to(people.di)))
    assert sees(people.di, THIRD) == []
    assert "commissioning" in sees(people.di, ITEM)


def test_a_friend_of_eves_cannot_make_anothers_case_part_of_a_pallet(people):
    capture(
        people.cy, seen(1, "commissioning", ITEM, THIRD), packed(2, "ADD", PALLET, ITEM), packed(2, "ADD", CASE, THIRD)
    )
    capture(people.eve, packed(0, "ADD", PALLET, CASE), seen(1, "shipping", PALLET, **to(people.cy)))
    capture(people.cy, seen(4, "shipping", PALLET, **to(people.di)))
    capture(people.di, seen(5, "shipping", PALLET, **to(people.kai)))
    for one in (people.di, people.kai):
        assert "commissioning" in sees(one, ITEM)
        assert sees(one, THIRD) == []
        assert sees(one, CASE) == ["ADD"]
        assert "L7" not in str(queries.events_of(one.actor, CASE))


def test_holding_a_thing_by_eves_word_does_not_unveil_it_in_anothers_event(people):
    capture(people.cy, seen(1, "commissioning", ITEM, THIRD), seen(2, "shipping", ITEM, **to(people.di)))
    capture(people.eve, seen(3, "shipping", THIRD, **to(people.di)))
    assert queries.events_of(people.di.actor, ITEM)[0]["epcList"] == [ITEM, f"{HIDDEN}:2"]
    assert sees(people.di, THIRD) == ["shipping"]
    assert listed(people.di, MATCH_epc=THIRD) == ["shipping"]


def test_what_was_taken_out_on_the_way_is_not_handed_on(people):
    capture(
        people.cy,
        seen(1, "commissioning", ITEM, OTHER_ITEM),
        packed(2, "ADD", PALLET, ITEM, OTHER_ITEM),
        seen(4, "shipping", PALLET, **to(people.kai)),
    )
    capture(people.kai, packed(5, "DELETE", PALLET, OTHER_ITEM), seen(6, "arriving", PALLET, **to(people.sam)))
    assert sees(people.sam, ITEM) == ["commissioning", "ADD"]
    assert sees(people.sam, OTHER_ITEM) == []
    assert sees(people.kai, OTHER_ITEM) == ["commissioning", "ADD", "DELETE"]


def test_eve_cannot_withdraw_anothers_handover_nor_declare_one_for_another(people):
    shipping = seen(4, "shipping", ITEM, event_id="urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c02", **to(people.sam))
    capture(people.cy, seen(1, "commissioning", ITEM), shipping)
    wrong = {"errorDeclaration": {"declarationTime": "2026-10-20T00:00:00Z", "reason": "did_not_occur"}}
    capture(people.eve, shipping | wrong)
    assert sees(people.sam, ITEM)[:2] == ["commissioning", "shipping"]


def test_a_handover_declared_an_error_takes_the_sight_back(people):
    shipping = seen(4, "shipping", ITEM, event_id="urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c03", **to(people.eve))
    capture(people.cy, seen(1, "commissioning", ITEM, THIRD), shipping)
    assert sees(people.eve, ITEM) == ["commissioning", "shipping"]
    wrong = {"errorDeclaration": {"declarationTime": "2026-10-20T00:00:00Z", "reason": "did_not_occur"}}
    capture(people.cy, shipping | wrong)
    # What named her she still sees: the mistake, and that it was one.
    assert sees(people.eve, ITEM) == ["shipping", "shipping"]


@pytest.mark.parametrize("kind", ["possessing_party", "owning_party"])
def test_a_party_is_also_known_by_its_gln(people, kind):
    from guomen.parties.services import register_organisation

    register_organisation("retailer", "Green Shop", "绿店", "CN", "4012345000023")
    from guomen.parties.actors import Actor
    from guomen.parties.models import Organisation

    green = Actor("api", Organisation.objects.get(code="4012345000023"), None, frozenset({"via-token", "read"}))
    event = seen(1, "shipping", ITEM, destinations=[(kind, "urn:epc:id:pgln:4012345.00002")])
    capture(people.cy, seen(0, "storing", ITEM), event)
    assert [e["bizStep"] for e in queries.events_of(green, ITEM)] == ["storing", "shipping"]


# Sharing


def test_what_is_shared_is_seen_whole_also_later_until_it_is_taken_back(people, door):
    assert people.di
    capture(people.cy, seen(1, "commissioning", ITEM_WITH_LOT, OTHER_ITEM), seen(2, "storing", THIRD))
    answer = door("cy").post("/api/trace-shares", {"thing": BATCH, "with": "LAB-1"}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert sees(people.di, ITEM) == ["commissioning"]
    assert MARK not in queries.events_of(people.di.actor, ITEM)[0]
    capture(people.cy, seen(3, "inspecting", OTHER_ITEM), seen(4, "storing", THIRD))
    capture(people.eve, seen(3, "inspecting", OTHER_ITEM) | {"eventID": "urn:x:eve"})
    assert sees(people.di, OTHER_ITEM, THIRD) == ["commissioning", "inspecting"]
    assert listed(people.di) == ["commissioning", "inspecting"]
    assert sees(people.eve, ITEM) == []
    assert [s["about"] for s in door("di").get("/api/trace-shares").json()] == [BATCH]
    assert door("eve").get("/api/trace-shares").json() == []
    id = answer.json()["id"]
    doors = {name: door(name).delete(f"/api/trace-shares/{id}").status_code for name in ("eve", "di", "gao", "")}
    assert doors == {"eve": 404, "di": 404, "gao": 403, "": 401}
    assert door("cal").delete(f"/api/trace-shares/{id}").status_code == 204
    capture(people.cy, seen(5, "shipping", ITEM_WITH_LOT))
    assert sees(people.di, ITEM, OTHER_ITEM) == []


def test_the_events_of_a_query_can_be_shared_and_nobody_elses_with_them(people, door):
    assert people.di
    capture(people.cy, seen(1, "commissioning", ITEM), seen(2, "storing", ITEM))
    capture(people.kai, seen(3, "storing", ITEM))
    sent = {"query": {"EQ_bizStep": ["storing"]}, "with": "LAB-1"}
    assert door("cy").post("/api/trace-shares", sent, content_type="application/json").status_code == 200
    assert sees(people.di, ITEM) == ["storing"]
    bad = [{"with": "LAB-1"}, {"with": "NOBODY", "thing": ITEM}, {"with": "LAB-1", "thing": "01/0950600013435"}]
    bad += [{"with": "91310115MA1K4NAB5L", "thing": ITEM}, {"with": "LAB-1", "query": {"x": ["y"]}}]
    for one in bad:
        assert door("cy").post("/api/trace-shares", one, content_type="application/json").status_code == 422
    assert door("gao").post("/api/trace-shares", sent, content_type="application/json").status_code == 403
    assert door().post("/api/trace-shares", sent, content_type="application/json").status_code == 401
