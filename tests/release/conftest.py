"""A lot of coffee beans, large enough to be unloaded in parts; and shirts that wait for an officer."""

import dataclasses
from typing import Any

import pytest

from tests.adoption.conftest import undrawn
from tests.clearance.conftest import story

__all__ = ["story", "undrawn"]


@pytest.fixture
def receiver():
    """A port operator's program."""
    from tests.kit.receiver import Receiver

    with Receiver() as made:
        yield made


@pytest.fixture
def loopback(settings) -> None:
    """The installation lets webhooks reach this machine."""
    settings.GUOMEN = dataclasses.replace(settings.GUOMEN, webhook_networks="127.0.0.0/8")


@pytest.fixture
def shirts(people, story):
    """The story's shirts alone, to be inspected on the spot."""
    from guomen.clearance import services
    from guomen.clearance.models import Line

    lodged = services.lodge(people.cy.actor, story | {"lines": story["lines"][:1]})
    return Line.objects.get(declaration=lodged.number)


@pytest.fixture
def bulk(people, story, shirts):
    """200 t of cloth of a maker whose goods were looked at before, of a firm admitted to the mode."""
    from datetime import timedelta

    from guomen.adoption import services as adoption
    from guomen.clearance import services
    from guomen.clearance.models import Line
    from guomen.kit.clock import now
    from tests.adoption.test_adoption import concluded

    concluded(people, shirts)
    adoption.ask_standing(people.cy.actor, "WHILE-UNLOADING", "Store 9 is ours; we call every part back within a day.")
    adoption.admit(people.bo.actor, people.cy.organisation.code, "WHILE-UNLOADING", now().date() + timedelta(days=90))
    line: dict[str, Any] = story["lines"][0] | {"net_weight_kg": "200000", "batch": "B77", "quantity": "1000"}
    heavy = {"gross_weight_kg": "210000", "net_weight_kg": "200000"}
    lodged = services.lodge(people.cy.actor, story | heavy | {"lines": [line]})
    return Line.objects.get(declaration=lodged.number)
