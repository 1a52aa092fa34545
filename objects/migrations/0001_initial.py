import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django_countries.fields
import parler.fields
import parler.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import objects.models.bits
import objects.models.trace_object
import traceobject.triggers


def make_the_one_row(apps, schema_editor):
    apps.get_model("objects", "PublicGeneration").objects.create()


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave empty to launch it by hand. In the site's time zone.",
                        null=True,
                    ),
                ),
                ("launched_at", models.DateTimeField(editable=False, null=True)),
                ("hold_reason", models.CharField(blank=True, editable=False, max_length=400)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["slug"],
            },
            bases=(parler.models.TranslatableModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="CategoryTranslation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language_code",
                    models.CharField(db_index=True, max_length=15, verbose_name="Language"),
                ),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "verbose_name": "category Translation",
                "db_table": "objects_category_translation",
                "db_tablespace": "",
                "managed": True,
                "default_permissions": (),
            },
            bases=(parler.models.TranslatedFieldsModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="HashList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=120)),
                ("dated", models.DateField()),
                ("imported_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["source", "-dated"],
            },
        ),
        migrations.CreateModel(
            name="KnownHash",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pdq", objects.models.bits.Bits256(null=True)),
                ("sha256", models.CharField(max_length=64, null=True)),
            ],
            options={
                "verbose_name_plural": "known hashes",
            },
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("master", models.CharField(editable=False, max_length=100)),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("placeholder", models.TextField(blank=True, editable=False)),
                ("upload_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("master_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("pdq", objects.models.bits.Bits256(editable=False, null=True)),
                ("pdq_turned", models.JSONField(default=list, editable=False)),
                ("pdq_quality", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("inspected_at", models.DateTimeField(editable=False, null=True)),
                ("gate_version", models.CharField(blank=True, editable=False, max_length=40)),
                ("findings", models.JSONField(default=list, editable=False)),
                ("inspection_error", models.CharField(blank=True, editable=False, max_length=400)),
            ],
            options={
                "ordering": ["position", "id"],
            },
            bases=(parler.models.TranslatableModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PictureTranslation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language_code",
                    models.CharField(db_index=True, max_length=15, verbose_name="Language"),
                ),
                (
                    "alt",
                    models.CharField(
                        help_text="Describes the picture for people who cannot see it.",
                        max_length=300,
                        verbose_name="alternative text",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture Translation",
                "db_table": "objects_picture_translation",
                "db_tablespace": "",
                "managed": True,
                "default_permissions": (),
            },
            bases=(parler.models.TranslatedFieldsModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PublicGeneration",
            fields=[
                ("id", models.SmallIntegerField(db_default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(db_default=1)),
            ],
            options={
                "db_table": "public_generation",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=20)),
                ("addresses", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Rendition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("avif", "avif"), ("webp", "webp"), ("jpg", "jpg")], max_length=4
                    ),
                ),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["width"],
            },
        ),
        migrations.CreateModel(
            name="TraceObject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        default=objects.models.trace_object.new_reference,
                        help_text="A short code such as G4-19. Public.",
                        max_length=12,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z][A-Z0-9]{0,5}-[0-9]{1,4}$", "Enter a code like G4-19."
                            )
                        ],
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waiting for approval"),
                            ("published", "Published"),
                            ("identified", "Identified"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                    ),
                ),
                (
                    "made",
                    models.CharField(
                        blank=True,
                        help_text="For example '1998 to 2004' or 'after 2010'. Public.",
                        max_length=60,
                        verbose_name="when it was made",
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("africa", "Africa"),
                                ("americas", "Americas"),
                                ("asia", "Asia"),
                                ("europe", "Europe"),
                                ("oceania", "Oceania"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        help_text="Where it may come from. Public.",
                        size=None,
                    ),
                ),
                (
                    "excluded_countries",
                    django_countries.fields.CountryField(
                        blank=True,
                        help_text="Public.",
                        max_length=746,
                        multiple=True,
                        verbose_name="countries ruled out",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Urgent"), (2, "Normal"), (3, "Low")], default=2
                    ),
                ),
                (
                    "case_reference",
                    models.CharField(
                        blank=True,
                        help_text="Only shown on these pages.",
                        max_length=80,
                        verbose_name="internal case reference",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("approved_at", models.DateTimeField(editable=False, null=True)),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leave empty to publish on approval. In the site's time zone.",
                        null=True,
                        verbose_name="publish on",
                    ),
                ),
                ("hold_reason", models.CharField(blank=True, editable=False, max_length=400)),
            ],
            options={
                "verbose_name": "object",
                "ordering": ["priority", "-published_at", "-id"],
                "permissions": [
                    ("publish_traceobject", "Can submit, approve, identify and withdraw objects")
                ],
            },
            bases=(parler.models.TranslatableModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="TraceObjectTranslation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language_code",
                    models.CharField(db_index=True, max_length=15, verbose_name="Language"),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="For example 'Shopping bag with a red bird'. Public.",
                        max_length=80,
                    ),
                ),
                (
                    "question",
                    models.TextField(
                        help_text="For example 'Where is this bag sold?' Public.", max_length=600
                    ),
                ),
                (
                    "known",
                    models.TextField(
                        blank=True,
                        help_text="Facts that help to place it. Public.",
                        max_length=1000,
                        verbose_name="what we know",
                    ),
                ),
                (
                    "excluded",
                    models.TextField(
                        blank=True,
                        help_text="So that nobody checks it again. Public.",
                        max_length=1000,
                        verbose_name="already ruled out",
                    ),
                ),
                (
                    "closing_words",
                    models.TextField(
                        blank=True,
                        editable=False,
                        help_text="What the public can read once it has been recognised.",
                        max_length=600,
                    ),
                ),
            ],
            options={
                "verbose_name": "object Translation",
                "db_table": "objects_traceobject_translation",
                "db_tablespace": "",
                "managed": True,
                "default_permissions": (),
            },
            bases=(parler.models.TranslatedFieldsModelMixin, models.Model),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="category",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="8feb6d157c5cc18cac2798549c594f0cc643671d",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_46df8",
                    table="objects_category",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="categorytranslation",
            name="master",
            field=parler.fields.TranslationsForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="objects.category",
            ),
        ),
        migrations.AddConstraint(
            model_name="hashlist",
            constraint=models.UniqueConstraint(fields=("source", "dated"), name="hash_list_once"),
        ),
        migrations.AddField(
            model_name="knownhash",
            name="hash_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hashes",
                to="objects.hashlist",
            ),
        ),
        migrations.AddField(
            model_name="override",
            name="analyst",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="override",
            name="picture",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="overrides",
                to="objects.picture",
            ),
        ),
        migrations.AddField(
            model_name="picturetranslation",
            name="master",
            field=parler.fields.TranslationsForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="objects.picture",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicgeneration",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="public_generation_is_one"
            ),
        ),
        migrations.AddField(
            model_name="rendition",
            name="picture",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="renditions",
                to="objects.picture",
            ),
        ),
        migrations.AddField(
            model_name="traceobject",
            name="approver",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="traceobject",
            name="author",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="traceobject",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                help_text="All objects of a campaign are published together.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trace_objects",
                to="objects.campaign",
            ),
        ),
        migrations.AddField(
            model_name="traceobject",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="objects.category",
            ),
        ),
        migrations.AddField(
            model_name="purge",
            name="object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="purges",
                to="objects.traceobject",
            ),
        ),
        migrations.AddField(
            model_name="picture",
            name="object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pictures",
                to="objects.traceobject",
            ),
        ),
        migrations.AddField(
            model_name="traceobjecttranslation",
            name="master",
            field=parler.fields.TranslationsForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="translations",
                to="objects.traceobject",
            ),
        ),
        migrations.AddConstraint(
            model_name="categorytranslation",
            constraint=models.UniqueConstraint(
                fields=("language_code", "master"), name="objects_category_translation_uniq_lang"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="categorytranslation",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="63d78ad4329c1384b5751036f10ff49091c72904",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_134fd",
                    table="objects_category_translation",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="knownhash",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pdq__isnull", True), ("sha256__isnull", False)),
                    models.Q(("pdq__isnull", False), ("sha256__isnull", True)),
                    _connector="OR",
                ),
                name="known_hash_of_one_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="knownhash",
            constraint=models.UniqueConstraint(
                condition=models.Q(("pdq__isnull", False)),
                fields=("hash_list", "pdq"),
                name="pdq_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="knownhash",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sha256__isnull", False)),
                fields=("sha256", "hash_list"),
                name="sha256_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="override",
            constraint=models.UniqueConstraint(
                fields=("picture", "analyst", "about"), name="override_once_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="override",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="override_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="override",
            trigger=pgtrigger.compiler.Trigger(
                name="overrides_of_public_pictures",
                sql=traceobject.triggers.RuleSql(
                    declare="DECLARE object_state text;",
                    func="\n            SELECT o.state INTO object_state\n                FROM objects_traceobject o JOIN objects_picture p ON p.object_id = o.id\n                WHERE p.id = OLD.picture_id FOR SHARE OF o;\n            IF object_state IN ('published', 'identified') THEN\n                RAISE EXCEPTION 'an override of a public picture cannot be changed' USING ERRCODE = 'check_violation';\n            END IF;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ",
                    hash="6dabaf1d0d1672390070804094e45e5b2f67dac4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_overrides_of_public_pictures_87db1",
                    table="objects_override",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="override",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=traceobject.triggers.RuleSql(
                    func="RAISE EXCEPTION '% cannot be emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';",
                    hash="56f633ddbb2b4c060a56418a169413904ee9cd84",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_44b98",
                    table="objects_override",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="picturetranslation",
            constraint=models.UniqueConstraint(
                fields=("language_code", "master"), name="objects_picture_translation_uniq_lang"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picturetranslation",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="88c726b40c40f34a9d571409f01a5488c8c63533",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_d086b",
                    table="objects_picture_translation",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="rendition",
            index=models.Index(fields=["name"], name="rendition_name"),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=("picture", "kind", "width"), name="rendition_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rendition",
            trigger=pgtrigger.compiler.Trigger(
                name="renditions_stay",
                sql=traceobject.triggers.RuleSql(
                    func="\n            IF EXISTS (\n                SELECT FROM objects_traceobject o JOIN objects_picture p ON p.object_id = o.id\n                WHERE p.id = NEW.picture_id AND o.state IN ('published', 'identified')\n            ) AND (TG_OP = 'UPDATE' OR EXISTS (\n                SELECT FROM objects_rendition r JOIN objects_picture p ON p.id = r.picture_id\n                JOIN objects_traceobject o ON o.id = p.object_id\n                WHERE r.name = NEW.name AND o.state NOT IN ('published', 'identified')\n            )) THEN\n                RAISE EXCEPTION 'a public picture cannot have the file of another' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="38efee60fa76a91ab7b64b0d5c1203afcc8ff3e0",
                    operation='INSERT OR UPDATE OF "name", "picture_id"',
                    pgid="pgtrigger_renditions_stay_a8010",
                    table="objects_rendition",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rendition",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="8d0fcd3f917fa103355bdd73a8e7d17bd3f8ffd9",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_fbdba",
                    table="objects_rendition",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="traceobject",
            index=models.Index(
                fields=["state", "priority", "-published_at"], name="objects_tra_state_ebc121_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="traceobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "published", "identified", "withdrawn"])
                ),
                name="object_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="traceobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approver__isnull", True),
                    models.Q(("approver", models.F("author")), _negated=True),
                    _connector="OR",
                ),
                name="object_four_eyes",
                violation_error_message="Another analyst than the author has to approve it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="traceobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "draft"), _negated=True),
                    models.Q(("approved_at__isnull", True), ("approver__isnull", True)),
                    _connector="OR",
                ),
                name="object_draft_is_not_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="traceobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_at__isnull", True), ("approver__isnull", False), _connector="OR"
                ),
                name="object_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="traceobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("published", "identified")), _negated=True),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approver__isnull", False),
                        ("author__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="object_approved_before_it_is_public",
                violation_error_message="Somebody other than the author has to approve.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="traceobject",
            trigger=pgtrigger.compiler.Trigger(
                name="publication",
                sql=traceobject.triggers.RuleSql(
                    condition="WHEN (NEW.state IN ('published', 'identified'))",
                    func="\n            IF TG_OP = 'INSERT' THEN\n                RAISE EXCEPTION 'object % has no picture', NEW.reference USING ERRCODE = 'check_violation';\n            END IF;\n            IF OLD.state = NEW.state\n                OR (OLD.state = 'published' AND NEW.state = 'identified')\n            THEN\n                RETURN NEW;\n            END IF;\n            IF OLD.state <> 'submitted' OR NEW.state <> 'published' THEN\n                RAISE EXCEPTION 'object % is %, it cannot become %', NEW.reference, OLD.state, NEW.state USING ERRCODE = 'check_violation';\n            END IF;\n            IF NOT EXISTS (SELECT FROM objects_picture WHERE object_id = NEW.id) THEN\n                RAISE EXCEPTION 'object % has no picture', NEW.reference USING ERRCODE = 'check_violation';\n            END IF;\n            IF EXISTS (SELECT FROM objects_picture p WHERE p.object_id = NEW.id AND NOT (\n        p.inspected_at IS NOT NULL AND (p.findings = '[]'::jsonb OR (\n            SELECT count(DISTINCT analyst_id) FROM objects_override\n            WHERE picture_id = p.id AND about = 'person gate'\n        ) >= 2)\n    ))\n            THEN\n                RAISE EXCEPTION 'a picture of object % has not passed the person gate', NEW.reference USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="814ab5ec7f3ccf51fe280be6ad57d356acb5b632",
                    operation='INSERT OR UPDATE OF "state"',
                    pgid="pgtrigger_publication_fa580",
                    table="objects_traceobject",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="traceobject",
            trigger=pgtrigger.compiler.Trigger(
                name="no_return",
                sql=traceobject.triggers.RuleSql(
                    condition="WHEN (OLD.state IN ('published', 'identified', 'withdrawn') AND NEW.state <> OLD.state AND NOT (OLD.state = 'published' AND NEW.state = 'identified') AND NOT (NEW.state = 'withdrawn'))",
                    func="RAISE EXCEPTION 'object % is %, it cannot become %', NEW.reference, OLD.state, NEW.state USING ERRCODE = 'check_violation';",
                    hash="069be3295f97169f781117a31f9b43eca2931414",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_no_return_ef4e5",
                    table="objects_traceobject",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="traceobject",
            trigger=pgtrigger.compiler.Trigger(
                name="approval",
                sql=traceobject.triggers.RuleSql(
                    condition="WHEN (OLD.state IN ('published', 'identified', 'withdrawn') AND (OLD.author_id, OLD.approver_id, OLD.approved_at) IS DISTINCT FROM (NEW.author_id, NEW.approver_id, NEW.approved_at))",
                    func="RAISE EXCEPTION 'the approval of object % cannot be changed', NEW.reference USING ERRCODE = 'check_violation';",
                    hash="fefcf6d70b86bd04a110171ccdf2101973ba1678",
                    operation="UPDATE",
                    pgid="pgtrigger_approval_58da2",
                    table="objects_traceobject",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="traceobject",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="4bcfdba7df6804fdefef2ab5a29217f897bba72e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_7ea1a",
                    table="objects_traceobject",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picture",
            trigger=pgtrigger.compiler.Trigger(
                name="pictures_of_drafts",
                sql=traceobject.triggers.RuleSql(
                    declare="DECLARE object_state text;",
                    func="\n            FOR object_state IN\n                SELECT state FROM objects_traceobject\n                WHERE (TG_OP <> 'INSERT' AND id = OLD.object_id)\n                    OR (TG_OP <> 'DELETE' AND id = NEW.object_id)\n                ORDER BY id FOR SHARE\n            LOOP\n                IF object_state <> 'draft' THEN\n                    RAISE EXCEPTION 'the pictures of an object that is % cannot be changed', object_state USING ERRCODE = 'check_violation';\n                END IF;\n            END LOOP;\n            IF TG_OP = 'DELETE' THEN\n                RETURN OLD;\n            END IF;\n            RETURN NEW;\n        ",
                    hash="67f2d4710781b370a5568550c7c6c86e6511e8a7",
                    operation='INSERT OR DELETE OR UPDATE OF "master", "object_id"',
                    pgid="pgtrigger_pictures_of_drafts_fb68d",
                    table="objects_picture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picture",
            trigger=pgtrigger.compiler.Trigger(
                name="public_pictures_pass",
                sql=traceobject.triggers.RuleSql(
                    declare="DECLARE object_state text;",
                    func="\n            SELECT state INTO object_state FROM objects_traceobject WHERE id = NEW.object_id FOR SHARE;\n            IF object_state IN ('published', 'identified') AND NOT (\n        NEW.inspected_at IS NOT NULL AND (NEW.findings = '[]'::jsonb OR (\n            SELECT count(DISTINCT analyst_id) FROM objects_override\n            WHERE picture_id = NEW.id AND about = 'person gate'\n        ) >= 2)\n    ) THEN\n                RAISE EXCEPTION 'a public picture cannot become one that has not passed the person gate' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="19039745b4059bd490da81efcdd50198f8fb63f9",
                    operation='UPDATE OF "inspected_at", "findings"',
                    pgid="pgtrigger_public_pictures_pass_7724e",
                    table="objects_picture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picture",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=traceobject.triggers.RuleSql(
                    func="RAISE EXCEPTION '% cannot be emptied', TG_TABLE_NAME USING ERRCODE = 'check_violation';",
                    hash="34af0c4a3150d095d674bd5d6954e242b0f2595f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_a7a61",
                    table="objects_picture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="picture",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="32f481aa509d0beb5977ff3d790cc8c52c6341d2",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_3c5d2",
                    table="objects_picture",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="traceobjecttranslation",
            constraint=models.UniqueConstraint(
                fields=("language_code", "master"), name="objects_traceobject_translation_uniq_lang"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="traceobjecttranslation",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="1c2e3b3b89de3a01decc57197903e2535edefca6",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_69015",
                    table="objects_traceobject_translation",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunPython(make_the_one_row, migrations.RunPython.noop),
    ]
