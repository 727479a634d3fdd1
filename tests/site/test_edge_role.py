"""The scan path's role can read what is published, append scans and count chips, and nothing else at all."""

from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from guomen.faces.edge import front
from guomen.site import edge_role, setup
from guomen.site.config import ConfigError
from guomen.tags import at_scan

pytestmark = pytest.mark.django_db(transaction=True)
READABLE = set(edge_role.READS)


@pytest.fixture
def edge():
    with psycopg.connect(**front.parameters(), autocommit=True) as made:
        yield made


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return [t.name for t in connection.introspection.get_table_list(cursor) if t.type == "t"]


def refused(edge, statement: str) -> bool:
    try:
        edge.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_it_reads_what_the_scan_path_asks_and_no_other_table(edge):
    for question in (at_scan.RANGES, at_scan.PUBLISHED):
        edge.execute(question, [[1]])
    edge.execute(at_scan.ITEMS, at_scan.about([uuid4()], [1], [1]))
    hidden = [name for name in tables() if name not in READABLE]
    assert {"parties_person", "parties_apitoken", "clearance_declaration", "ledger_entry", "tags_scan"} <= set(hidden)
    assert [name for name in hidden if not refused(edge, f"SELECT 1 FROM {name}")] == []


def test_of_tables_with_more_in_them_it_reads_only_the_columns_that_it_needs(edge):
    edge.execute("SELECT name_en FROM parties_organisation")
    assert refused(edge, "SELECT code FROM parties_organisation")
    assert refused(edge, "SELECT person FROM tags_sale")
    assert refused(edge, "SELECT organisation_id FROM tags_range")


def test_it_writes_scans_and_counters_and_nothing_else(edge):
    row = "(batch, number, item, at, range_number, index, channel, device, place)"
    value = "(gen_random_uuid(), 0, gen_random_uuid(), now(), 0, 0, 'public', '\\x00', '')"
    edge.execute(f"INSERT INTO tags_scan {row} VALUES {value}")
    edge.execute("UPDATE tags_chip SET counter = 5, counted_at = now()")
    assert refused(edge, "UPDATE tags_chip SET range_number = 5")
    assert refused(edge, "UPDATE tags_scan SET place = ''")
    for name in tables():
        assert refused(edge, f"DELETE FROM {name}"), name
        assert refused(edge, f"TRUNCATE {name}"), name
        assert name in edge_role.APPENDS or refused(edge, f"INSERT INTO {name} DEFAULT VALUES"), name
    assert refused(edge, "CREATE TABLE mine (n int)")
    assert refused(edge, "CREATE ROLE another")
    assert refused(edge, "COPY tags_published TO PROGRAM 'true'")


def test_its_rights_are_made_anew_and_not_added_to(edge):
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON ledger_entry TO guomen_edge")
    assert not refused(edge, "SELECT 1 FROM ledger_entry")
    setup.edge_role()
    assert refused(edge, "SELECT 1 FROM ledger_entry")


def test_who_may_not_make_roles_is_told_what_to_do(settings):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE plain")
        cursor.execute("SET ROLE plain")
    try:
        with pytest.raises(ConfigError, match="guomen db edge-role"):
            setup.edge_role()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE plain")


def test_every_table_of_the_role_exists_under_its_name():
    known = {model._meta.db_table for model in apps.get_models()}
    assert (READABLE | set(edge_role.APPENDS) | set(edge_role.COUNTS)) <= known
