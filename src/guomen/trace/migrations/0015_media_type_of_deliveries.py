from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trace', '0014_problems_of_subscriptions'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscription',
            name='media_type',
            field=models.CharField(default='application/json', max_length=30),
        ),
    ]
