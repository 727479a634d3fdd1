"""The story's declaration as a starting point, and a shortcut to change it."""

import copy
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "declarations"


def example(name: str = "story") -> dict[str, Any]:
    from guomen.kit.clock import now

    payload = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    payload["departed_on"] = (now() - timedelta(days=20)).date().isoformat()
    payload["arrives_at"] = (now() + timedelta(days=2)).isoformat()
    return payload


@pytest.fixture
def story() -> dict[str, Any]:
    """The three lines: shirts, infant formula, a used press."""
    return copy.deepcopy(example())


@pytest.fixture
def lodged(people, story):
    """The story's declaration, lodged by Cy."""
    from guomen.clearance import services

    return services.lodge(people.cy.actor, story)
