"""An installation of its own, started as its operators start it."""

from collections.abc import Iterator

import pytest

from tests.site.tree import Tree, open_folder


@pytest.fixture
def tree() -> Iterator[Tree]:
    """Not started yet; stopped afterwards, whatever happened."""
    with open_folder() as folder:
        made = Tree(folder / "home")
        yield made
        if made.process and made.process.poll() is None:
            made.stop()
