"""The near-duplicate index: the keys of each tip's MinHash signature, as rows."""

from django.db import models


class BandKey(models.Model):
    """One key of one tip. Tips that share a key are candidates for saying the same.

    Keys include the object. The table has two columns and one index: about 900 bytes a tip.
    """

    pk = models.CompositePrimaryKey("key", "tip_id")
    key = models.BigIntegerField()
    tip = models.ForeignKey("tips.Tip", on_delete=models.CASCADE, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.key:x} of tip {self.tip_id}"
