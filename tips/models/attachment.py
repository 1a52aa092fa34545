"""A picture that came with a tip. The original is encrypted; staff see a clean copy."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from objects.models.bits import Bits256
from tips.models import rules


class Attachment(models.Model):
    """One uploaded file.

    Without a tip, it was stored for a form with errors and is deleted two hours later. ``original``
    and ``view`` are names in the private store; both files are encrypted there.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Being checked"
        CLEAN = "clean", "Checked"
        REFUSED = "refused", "Not a readable picture"
        LOCKED = "locked", "Locked: on a hash list"
        ERASED = "erased", "Erased"

    tip = models.ForeignKey(
        "tips.Tip", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField()
    original = models.CharField(max_length=80, blank=True)
    view = models.CharField(max_length=80, blank=True)
    sealed_with = models.CharField(
        max_length=8,
        blank=True,
        default="",
        help_text="Name of the key that encrypted its file (sealing.Key).",
    )
    blurred = models.TextField(blank=True, help_text="Greyscale and blurred, as a data URI.")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    size = models.PositiveIntegerField(default=0, help_text="Size of the original in bytes.")
    sha256 = models.CharField(max_length=64)
    pdq = Bits256(null=True)
    pdq_turned = models.JSONField(
        default=list, help_text="PDQ of the rotated and mirrored picture."
    )
    pdq_quality = models.PositiveSmallIntegerField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    location_allowed = models.BooleanField(
        default=False, help_text="The sender allowed investigators to read the place and time."
    )
    taken = models.BinaryField(
        null=True, help_text="Place and time of the photo, encrypted. For case officers only."
    )
    matches = models.JSONField(default=list, help_text="Hash lists that contain it.")

    class Meta:
        ordering = ["id"]
        permissions = [("view_locked", "Can view locked files")]
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
                name="attachment_locked_has_original",
                condition=~Q(state="locked") | ~Q(original=""),
            ),
            models.CheckConstraint(
                name="attachment_taken_if_allowed",
                condition=Q(taken__isnull=True) | Q(location_allowed=True),
            ),
        ]
        triggers = [rules.hours("received_at")]

    def __str__(self) -> str:
        return f"Picture {self.pk} of tip {self.tip_id}"

    @property
    def audit_name(self) -> str:
        return f"attachment {self.pk}"
