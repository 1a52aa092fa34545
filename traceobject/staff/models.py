"""Users, the countries of case officers, their sessions, mails to them, and the limits on sign-in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django_countries.fields import Country, CountryField

from traceobject.staff import rules, usernames


class StaffManager(UserManager["User"]):
    """Manager of users. Its superuser is an administrator."""

    def create_superuser(self, username, email=None, password=None, **fields):
        """Create an administrator, a role like the others that bypasses no permission, and record it."""
        from traceobject.audit import trail
        from traceobject.staff.authority import System

        fields |= {"is_staff": True, "is_superuser": False}
        with transaction.atomic():
            user = self.create_user(username, email, password, **fields)
            user.groups.add(Group.objects.get(name="administrator"))
            trail.record("staff.added", user, by=System.COMMAND_LINE, roles=["administrator"])
        return user


class User(AbstractUser):
    """A member of staff. The public has no accounts."""

    username = models.CharField(
        "username",
        max_length=150,
        unique=True,
        validators=[usernames.plain_letters, usernames.not_a_part_of_the_site],
        help_text="Letters without accents, digits and @ . + - _. It cannot be changed later.",
        error_messages={"unique": "There is a member of staff with this username."},
    )
    email = models.EmailField("email address", unique=True)

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta(AbstractUser.Meta):
        # Signing in ignores case, so two names or addresses that differ in nothing else would be one.
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="username_once",
                violation_error_message="There is a member of staff with this username.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="email_once",
                violation_error_message="There is a member of staff with this email address.",
            ),
        ]
        verbose_name = "member of staff"
        verbose_name_plural = "members of staff"
        triggers = [rules.name_stays()]

    # Django grants a superuser everything. Here only the table in roles.py counts.
    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.is_active and perm in self.get_all_permissions(obj)

    def has_perms(self, perm_list, obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions())


class OfficerCountry(models.Model):
    """A country that a case officer is responsible for."""

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
    """Attempts to sign in, or a used one-time code, until they expire.

    The key is a keyed hash, which reveals neither the account nor the address.
    """

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


class StaffSession(models.Model):
    """A browser's session on staff pages.

    A copy of this table opens nothing: ``session_key`` is a SHA-256 hash of the key in the cookie, and the
    data is encrypted with a key derived from it (:mod:`traceobject.staff.sessions`).
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    session_data = models.BinaryField()
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="staff_sessions"
    )
    started_at = models.DateTimeField()
    expire_date = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"session of {self.user or 'nobody yet'}"


class Notice(models.Model):
    """A mail about an account, until it has been sent. Links in it are made only when it is sent."""

    class Kind(models.TextChoices):
        INVITATION = "invitation"
        PASSWORD_RESET = "password_reset"  # noqa: S105
        PASSWORD_CHANGED = "password_changed"  # noqa: S105
        FACTOR_ADDED = "factor_added"
        FACTOR_REMOVED = "factor_removed"
        FACTORS_RESET = "factors_reset"
        EMAIL_CHANGED = "email_changed"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    # Empty for an address that nobody has, so that asking for it takes the same work.
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    # That of the moment, so that a notice of a change does not follow the change.
    address = models.EmailField(blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} for {self.user or 'nobody'}"
