"""A question that a moderator asks the sender of a tip."""

from django.db import models
from django.db.models import Q

from tips.models import rules


class Question(models.Model):
    """One question. Its answer is a tip of its own that follows the first."""

    tip = models.ForeignKey("tips.Tip", on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="question_text_not_empty", condition=~Q(text=""))
        ]
        triggers = [rules.hours("asked_at")]

    def __str__(self) -> str:
        return f"Question {self.pk} about tip {self.tip_id}"
