"""Rotation of tag keys by range: new ranges take new keys, old labels keep working, retired keys say so."""

import pytest

from guomen.kit import keys as kit_keys
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.keystore import KeyMissingError
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM
from guomen.tags import keys, labels, queries, services
from guomen.tags.models import KeyVersion
from guomen.tags.scheme import key_name, scheme, tag_key
from tests.tags.goods import BATCH, GTIN, LINE

STOLEN = "Found on a forger's laptop"


def order(people):
    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=50, subject=LINE)


def test_after_a_rotation_new_ranges_have_new_keys_and_old_labels_keep_working(people, made):
    old = labels.serials(made, 3, 1)[0]
    version = services.rotate_keys(people.bo.actor, reason="Yearly rotation")
    assert version == 2
    new = order(people)
    assert (made.key_version, new.key_version) == (1, 2)
    serial = labels.serials(new, 3, 1)[0]
    assert queries.item(GTIN, old).index == 3
    assert queries.item(GTIN, serial).index == 3
    assert scheme(1).issue(GTIN, new.number, 3) != serial
    assert queries.item(GTIN, scheme(1).issue(GTIN, new.number, 3)) is None
    for use in keys.USES:
        assert tag_key(use, 1) != tag_key(use, 2)


def test_a_rotation_is_in_the_ledger_without_any_key_material(people, lodged):
    version = services.rotate_keys(people.bo.actor, reason="Yearly rotation")
    entry = Entry.objects.get(kind="tag-keys.rotated")
    assert entry.facts == {"version": version, "check": keys.check_value(version), "reason": "Yearly rotation"}
    told = str(entry.facts)
    for name in kit_keys.names():
        key = kit_keys.secret(name)
        assert key.hex()[:8] not in told


def test_keys_that_are_lost_are_not_made_anew_in_silence(people, lodged):
    version = services.rotate_keys(SYSTEM, reason="Yearly rotation")
    assert keys.wrong_versions() == []
    KeyVersion.objects.filter(version=version).update(check_value="0" * 16)
    assert keys.wrong_versions() == [version]
    with pytest.raises(KeyMissingError):
        scheme(version + 1000)
    assert key_name("mac", version + 1000) not in kit_keys.names()


def asked(people) -> None:
    services.rotate_keys(people.bo.actor, reason=STOLEN)
    services.ask_retirement(people.bo.actor, 1, reason=STOLEN)


def test_a_version_is_retired_by_two_persons_and_says_so_at_each_of_its_ranges_once(people, made):
    with pytest.raises(Refused) as caught:
        services.ask_retirement(people.bo.actor, 1, reason=STOLEN)
    assert caught.value.code == "tag-keys-in-use"
    asked(people)
    new = order(people)
    assert keys.retired_at(1) is None
    assert keys.versions(people.bo.actor)[-1].since == keys.made_at(1)
    with pytest.raises(Forbidden) as caught:
        services.agree_retirement(people.bo.actor, 1)
    assert caught.value.code == "second-person"
    for _ in range(2):
        assert services.agree_retirement(people.bea.actor, 1) == 1
    assert keys.retired_at(1)
    assert keys.retired_at(2) is None
    about_keys = [e.kind for e in history(Subject.of("tag-keys", 1))]
    assert about_keys == ["tag-keys.retirement-asked", "tag-keys.retired"]
    assert [e.kind for e in history(queries.about(made)[0])][-1] == "tag-keys.retired"
    assert "tag-keys.retired" not in [e.kind for e in history(queries.about(new)[0])]


def test_what_was_asked_can_be_dropped_by_anybody_who_could_agree(people, made):
    with pytest.raises(Refused):
        services.drop_retirement(people.bo.actor, 1)
    asked(people)
    for other in (people.bo.actor, people.bea.actor):
        assert services.ask_retirement(people.bo.actor, 1, reason=STOLEN).asked_by == people.bo.person.id
        services.drop_retirement(other, 1)
        services.drop_retirement(other, 1)
        with pytest.raises(Refused) as caught:
            services.agree_retirement(people.bea.actor, 1)
        assert caught.value.code == "not-asked"
    services.ask_retirement(people.bo.actor, 1, reason=STOLEN)
    with pytest.raises(Refused):
        services.ask_retirement(people.bea.actor, 1, reason="another reason")
    assert Entry.objects.filter(kind="tag-keys.retirement-dropped").count() == 2


def test_who_runs_the_installation_retires_at_once_and_nobody_else(people, made):
    services.rotate_keys(SYSTEM, reason=STOLEN)
    with pytest.raises(Forbidden):
        services.retire_keys(people.bo.actor, 1, reason=STOLEN)
    for _ in range(2):
        assert services.retire_keys(SYSTEM, 1, reason=STOLEN) == 1
    assert Entry.objects.filter(kind="tag-keys.retired").count() == 2
    assert services.agree_retirement(people.bea.actor, 1) == 1
    with pytest.raises(Refused):
        services.drop_retirement(people.bea.actor, 1)


def test_who_may_rotate_and_retire_and_that_a_reason_is_needed(people, lodged):
    for name in ("ana", "amy", "cy", "eve", "sam", "gao"):
        by = getattr(people, name).actor
        for attempt in (
            lambda by=by: services.rotate_keys(by, reason="because"),
            lambda by=by: services.ask_retirement(by, 1, reason="because"),
            lambda by=by: services.agree_retirement(by, 1),
            lambda by=by: services.drop_retirement(by, 1),
            lambda by=by: keys.versions(by),
        ):
            with pytest.raises(Forbidden):
                attempt()
    for reason in ("", "  ", "x" * 301, "nul \0 in it"):
        with pytest.raises(Invalid):
            services.rotate_keys(people.bo.actor, reason=reason)
    for version in (0, -1, 9, 99999):
        with pytest.raises(NotFound):
            services.ask_retirement(people.bo.actor, version, reason="because")
    assert not KeyVersion.objects.exists()


def test_two_who_rotate_at_the_same_time_make_one_version(people, lodged):
    assert services.rotate_keys(people.bo.actor, reason=STOLEN, after=1) == 2
    with pytest.raises(Refused) as caught:
        services.rotate_keys(people.bea.actor, reason=STOLEN, after=1)
    assert caught.value.code == "rotated-meanwhile"
    assert keys.newest_version() == 2


def test_the_list_of_ranges_tells_the_version_and_whether_it_is_retired(people, made, door):
    services.rotate_keys(SYSTEM, reason="Yearly rotation")
    services.retire_keys(SYSTEM, 1, reason="Lost")
    found = door("cy").get("/api/tags/ranges").json()["ranges"]
    assert [(r["key_version"], bool(r["keys_retired_at"])) for r in found] == [(1, True)]
