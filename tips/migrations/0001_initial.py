import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django_countries.fields
import objects.models.bits
import pgtrigger.compiler
import pgtrigger.migrations
import pgvector.django.vector
import tips.models.claim
import traceobject.triggers
from django.conf import settings
from django.db import migrations, models

from tips.claims import vectors


# To begin with; an operator checks and completes the list in the admin. The directory of INHOPE, the
# association of hotlines, is there for all countries that are not.
HOTLINES = [
    ("", "INHOPE", "https://www.inhope.org/EN#hotlineReferral"),
    ("AT", "Stopline", "https://www.stopline.at/"),
    ("AU", "eSafety Commissioner", "https://www.esafety.gov.au/report"),
    ("BE", "Child Focus", "https://childfocus.be/"),
    ("CA", "Cybertip.ca", "https://www.cybertip.ca/"),
    ("CH", "Clickandstop.ch", "https://www.clickandstop.ch/"),
    ("DE", "Internet-Beschwerdestelle", "https://www.internet-beschwerdestelle.de/"),
    ("DE", "jugendschutz.net", "https://www.jugendschutz.net/"),
    ("ES", "INCIBE", "https://www.incibe.es/"),
    ("FR", "PHAROS", "https://www.internet-signalement.gouv.fr/"),
    ("FR", "Point de Contact", "https://www.pointdecontact.net/"),
    ("GB", "Internet Watch Foundation", "https://report.iwf.org.uk/"),
    ("IE", "Hotline.ie", "https://www.hotline.ie/"),
    ("NL", "Offlimits", "https://offlimits.nl/"),
    ("PL", "Dyżurnet.pl", "https://dyzurnet.pl/"),
    ("US", "NCMEC CyberTipline", "https://report.cybertip.org/"),
]


def make_hotlines(apps, schema_editor):
    Hotline = apps.get_model("tips", "Hotline")
    Hotline.objects.bulk_create(
        Hotline(country=country, name=name, address=address) for country, name, address in HOTLINES
    )


