"""A lead: a vetted claim, with the countries it points to."""

from django.db import models
from django_countries.fields import Country, CountryField

from tips.models import rules


class Lead(models.Model):
    """A vetted claim. Officers read its ``summary``, which the moderator writes, not the public."""

    object = models.ForeignKey(
        "objects.TraceObject", on_delete=models.PROTECT, related_name="leads"
    )
    claim = models.OneToOneField("tips.Claim", on_delete=models.PROTECT, related_name="lead")
    summary = models.TextField(max_length=2000)
    vetted_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    vetted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        permissions = [("export_lead", "Can export leads")]
        constraints = [
            models.CheckConstraint(name="lead_says_something", condition=~models.Q(summary=""))
        ]
        triggers = [rules.hours("vetted_at")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"L-{self.pk}"

    @property
    def audit_name(self) -> str:
        return f"lead {self.pk}"


class LeadCountry(models.Model):
    """A country that a lead points to, with its relation."""

    class Relation(models.TextChoices):
        SOLD = "sold", "Sold there"
        SEEN = "seen", "Seen there"
        MADE = "made", "Made there"
        UNKNOWN = "unknown", "Unknown"

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="countries", db_index=False
    )  # lead_country_once begins with it
    country: "models.Field[str | Country, Country]" = CountryField()
    relation = models.CharField(max_length=10, choices=Relation, default=Relation.UNKNOWN)

    class Meta:
        ordering = ["country"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "country"], name="lead_country_once")
        ]

    def __str__(self) -> str:
        return f"{self.country.code} ({self.relation})"
