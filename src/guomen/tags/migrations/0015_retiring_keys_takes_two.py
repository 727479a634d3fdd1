from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tags', '0014_large_files_of_chips'),
    ]

    operations = [
        migrations.AddField(
            model_name='keyversion',
            name='asked_by',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='keyversion',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
    ]
