

import django.db.models.deletion
import guomen.kit.clock
import guomen.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0001_initial'),
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asked',
            fields=[
                ('id', models.UUIDField(default=guomen.kit.ids.uuid7, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=2)),
                ('subject', models.CharField(db_index=True, max_length=200)),
                ('note', models.TextField(blank=True)),
                ('state', models.CharField(default='open', max_length=8)),
                ('reason', models.TextField(blank=True)),
                ('certificate', models.CharField(blank=True, max_length=24)),
                ('asked_at', models.DateTimeField(default=guomen.kit.clock.now)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('pk', models.CompositePrimaryKey('certificate', 'sequence', blank=True, editable=False, primary_key=True, serialize=False)),
                ('certificate', models.CharField(max_length=24)),
                ('sequence', models.IntegerField()),
                ('packages', models.IntegerField()),
                ('balance', models.IntegerField()),
                ('use_result', models.CharField(max_length=24)),
                ('at', models.DateTimeField(default=guomen.kit.clock.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='certificate',
            name='certificate_signed_has_moment',
        ),
        migrations.AddField(
            model_name='certificate',
            name='replaced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='replaced_by',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name='certificate',
            name='replaces',
            field=models.CharField(blank=True, db_index=True, max_length=24),
        ),
        migrations.AddField(
            model_name='certificate',
            name='returned_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='reviewed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='reviewed_by',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='revoke_code',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name='certificate',
            name='suspend_code',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name='certificate',
            name='suspend_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='certificate',
            name='suspended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='state',
            field=models.CharField(default='draft', max_length=12),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(condition=models.Q(('state__in', ('draft', 'returned', 'reviewed'))), fields=['state', 'drafted_at'], name='certificate_waiting'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['-signed_at'], name='certificate_signed_at'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'returned', 'reviewed')), models.Q(('signed_at__isnull', False), ('valid_until__isnull', False)), _connector='OR'), name='certificate_signed_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'returned', 'reviewed', 'signed', 'suspended', 'replaced', 'revoked'))), name='certificate_state'),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'replaced'), _negated=True), models.Q(('replaced_by', ''), _negated=True), _connector='OR'), name='certificate_replaced_by'),
        ),
        migrations.AddField(
            model_name='asked',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation'),
        ),
        migrations.AddConstraint(
            model_name='writeoff',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='certificate_balance'),
        ),
        migrations.AddIndex(
            model_name='asked',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['asked_at'], name='certificate_asked_open'),
        ),
    ]
