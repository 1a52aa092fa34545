from __future__ import annotations

from django.db import models


class PublicGeneration(models.Model):
    """The one row whose number moves with every change to what the public reads.

    Rules of the models that the public reads move it (:func:`objects.models.rules.public_generation`);
    caches compare it (``traceobject.page_cache``).
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
