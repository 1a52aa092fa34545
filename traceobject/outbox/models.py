"""One row is one step still to be done; a finished step leaves no row."""

from django.db import models
from django.utils import timezone


class Step(models.Model):
    """``name`` says which function, ``subject`` the primary key of what it works on."""

    name = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "step to do"
        verbose_name_plural = "steps to do"
        constraints = [models.UniqueConstraint(fields=["name", "subject"], name="outbox_step_once")]
        indexes = [models.Index(fields=["due_at", "id"])]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"
