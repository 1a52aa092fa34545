import pgtrigger.compiler
import pgtrigger.migrations
import traceobject.triggers
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.CharField(
                        help_text="User name, or the part of the site that acted.", max_length=150
                    ),
                ),
                ("action", models.CharField(max_length=64)),
                ("target", models.CharField(blank=True, max_length=100)),
                ("detail", models.JSONField(default=dict)),
                (
                    "previous",
                    models.CharField(help_text="Digest of the entry before.", max_length=64),
                ),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit trail",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(fields=["target"], name="audit_entry_target_704385_idx"),
                    models.Index(fields=["actor", "at"], name="audit_entry_actor_762b9d_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("previous",), name="audit_entry_follows_one"),
                    models.UniqueConstraint(fields=("digest",), name="audit_entry_digest_once"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=traceobject.triggers.RuleSql(
                    func="RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP;",
                    hash="5b8c42873c0f4593a99c60b968f523b4dc843dff",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a6b88",
                    table="audit_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=traceobject.triggers.RuleSql(
                    func="RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP;",
                    hash="d29095434f5783c56d3a3ff95050a9725c239e85",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_6c9ae",
                    table="audit_entry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
