"""Users and the countries that case officers answer for."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.db import models, transaction
from django_countries.fields import Country, CountryField


class StaffManager(UserManager["User"]):
    """Makes users; ``manage.py createsuperuser`` makes an administrator."""

    def create_superuser(self, username, email=None, password=None, **fields):
        """Make an administrator: a role like the others, with no way round the table of rights."""
        fields |= {"is_staff": True, "is_superuser": False}
        with transaction.atomic():
            user = self.create_user(username, email, password, **fields)
            user.groups.add(Group.objects.get(name="administrator"))
        return user


class User(AbstractUser):
    """A member of staff. The public has no accounts."""

    email = models.EmailField("email address", unique=True)

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta(AbstractUser.Meta):
        verbose_name = "member of staff"
        verbose_name_plural = "members of staff"

    # Django lets a superuser past all checks. Here nobody is: what counts is the table in roles.py.
    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.is_active and perm in self.get_all_permissions(obj)

    def has_perms(self, perm_list, obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions())


class OfficerCountry(models.Model):
    """A country that a case officer answers for."""

    officer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="officer_countries")
    country: models.Field[str | Country, Country] = CountryField()

    class Meta:
        verbose_name = "officer's country"
        verbose_name_plural = "officer's countries"
        constraints = [
            models.UniqueConstraint(fields=["officer", "country"], name="officer_country_once")
        ]

    def __str__(self) -> str:
        return f"{self.officer} for {self.country.name}"


class SignInLimit(models.Model):
    """Tries at signing in, or a one-time code that was used, until they no longer count.

    The key is a keyed hash: it tells neither whose tries they are nor where they came from.
    """

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
