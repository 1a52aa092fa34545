"""The desk that a country's referrals go to."""

from django.db import models
from django_countries.fields import Country, CountryField


class Desk(models.Model):
    """A country's desk. Its officers are the case officers with that country."""

    country: "models.Field[str | Country, Country]" = CountryField(unique=True)
    name = models.CharField(max_length=120)
    on_duty = models.ForeignKey(
        "staff.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Gets the country's referrals. If empty, they go to one of its case officers.",
    )

    class Meta:
        ordering = ["country"]

    def __str__(self) -> str:
        return f"{self.country.code} {self.name}"

    @property
    def audit_name(self) -> str:
        return f"desk {self.country.code}"
