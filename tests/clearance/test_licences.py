"""Licences that declarations use up."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from guomen.catalogue.units import convert
from guomen.clearance import queries, services
from guomen.clearance.models import Licence, LicenceUse
from guomen.kit.errors import Forbidden, Invalid, Refused
from guomen.ledger.queries import history


def registered(people: Any, **change: str) -> Licence:
    given = {
        "kind": "101030",
        "number": "AP-2026-1",
        "holder": people.cy.organisation.code,
        "quantity": "10",
        "unit": "TNE",
        "hs_prefix": "1901",
        "valid_from": "2026-01-01",
        "valid_until": "2027-12-31",
    }
    return services.register_licence(people.bo.actor, given | change)


def using(story: dict[str, Any], quantity: str, unit: str = "KGM", line: int = 2) -> dict[str, Any]:
    paper = {"kind": "101030", "number": "ap-2026-1", "line": str(line), "quantity": quantity, "unit": unit}
    return story | {"documents": [*story["documents"], paper], "importer_code": "91310115MA1K4NAB5L"}


@pytest.mark.django_db
def test_declarations_take_from_a_licence_in_its_own_unit_and_give_back_when_they_change(people, story) -> None:
    by, licence = people.cy.actor, registered(people)
    found = services.lodge(by, using(story, "4000"))
    assert Licence.objects.get().used == 4
    services.amend(by, found.number, using(story, "5.5", "TNE"), "More.")
    assert Licence.objects.get().used == Decimal("5.5")
    with pytest.raises(Invalid) as caught:
        services.lodge(by, using(story, "4501"))
    (problem,) = caught.value.problems
    assert (problem.field, problem.code) == (f"documents.{len(story['documents'])}.quantity", "licence-exhausted")
    assert "4.5" in str(problem)
    services.withdraw(people.bo.actor, found.number, "Not sold.")
    assert Licence.objects.get().used == 0
    assert [(u.quantity, u.left) for u in queries.licence_uses(by, licence.key)] == [
        (4, 6),
        (-4, 10),
        (Decimal("5.5"), Decimal("4.5")),
        (Decimal("-5.5"), 10),
    ]
    kinds = [e.kind for e in history(f"urn:guomen:licence:{licence.key}")]
    assert kinds.count("licence.used") == kinds.count("licence.returned") == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "paper", "code"),
    [
        ({"valid_until": "2026-02-01"}, {}, "licence-expired"),
        ({"hs_prefix": "0201"}, {}, "licence-goods"),
        ({}, {"quantity": ""}, "licence-quantity"),
        ({}, {"unit": "C62"}, "unit-differs"),
        ({"holder": "91310000MA1FL0007C"}, {}, "licence-of-others"),
    ],
    ids=["expired", "other-goods", "no-quantity", "other-unit", "anothers"],
)
def test_a_licence_that_does_not_fit_is_named_at_its_field(people, story, change, paper, code) -> None:
    people.eve  # noqa: B018
    registered(people, **change)
    payload = using(story, "100")
    payload["documents"][-1] |= paper
    assert [p.code for p in services.check(payload, people.cy.actor)] == [code]
    with pytest.raises(Invalid):
        services.lodge(people.cy.actor, payload)
    assert not LicenceUse.objects.exists()


@pytest.mark.django_db
def test_only_the_authority_puts_a_licence_on_record_and_only_once_with_the_same_terms(people) -> None:
    registered(people)
    registered(people)
    with pytest.raises(Refused, match="other terms"):
        registered(people, quantity="11")
    for name in ("cy", "ana", "di"):
        with pytest.raises(Forbidden):
            services.register_licence(getattr(people, name).actor, {})
    with pytest.raises(Invalid) as caught:
        registered(people, holder="nobody", valid_until="soon")
    assert [p.field for p in caught.value.problems] == ["valid_until"]
    assert [x.number for x in queries.licences(people.cal.actor)] == ["AP-2026-1"]
    assert queries.licences(people.eve.actor) == []


@pytest.mark.django_db(transaction=True)
def test_two_declarations_at_the_same_moment_never_take_more_than_there_is(people, story) -> None:
    registered(people)
    by, said = people.cy.actor, []

    def lodge() -> None:
        try:
            services.lodge(by, using(story, "6000"))
            said.append("lodged")
        except Invalid as error:
            said.append(error.problems[0].code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=lodge) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["licence-exhausted", "lodged"]
    assert Licence.objects.get().used == 6


def test_units_of_one_dimension_are_turned_into_each_other_and_others_are_not() -> None:
    assert convert(Decimal("2.5"), "TNE", "KGM") == 2500
    assert convert(Decimal(3), "PR", "C62") == 6
    assert convert(Decimal(1), "MTQ", "LTR") == 1000
    assert convert(Decimal(5), "CT", "CT") == 5
    assert convert(Decimal(5), "CT", "C62") is None
    assert convert(Decimal(5), "KGM", "LTR") is None
