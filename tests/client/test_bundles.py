"""A program keeps its devices' files fresh."""

import pytest

from guomen.client import Forbidden, Invalid, OfflineChecker
from guomen.kit.keys import signer
from guomen.tags import services
from guomen.tags.services import bundling

pytestmark = pytest.mark.django_db


def test_a_file_is_fetched_once_and_again_when_it_changed(program, people):
    key = signer(bundling.SIGNER).public_key().public_bytes_raw().hex()
    shop = program("sam", "tags")
    first = shop.bundle(days=3)
    assert OfflineChecker(first.content, [key]).check("").state == "doubt"
    assert shop.bundle(days=3, etag=first.etag) is None
    assert shop.bundle(days=4, etag=first.etag) is not None
    services.name_dealer(people.cy.actor, people.sam.organisation.code)
    assert shop.bundle(days=3, gtins=["08001234567897"], etag=first.etag) is None


def test_what_is_not_allowed_is_raised(program):
    with pytest.raises(Invalid):
        program("sam", "tags").bundle(days=99)
    with pytest.raises(Forbidden):
        program("di", "results").bundle()
