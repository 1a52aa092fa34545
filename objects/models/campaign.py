"""Campaigns: objects that are published together."""

from __future__ import annotations

from django.db import models


class Campaign(models.Model):  # type: ignore[django-manager-missing]  # parler has no types
    """Objects that are published together, all or none."""

    name = models.CharField(max_length=80, unique=True)
    publish_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Leave empty to launch it by hand. In the site's time zone.",
    )
    launched_at = models.DateTimeField(null=True, editable=False)
    hold_reason = models.CharField(max_length=400, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_name(self) -> str:
        return f"campaign {self.name}"
