"""The kind of an entry stands beside its position, so that followers pass over what is not theirs."""

from django.db import migrations, models

FILL = [
    "UPDATE ledger_sequenced s SET kind = e.kind FROM ledger_entry e WHERE e.id = s.entry_id",
    "UPDATE ledger_waiting w SET kind = e.kind FROM ledger_entry e WHERE e.id = w.entry_id",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_publication_and_witnesses")]

    operations = [
        migrations.AddField("sequenced", "kind", models.CharField(default="", max_length=60)),
        migrations.AddField("waiting", "kind", models.CharField(default="", max_length=60)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
