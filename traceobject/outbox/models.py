"""Tables of the outbox: steps that are not done yet, and destinations that fail."""

from datetime import UTC, datetime

from django.db import models
from django.db.models.functions import Now


class RoundedNow(models.Func):
    """The time rounded down to five minutes, so that no row reveals when a tip was sent."""

    template = "date_bin('5 minutes', now(), TIMESTAMPTZ '2000-01-01 00:00Z')"
    output_field = models.DateTimeField()


class HourNow(models.Func):
    """The time cut to the hour: for what stays longer than a step that waits for its turn."""

    template = "date_trunc('hour', now(), 'UTC')"
    output_field = models.DateTimeField()


class Step(models.Model):
    """A step to be done. ``subject`` is the primary key of the row that it works on.

    A finished step leaves no row. ``due_at`` is exact while it is in the future: until the next attempt, or
    while the step runs. All other times are rounded: ``waiting_since`` to five minutes in the first hour and
    to the hour later, ``given_up_at`` to the hour.
    """

    name = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    # Raised each time the step is put. A worker deletes only the generation that it saw.
    generation = models.PositiveIntegerField(db_default=1)
    cursor = models.BigIntegerField(db_default=0)  # where a step in chunks continues
    waiting_since = models.DateTimeField(db_default=RoundedNow())
    due_at = models.DateTimeField(db_default=datetime(2000, 1, 1, tzinfo=UTC))  # new: always due
    is_leased = models.BooleanField(db_default=False)  # until due_at; later, its worker has died
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
    """A destination that does not answer. It has a row while its circuit breaker is open."""

    name = models.CharField(max_length=60, primary_key=True)
    failures = models.PositiveIntegerField()
    since = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name
