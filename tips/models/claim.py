"""A claim: what one or more tips say. Moderators decide on claims, not on tips."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tips.models import rules


def current_hour() -> datetime:
    """Return the current time, cut to the hour."""
    return timezone.now().replace(minute=0, second=0, microsecond=0)


class Claim(models.Model):
    """A group of tips about one object that say the same."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        VETTED = "vetted", "Vetted"
        REJECTED = "rejected", "Rejected"
        MERGED = "merged", "Merged"

    object = models.ForeignKey(
        "objects.TraceObject", on_delete=models.PROTECT, related_name="claims"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(
        default=current_hour, help_text="Rounded to the hour to protect senders."
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was rejected.")

    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged"
    )
    is_flood = models.BooleanField(
        "flood", default=False, help_text="Collects what one sender sends beyond the limit."
    )

    is_manual = models.BooleanField(
        "arranged manually",
        default=False,
        help_text="Merged or split by a moderator. Matching leaves it alone.",
    )
    facts = models.JSONField(
        default=dict, help_text="Facts about its tips that count for the ranking (ranking.Facts)."
    )
    tip_count = models.PositiveIntegerField(default=0)
    score = models.FloatField(default=0, help_text="Points for the ranking (ranking.WEIGHTS).")

    class Meta:
        ordering = ["-id"]
        permissions = [("vet_claim", "Can vet and reject claims")]
        indexes = [models.Index(fields=["state", "object"])]
        constraints = [
            models.CheckConstraint(
                name="claim_decided_has_user",
                condition=Q(
                    state__in=["open", "merged"], decided_at__isnull=True, decided_by__isnull=True
                )
                | Q(
                    state__in=["vetted", "rejected"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="claim_merged_has_target",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.UniqueConstraint(
                name="claim_one_open_flood",
                fields=["object"],
                condition=Q(is_flood=True, state="open"),
            ),
            models.CheckConstraint(
                name="claim_rejected_with_reason", condition=~Q(state="rejected") | ~Q(reason="")
            ),
        ]
        triggers = [rules.hours("opened_at", "decided_at")]

    def __str__(self) -> str:
        return f"Claim {self.pk}"

    @property
    def audit_name(self) -> str:
        return f"claim {self.pk}"
