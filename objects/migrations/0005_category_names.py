"""A category's name in each language: a table of its own, as for objects' words."""

import django.db.models.deletion
import parler.fields
import parler.models
from django.db import migrations, models

COPY = """
INSERT INTO objects_category_translation (language_code, name, master_id)
SELECT 'en', old_name, id FROM objects_category;
"""
COPY_BACK = """
UPDATE objects_category SET old_name = t.name FROM objects_category_translation t
WHERE t.master_id = objects_category.id AND t.language_code = 'en';
"""
MAKE = """
CREATE CONSTRAINT TRIGGER objects_category_translation_public
    AFTER INSERT OR UPDATE OR DELETE ON objects_category_translation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public_changed();
"""
DROP = "DROP TRIGGER objects_category_translation_public ON objects_category_translation;"


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
    dependencies = [("objects", "0004_generation")]

    operations = [
        migrations.AlterModelOptions(
            name="category",
            options={"ordering": ["slug"], "verbose_name_plural": "categories"},
        ),
        migrations.RenameField("category", "name", "old_name"),
        migrations.AlterField("category", "old_name", models.CharField(default="", max_length=60)),
        ChangeBases("category"),
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
                (
                    "master",
                    parler.fields.TranslationsForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="translations",
                        to="objects.category",
                    ),
                ),
            ],
            options={
                "verbose_name": "category Translation",
                "db_table": "objects_category_translation",
                "db_tablespace": "",
                "managed": True,
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("language_code", "master"),
                        name="objects_category_translation_uniq_lang",
                    )
                ],
            },
            bases=(parler.models.TranslatedFieldsModelMixin, models.Model),
        ),
        migrations.RunSQL(COPY, COPY_BACK),
        migrations.RemoveField(model_name="category", name="old_name"),
        migrations.RunSQL(MAKE, DROP),
    ]
