from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trace', '0015_media_type_of_deliveries'),
    ]

    operations = [
        migrations.AddField(
            model_name='capturejob',
            name='master_data',
            field=models.IntegerField(default=0),
        ),
    ]
