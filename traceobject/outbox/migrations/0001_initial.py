import datetime
import django.db.models.functions.datetime
import traceobject.outbox.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField()),
                (
                    "since",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "next_try_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("reason", models.CharField(max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("subject", models.BigIntegerField()),
                ("generation", models.PositiveIntegerField(db_default=1)),
                ("cursor", models.BigIntegerField(db_default=0)),
                (
                    "waiting_since",
                    models.DateTimeField(db_default=traceobject.outbox.models.RoundedNow()),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        db_default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
                    ),
                ),
                ("is_leased", models.BooleanField(db_default=False)),
                ("attempts", models.PositiveIntegerField(db_default=0)),
                ("last_error", models.CharField(blank=True, db_default="", max_length=200)),
                ("reason", models.CharField(blank=True, db_default="", max_length=300)),
                ("given_up_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "background step",
                "permissions": [("retry_step", "Can retry steps that were given up")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at__isnull", True)),
                        fields=["due_at", "id"],
                        name="outbox_step_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("name", "subject"), name="outbox_step_once")
                ],
            },
        ),
    ]
