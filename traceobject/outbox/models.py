"""One row is one step still to be done; a finished step leaves no row."""

from datetime import UTC, datetime

from django.db import models
from django.db.models.functions import Now


class FiveMinutes(models.Func):
    """Now, cut to five minutes: a row of the outbox must not tell when exactly a tip was sent."""

    template = "date_bin('5 minutes', now(), TIMESTAMPTZ '2000-01-01 00:00Z')"
    output_field = models.DateTimeField()


class Step(models.Model):
    """A step to be done: ``name`` tells which, ``subject`` the primary key of what it works on."""

    name = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    # Grows with each time the step is put: whoever finishes it removes only what it saw.
    generation = models.PositiveIntegerField(db_default=1)
    cursor = models.BigIntegerField(db_default=0)  # where a step in chunks goes on
    waiting_since = models.DateTimeField(db_default=FiveMinutes())
    due_at = models.DateTimeField(db_default=datetime(2000, 1, 1, tzinfo=UTC))  # new: always due
    is_leased = models.BooleanField(db_default=False)  # till due_at; past it, its worker has died
    attempts = models.PositiveIntegerField(db_default=0)  # that failed
    last_error = models.CharField(max_length=200, db_default="", blank=True)  # the error's class
    reason = models.CharField(max_length=300, db_default="", blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "background step"
        permissions = [("retry_step", "Can retry steps that were given up")]
        constraints = [models.UniqueConstraint(fields=["name", "subject"], name="outbox_step_once")]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="outbox_step_due",
                condition=models.Q(given_up_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"

    @property
    def audit_name(self) -> str:
        return f"step {self}"


class Destination(models.Model):
    """Something outside that does not answer: a row is there while the circuit breaker is open."""

    name = models.CharField(max_length=60, primary_key=True)
    failures = models.PositiveIntegerField()
    since = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name
