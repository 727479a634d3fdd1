from django.db import migrations, models


class Migration(migrations.Migration):
    """Let the scan path see a release, or its end, before the range's facts are composed anew."""

    dependencies = [
        ("tags", "0011_what_rendered_the_pieces"),
    ]

    operations = [
        migrations.AddField(model_name="activation", name="goods", field=models.UUIDField(null=True)),
        migrations.AddField(
            model_name="activation", name="changed_at", field=models.DateTimeField(db_index=True, null=True)
        ),
    ]
