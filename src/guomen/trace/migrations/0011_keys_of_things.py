from django.db import migrations, models


def fill(apps, schema_editor):
    """Events that were captured before get the keys of their things."""
    from guomen.trace.things import key_of, names_in

    Event = apps.get_model("trace", "Event")
    for row in Event.objects.only("event_id", "body").iterator(chunk_size=500):
        keys = b"".join(key_of(uri).bytes for uri in names_in(row.body))
        ends = bool(row.body.get("sourceList") or row.body.get("destinationList"))
        Event.objects.filter(pk=row.pk).update(things=keys, has_ends=ends)


class Migration(migrations.Migration):
    dependencies = [("trace", "0010_spelling_of_deliveries")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="things",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="event",
            name="has_ends",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
