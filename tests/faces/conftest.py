"""The story's goods as a shopper meets them."""

import pytest


@pytest.fixture
def shirts(people):
    """Declared, with tags, not yet inspected."""
    from tests.faces import story

    return story.lodged(people)


@pytest.fixture
def formula(people):
    """Inspected, tested, released."""
    from tests.faces import story

    goods = story.lodged(people, 2)
    assert story.inspect(people, goods).state == "sampled"
    story.analyse(people, goods)
    assert goods.line.state == "released"
    return goods


@pytest.fixture
def fresh(monkeypatch, people):
    """A scan path that remembers nothing of another test, no limit for its one address, and patience.

    On a machine with much other work PostgreSQL may take seconds to settle a counter on the disk: then the scan path
    rightly says that it does not know, which is no answer of what these tests ask.
    """
    from guomen.faces.edge import front, gathering
    from guomen.faces.edge.application import Edge
    from guomen.tags import visitors

    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 60)
    visitors._salt.cache_clear()
    visitors.prepare()
    made = Edge(front.parameters, rate=0, burst=0)
    monkeypatch.setattr(front, "edge", made)
    return made


@pytest.fixture
def goods(fresh, formula):
    """Inspected goods whose facts are published."""
    from tests.faces.phone import publish

    publish()
    return formula
