"""Purges of the caches in front of the site."""

from __future__ import annotations

from django.db import models


class Purge(models.Model):
    """URLs that caches in front of the site must drop, and when the webhook accepted them."""

    object = models.ForeignKey("TraceObject", on_delete=models.CASCADE, related_name="purges")
    event = models.CharField(max_length=20)
    addresses = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.object.reference} {self.event}"
