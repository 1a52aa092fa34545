"""A picture that somebody sent with a tip. What came in is sealed; staff see a clean copy alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from objects.models.bits import Bits256


class Attachment(models.Model):
    """One uploaded file.

    Without a tip it was kept for a form that came back with a mistake, and is forgotten two hours
    later. ``original`` and ``view`` are names in the private store; both files are encrypted there.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Being checked"
        CLEAN = "clean", "Checked"
        REFUSED = "refused", "No readable picture"
        LOCKED = "locked", "Locked: on a hash list"

    tip = models.ForeignKey(
        "tips.Tip", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField()
    original = models.CharField(max_length=80, blank=True)
    view = models.CharField(max_length=80, blank=True)
    blurred = models.TextField(blank=True, help_text="Grey and blurred, as a data URI.")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes, as it came in.")
    sha256 = models.CharField(max_length=64)
    pdq = Bits256(null=True)
    pdq_turned = models.JSONField(default=list, help_text="The same, turned and mirrored.")
    pdq_quality = models.PositiveSmallIntegerField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    place_wanted = models.BooleanField(
        default=False, help_text="The sender said that the place in the photo may help."
    )
    taken = models.BinaryField(
        null=True, help_text="Place and time from the photo, encrypted; for officers alone."
    )
    matches = models.JSONField(default=list, help_text="The hash lists that it is on.")

    class Meta:
        ordering = ["id"]
        permissions = [("view_locked", "Can see files that are locked as evidence")]
        indexes = [
            models.Index(
                fields=["received_at"], condition=Q(tip__isnull=True), name="attachment_unclaimed"
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="attachment_clean_has_view",
                condition=Q(state="clean") & ~Q(view="") & ~Q(blurred="")
                | ~Q(state="clean") & Q(view="", blurred=""),
            ),
            models.CheckConstraint(
                name="attachment_locked_is_kept", condition=~Q(state="locked") | ~Q(original="")
            ),
            models.CheckConstraint(
                name="attachment_place_if_wanted",
                condition=Q(taken__isnull=True) | Q(place_wanted=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Picture {self.pk} of tip {self.tip_id}"

    @property
    def audit_name(self) -> str:
        return f"attachment {self.pk}"
