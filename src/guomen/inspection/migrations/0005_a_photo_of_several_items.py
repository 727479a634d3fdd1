from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspection", "0004_another_look"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE inspection_photo DROP CONSTRAINT inspection_photo_pkey, ADD PRIMARY KEY (order_id, sha256, item)",
            "ALTER TABLE inspection_photo DROP CONSTRAINT inspection_photo_pkey, ADD PRIMARY KEY (order_id, sha256)",
            state_operations=[
                migrations.AlterField(
                    "photo",
                    "pk",
                    models.CompositePrimaryKey(
                        "order_id", "sha256", "item", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
    ]
