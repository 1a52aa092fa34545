"""The generation of the public pages."""

from __future__ import annotations

from django.db import models


class PublicGeneration(models.Model):
    """The single row with the generation of the public pages.

    Triggers of the public models raise its number (:func:`objects.models.rules.public_generation`). Caches
    compare it (``traceobject.page_cache``).
    """

    id = models.SmallIntegerField(primary_key=True, db_default=1)
    number = models.BigIntegerField(db_default=1)

    class Meta:
        db_table = "public_generation"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="public_generation_is_one", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return f"generation {self.number}"
