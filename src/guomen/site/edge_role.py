"""The scan path's role in PostgreSQL: it reads what is published, appends scans, counts chips, and nothing else."""

from django.db import DatabaseError, connection, transaction
from psycopg import sql

from guomen.site.config import Config, ConfigError
from guomen.site.database import EDGE_ROLE, edge_password

READS = {
    "tags_published": "",
    "tags_publishedrecall": "",
    "tags_recalledbatch": "",
    "tags_range": "number, gtin, batch, count, key_version",
    "tags_activation": "goods, since, ended_at, changed_at",
    "tags_itemstate": "item, state",
    "tags_segment": "",
    "tags_seen": "",
    "tags_sale": "item, at, place, organisation_id",
    "tags_chip": "",
    "tags_dailysalt": "",
    "parties_organisation": "id, kind, name_en, name_zh",
    "catalogue_link": "",
    "catalogue_linkedkey": "key, name",
}
"""Tables, and the columns of those that hold more than anybody may know."""
APPENDS = ("tags_scan", "tags_scanbatch")
COUNTS = {"tags_chip": "counter, counted_at"}
LIMITS = {"statement_timeout": "5s", "idle_in_transaction_session_timeout": "10s"}
_LOCK = 7_340_002


def statements() -> list[str]:
    """The rights of the role, from none."""
    name = EDGE_ROLE
    grants = [
        f"GRANT SELECT{f' ({columns})' if columns else ''} ON {table} TO {name}" for table, columns in READS.items()
    ]
    grants += [f"GRANT INSERT ON {table} TO {name}" for table in APPENDS]
    grants += [f"GRANT UPDATE ({columns}) ON {table} TO {name}" for table, columns in COUNTS.items()]
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        *grants,
        *(f"ALTER ROLE {name} SET {key} = '{value}'" for key, value in LIMITS.items()),
    ]


def make(config: Config) -> None:
    """Make the role, or bring its rights up to date. Raises ConfigError with what to do where we may not."""
    if config.edge_database_url:
        return
    connection.ensure_connection()
    wire = connection.connection.pgconn
    secret = wire.encrypt_password(edge_password(config).encode(), EDGE_ROLE.encode(), b"scram-sha-256").decode()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [EDGE_ROLE])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            about = sql.SQL("{} ROLE {} LOGIN NOINHERIT CONNECTION LIMIT 40 PASSWORD {}")
            cursor.execute(about.format(sql.SQL(verb), sql.Identifier(EDGE_ROLE), sql.Literal(secret)))
            for statement in statements():
                cursor.execute(statement)
    except DatabaseError as error:
        raise ConfigError(
            f"The scan path needs a role of its own, and this database user may not make it ({str(error).strip()}). "
            f"Have its administrator make a role with the rights that `guomen db edge-role` prints, and set "
            f"GUOMEN_EDGE_DATABASE_URL to the same database with that role."
        ) from error
