"""An email to one person about a locked file."""

from __future__ import annotations

from django.db import models

from tips.models import rules


class Alert(models.Model):
    """The recipient of an alert, and whether it was sent."""

    attachment = models.ForeignKey(
        "tips.Attachment", on_delete=models.PROTECT, related_name="alerts", db_index=False
    )  # alert_once_a_person begins with it
    person = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attachment", "person"], name="alert_once_a_person")
        ]
        triggers = [rules.hours("sent_at")]

    def __str__(self) -> str:
        return f"Alert about {self.attachment} to {self.person}"
