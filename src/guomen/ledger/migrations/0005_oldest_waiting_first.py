from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_signing_keys")]

    operations = [
        migrations.AddIndex("waiting", models.Index(fields=["entry_id"], name="ledger_waiting_oldest")),
    ]
