from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_why_a_witness_refuses")]

    operations = [
        migrations.AddField("publication", "stored", models.BigIntegerField(default=0)),
        migrations.AddField("publication", "store_problem", models.TextField(blank=True, default="")),
    ]
