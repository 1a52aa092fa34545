"""The embedding of a tip's meaning. The table exists only where the database has pgvector."""

from __future__ import annotations

from django.db import models
from pgvector.django import HnswIndex, VectorField

DIMENSIONS = 384  # of multilingual-e5-small


class TipEmbedding(models.Model):
    """The embedding of one tip.

    Django does not manage the table, because a database without pgvector cannot have it.
    ``tips.claims.vectors`` creates it, in a new database or once pgvector is installed.
    """

    tip = models.OneToOneField(
        "tips.Tip",
        on_delete=models.DO_NOTHING,  # the database deletes it with its tip
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    object = models.ForeignKey(
        "objects.TraceObject",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    vector = VectorField(dimensions=DIMENSIONS)

    class Meta:
        managed = False
        default_permissions = ()
        indexes = [
            models.Index(fields=["object"], name="tips_tipembedding_object"),
            # Few claims about an object are compared one by one; among many, this finds the nearest.
            HnswIndex(
                name="tips_tipembedding_nearest", fields=["vector"], opclasses=["vector_cosine_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"embedding of tip {self.tip_id}"
