from django.db import migrations, models


class Migration(migrations.Migration):
    """Half the size: every capture touches one page of this index for each item, wherever in it."""

    dependencies = [("trace", "0012_families_of_things")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE trace_eventitem DROP CONSTRAINT trace_eventitem_pkey",
            "ALTER TABLE trace_eventitem ADD CONSTRAINT trace_eventitem_pkey PRIMARY KEY (item, event_id, role)",
        ),
        migrations.AddIndex(
            model_name="eventitem",
            index=models.Index(fields=["item"], name="trace_item"),
        ),
    ]
