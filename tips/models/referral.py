"""A lead handed to one country, and the messages about it to its officers."""

from django.db import models
from django.db.models import Q
from django_countries.fields import Country, CountryField
from pgtrigger import AnyChange, Update

from objects.models.rules import public_generation
from tips.models import rules
from traceobject.staff.models import User
from traceobject.staff.roles import countries_of


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Queries of referrals."""

    def handed_to(self, officer: User) -> "ReferralQuerySet":
        """Return the referrals that were handed to an officer's own countries, and no others."""
        mine = self.filter(country__in=countries_of(officer))
        return mine.exclude(state=Referral.State.WAITING)


class Referral(models.Model):
    """One lead in one country. There is exactly one, however often a step is retried."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a case officer"
        SENT = "sent", "New"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        CLOSED = "closed", "Closed"

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed: the object is from here"
        EXCLUDED = "excluded", "Excluded: the object is not from here"
        WIDESPREAD = "widespread", "Widespread: found here and in many other countries"
        NOTHING = "nothing", "Nothing found"

    lead = models.ForeignKey(
        "tips.Lead", on_delete=models.PROTECT, related_name="referrals", db_index=False
    )  # referral_once_a_country begins with it
    country: "models.Field[str | Country, Country]" = CountryField()
    state = models.CharField(max_length=14, choices=State, default=State.WAITING)
    officer = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    outcome_note = models.TextField(max_length=4000, blank=True)
    is_released = models.BooleanField(
        "released",
        default=False,
        help_text="Counts in the public figures.",
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("work_referral", "Can work on the referrals of their own countries")]
        indexes = [models.Index(fields=["country", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["lead", "country"], name="referral_once_a_country"),
            models.CheckConstraint(
                name="referral_state_has_fields",
                condition=Q(state="waiting", sent_at__isnull=True, officer__isnull=True)
                | Q(state="sent", officer__isnull=False, sent_at__isnull=False)
                | Q(
                    state="acknowledged",
                    acknowledged_at__isnull=False,
                    acknowledged_by__isnull=False,
                )
                | Q(
                    state="closed",
                    acknowledged_at__isnull=False,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="referral_released_when_closed",
                condition=Q(is_released=False) | Q(state="closed"),
            ),
            models.CheckConstraint(
                name="referral_closed_with_outcome",
                condition=Q(state="closed") & ~Q(outcome="") | ~Q(state="closed") & Q(outcome=""),
            ),
        ]
        # Released outcomes count in the public figures.
        triggers = [
            public_generation(Update, AnyChange("is_released")),
            rules.hours("created_at", "sent_at", "acknowledged_at", "closed_at"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"L-{self.lead_id}-{self.country.code}"

    @property
    def audit_name(self) -> str:
        return f"referral {self.reference}"


class Delivery(models.Model):
    """One message about a referral to one officer through one channel."""

    class Channel(models.TextChoices):
        MAIL = "mail", "Email"

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )  # delivery_once_a_referral begins with it
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    officer = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "channel", "officer"], name="delivery_once_a_referral"
            )
        ]
        triggers = [rules.hours("created_at", "sent_at")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} about {self.referral}"
