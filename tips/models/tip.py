"""What somebody told us about one object."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_countries.fields import CountryField


class Tip(models.Model):
    """One message. It is never deleted; matching only says what it belongs to."""

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        MATCHED = "matched", "Matched"

    class Relation(models.TextChoices):
        FIRST = "first", "First to say this"
        DUPLICATE = "duplicate", "Says what another said"
        RELATED = "related", "Alike, but differs where it matters"

    class Source(models.TextChoices):
        FORM = "form", "Tip form"
        IMPORT = "import", "Import"

    object = models.ForeignKey("objects.TraceObject", on_delete=models.PROTECT, related_name="tips")
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    external_id = models.CharField(max_length=200, null=True, unique=True)
    receipt = models.CharField(
        max_length=64, null=True, unique=True, help_text="Keyed hash of the receipt code."
    )
    text = models.TextField()
    country = CountryField(blank=True, help_text="The country that the sender chose, if any.")
    url = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=10, blank=True)
    contact = models.BinaryField(null=True, help_text="E-mail address, encrypted (Fernet).")
    received_at = models.DateTimeField(
        help_text="To the hour: a closer time could give a sender away."
    )

    claim = models.ForeignKey(
        "tips.Claim", on_delete=models.PROTECT, null=True, related_name="tips"
    )
    relation = models.CharField(max_length=10, choices=Relation, blank=True)
    related_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    reasons = ArrayField(models.CharField(max_length=200), default=list)
    countries = ArrayField(
        models.CharField(max_length=2), default=list, help_text="Countries that the tip names."
    )

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_contact", "Can see a tip's contact details, each look recorded"),
            ("export_tip", "Can export tips"),
        ]
        indexes = [models.Index(fields=["object", "id"])]
        constraints = [
            models.CheckConstraint(
                name="tip_matched_has_claim",
                condition=Q(state="received", claim__isnull=True, relation="")
                | Q(
                    state="matched",
                    claim__isnull=False,
                    relation__in=["first", "duplicate", "related"],
                ),
            ),
            models.CheckConstraint(name="tip_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="tip_related_to_something",
                condition=Q(relation="related", related_to__isnull=False) | ~Q(relation="related"),
            ),
        ]

    def __str__(self) -> str:
        return f"Tip {self.pk}"

    @property
    def audit_name(self) -> str:
        return f"tip {self.pk}"
