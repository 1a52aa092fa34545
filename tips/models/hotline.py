"""A hotline where the public reports pictures of abuse, which must never come to this site."""

from django.core.validators import URLValidator
from django.db import models
from django_countries.fields import CountryField

from objects.models.rules import public_generation


class Hotline(models.Model):
    """One hotline, of a country or for all others."""

    country = CountryField(blank=True, help_text="Leave empty for all other countries.")
    name = models.CharField(max_length=100)
    address = models.CharField(
        max_length=300, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    telephone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["country", "name"]
        constraints = [
            models.UniqueConstraint(
                name="hotline_once",
                fields=["country", "name"],
                violation_error_message="There is already a hotline with this name for this country.",
            ),
            models.CheckConstraint(
                name="hotline_reachable",
                condition=~models.Q(address="") | ~models.Q(telephone=""),
                violation_error_message="Enter an address or a phone number.",
            ),
        ]
        triggers = [public_generation()]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"hotline {self.name}"
