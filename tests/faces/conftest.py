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
