from django.db import migrations

from tips.claims import vectors


def add_index(apps, schema_editor):
    """Where the table is; elsewhere it comes with its indexes, by ``manage.py create_vectors``."""
    with schema_editor.connection.cursor() as cursor:
        tables = schema_editor.connection.introspection.table_names(cursor)
    if "tips_tipembedding" in tables:
        vectors.add_missing_indexes(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("tips", "0004_accounts")]

    operations = [migrations.RunPython(add_index, migrations.RunPython.noop)]
