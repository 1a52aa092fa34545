"""The near-duplicate index: a few hashed bands of each tip's MinHash signature, as rows."""

from django.db import models


class BandKey(models.Model):
    """Two tips that share a key are candidates for saying the same. An object is part of its keys.

    Nothing but the two columns and their one index: some 900 bytes a tip.
    """

    pk = models.CompositePrimaryKey("key", "tip_id")
    key = models.BigIntegerField()
    tip = models.ForeignKey("tips.Tip", on_delete=models.CASCADE, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.key:x} of tip {self.tip_id}"
