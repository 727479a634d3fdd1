from django.db import migrations, models
from django.db.models import F


def move(apps, schema_editor):
    """Queries that are broken now were marked as failed deliveries before."""
    broken = apps.get_model("trace", "Subscription").objects.filter(error="query")
    broken.update(broken="ImplementationException", broken_at=F("failed_at"), owes_problem=True, error="")


class Migration(migrations.Migration):
    dependencies = [("trace", "0013_smaller_index_of_items")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="broken",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="subscription",
            name="broken_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subscription",
            name="owes_problem",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
