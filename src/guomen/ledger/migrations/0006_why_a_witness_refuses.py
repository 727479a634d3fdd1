from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_oldest_waiting_first")]

    operations = [
        migrations.AddField("witnessed", "refusal", models.CharField(blank=True, default="", max_length=10), False),
    ]
