from django.db import migrations, models


class Migration(migrations.Migration):
    """Which release rendered a range's pieces, without reading them. Rows of before are rendered once more."""

    dependencies = [
        ("tags", "0010_chips_and_who_writes_them"),
    ]

    operations = [
        migrations.AddField(
            model_name="published",
            name="made_with",
            field=models.CharField(db_default="", default="", max_length=16),
        ),
    ]
