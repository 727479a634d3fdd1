from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trace", "0008_event_values")]

    operations = [
        migrations.AddField(
            model_name="capturejob",
            name="changes",
            field=models.JSONField(default=list),
        ),
    ]
