from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_kind_beside_position")]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("vkey", models.TextField()),
                ("entry_id", models.UUIDField(null=True)),
                ("since", models.BigIntegerField(null=True)),
                ("ended_by", models.UUIDField(null=True)),
                ("until", models.BigIntegerField(null=True)),
            ],
        ),
    ]
