"""A legal hold: what is about one object, or one tip, must not be erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from tips.models import rules
from tips.models.tip import Tip

# A proposal stops erasures at once, so that nothing is lost while a second person is awaited.
PROPOSAL_COUNTS = timedelta(days=7)


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Queries of legal holds."""

    def in_force(self, now: datetime | None = None) -> LegalHoldQuerySet:
        """Return the holds that stop erasures: confirmed, or proposed in the last seven days."""
        since = (now or timezone.now()) - PROPOSAL_COUNTS
        return self.filter(
            Q(confirmed_at__isnull=False) | Q(proposed_at__gt=since, taken_back_at__isnull=True),
            lifted_at__isnull=True,
        )

    def about(self, tip: Tip) -> LegalHoldQuerySet:
        """Return the holds on a tip, on the tip that it adds to, or on its object."""
        return self.filter(
            Q(tip=tip.pk) | Q(tip=tip.follows_id, tip__isnull=False) | Q(object=tip.object_id)
        )


class LegalHold(models.Model):
    """A hold on one object or one tip. One person proposes it, another confirms; the same to lift it."""

    object = models.ForeignKey(
        "objects.TraceObject", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tip = models.ForeignKey(
        "tips.Tip", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, help_text="Such as the number of a court's order.")
    proposed_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    proposed_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=500, blank=True)
    lift_proposed_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    lifted_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    lifted_at = models.DateTimeField(null=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("decide_legalhold", "Can propose, confirm and lift legal holds")]
        constraints = [
            models.CheckConstraint(
                name="hold_on_one",
                condition=Q(object__isnull=True, tip__isnull=False)
                | Q(object__isnull=False, tip__isnull=True),
            ),
            models.CheckConstraint(name="hold_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="hold_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="hold_taken_back_before_it_is_confirmed",
                condition=Q(taken_back_at__isnull=True) | Q(confirmed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="hold_lifting_with_reason",
                condition=Q(lift_proposed_by__isnull=True)
                | Q(confirmed_by__isnull=False) & ~Q(lift_reason=""),
            ),
            models.CheckConstraint(
                name="hold_lifted_by_another",
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(
                    lifted_by__isnull=False,
                    lifted_at__isnull=False,
                    lift_proposed_by__isnull=False,
                )
                & ~Q(lifted_by=F("lift_proposed_by")),
            ),
        ]
        triggers = [rules.hold_stays()]

    def __str__(self) -> str:
        return f"Legal hold {self.pk}"

    @property
    def audit_name(self) -> str:
        return f"legal hold {self.pk}"

    @property
    def state(self) -> str:
        """Return where the hold is on its way, in a word for staff."""
        if self.lifted_at:
            return "lifted"
        if self.lift_proposed_by_id:
            return "in force, lifting proposed"
        if self.confirmed_at:
            return "in force"
        if self.taken_back_at:
            return "taken back"
        return "proposed" if self.proposed_at > timezone.now() - PROPOSAL_COUNTS else "lapsed"


def is_held(now: datetime | None = None, *, tip: str = "") -> Exists:
    """Return the condition that a row belongs to a tip on hold, for a query.

    Args:
        tip: the path from the row to its tip, such as ``tip__``; '' for a query of tips.
    """
    on_tip = Q(tip=OuterRef(f"{tip}pk")) | Q(tip=OuterRef(f"{tip}follows"))
    on_object = Q(object=OuterRef(f"{tip}object"))
    return Exists(LegalHold.objects.in_force(now).filter(on_tip | on_object))
