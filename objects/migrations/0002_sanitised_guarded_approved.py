import django.contrib.postgres.fields
import django.db.models.deletion
import django_countries.fields
import objects.models.bits
import parler.fields
import parler.models
from django.conf import settings
from django.db import migrations, models


WORDS = ("title", "question", "known", "excluded", "closing_words")


def copy_words(apps, schema_editor):
    """English is what was written until now; pictures from before have no check behind them."""
    Wording = apps.get_model("objects", "TraceObjectTranslation")
    for row in apps.get_model("objects", "TraceObject").objects.all().iterator():
        words = {name: getattr(row, f"old_{name}") for name in WORDS}
        Wording.objects.create(master_id=row.pk, language_code="en", **words)
    Alternative = apps.get_model("objects", "PictureTranslation")
    Step = apps.get_model("outbox", "Step")
    for row in apps.get_model("objects", "Picture").objects.all().iterator():
        Alternative.objects.create(master_id=row.pk, language_code="en", alt=row.old_alt)
        Step.objects.get_or_create(name="picture.inspect", subject=row.pk)


def give_words_back(apps, schema_editor):
    for row in apps.get_model("objects", "TraceObjectTranslation").objects.filter(language_code="en"):
        words = {f"old_{name}": getattr(row, name) for name in WORDS}
        apps.get_model("objects", "TraceObject").objects.filter(pk=row.master_id).update(**words)
    for row in apps.get_model("objects", "PictureTranslation").objects.filter(language_code="en"):
        apps.get_model("objects", "Picture").objects.filter(pk=row.master_id).update(old_alt=row.alt)


class ChangeBases(migrations.operations.base.Operation):
    """Let a model that is there already be one with translations; the table stays as it is."""

    reduces_to_sql = False
    reversible = True

    def __init__(self, name):
        self.name = name

    def state_forwards(self, app_label, state):
        state.models[app_label, self.name].bases = (
            parler.models.TranslatableModelMixin,
            models.Model,
        )
        state.reload_model(app_label, self.name)

    def database_forwards(self, *_):
        pass

    database_backwards = database_forwards


