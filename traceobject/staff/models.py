"""Users and the countries that case officers answer for."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_countries.fields import CountryField


class User(AbstractUser):
    """A member of staff. The public has no accounts."""

    email = models.EmailField("e-mail address", unique=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "member of staff"
        verbose_name_plural = "members of staff"


class OfficerCountry(models.Model):
    """A country that a case officer answers for."""

    officer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="officer_countries")
    country = CountryField()

    class Meta:
        verbose_name = "officer's country"
        verbose_name_plural = "officer's countries"
        constraints = [
            models.UniqueConstraint(fields=["officer", "country"], name="officer_country_once")
        ]

    def __str__(self) -> str:
        return f"{self.officer} for {self.country.name}"
