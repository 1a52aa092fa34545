from django.db import migrations


def make(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name="safeguarding")


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_roles")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