class Migration(migrations.Migration):

    dependencies = [
        ('objects', '0001_initial'),
        ('outbox', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField("traceobject", "title", "old_title"),
        migrations.RenameField("traceobject", "question", "old_question"),
        migrations.RenameField("traceobject", "known", "old_known"),
        migrations.RenameField("traceobject", "excluded", "old_excluded"),
        migrations.RenameField("traceobject", "closing_words", "old_closing_words"),
        migrations.RenameField("picture", "alt", "old_alt"),
        migrations.AlterField("traceobject", "old_title", models.TextField(default="")),
        migrations.AlterField("traceobject", "old_question", models.TextField(default="")),
        migrations.AlterField("traceobject", "old_known", models.TextField(default="")),
        migrations.AlterField("traceobject", "old_excluded", models.TextField(default="")),
        migrations.AlterField("traceobject", "old_closing_words", models.TextField(default="")),
        migrations.AlterField("picture", "old_alt", models.TextField(default="")),
        ChangeBases("traceobject"),
        ChangeBases("picture"),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('publish_at', models.DateTimeField(blank=True, help_text='Empty: when somebody launches it. In the site\'s time zone.', null=True)),
                ('launched_at', models.DateTimeField(editable=False, null=True)),
                ('held_because', models.CharField(blank=True, editable=False, max_length=400)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='HashList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=120)),
                ('dated', models.DateField()),
                ('imported_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['source', '-dated'],
            },
        ),
        migrations.CreateModel(
            name='KnownHash',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdq', objects.models.bits.Bits256(null=True)),
                ('sha256', models.CharField(max_length=64, null=True)),
            ],
            options={
                'verbose_name_plural': 'known hashes',
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(max_length=60)),
                ('reason', models.CharField(max_length=400)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PictureTranslation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language_code', models.CharField(db_index=True, max_length=15, verbose_name='Language')),
                ('alt', models.CharField(help_text='What is to be seen, for who cannot see it.', max_length=300, verbose_name='alternative text')),
            ],
            options={
                'verbose_name': 'picture Translation',
                'db_table': 'objects_picture_translation',
                'db_tablespace': '',
                'managed': True,
                'default_permissions': (),
            },
            bases=(parler.models.TranslatedFieldsModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Purge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=20)),
                ('addresses', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='TraceObjectTranslation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language_code', models.CharField(db_index=True, max_length=15, verbose_name='Language')),
                ('title', models.CharField(help_text="What it is: 'Shopping bag with a red bird'.", max_length=80)),
                ('question', models.TextField(help_text="What the public is asked: 'Where is this bag sold?'", max_length=600)),
                ('known', models.TextField(blank=True, help_text='What helps to place it. Public.', max_length=1000, verbose_name='what is known')),
                ('excluded', models.TextField(blank=True, help_text='Spares volunteers the work. Public.', max_length=1000, verbose_name='already ruled out')),
                ('closing_words', models.TextField(blank=True, editable=False, help_text='What the public is told of an end.', max_length=600)),
            ],
            options={
                'verbose_name': 'object Translation',
                'db_table': 'objects_traceobject_translation',
                'db_tablespace': '',
                'managed': True,
                'default_permissions': (),
            },
            bases=(parler.models.TranslatedFieldsModelMixin, models.Model),
        ),
        migrations.RemoveConstraint(
            model_name='rendition',
            name='rendition_once',
        ),
        migrations.AddField(
            model_name='picture',
            name='findings',
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name='picture',
            name='gate_version',
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name='picture',
            name='inspected_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='picture',
            name='inspection_error',
            field=models.CharField(blank=True, editable=False, max_length=400),
        ),
        migrations.AddField(
            model_name='picture',
            name='master_sha256',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='picture',
            name='pdq',
            field=objects.models.bits.Bits256(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='picture',
            name='pdq_quality',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='picture',
            name='pdq_turned',
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name='picture',
            name='placeholder',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='picture',
            name='upload_sha256',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='rendition',
            name='kind',
            field=models.CharField(choices=[('avif', 'avif'), ('webp', 'webp'), ('jpg', 'jpg')], default='jpg', max_length=4),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='traceobject',
            name='approved_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='traceobject',
            name='excluded_countries',
            field=django_countries.fields.CountryField(blank=True, help_text='Public.', max_length=746, multiple=True, verbose_name='countries ruled out'),
        ),
        migrations.AddField(
            model_name='traceobject',
            name='held_because',
            field=models.CharField(blank=True, editable=False, max_length=400),
        ),
        migrations.AddField(
            model_name='traceobject',
            name='made',
            field=models.CharField(blank=True, help_text="'1998 to 2004', 'after 2010'. Public.", max_length=60, verbose_name='when made'),
        ),
        migrations.AddField(
            model_name='traceobject',
            name='publish_at',
            field=models.DateTimeField(blank=True, help_text='Empty: as soon as it is approved. In the site\'s time zone.', null=True, verbose_name='publish on'),
        ),
        migrations.AddField(
            model_name='traceobject',
            name='regions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('africa', 'Africa'), ('americas', 'Americas'), ('asia', 'Asia'), ('europe', 'Europe'), ('oceania', 'Oceania')], max_length=10), blank=True, default=list, help_text='Where it may come from, as far as is known. Public.', size=None),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.UniqueConstraint(fields=('picture', 'kind', 'width'), name='rendition_once'),
        ),
        migrations.AddField(
            model_name='traceobject',
            name='campaign',
            field=models.ForeignKey(blank=True, help_text='Goes out together with the others of the campaign.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trace_objects', to='objects.campaign'),
        ),
        migrations.AddConstraint(
            model_name='traceobject',
            constraint=models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), ('approver__isnull', False), _connector='OR'), name='object_approved_before_it_is_public'),
        ),
        migrations.AddConstraint(
            model_name='hashlist',
            constraint=models.UniqueConstraint(fields=('source', 'dated'), name='hash_list_once'),
        ),
        migrations.AddField(
            model_name='knownhash',
            name='hash_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hashes', to='objects.hashlist'),
        ),
        migrations.AddField(
            model_name='override',
            name='analyst',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='override',
            name='picture',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='objects.picture'),
        ),
        migrations.AddField(
            model_name='picturetranslation',
            name='master',
            field=parler.fields.TranslationsForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='objects.picture'),
        ),
        migrations.AddField(
            model_name='purge',
            name='object',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='purges', to='objects.traceobject'),
        ),
        migrations.AddField(
            model_name='traceobjecttranslation',
            name='master',
            field=parler.fields.TranslationsForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='objects.traceobject'),
        ),
        migrations.AddConstraint(
            model_name='knownhash',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('pdq__isnull', True), ('sha256__isnull', False)), models.Q(('pdq__isnull', False), ('sha256__isnull', True)), _connector='OR'), name='known_hash_of_one_kind'),
        ),
        migrations.AddConstraint(
            model_name='knownhash',
            constraint=models.UniqueConstraint(condition=models.Q(('pdq__isnull', False)), fields=('hash_list', 'pdq'), name='pdq_once'),
        ),
        migrations.AddConstraint(
            model_name='knownhash',
            constraint=models.UniqueConstraint(condition=models.Q(('sha256__isnull', False)), fields=('sha256', 'hash_list'), name='sha256_once'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.UniqueConstraint(fields=('picture', 'analyst', 'about'), name='override_once_each'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_says_why'),
        ),
        migrations.AddConstraint(
            model_name='picturetranslation',
            constraint=models.UniqueConstraint(fields=('language_code', 'master'), name='objects_picture_translation_uniq_lang'),
        ),
        migrations.AddConstraint(
            model_name='traceobjecttranslation',
            constraint=models.UniqueConstraint(fields=('language_code', 'master'), name='objects_traceobject_translation_uniq_lang'),
        ),
        migrations.RunPython(copy_words, give_words_back),
    ]
