"""A proposal that two tips say the same, perhaps in two languages."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Proposal(models.Model):
    """A proposal for a moderator, who merges the claims of both tips or declines."""

    tip = models.ForeignKey(
        "tips.Tip", on_delete=models.CASCADE, related_name="proposals", db_index=False
    )  # proposal_once begins with it
    other = models.ForeignKey("tips.Tip", on_delete=models.CASCADE, related_name="+")
    likeness = models.FloatField(help_text="Cosine similarity of the two embeddings.")
    reasons = ArrayField(models.CharField(max_length=200), default=list)
    declined_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-likeness"]
        constraints = [
            models.UniqueConstraint(name="proposal_once", fields=["tip", "other"]),
            models.CheckConstraint(name="proposal_of_two", condition=~Q(tip=F("other"))),
        ]

    def __str__(self) -> str:
        return f"tip {self.tip_id} and tip {self.other_id}"

    @property
    def audit_name(self) -> str:
        return f"proposal {self.pk}"
