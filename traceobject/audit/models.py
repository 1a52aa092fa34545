"""One table that only grows. Migration 0001 adds the trigger that refuses every change."""

from django.db import models


class Entry(models.Model):
    """One decision, look or export. ``digest`` covers all other columns and the entry before."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(
        max_length=150, help_text="User name, or the part of the site that acted."
    )
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=100, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, unique=True, help_text="Digest of the entry before.")
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        indexes = [models.Index(fields=["target"]), models.Index(fields=["actor", "at"])]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.target}"