def make_vectors(apps, schema_editor):
    """Where pgvector is; elsewhere the table comes later, by ``manage.py create_vectors``."""
    vectors.create_table(schema_editor)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("outbox", "0001_initial"),
        ("outbox", "0001_initial"),
        ("objects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Tip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("matched", "Matched"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("form", "Tip form"),
                            ("import", "Import"),
                            ("receipt", "Added with a receipt"),
                        ],
                        default="form",
                        max_length=10,
                    ),
                ),
                (
                    "external_id",
                    models.CharField(max_length=200, null=True, verbose_name="external ID"),
                ),
                (
                    "receipt",
                    models.CharField(
                        help_text="Keyed hash of the receipt code.", max_length=64, null=True
                    ),
                ),
                ("text", models.TextField()),
                (
                    "country",
                    django_countries.fields.CountryField(
                        blank=True, help_text="The country selected by the sender.", max_length=2
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Town, shop or street.",
                        max_length=200,
                    ),
                ),
                ("url", models.CharField(blank=True, max_length=2000, verbose_name="web page")),
                (
                    "seen_when",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=200,
                        verbose_name="when seen",
                    ),
                ),
                (
                    "sureness",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("certain", "Certain"),
                            ("likely", "Fairly sure"),
                            ("unsure", "Not sure"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                        verbose_name="certainty",
                    ),
                ),
                (
                    "why",
                    models.TextField(
                        blank=True, db_default="", default="", verbose_name="how they know"
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=10)),
                (
                    "contact",
                    models.BinaryField(
                        help_text="Email address or phone number, encrypted (Fernet).", null=True
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        help_text="Rounded to the hour to protect senders.", verbose_name="received"
                    ),
                ),
                (
                    "trust",
                    models.CharField(
                        choices=[
                            ("proven", "Passed proof of work"),
                            ("plain", "No proof of work"),
                            ("doubtful", "Looks automated"),
                        ],
                        db_default="plain",
                        default="plain",
                        max_length=10,
                    ),
                ),
                (
                    "sender",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Keyed hash of the network, with a salt that changes daily. Emptied a day later.",
                        max_length=32,
                    ),
                ),
                (
                    "is_flagged",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="One of its pictures is on a hash list.",
                        verbose_name="flagged",
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("first", "First"),
                            ("duplicate", "Duplicate"),
                            ("related", "Related: similar, but differs in a key detail"),
                            ("same_sender", "Added by the same sender"),
                            ("flood", "Part of a flood"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None
                    ),
                ),
                (
                    "matcher_version",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, help_text="Version of the matcher (guard.VERSION)."
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        default=list,
                        help_text="Countries named in the tip.",
                        size=None,
                    ),
                ),
                ("has_place", models.BooleanField(db_default=False, default=False)),
                ("has_link", models.BooleanField(db_default=False, default=False)),
                (
                    "follows",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The tip that this one adds to.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="additions",
                        to="tips.tip",
                    ),
                ),
                (
                    "object",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tips",
                        to="objects.traceobject",
                    ),
                ),
                (
                    "related_to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tips.tip",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("view_contact", "Can view a tip's contact details (recorded)"),
                    ("export_tip", "Can export tips"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("vetted", "Vetted"),
                            ("rejected", "Rejected"),
                            ("merged", "Merged"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "opened_at",
                    models.DateTimeField(
                        default=tips.models.claim.current_hour,
                        help_text="Rounded to the hour to protect senders.",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Why it was rejected.", max_length=500),
                ),
                (
                    "is_flood",
                    models.BooleanField(
                        default=False,
                        help_text="Collects what one sender sends beyond the limit.",
                        verbose_name="flood",
                    ),
                ),
                (
                    "is_manual",
                    models.BooleanField(
                        default=False,
                        help_text="Merged or split by a moderator. Matching leaves it alone.",
                        verbose_name="arranged manually",
                    ),
                ),
                (
                    "facts",
                    models.JSONField(
                        default=dict,
                        help_text="Facts about its tips that count for the ranking (ranking.Facts).",
                    ),
                ),
                ("tip_count", models.PositiveIntegerField(default=0)),
                (
                    "score",
                    models.FloatField(
                        default=0, help_text="Points for the ranking (ranking.WEIGHTS)."
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="tips.claim",
                    ),
                ),
                (
                    "object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="objects.traceobject",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [("vet_claim", "Can vet and reject claims")],
            },
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("summary", models.TextField(max_length=2000)),
                ("vetted_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [("export_lead", "Can export leads")],
            },
        ),
        migrations.CreateModel(
            name="LeadCountry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", django_countries.fields.CountryField(max_length=2)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("sold", "Sold there"),
                            ("seen", "Seen there"),
                            ("made", "Made there"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["country"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "likeness",
                    models.FloatField(help_text="Cosine similarity of the two embeddings."),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ["-likeness"],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", django_countries.fields.CountryField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a case officer"),
                            ("sent", "New"),
                            ("acknowledged", "Acknowledged"),
                            ("closed", "Closed"),
                        ],
                        default="waiting",
                        max_length=14,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "Confirmed: the object is from here"),
                            ("excluded", "Excluded: the object is not from here"),
                            ("widespread", "Widespread: found here and in many other countries"),
                            ("nothing", "Nothing found"),
                        ],
                        max_length=12,
                    ),
                ),
                ("outcome_note", models.TextField(blank=True, max_length=4000)),
                (
                    "is_released",
                    models.BooleanField(
                        default=False,
                        help_text="Counts in the public figures.",
                        verbose_name="released",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("work_referral", "Can work on the referrals of their own countries")
                ],
            },
        ),
        migrations.CreateModel(
            name="TipEmbedding",
            fields=[
                (
                    "tip",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tips.tip",
                    ),
                ),
                ("vector", pgvector.django.vector.VectorField(dimensions=384)),
            ],
            options={
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Being checked"),
                            ("clean", "Checked"),
                            ("refused", "Not a readable picture"),
                            ("locked", "Locked: on a hash list"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("original", models.CharField(blank=True, max_length=80)),
                ("view", models.CharField(blank=True, max_length=80)),
                (
                    "blurred",
                    models.TextField(blank=True, help_text="Greyscale and blurred, as a data URI."),
                ),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                (
                    "size",
                    models.PositiveIntegerField(
                        default=0, help_text="Size of the original in bytes."
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("pdq", objects.models.bits.Bits256(null=True)),
                (
                    "pdq_turned",
                    models.JSONField(
                        default=list, help_text="PDQ of the rotated and mirrored picture."
                    ),
                ),
                ("pdq_quality", models.PositiveSmallIntegerField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                (
                    "location_allowed",
                    models.BooleanField(
                        default=False,
                        help_text="The sender allowed investigators to read the place and time.",
                    ),
                ),
                (
                    "taken",
                    models.BinaryField(
                        help_text="Place and time of the photo, encrypted. For case officers only.",
                        null=True,
                    ),
                ),
                (
                    "matches",
                    models.JSONField(default=list, help_text="Hash lists that contain it."),
                ),
                (
                    "tip",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="tips.tip",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "permissions": [("view_locked", "Can view locked files")],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "attachment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="tips.attachment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BandKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key",
                        "tip_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.BigIntegerField()),
                (
                    "tip",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tips.tip",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="tip",
            name="claim",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tips",
                to="tips.claim",
            ),
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(choices=[("mail", "Email")], default="mail", max_length=10),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="Desk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", django_countries.fields.CountryField(max_length=2, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "on_duty",
                    models.ForeignKey(
                        blank=True,
                        help_text="Gets the country's referrals. If empty, they go to one of its case officers.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["country"],
            },
        ),
        migrations.CreateModel(
            name="Hotline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "country",
                    django_countries.fields.CountryField(
                        blank=True, help_text="Leave empty for all other countries.", max_length=2
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "address",
                    models.CharField(
                        blank=True,
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["https"])],
                    ),
                ),
                ("telephone", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "ordering": ["country", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "name"),
                        name="hotline_once",
                        violation_error_message="There is already a hotline with this name for this country.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), _negated=True),
                            models.Q(("telephone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="hotline_reachable",
                        violation_error_message="Enter an address or a phone number.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hotline",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="542924fa49b0ec9901e827a721b29fabb4076592",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_public_generation_ce3c5",
                    table="tips_hotline",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="claim",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="lead", to="tips.claim"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leads",
                to="objects.traceobject",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="vetted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="leadcountry",
            name="lead",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="countries",
                to="tips.lead",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="declined_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tips.tip"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="tip",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="tips.tip",
            ),
        ),
        migrations.AddField(
            model_name="tip",
            name="answers",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer",
                to="tips.question",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="tip",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="tips.tip"
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="acknowledged_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="closed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="lead",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referrals",
                to="tips.lead",
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="officer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="referral",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="tips.referral",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("tip__isnull", True)),
                fields=["received_at"],
                name="attachment_unclaimed",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "clean"),
                        models.Q(("view", ""), _negated=True),
                        models.Q(("blurred", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "clean"), _negated=True), ("blurred", ""), ("view", "")
                    ),
                    _connector="OR",
                ),
                name="attachment_clean_has_view",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "locked"), _negated=True),
                    models.Q(("original", ""), _negated=True),
                    _connector="OR",
                ),
                name="attachment_locked_has_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken__isnull", True), ("location_allowed", True), _connector="OR"
                ),
                name="attachment_taken_if_allowed",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                fields=("attachment", "person"), name="alert_once_a_person"
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["state", "object"], name="tips_claim_state_16fb59_idx"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by__isnull", True),
                        ("state__in", ["open", "merged"]),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state__in", ["vetted", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="claim_decided_has_user",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(
                        models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="claim_merged_has_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_flood", True), ("state", "open")),
                fields=("object",),
                name="claim_one_open_flood",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="claim_rejected_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(("summary", ""), _negated=True), name="lead_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="leadcountry",
            constraint=models.UniqueConstraint(
                fields=("lead", "country"), name="lead_country_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(fields=("tip", "other"), name="proposal_once"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("tip", models.F("other")), _negated=True),
                name="proposal_of_two",
            ),
        ),
        migrations.AddIndex(
            model_name="tip",
            index=models.Index(fields=["object", "id"], name="tips_tip_object__3aa970_idx"),
        ),
        migrations.AddIndex(
            model_name="tip",
            index=models.Index(fields=["claim", "id"], name="tips_tip_claim_i_df804e_idx"),
        ),
        migrations.AddIndex(
            model_name="tip",
            index=models.Index(
                condition=models.Q(("follows__isnull", False)),
                fields=["follows"],
                name="tip_follows",
            ),
        ),
        migrations.AddIndex(
            model_name="tip",
            index=models.Index(
                condition=models.Q(("related_to__isnull", False)),
                fields=["related_to"],
                name="tip_related_to",
            ),
        ),
        migrations.AddIndex(
            model_name="tip",
            index=models.Index(
                condition=models.Q(("sender", ""), _negated=True),
                fields=["sender", "object"],
                name="tip_sender",
            ),
        ),
        migrations.AddIndex(
            model_name="tip",
            index=models.Index(
                condition=models.Q(
                    ("sender", ""), ("source", "form"), models.Q(("trust", "proven"), _negated=True)
                ),
                fields=["object", "received_at"],
                name="tip_unproven",
            ),
        ),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("claim__isnull", True),
                        ("relation", ""),
                        ("state__in", ["received", "withdrawn"]),
                    ),
                    models.Q(
                        ("claim__isnull", False),
                        ("relation__in", ["first", "duplicate", "related", "same_sender", "flood"]),
                        ("state", "matched"),
                    ),
                    _connector="OR",
                ),
                name="tip_matched_has_claim",
            ),
        ),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="tip_text_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("related_to__isnull", False),
                    models.Q(("relation", "related"), _negated=True),
                    _connector="OR",
                ),
                name="tip_related_has_target",
            ),
        ),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answers__isnull", True), ("follows__isnull", False), _connector="OR"
                ),
                name="tip_answer_follows",
            ),
        ),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id__isnull", False)),
                fields=("external_id",),
                name="tip_external_id_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="tip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("receipt__isnull", False)),
                fields=("receipt",),
                name="tip_receipt_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tip",
            trigger=pgtrigger.compiler.Trigger(
                name="next_step",
                sql=traceobject.triggers.RuleSql(
                    condition="WHEN (NEW.state = 'received')",
                    func="\n            INSERT INTO outbox_step (name, subject) VALUES ('match', NEW.id)\n            ON CONFLICT DO NOTHING;\n            RETURN NULL;\n        ",
                    hash="3680802c186d433322de9d03090e8492da2de732",
                    operation="INSERT",
                    pgid="pgtrigger_next_step_5726e",
                    table="tips_tip",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="question_text_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["country", "state"], name="tips_referr_country_660028_idx"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                fields=("lead", "country"), name="referral_once_a_country"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("officer__isnull", True), ("sent_at__isnull", True), ("state", "waiting")
                    ),
                    models.Q(
                        ("officer__isnull", False), ("sent_at__isnull", False), ("state", "sent")
                    ),
                    models.Q(
                        ("acknowledged_at__isnull", False),
                        ("acknowledged_by__isnull", False),
                        ("state", "acknowledged"),
                    ),
                    models.Q(
                        ("acknowledged_at__isnull", False),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("state", "closed"),
                    ),
                    _connector="OR",
                ),
                name="referral_state_has_fields",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_released", False), ("state", "closed"), _connector="OR"),
                name="referral_released_when_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), models.Q(("outcome", ""), _negated=True)),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("outcome", "")),
                    _connector="OR",
                ),
                name="referral_closed_with_outcome",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="public_generation",
                sql=traceobject.triggers.RuleSql(
                    condition='WHEN (OLD."is_released" IS DISTINCT FROM (NEW."is_released"))',
                    constraint="CONSTRAINT",
                    func="\n            IF current_setting('traceobject.changed', true)\n                IS DISTINCT FROM pg_current_xact_id()::text\n            THEN\n                UPDATE public_generation SET number = number + 1;\n                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="12680882e4df22c5225855d1275e9ed54c5073ff",
                    operation="UPDATE",
                    pgid="pgtrigger_public_generation_b9d2d",
                    table="tips_referral",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("referral", "channel", "officer"), name="delivery_once_a_referral"
            ),
        ),
        migrations.RunPython(make_hotlines, migrations.RunPython.noop),
        migrations.RunPython(make_vectors, migrations.RunPython.noop),
    ]
