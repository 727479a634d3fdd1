import django.contrib.postgres.indexes
from django.db import migrations, models

LOOK = "at, range_number, index, channel, device, place, counter"
INDEX = (
    # Less than two percent of the scans' size: a filter of items and the first and last moment for each 32 pages.
    "CREATE INDEX tags_scan_item ON tags_scan USING brin (item uuid_bloom_ops "
    "(n_distinct_per_range = -0.3, false_positive_rate = 0.01), at) WITH (pages_per_range = 32, autosummarize = on)"
)


class Migration(migrations.Migration):
    """Scans are written once, in batches, and stay where they are; what waits to be added up are batches."""

    dependencies = [
        ("tags", "0015_retiring_keys_takes_two"),
    ]

    operations = [
        migrations.RunSQL(
            # Under another name, so that the new table gets the usual names for itself and for its key.
            "ALTER TABLE tags_scan RENAME TO tags_oldscan; ALTER INDEX tags_scan_pkey RENAME TO tags_oldscan_pkey",
            "ALTER TABLE tags_oldscan RENAME TO tags_scan; ALTER INDEX tags_oldscan_pkey RENAME TO tags_scan_pkey",
            state_operations=[migrations.DeleteModel("Scan")],
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("batch", models.UUIDField()),
                ("number", models.SmallIntegerField(default=0)),
                ("item", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("range_number", models.IntegerField(default=0)),
                ("index", models.BigIntegerField(default=0)),
                ("channel", models.CharField(max_length=10)),
                ("device", models.BinaryField(max_length=8)),
                ("place", models.CharField(blank=True, max_length=12)),
                ("counter", models.CharField(blank=True, db_default="", max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="ScanBatch",
            fields=[
                ("batch", models.UUIDField(primary_key=True, serialize=False)),
                ("count", models.IntegerField()),
            ],
        ),
        migrations.RunSQL(
            [
                # Each of the old is a batch of its own.
                f"INSERT INTO tags_scan (batch, number, item, {LOOK}) SELECT id, 0, item, {LOOK} FROM tags_oldscan",
                "INSERT INTO tags_scanbatch (batch, count) SELECT id, 1 FROM tags_oldscan",
                "INSERT INTO tags_scan (batch, number, item, at, range_number, index, channel, device, place, counter) "
                "SELECT id, 0, item, at, 0, 0, channel, device, place, counter FROM tags_pastscan "
                "ON CONFLICT DO NOTHING",
                "DROP TABLE tags_oldscan",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            INDEX,
            "DROP INDEX tags_scan_item",
            state_operations=[
                migrations.AddIndex(
                    "scan",
                    django.contrib.postgres.indexes.BrinIndex(fields=["item", "at"], name="tags_scan_item"),
                )
            ],
        ),
        # Batches go through their table: without this, what is gone would be looked at again and again.
        migrations.RunSQL(
            "ALTER TABLE tags_scanbatch SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, "
            "autovacuum_vacuum_insert_threshold = -1)",
            "ALTER TABLE tags_scanbatch RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, "
            "autovacuum_vacuum_insert_threshold)",
        ),
        migrations.DeleteModel("PastScan"),
    ]
