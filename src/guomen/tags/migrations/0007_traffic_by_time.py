import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("tags", "0006_what_scans_add_up_to"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="traffic",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["hour"], name="tags_traffic_hour"),
        ),
    ]
